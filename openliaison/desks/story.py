"""The example's year, told relative to the day of loading: people, enterprises, visits, cases.

`places/X/story/` holds what was invented; everything that happens goes through the same services that
people's clicks go through, at instants before now. Steps that would lie in the future have not happened.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from openliaison.accounts.demo import PASSWORD
from openliaison.accounts.models import Organisation, Role, User
from openliaison.cases import jobs as case_jobs
from openliaison.cases import services as cases
from openliaison.cases.models import Case, Category, Promise
from openliaison.core.calendars import calendar
from openliaison.core.jobs import settle_tasks
from openliaison.core.models import Locality, Place, Task
from openliaison.core.now import now
from openliaison.engine.clock import Calendar
from openliaison.register import services as register
from openliaison.register.models import Enterprise, Fact, Link
from openliaison.visits.services import Problem, record_visit

from .places import load_place

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


@dataclass(frozen=True)
class Step:
    """One step of a script: a verb with its arguments, some working days after submission."""

    verb: str
    arguments: list[str]
    after: float

    @classmethod
    def read(cls, text: str) -> Step:
        what, _, after = text.partition("@")
        verb, *arguments = what.split(":")
        return cls(verb, arguments, float(after or 0))


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
                as_of=learned.date(),
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
        start = (self.at - timedelta(days=400)).date()
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
                    at=self._before(ago),
                    mode="call" if (n + k) % 4 == 1 else "visit",
                    minutes=35 + 10 * (n % 4),
                    met=enterprise.contacts.first(),
                    nothing_new=nothing,
                    notes="" if nothing else said["zh"],
                    notes_en="" if nothing else said["en"],
                )

    def _case(self, row: dict[str, str]) -> None:
        enterprise = self.enterprises[row["enterprise"]]
        start = self._before(float(row["ago"]))
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
        _Play(self, case, start).run(self.scripts[row["script"]])

    def _promises(self) -> None:
        """What became of the promises whose day has come: most were kept, some not, some taken back."""
        fates = cycle(("kept", "kept", "broken", "kept", "withdrawn", "kept", "kept"))
        for promise in Promise.objects.filter(due_on__lt=self.at.date()).select_related("enterprise").order_by("id"):
            at = self.calendar.add_working(datetime.combine(promise.due_on, time(), self.place.zone), 3600)
            fate = next(fates)
            if at > self.at or promise.organisation_id not in self.clerks:
                continue
            clerk = self.clerks[promise.organisation_id]
            if fate == "withdrawn":
                cases.withdraw_promise(promise=promise, reason=self.say("withdrawn_promise")["text"], by=clerk, at=at)
                continue
            reason = "" if fate == "kept" else self.say("broken_promise")["text"]
            by = self.desk if fate == "broken" else clerk
            cases.keep_promise(promise=promise, is_kept=fate == "kept", reason=reason, by=by, at=at)

    def say(self, kind: str, category: Category | None = None) -> dict[str, str]:
        """The words of a step, in both languages."""
        found = self.sayings.get((category.code, kind)) if category else None
        row = (found or self.sayings["*", kind])[0]
        return {"text": row["zh"], "text_en": row["en"]}

    def _before(self, working_days: float) -> datetime:
        """The instant so much working time before now."""
        wanted = int(working_days * self.calendar.hours_on(self.at.date()).day_seconds)
        far = self.at - timedelta(days=2 * working_days + 30)
        return self.calendar.add_working(far, self.calendar.working_between(far, self.at) - wanted)

    def after(self, start: datetime, working_days: float) -> datetime:
        seconds = int(working_days * self.calendar.hours_on(start.date()).day_seconds)
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


class _Play:
    """One case played by its script."""

    def __init__(self, story: Storyteller, case: Case, start: datetime) -> None:
        self.story, self.case, self.start = story, case, start

    def run(self, script: str) -> None:
        at = self.start
        for step in map(Step.read, script.split()):
            at = self._instant(step, at)
            if at > self.story.at:
                return
            said = self.story.say
            getattr(self, f"_{step.verb}")(at, said, *step.arguments)
            self.case = Case.objects.get(pk=self.case.pk)
            settle_tasks(subject=f"cases.case:{self.case.pk}", before=at.isoformat())

    def _instant(self, step: Step, last: datetime) -> datetime:
        if step.verb == "ask_again" and self.case.planned_on:
            morning = datetime.combine(self.case.planned_on, datetime.min.time(), self.story.place.zone)
            return self.story.calendar.add_working(morning, 1)
        return self.story.after(self.start, step.after) if step.after else self.story.after(last, 0.1)

    # Who acts

    @property
    def _lead(self) -> Role:
        assert self.case.lead_id is not None
        return self.story.clerks[self.case.lead_id]

    @property
    def _enterprise_or_desk(self) -> Role:
        return self.story.managers.get(self.case.enterprise_id, self.story.desk)

    @property
    def _usual(self) -> Organisation:
        assert self.case.category and self.case.category.organisation
        return self.case.category.organisation

    def _organisation(self, code: str) -> Organisation:
        found = self.story.organisations[code] if code else self._usual
        return self.story.organisations["ndrc"] if code and found == self._usual else found

    # The steps

    def _assign(self, at: datetime, said: Any, code: str = "") -> None:
        lead = self._organisation(code)
        person = self.story.clerks[lead.pk].user if self.case.is_confidential else None
        cases.assign_case(case=self.case, lead=lead, person=person, by=self.story.desk, at=at)

    def _assign_again(self, at: datetime, said: Any) -> None:
        if self.case.lead_id is None:
            self._assign(at, said)

    def _contact(self, at: datetime, said: Any) -> None:
        cases.record_contact(case=self.case, by=self._lead, at=at, **said("contact"))

    def _answer(self, at: datetime, said: Any) -> None:
        cases.answer_case(case=self.case, by=self._lead, at=at, **said("answer", self.case.category))

    def _ask(self, at: datetime, said: Any) -> None:
        cases.ask_enterprise(case=self.case, by=self._lead, at=at, **said("ask"))

    def _answer_question(self, at: datetime, said: Any) -> None:
        cases.answer_question(case=self.case, by=self._enterprise_or_desk, at=at, **said("answer_question"))

    def _reply(self, at: datetime, said: Any, kind: str, days: str = "") -> None:
        planned_on = self._day_after(at, float(days)) if days else None
        words = said(kind, self.case.category)
        cases.reply_case(case=self.case, reply_kind=kind, planned_on=planned_on, by=self._lead, at=at, **words)

    def _day_after(self, at: datetime, working_days: float) -> date:
        return self.story.calendar.local_day(self.story.after(at, working_days))

    def _yes(self, at: datetime, said: Any, stars: str = "") -> None:
        by = self._enterprise_or_desk
        cases.confirm_case(case=self.case, verdict="yes", satisfaction=int(stars) if stars else None, by=by, at=at)

    def _no(self, at: datetime, said: Any) -> None:
        cases.confirm_case(case=self.case, verdict="no", by=self._enterprise_or_desk, at=at, **said("no"))

    def _enough(self, at: datetime, said: Any, stars: str) -> None:
        cases.confirm_case(
            case=self.case,
            verdict="partly",
            is_enough=True,
            satisfaction=int(stars),
            by=self._enterprise_or_desk,
            at=at,
            **said("enough"),
        )

    def _ask_again(self, at: datetime, said: Any) -> None:
        cases.ask_again(case=self.case, at=at)

    def _object(self, at: datetime, said: Any) -> None:
        words = said("object")
        cases.object_to_case(case=self.case, reason=words["text"], reason_en=words["text_en"], by=self._lead, at=at)

    def _rule(self, at: datetime, said: Any, code: str = "") -> None:
        lead = self._organisation(code)
        cases.rule_objection(case=self.case, lead=lead, by=self.story.desk, at=at, **said("rule"))

    def _arbitrate(self, at: datetime, said: Any) -> None:
        cases.rule_objection(case=self.case, lead=self._usual, by=self.story.leader, at=at, **said("arbitrate"))

    def _extension(self, at: datetime, said: Any, days: str) -> None:
        reason = said("extension")["text"]
        cases.request_extension(case=self.case, days=int(days), reason=reason, by=self._lead, at=at)

    def _grant(self, at: datetime, said: Any) -> None:
        cases.rule_extension(case=self.case, is_granted=True, by=self.story.desk, at=at, **said("grant"))

    def _remind(self, at: datetime, said: Any) -> None:
        cases.remind_enterprise(case=self.case, by=self.story.desk, at=at, **said("remind"))

    def _call(self, at: datetime, said: Any, reached: str) -> None:
        words = said(f"call_{reached}")
        cases.record_call(case=self.case, reached=reached == "yes", by=self.story.desk, at=at, **words)

    def _silent(self, at: datetime, said: Any) -> None:
        cases.close_silent(case=self.case, by=self.story.desk, at=at, **said("silent"))

    def _withdraw(self, at: datetime, said: Any) -> None:
        cases.request_withdrawal(case=self.case, by=self._enterprise_or_desk, at=at, **said("withdraw"))

    def _withdrawn(self, at: datetime, said: Any) -> None:
        cases.confirm_withdrawal(case=self.case, by=self.story.desk, at=at, **said("withdrawn"))

    def _decline(self, at: datetime, said: Any, reason: str) -> None:
        cases.decline_case(case=self.case, reason=reason, by=self.story.desk, at=at, **said("decline"))

    def _duplicate(self, at: datetime, said: Any) -> None:
        first = Case.objects.filter(enterprise_id=self.case.enterprise_id, title=self.case.title)
        first = first.exclude(pk=self.case.pk).order_by("created_at").first()
        assert first is not None, f"{self.case} is the duplicate of nothing"
        cases.mark_duplicate(case=self.case, of=first, by=self.story.desk, at=at, **said("duplicate"))

    def _refer_up(self, at: datetime, said: Any) -> None:
        cases.refer_up(case=self.case, by=self.story.desk, at=at, **said("refer_up"))

    def _above(self, at: datetime, said: Any) -> None:
        cases.return_from_above(case=self.case, by=self.story.desk, at=at, **said("above"))

    def _reopen(self, at: datetime, said: Any) -> None:
        cases.reopen_case(case=self.case, by=self._enterprise_or_desk, at=at, **said("reopen"))

    def _note(self, at: datetime, said: Any) -> None:
        cases.note_case(case=self.case, by=self.story.desk, at=at, **said("note"))

    def _message(self, at: datetime, said: Any) -> None:
        cases.send_message(case=self.case, by=self._lead, at=at, **said("message"))

    def _co(self, at: datetime, said: Any, code: str) -> None:
        organisation = self._organisation(code)
        cases.add_co_handler(case=self.case, organisation=organisation, by=self.story.desk, at=at)

    def _finish(self, at: datetime, said: Any) -> None:
        piece = self.case.handlings.get(part="co", ends_at=None)
        clerk = self.story.clerks[piece.organisation_id]
        cases.finish_piece(case=self.case, by=clerk, at=at, **said("finish"))

    def _promise(self, at: datetime, said: Any, days: str) -> None:
        cases.make_promise(
            enterprise=self.case.enterprise,
            case=self.case,
            due_on=max(self._day_after(at, float(days)), at.date()),
            by=self._lead,
            at=at,
            **said("promise"),
        )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
