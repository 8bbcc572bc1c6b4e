"""What taking in a row would do: make, change, leave, ask about or refuse an enterprise. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Any

from openliaison.register import facts
from openliaison.register.models import Contact, FactDefinition, ImportBatch, ImportRow

from .names import street_key
from .on_file import OnFile, Snapshot, decision_key, name_key
from .problems import Problem
from .rows import Reading
from .twice import Twice

CHUNK = 1000
MOST_CANDIDATES = 3
Action = ImportRow.Action


@dataclass(frozen=True)
class FactChange:
    """A value to write down; `supersedes` is the current fact it replaces, `is_older` means it only adds history."""

    key: str
    value: Any
    supersedes: int | None = None
    is_older: bool = False


@dataclass
class Plan:
    """What becomes of one row."""

    reading: Reading
    action: str
    enterprise: Snapshot | None = None
    identity: dict[str, list[Any]] = field(default_factory=dict)  # field → [was, becomes]
    search_was: str | None = None
    facts: list[FactChange] = field(default_factory=list)
    contact: dict[str, str] = field(default_factory=dict)  # to add, or what of `contact_id` changes
    contact_id: int | None = None
    contact_was: dict[str, str] = field(default_factory=dict)
    is_main_contact: bool = False
    candidates: list[Snapshot] = field(default_factory=list)


class Planner:
    """Plans a batch's rows in chunks of CHUNK, with a fixed number of queries each."""

    def __init__(
        self, batch: ImportBatch, on_file: OnFile, definitions: dict[str, FactDefinition], twice: Twice, area: str
    ) -> None:
        self.batch, self.on_file, self.definitions, self.twice, self.area = batch, on_file, definitions, twice, area
        self.skipped: frozenset[int] = frozenset()
        self.met: dict[int, int] = {}  # enterprise on file → row of this file that speaks of it

    def plan_all(self, readings: Iterator[Reading]) -> Iterator[list[Plan]]:
        while chunk := list(islice(readings, CHUNK)):
            yield self.plan_chunk(chunk)

    def plan_chunk(self, chunk: Sequence[Reading]) -> list[Plan]:
        self.on_file.load(chunk)
        plans = [self._match(reading) for reading in chunk]
        known = [p for p in plans if p.enterprise is not None and p.action == Action.UPDATED]
        ids = {p.enterprise.id for p in known if p.enterprise}
        keys = {key for p in known for key in p.reading.facts}
        self.held = self.on_file.facts_of(ids, keys) if keys else {}
        is_late = any(fact.as_of > self.batch.as_of for fact in self.held.values())
        self.history = self.on_file.history_of(ids, keys) if is_late else {}
        contacts = self.on_file.contacts_of(ids) if any(p.reading.contact for p in known) else {}
        for plan in plans:
            self._complete(plan, contacts)
        return plans

    # ── Whom the row means ──────────────────────────────────

    def _match(self, reading: Reading) -> Plan:
        if reading.is_refused:
            return Plan(reading, Action.REFUSED)
        if (first := self.twice.first_row(reading)) is not None:
            return self._again(reading, first)
        self.twice.add_lists(reading)
        hit = self._certain(reading)
        if hit is None:
            hit, candidates = self._by_likeness(reading)
            if candidates:
                is_left_out = reading.row_number in self.skipped
                return Plan(reading, Action.SKIPPED if is_left_out else Action.UNDECIDED, candidates=candidates)
        if hit is None:
            return Plan(reading, Action.CREATED)
        return self._on_file(reading, hit)

    def _on_file(self, reading: Reading, hit: Snapshot) -> Plan:
        column = reading.number or reading.name
        if not hit.locality_path.startswith(self.area):
            return _refused(reading, Problem("on_file_elsewhere", value=column, hint=hit.name))
        if reading.number and hit.number and reading.number != hit.number:
            return _refused(reading, Problem("number_differs", value=reading.number, hint=f"{hit.name} ({hit.number})"))
        if (first := self.met.setdefault(hit.id, reading.row_number)) != reading.row_number:
            return _refused(reading, Problem("same_enterprise", value=hit.name, hint=str(first)))
        return Plan(reading, Action.UPDATED, enterprise=hit)

    def _again(self, reading: Reading, first: int) -> Plan:
        """A row whose enterprise stands further up in the file."""
        if self.twice.is_joined(reading):
            reading.problems.append(Problem("same_as_row", value=reading.name[:80], hint=str(first)))
            return Plan(reading, Action.UNCHANGED)
        value = reading.number or reading.source_key
        return _refused(
            reading, Problem("number_twice" if reading.number else "key_twice", value=value, hint=str(first))
        )

    def _certain(self, reading: Reading) -> Snapshot | None:
        """By official number, else by the source's key, else by name and street."""
        if reading.number and (hit := self.on_file.by_number.get(reading.number)):
            return hit
        if reading.source_key and (hit := self.on_file.by_key.get(reading.source_key)):
            return hit
        same = [s for s in self.on_file.by_name.get(name_key(reading.name), []) if self._is_same(reading, s)]
        return same[0] if len(same) == 1 else None

    def _is_same(self, reading: Reading, other: Snapshot) -> bool:
        street = street_key(reading.street)
        if (
            street != street_key(other.street)
            or (reading.number and other.number)
            or self._has_other_key(reading, other)
        ):
            return False
        return bool(street) or not (reading.number or other.number)

    def _has_other_key(self, reading: Reading, other: Snapshot) -> bool:
        is_ours = other.source == self.batch.source and other.source_key
        return bool(reading.source_key and is_ours and reading.source_key != other.source_key)

    def _by_likeness(self, reading: Reading) -> tuple[Snapshot | None, list[Snapshot]]:
        """An enterprise a person called the same, or those that a person should be asked about."""
        key, asked = decision_key(reading), []
        for (decided, id_), is_same in self.on_file.decided.items():
            if decided == key and is_same and id_ in self.on_file.by_id:
                return self.on_file.by_id[id_], []
        for other in self.on_file.alike(reading):
            if (key, other.id) not in self.on_file.decided and self._may_be(reading, other):
                asked.append(other)
        return None, asked[:MOST_CANDIDATES]

    def _may_be(self, reading: Reading, other: Snapshot) -> bool:
        """Branches in other streets, and holders of other numbers, are other enterprises."""
        if (reading.number and other.number) or self._has_other_key(reading, other):
            return False
        if not other.locality_path.startswith(self.area):
            return False
        ours, theirs = street_key(reading.street), street_key(other.street)
        is_branch = not reading.number and not other.number and ours and theirs and ours != theirs
        return not is_branch

    # ── What the row changes ────────────────────────────────

    def _complete(self, plan: Plan, contacts: dict[int, list[Contact]]) -> None:
        reading, hit = plan.reading, plan.enterprise
        if plan.action == Action.CREATED:
            plan.facts = [FactChange(k, v) for k, v in reading.facts.items()]
            plan.contact, plan.is_main_contact = dict(reading.contact), bool(reading.contact)
        if plan.action != Action.UPDATED or hit is None:
            return
        plan.identity = self._identity_changes(reading, hit)
        plan.facts = [c for k, v in reading.facts.items() if (c := self._fact_change(hit.id, k, v))]
        self._contact_change(plan, contacts.get(hit.id, []))
        if not (plan.identity or plan.facts or plan.contact):
            plan.action = Action.UNCHANGED

    def _identity_changes(self, reading: Reading, hit: Snapshot) -> dict[str, list[Any]]:
        given: dict[str, Any] = {"name": reading.name, "number": reading.number, **reading.identity}
        if reading.source_key and not hit.source_key:
            given |= {"source": self.batch.source, "source_key": reading.source_key}
        if reading.spot and not hit.locality_path.startswith(reading.spot.path):
            given |= {"locality_id": reading.spot.id, "locality_path": reading.spot.path}
        if reading.name and reading.name != hit.name:
            given["name_key"] = name_key(reading.name)
        return {k: [getattr(hit, k), v] for k, v in given.items() if v and v != getattr(hit, k)}

    def _fact_change(self, enterprise_id: int, key: str, value: Any) -> FactChange | None:
        current, as_of, definition = self.held.get((enterprise_id, key)), self.batch.as_of, self.definitions[key]
        if current is None:
            return FactChange(key, value)
        is_fresh = current.as_of >= as_of or facts.is_fresh(definition, current, as_of)
        if is_fresh and _is_same(definition.type, current.value, value):
            return None
        if current.as_of > as_of:
            told = self.history.get((enterprise_id, key), [])
            is_told = any(_is_same(definition.type, value, other) for other in told)
            return None if is_told else FactChange(key, value, is_older=True)
        return FactChange(key, value, supersedes=current.pk)

    def _contact_change(self, plan: Plan, held: Sequence[Contact]) -> None:
        given = plan.reading.contact
        if not given:
            return
        same = next((c for c in held if c.name == given["name"]), None)
        if same is None:
            plan.contact, plan.is_main_contact = dict(given), not any(c.is_main for c in held)
            return
        plan.contact = {k: v for k, v in given.items() if v and v != getattr(same, k)}
        plan.contact_id = same.pk if plan.contact else None
        plan.contact_was = {k: getattr(same, k) for k in plan.contact}


def _refused(reading: Reading, problem: Problem) -> Plan:
    reading.problems.append(problem)
    return Plan(reading, Action.REFUSED)


def _is_same(type_: str, one: Any, other: Any) -> bool:
    """Whether two values are one; of numbers, 1.50 and 1.5 are."""
    if type_ in ("int", "decimal"):
        return Decimal(str(one)) == Decimal(str(other))
    return bool(one == other)


def count(plans: Iterable[Plan]) -> dict[str, int]:
    """How many rows per action."""
    found: dict[str, int] = {}
    for plan in plans:
        found[plan.action] = found.get(plan.action, 0) + 1
    return found
