"""The example's year, told relative to the day of loading: people, enterprises, visits, cases.

`places/X/story/` holds what was invented; everything that happens goes through the same services that
people's clicks go through, at instants before now. Steps that would lie in the future have not happened.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import cycle
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from openliaison.accounts.demo import PASSWORD
from openliaison.accounts.models import Organisation, Role, User
from openliaison.cases import jobs as case_jobs
from openliaison.cases import services as cases
from openliaison.cases.models import Case, Category, Promise
from openliaison.core.calendars import calendar
from openliaison.core.models import Locality, Place, Task
from openliaison.core.now import now
from openliaison.engine.clock import Calendar
from openliaison.register import services as register
from openliaison.register.models import Enterprise, Fact, Link
from openliaison.visits.services import Problem, record_visit

from .places import load_place
from .story_burden import tell_data_requests
from .story_diary import tell_diaries
from .story_phone import tell_phones
from .story_play import Play
from .story_records import tell_records
from .story_stationing import tell_stationing

PLACES = Path(__file__).resolve().parents[2] / "places"
EXAMPLE = "tieling"
FACTS = {
    "employees": int,
    "revenue_10k_cny": Decimal,
    "power_capacity_kva": Decimal,
    "main_products": lambda text: text.split("、"),
    "registered_on": str,
}
SETTLED_AFTER = timedelta(days=4)  # older notices have been read


def load_if_empty(say: Callable[[str], None] = print, name: str = EXAMPLE) -> Place | None:
    """Load the example place with its story where the database holds no place yet."""
    if Place.objects.exists():
        return None
    say("Loading the example place (invented enterprises, people and cases) …")
    with transaction.atomic():
        place = load_place(PLACES / name)
        Storyteller(place, PLACES / name / "story", now()).tell()
    say(f"{place.label}: {Enterprise.objects.count()} enterprises, {Case.objects.count()} cases.")
    return place


class Storyteller:
    """Plays the example's files through the services."""

    def __init__(self, place: Place, folder: Path, at: datetime) -> None:
        self.place, self.folder, self.at = place, folder, at
        self.calendar: Calendar = calendar(place)
        self.scripts = tomllib.loads((folder / "scripts.toml").read_text(encoding="utf-8"))
        self.sayings: dict[tuple[str, str], list[dict[str, str]]] = {}
        for row in _rows(folder / "sayings.csv"):
            self.sayings.setdefault((row["category"], row["kind"]), []).append(row)
        self.organisations = {o.code: o for o in Organisation.objects.filter(place=place)}
        self.categories = {c.code: c for c in Category.objects.filter(place=place)}
        self.localities = {x.code: x for x in Locality.objects.filter(place=place)}
        self.roles: dict[str, Role] = {}
        self.enterprises: dict[str, Enterprise] = {}
        self.clerks: dict[int, Role] = {}

    def tell(self) -> None:
        self._enterprises()
        self._people()
        self._station()
        self._visits()
        for row in _rows(self.folder / "cases.csv"):
            self._case(row)
        self._promises()
        tell_diaries(self)
        tell_data_requests(self)
        tell_stationing(self)
        tell_phones(self)
        tell_records(self)
        self._tidy()

    # People and enterprises

    def _enterprises(self) -> None:
        for row in _rows(self.folder / "enterprises.csv"):
            start = self.at - timedelta(days=400)
            enterprise = register.add_enterprise(
                place=self.place,
                name=row["name"],
                name_en=row["name_en"],
                number=row["number"],
                street=row["street"],
                industry=row["industry"],
                status=row["status"],
                locality=self.localities[row["locality"]],
                is_example=True,
                by=None,
                at=start,
            )
            self.enterprises[row["code"]] = enterprise
            register.add_contact(
                enterprise=enterprise,
                name=row["contact"],
                function=row["function"],
                function_en=row["function_en"],
                phone=row["phone"],
                is_main=True,
                by=None,
                at=start,
            )
            self._facts(enterprise, row)

    def _facts(self, enterprise: Enterprise, row: dict[str, str]) -> None:
        ages = cycle((40, 150, 340))  # days: most are fresh, some fade
        for key, read in FACTS.items():
            learned = self.at - timedelta(days=next(ages) + len(enterprise.name) * 3)
            register.record_fact(
                enterprise=enterprise,
                key=key,
                value=str(value) if isinstance(value := read(row[key]), Decimal) else value,
                source=Fact.Source.REGISTER if key == "registered_on" else Fact.Source.ENTERPRISE,
                source_ref="演示数据 · invented",
                as_of=self.place.day(learned),
                by=None,
                at=learned,
            )

    def _people(self) -> None:
        password = make_password(PASSWORD)
        for row in _rows(self.folder / "people.csv"):
            user = User.objects.create(
                username=row["username"],
                display_name=row["name"],
                display_name_en=row["name_en"],
                phone=row["phone"],
                password=password,
                is_demo=True,
            )
            enterprise = self.enterprises.get(row["enterprise"])
            role = Role.objects.create(
                user=user,
                place=self.place,
                kind=row["role"],
                organisation=self.organisations.get(row["organisation"]),
                locality=self.localities.get(row["locality"]),
                enterprise_id=enterprise.pk if enterprise else None,
                enterprise_name=enterprise.name if enterprise else "",
                enterprise_name_en=enterprise.name_en if enterprise else "",
                is_enterprise_admin=enterprise is not None,
            )
            self.roles[row["username"]] = role
            if role.kind == Role.Kind.HANDLER and role.organisation_id:
                self.clerks.setdefault(role.organisation_id, role)
        self.desk = next(r for r in self.roles.values() if r.kind == Role.Kind.COORDINATOR)
        self.leader = next(r for r in self.roles.values() if r.kind == Role.Kind.LEADER)
        self.managers = {r.enterprise_id: r for r in self.roles.values() if r.enterprise_id}
        self.officers: dict[int, Role] = {}

    def _station(self) -> None:
        start = self.place.day(self.at - timedelta(days=400))
        for row in _rows(self.folder / "enterprises.csv"):
            enterprise = self.enterprises[row["code"]]
            for kind in (Link.Kind.OFFICER, Link.Kind.DEPUTY):
                if officer := self.roles.get(row[str(kind)]):
                    register.station(
                        enterprise=enterprise, officer=officer, kind=kind, starts_on=start, by=self.desk, at=self.at
                    )
            self.officers[enterprise.pk] = self.roles[row["officer"]]

    # Visits and cases

    def _visits(self) -> None:
        """Each enterprise is seen every five to nine weeks; some of late, some not for long."""
        notes = cycle(self.sayings["visit", "notes"])
        for n, enterprise in enumerate(self.enterprises.values()):
            gap = 25 + n * 7 % 21
            for k, ago in enumerate(range(3 + n * 11 % 38, 235, gap)):
                said, nothing = next(notes), (n + k) % 3 == 0
                record_visit(
                    enterprise=enterprise,
                    by=self.officers[enterprise.pk],
                    at=self.before(ago),
                    mode="call" if (n + k) % 4 == 1 else "visit",
                    minutes=35 + 10 * (n % 4),
                    met=enterprise.contacts.first(),
                    nothing_new=nothing,
                    notes="" if nothing else said["zh"],
                    notes_en="" if nothing else said["en"],
                )

    def _case(self, row: dict[str, str]) -> None:
        enterprise = self.enterprises[row["enterprise"]]
        start = self.before(float(row["ago"]))
        told = {
            "text": row["text"],
            "text_en": row["text_en"],
            "title": row["title"],
            "title_en": row["title_en"],
            "category": self.categories[row["category"]],
            "wanted_result": row["wanted"],
            "is_confidential": row["script"] == "confidential",
        }
        if row["channel"] == "visit":
            visit = record_visit(
                enterprise=enterprise,
                by=self.officers[enterprise.pk],
                at=start,
                problems=[Problem(**told)],
                met=enterprise.contacts.first(),
            )
            case = Case.objects.get(visit_id=visit.pk)
        else:
            by = self.managers[enterprise.pk] if row["channel"] == "enterprise" else self.officers[enterprise.pk]
            case = cases.open_case(
                enterprise=enterprise,
                by=by,
                at=start,
                channel=row["channel"],
                as_draft=row["script"] == "draft",
                **told,
            )
        Play(self, case, start).run(self.scripts[row["script"]])

    def _promises(self) -> None:
        """What became of the promises whose day has come: most were kept, some not, some taken back."""
        fates = cycle(("kept", "kept", "broken", "kept", "withdrawn", "kept", "kept"))
        for promise in (
            Promise.objects.filter(due_on__lt=self.place.day(self.at)).select_related("enterprise").order_by("id")
        ):
            at = self.calendar.add_working(datetime.combine(promise.due_on, time(), self.place.zone), 3600)
            fate = next(fates)
            if at > self.at or promise.organisation_id not in self.clerks:
                continue
            clerk = self.clerks[promise.organisation_id]
            if fate == "withdrawn":
                cases.withdraw_promise(promise=promise, reason=self.say("withdrawn_promise")["text"], by=clerk, at=at)
                continue
            reason = self.say(f"{fate}_promise")["text"]
            by = self.desk if fate == "broken" else clerk
            cases.keep_promise(promise=promise, is_kept=fate == "kept", reason=reason, by=by, at=at)

    def say(self, kind: str, category: Category | None = None) -> dict[str, str]:
        """The words of a step, in both languages."""
        found = self.sayings.get((category.code, kind)) if category else None
        row = (found or self.sayings["*", kind])[0]
        return {"text": row["zh"], "text_en": row["en"]}

    def before(self, working_days: float) -> datetime:
        """The instant so much working time before now."""
        wanted = int(working_days * self.calendar.hours_on(self.place.day(self.at)).day_seconds)
        far = self.at - timedelta(days=2 * working_days + 30)
        return self.calendar.add_working(far, self.calendar.working_between(far, self.at) - wanted)

    def after(self, start: datetime, working_days: float) -> datetime:
        seconds = int(working_days * self.calendar.hours_on(self.place.day(start)).day_seconds)
        return self.calendar.add_working(start, seconds)

    def _tidy(self) -> None:
        """What jobs would have done meanwhile: offices linked, old notices read, nothing left in the queue."""
        for case in Case.objects.exclude(status=Case.Status.DRAFT):
            case_jobs.link_handlers(case.pk)
        with connection.cursor() as cursor:
            cursor.execute(
                "delete from procrastinate_jobs where status = 'todo'"
                " and task_name in ('cases.link_handlers', 'core.settle_tasks')"
            )
        old = Task.objects.filter(kind=Task.Kind.NOTICE, created_at__lt=self.at - SETTLED_AFTER)
        old.update(read_at=self.at, done_at=self.at)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
