"""What the register holds already of the enterprises that a chunk of rows speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

from openliaison.register import search
from openliaison.register.models import Contact, Enterprise, Fact, ImportBatch, LookAlike

from .names import Cores, street_key
from .rows import Reading

FIELDS = (
    "id", "number", "source", "source_key", "name", "name_en", "name_key", "street", "locality_id", "locality_path",
    "industry", "status", "merged_into_id",
)  # fmt: skip


@dataclass(frozen=True)
class Snapshot:
    """An enterprise as it stands in the register."""

    id: int
    number: str
    source: str
    source_key: str
    name: str
    name_en: str
    name_key: str
    street: str
    locality_id: int
    locality_path: str
    industry: str
    status: str
    merged_into_id: int | None


def name_key(name: str) -> str:
    return search.normal(name)[:200]


def decision_key(reading: Reading) -> str:
    """By what a decision about a look-alike is remembered: name and street of the row."""
    return f"{name_key(reading.name)}|{street_key(reading.street)}"[:420]


class OnFile:
    """The register of one place, asked chunk by chunk; what this batch itself has written is left out."""

    def __init__(self, batch: ImportBatch, cores: Cores) -> None:
        self.batch, self.cores = batch, cores
        others = Q(batch=None) | ~Q(batch=batch)
        self.rows: QuerySet = Enterprise.objects.filter(others, place_id=batch.place_id).order_by("id")
        self.by_core = self._by_core()

    def load(self, readings: Sequence[Reading]) -> None:
        """Read what this chunk needs, in a fixed number of queries."""
        numbers = {r.number for r in readings} - {""}
        keys = {r.source_key for r in readings} - {""}
        names = {name_key(r.name) for r in readings} - {""}
        like = {i for r in readings for i in self.by_core.get(hash(self.cores.core(r.name)), ())}
        wanted = Q(number__in=numbers) | Q(source=self.batch.source, source_key__in=keys)
        found = self._snapshots(wanted) + self._snapshots(Q(name_key__in=names) | Q(id__in=like))
        self.by_id = {s.id: s for s in found}
        merged = {s.merged_into_id for s in found if s.merged_into_id} - self.by_id.keys()
        self.by_id |= {s.id: s for s in self._snapshots(Q(id__in=merged))}
        self.by_number = {s.number: self._kept(s) for s in self._unmerged_last() if s.number}
        self.by_key = {
            s.source_key: self._kept(s) for s in self._unmerged_last() if s.source == self.batch.source and s.source_key
        }
        self.by_name: dict[str, list[Snapshot]] = {}
        for snapshot in self.by_id.values():
            if snapshot.merged_into_id is None:
                self.by_name.setdefault(snapshot.name_key, []).append(snapshot)
        self._load_decisions(readings)

    def alike(self, reading: Reading) -> list[Snapshot]:
        """Enterprises whose name has the same core."""
        ids = self.by_core.get(hash(self.cores.core(reading.name)), ())
        found = [self.by_id[i] for i in ids if i in self.by_id]
        return [s for s in found if self.cores.core(s.name) == self.cores.core(reading.name)]

    def facts_of(self, ids: Iterable[int], keys: Iterable[str]) -> dict[tuple[int, str], Fact]:
        """Current facts by enterprise and key."""
        rows = Fact.objects.filter(
            superseded_at=None, retracted_at=None, enterprise_id__in=list(ids), key__in=list(keys)
        )
        return {(f.enterprise_id, f.key): f for f in rows}

    def history_of(self, ids: Iterable[int], keys: Iterable[str]) -> dict[tuple[int, str], list[Any]]:
        """Values on file for the batch's own day, current or not."""
        found: dict[tuple[int, str], list[Any]] = {}
        rows = Fact.objects.filter(as_of=self.batch.as_of, enterprise_id__in=list(ids), key__in=list(keys))
        for enterprise_id, key, value in rows.values_list("enterprise_id", "key", "value"):
            found.setdefault((enterprise_id, key), []).append(value)
        return found

    def contacts_of(self, ids: Iterable[int]) -> dict[int, list[Contact]]:
        found: dict[int, list[Contact]] = {}
        for contact in Contact.objects.filter(enterprise_id__in=list(ids), ends_on=None):
            found.setdefault(contact.enterprise_id, []).append(contact)
        return found

    def _load_decisions(self, readings: Sequence[Reading]) -> None:
        keys = {decision_key(r) for r in readings if r.name}
        rows = LookAlike.objects.filter(place_id=self.batch.place_id, key__in=keys)
        self.decided = {(key, i): same for key, i, same in rows.values_list("key", "enterprise_id", "is_same")}
        missing = {i for (_key, i), same in self.decided.items() if same} - self.by_id.keys()
        self.by_id |= {s.id: s for s in self._snapshots(Q(id__in=missing))}

    def _snapshots(self, wanted: Q) -> list[Snapshot]:
        return [Snapshot(*row) for row in self.rows.filter(wanted).values_list(*FIELDS)]

    def _unmerged_last(self) -> list[Snapshot]:
        """Of two with one number the unmerged one counts."""
        return sorted(self.by_id.values(), key=lambda s: s.merged_into_id is None)

    def _kept(self, snapshot: Snapshot) -> Snapshot:
        """The enterprise into which this one was merged, or itself."""
        return self.by_id.get(snapshot.merged_into_id or 0, snapshot)

    def _by_core(self) -> dict[int, tuple[int, ...]]:
        """Ids by the hash of the name's core: a few bytes an enterprise, not its text."""
        found: dict[int, tuple[int, ...]] = {}
        rows: Any = self.rows.filter(merged_into=None).values_list(F("name"), F("id"))
        for name, id_ in rows.iterator(chunk_size=5000):
            core = hash(self.cores.core(name))
            found[core] = (*found.get(core, ()), id_)
        return found
