"""An outbox delivered in any order, with repeats and losses, by two tabs, ends as one clean order does."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from openliaison.cases import services as cases
from openliaison.cases.models import Case, Entry, Promise
from openliaison.core.models import Journal, Receipt, Task
from openliaison.core.now import frozen
from openliaison.register.models import BurdenEntry, Fact
from openliaison.register.services import record_fact
from openliaison.visits.models import FactConflict, Visit, VisitFile
from tests.conftest import NOON
from tests.factories import World, enterprise, stationed
from tests.visits.phones import Phone, jpeg, visit_item

KEYS = ("employees", "main_products")
COLOURS = ("red", "blue", "green")
OFF = timedelta(days=2, hours=3)  # the phone's clock is ahead


@dataclass(frozen=True)
class Heard:
    """One visit as a strategy draws it."""

    firm: int
    hours_ago: int
    problems: int
    promises: int
    facts: dict[str, str]
    pictures: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """What there is to deliver, what the register learns meanwhile, and by which luck it travels."""

    visits: list[Heard]
    answers: bool
    settles: bool
    register_learns: str
    luck: int


heard = st.builds(
    Heard,
    firm=st.integers(0, 1),
    hours_ago=st.integers(1, 90),
    problems=st.integers(0, 2),
    promises=st.integers(0, 1),
    facts=st.dictionaries(st.sampled_from(KEYS), st.sampled_from(["100", "200", "300"]), max_size=2),
    pictures=st.lists(st.sampled_from(COLOURS), max_size=2).map(tuple),
)
plans = st.builds(
    Plan,
    visits=st.lists(heard, min_size=2, max_size=4, unique_by=lambda h: h.hours_ago),
    answers=st.booleans(),
    settles=st.booleans(),
    register_learns=st.sampled_from(["", "", "300", "400"]),
    luck=st.integers(0, 2**32),
)


@dataclass
class Parcel:
    """One request of the outbox: an item, or a picture under its number."""

    item: dict[str, Any] = field(default_factory=dict)
    picture: bytes = b""
    file_id: uuid.UUID | None = None

    def deliver(self, phone: Phone, minute: int) -> int:
        """As the phone sends it, some minutes after noon."""
        now = NOON + timedelta(minutes=minute)
        with frozen(now):
            if self.file_id:
                return phone.upload(self.item["client_key"], self.picture, self.file_id).status_code
            return phone.send({**self.item, "sent_at": (now + OFF).isoformat()}).status_code


class Outbox:
    """A world with what was written offline in it, the same each time it is built from one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.world = plan, World()
        self.firms = [self.world.enterprise, enterprise("第二家企业有限公司")]
        stationed(self.world.officer, self.firms[1])
        for firm in self.firms:
            firm.created_at = NOON - timedelta(days=30)
            firm.save(update_fields=["created_at"])
            for key in KEYS:
                self._learn(firm, key, "200", days_ago=20)
        self.asked = cases.ask_enterprise(case=self.world.assigned(), text="几号柜？", by=self.world.lead, at=NOON)
        self.promise = cases.make_promise(
            enterprise=self.firms[0],
            text="带电网的人来",
            due_on=NOON.date(),
            organisation=self.world.lead.organisation,
            by=self.world.officer,
            at=NOON,
        )
        self.tabs = [Phone(self.world.officer), Phone(self.world.officer)]
        with frozen(NOON):
            self.packed = self.tabs[0].get("/phone/pack.json").json()
        self.parcels = [p for n, h in enumerate(plan.visits) for p in self._of_visit(n, h)]
        self.parcels += [Parcel(item) for item in self._words()]
        if plan.register_learns:
            self._learn(self.firms[0], "employees", plan.register_learns, days_ago=0)

    def _learn(self, firm, key: str, value: str, days_ago: int) -> None:
        day = (NOON - timedelta(days=days_ago)).date()
        record_fact(enterprise=firm, key=key, value=value, source="enterprise", as_of=day, by=None, at=NOON)

    def _read(self, firm) -> dict[str, Any]:
        found = next(e for e in self.packed["enterprises"] if e["id"] == firm.pk)
        return {f["key"]: f["value"] for f in found["facts"]}

    def _of_visit(self, n: int, heard: Heard) -> list[Parcel]:
        firm = self.firms[heard.firm]
        item = visit_item(
            firm,
            key=uuid.UUID(int=n + 1),
            made_at=NOON - timedelta(hours=heard.hours_ago) + OFF,
            notes=f"第{n}次",
            problems=[{"text": f"第{n}次的问题{p}"} for p in range(heard.problems)],
            commitments=[{"text": f"第{n}次的承诺{p}", "due_on": "2026-12-01"} for p in range(heard.promises)],
            facts=heard.facts,
            read={key: self._read(firm).get(key) for key in heard.facts},
        )
        pictures = [
            Parcel(item, jpeg(colour, size=(20 + n, 20)), uuid.UUID(int=1000 + 10 * n + k))
            for k, colour in enumerate(dict.fromkeys(heard.pictures))
        ]
        return [Parcel(item), *pictures]

    def _words(self) -> list[dict[str, Any]]:
        """The answer to the office's question, and that a promise was kept."""
        packed = next(e for e in self.packed["enterprises"] if e["id"] == self.firms[0].pk)
        case = next(c for c in packed["cases"] if c["question"])
        answer = {
            "case_id": case["id"],
            "entry_id": case["question"]["entry_id"],
            "text": "三号柜",
            "version": case["version"],
        }
        settled = {"promise_id": self.promise.pk, "state": "kept", "reason": "来过了"}
        wanted = [("answer", answer, self.plan.answers, 501), ("promise", settled, self.plan.settles, 502)]
        return [
            {**visit_item(self.firms[0], kind=kind, key=uuid.UUID(int=n), made_at=NOON + OFF), "body": body}
            for kind, body, is_wanted, n in wanted
            if is_wanted
        ]

    # ── how it travels ──

    def deliver_cleanly(self) -> None:
        for minute, parcel in enumerate(self.parcels):
            assert parcel.deliver(self.tabs[0], minute) == 201

    def deliver_by_luck(self) -> None:
        """Any order, two tabs; a request or its answer may be lost. An answer that was lost is asked for again."""
        luck, waiting, minute = Random(self.plan.luck), list(self.parcels), 0
        while waiting:
            minute += 1
            parcel = luck.choice(waiting)
            if luck.random() < 0.2:  # the request is lost
                continue
            status = parcel.deliver(luck.choice(self.tabs), minute)
            assert status in (200, 201) or (status == 409 and parcel.file_id), status
            is_lost = luck.random() < 0.3  # the answer is
            if status != 409 and not is_lost:
                waiting.remove(parcel)
        for parcel in luck.sample(self.parcels, len(self.parcels) // 2):  # the other tab had not heard
            minute += 1
            assert parcel.deliver(luck.choice(self.tabs), minute) == 200

    # ── what stands afterwards ──

    def rows(self) -> dict[str, Any]:
        keys = dict(Visit.objects.values_list("pk", "client_key"))
        return {
            "visits": sorted(Visit.objects.values_list("client_key", "at", "notes", "nothing_new", "enterprise__name")),
            "cases": sorted(
                (str(keys.get(v)), text, s) for v, text, s in Case.objects.values_list("visit_id", "text", "status")
            ),
            "entries": sorted(Entry.objects.values_list("kind", "text")),
            "promises": sorted(Promise.objects.values_list("text", "state", "settled_reason")),
            "facts": sorted(self._facts()),
            "files": sorted(VisitFile.objects.values_list("pk", "visit__client_key", "sha256")),
            "conflicts": sorted(
                map(str, FactConflict.objects.values_list("visit__client_key", "key", "mine", "theirs"))
            ),
            "tasks": sorted(self._tasks()),
            "minutes": sorted(map(str, BurdenEntry.objects.values_list("enterprise__name", "minutes", "on"))),
            "receipts": sorted(Receipt.objects.values_list("client_key", flat=True)),
            "journal": Counter(Journal.objects.values_list("verb", flat=True)),
        }

    def _facts(self) -> list[str]:
        rows = Fact.objects.select_related("enterprise")
        return [
            f"{f.enterprise.name} {f.key} {f.value} {f.source} {f.source_ref} {f.as_of} {f.superseded_at is None} "
            f"{f.confirmed_at is not None}"
            for f in rows
        ]

    def _tasks(self) -> list[str]:
        """Whose, about what; numbers of cases are given in the order in which they arrive."""
        found = Task.objects.values_list("person__username", "about", "params")
        people = {r.user.username: name for name, r in vars(self.world).items() if hasattr(r, "user")}
        return [
            f"{people.get(p)} {about} {sorted((k, str(v)) for k, v in m.items() if k not in ('number', 'name'))}"
            for p, about, m in found
        ]


def outcome(plan: Plan, deliver: str) -> dict[str, Any]:
    with transaction.atomic():
        outbox = Outbox(plan)
        getattr(outbox, deliver)()
        found = outbox.rows()
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
@settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # each example is a whole day of requests: no shrinking
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(plan=plans)
def test_any_interleaving_with_repeats_and_losses_ends_as_one_clean_order(plan, db):
    by_luck, cleanly = outcome(plan, "deliver_by_luck"), outcome(plan, "deliver_cleanly")

    for name, rows in cleanly.items():
        assert by_luck[name] == rows, name
