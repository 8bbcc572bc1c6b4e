"""Invented enterprises with the people and papers that belong to them, a chunk at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from openliaison.accounts.models import Role, User
from openliaison.core.models import Locality
from openliaison.register import search
from openliaison.register.models import Contact, Enterprise, Fact, Link
from openliaison.visits.models import Visit

from . import copying, names
from .ground import INDUSTRIES, NO_PASSWORD, Ground

YEARS = 3
STATIONED, DEPUTISED, ON_LINE = 0.66, 0.15, 0.1  # shares with an officer, a deputy, a log-in of their own
STATES = ("active",) * 94 + ("stopped",) * 3 + ("moved",) + ("closed",) * 2
MODES = ("visit", "visit", "visit", "call", "online")
FUNCTIONS = (("总经理", "General manager"), ("办公室主任", "Office manager"), ("财务经理", "Head of finance"))
NOTES = (
    ("订单排到下季度，设备满负荷运转。", "Orders reach into next quarter; the machines run at full load."),
    ("原料涨价，利润变薄，暂无诉求。", "Materials cost more and profit is thinner; no problem raised."),
    ("新产线调试中，预计下月投产。", "A new line is being set up and should run next month."),
    ("有出口意向，想了解认证流程。", "They think of exporting and want to know about certificates."),
    ("换了会计，提醒其按时填报。", "They have a new accountant; reminded of the reports due."),
)
STREETS = ("园区路", "迎宾路", "振兴街", "创业路", "工业大街", "站前街")


@dataclass
class Batch:
    """Rows of one chunk, in the order in which tables need them."""

    users: list[User] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    enterprises: list[Enterprise] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)


class Founder:
    """Makes chunks of enterprises; officers fill up from one chunk to the next."""

    def __init__(self, ground: Ground, rng: Random) -> None:
        self.ground, self.rng = ground, rng
        self.free = ground.room_for_enterprises()
        self.last_officer: dict[str, int] = {}
        self.start = ground.at - timedelta(days=YEARS * 365)

    def chunk(self, count: int) -> list[int]:
        """Write `count` enterprises and what belongs to them; returns their ids."""
        batch = Batch()
        for _ in range(count):
            town, county = self.rng.choice(self.ground.towns)
            batch.enterprises.append(self._enterprise(town, county))
        copying.number(batch.enterprises)
        for row in batch.enterprises:
            self._finish(row)
        self._people(batch)
        copying.number(batch.contacts)
        self._visits(batch)
        for rows in (batch.enterprises, batch.links, batch.contacts, batch.facts, batch.visits):
            if rows and rows[0].pk is None:
                copying.number(rows)
            copying.copy(rows)
        return [row.pk for row in batch.enterprises]

    def _enterprise(self, town: Locality, county: Locality) -> Enterprise:
        rng = self.rng
        section = rng.choice([s for s in INDUSTRIES if s in self.ground.industries])
        industry = rng.choice(self.ground.industries[section])
        is_english = (self.ground.place.languages or ["zh"])[0] == "en"
        name, name_en = names.enterprise(rng, section, industry, town.name[:2])
        row = copying.new(
            Enterprise,
            place_id=self.ground.place.pk,
            name=name_en if is_english else name,
            name_en="" if is_english else name_en,
            street=f"{rng.choice(STREETS)}{rng.randint(1, 300)}号"
            if not is_english
            else f"{rng.randint(1, 900)} Main St",
            locality_id=town.pk,
            locality_path=town.path,
            industry=industry,
            status=rng.choice(STATES),
            is_example=True,
            created_at=self.start + timedelta(seconds=rng.randint(0, 200 * 86_400)),
        )
        row.county = county  # type: ignore[attr-defined]
        return row

    def _finish(self, row: Enterprise) -> None:
        """What hangs on the id: the number, and the words by which it is found."""
        row.number = names.official_number(self.ground.place.number_scheme, row.pk, row.county.code)  # type: ignore[attr-defined]
        row.name_key = search.normal(row.name)
        row.search = copying.vector(row.name, row.name_en, row.number)

    def _people(self, batch: Batch) -> None:
        """Contacts, officers and log-ins; facts."""
        stationed: list[tuple[Enterprise, list[tuple[str, int | User]]]] = []
        for row in batch.enterprises:
            self._contacts(batch, row)
            self._facts(batch, row)
            if self.rng.random() < ON_LINE:
                self._log_in(batch, row)
            if self.rng.random() < STATIONED and row.status != "closed":
                stationed.append((row, self._team(batch, row)))
        copying.number(batch.users)
        for user in batch.users:
            user.role_row.user_id = user.pk  # type: ignore[attr-defined]
            user.username = f"g{user.pk}"
            batch.roles.append(user.role_row)  # type: ignore[attr-defined]
        copying.copy(batch.users)
        copying.number(batch.roles)
        copying.copy(batch.roles)
        for row, team in stationed:
            for kind, who in team:
                self._link(batch, row, kind, who if isinstance(who, int) else who.pk)

    def _person(self, batch: Batch, **role: Any) -> User:
        name, name_en = names.person(self.rng)
        user = copying.new(
            User,
            display_name=name,
            display_name_en=name_en,
            password=NO_PASSWORD,
            is_active=True,
            created_at=self.ground.at,
        )
        user.role_row = copying.new(Role, place_id=self.ground.place.pk, **role)  # type: ignore[attr-defined]
        batch.users.append(user)
        return user

    def _log_in(self, batch: Batch, row: Enterprise) -> None:
        self._person(batch, kind=Role.Kind.ENTERPRISE, enterprise_id=row.pk, is_enterprise_admin=True)

    def _team(self, batch: Batch, row: Enterprise) -> list[tuple[str, int | User]]:
        """The next officer of the county with room left, and sometimes another as deputy."""
        county = row.county  # type: ignore[attr-defined]
        free: list[Any] = self.free.setdefault(county.path, [])
        if not free:
            free += [self._person(batch, kind=Role.Kind.OFFICER, locality_id=county.pk)] * self.ground.load
        officer = free.pop()
        team = [(Link.Kind.OFFICER, officer)]
        before = self.last_officer.get(county.path)
        if before is not None and before is not officer and self.rng.random() < DEPUTISED:
            team.append((Link.Kind.DEPUTY, before))
        self.last_officer[county.path] = officer
        return team  # type: ignore[return-value]

    def _link(self, batch: Batch, row: Enterprise, kind: str, user_id: int) -> None:
        if kind == Link.Kind.OFFICER:
            row.officer_id = user_id  # type: ignore[attr-defined]
        batch.links.append(
            copying.new(
                Link,
                place_id=row.place_id,
                enterprise_id=row.pk,
                user_id=user_id,
                kind=kind,
                starts_on=self.ground.place.day(row.created_at),
            )
        )

    def _contacts(self, batch: Batch, row: Enterprise) -> None:
        for n, (function, function_en) in enumerate(FUNCTIONS[: self.rng.choice((1, 1, 2, 3))]):
            name, _name_en = names.person(self.rng)
            batch.contacts.append(
                copying.new(
                    Contact,
                    enterprise_id=row.pk,
                    name=name,
                    function=function,
                    function_en=function_en,
                    phone=names.phone(row.pk * 3 + n),
                    is_main=n == 0,
                    recorded_at=row.created_at,
                )
            )

    def _facts(self, batch: Batch, row: Enterprise) -> None:
        for key, make in FACTS.items():
            if key not in self.ground.definitions:
                continue
            learned = row.created_at + timedelta(days=self.rng.randint(1, 800))
            if key == "revenue_10k_cny" and self.rng.random() < 0.3:
                self._fact(batch, row, key, make(self.rng), row.created_at, superseded_at=learned)
            self._fact(batch, row, key, make(self.rng), learned)

    def _fact(
        self, batch: Batch, row: Enterprise, key: str, value: Any, at: datetime, superseded_at: datetime | None = None
    ) -> None:
        definition = self.ground.definitions[key]
        batch.facts.append(
            copying.new(
                Fact,
                enterprise_id=row.pk,
                key=key,
                value=value,
                unit=definition.unit,
                sensitivity=definition.sensitivity,
                source=Fact.Source.REGISTER if key == "registered_on" else Fact.Source.ENTERPRISE,
                source_ref="演示数据 · invented",
                as_of=self.ground.place.day(at),
                recorded_at=at,
                superseded_at=superseded_at,
            )
        )

    def _visits(self, batch: Batch) -> None:
        main = {c.enterprise_id: c.pk for c in batch.contacts if c.is_main}
        for row in batch.enterprises:
            officer_id = getattr(row, "officer_id", None)
            for _ in range(self.rng.randint(2, 8) if officer_id else 0):
                batch.visits.append(self._visit(row, officer_id, main[row.pk]))

    def _visit(self, row: Enterprise, officer_id: int, met_id: int) -> Visit:
        calendar, rng = self.ground.calendar, self.rng
        at = calendar.add_working(
            row.created_at, rng.randint(1, calendar.working_between(row.created_at, self.ground.at))
        )
        notes, notes_en = ("", "") if (nothing_new := rng.random() < 0.35) else rng.choice(NOTES)
        return copying.new(
            Visit,
            place_id=row.place_id,
            client_key=copying.key(rng),
            enterprise_id=row.pk,
            locality_path=row.locality_path,
            officer_id=officer_id,
            mode=rng.choice(MODES),
            at=at,
            minutes=rng.choice((20, 35, 45, 60, 90)),
            met_id=met_id,
            nothing_new=nothing_new,
            notes=notes,
            notes_en=notes_en,
            recorded_at=at,
        )


def _products(rng: Random) -> list[str]:
    return rng.sample(
        ["铸件", "法兰", "线束", "挂车", "包装箱", "饲料", "涂料", "阀门", "玻璃瓶", "电缆"], rng.randint(1, 3)
    )


FACTS: dict[str, Callable[[Random], Any]] = {
    "employees": lambda rng: int(rng.lognormvariate(3.3, 1.1)) + 1,
    "revenue_10k_cny": lambda rng: str(int(rng.lognormvariate(6.5, 1.4)) + 10),
    "power_capacity_kva": lambda rng: str(rng.choice((80, 125, 200, 250, 315, 400, 630, 1250, 2500))),
    "main_products": _products,
    "registered_on": lambda rng: date(rng.randint(1995, 2022), rng.randint(1, 12), rng.randint(1, 28)).isoformat(),
}
