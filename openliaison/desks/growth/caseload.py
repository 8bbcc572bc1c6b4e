"""Invented cases of enterprises on file, in order of time, a chunk at a time."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Sequence
from datetime import datetime
from random import Random

from django.db.models import F

from openliaison.accounts.models import Role
from openliaison.cases.models import Case
from openliaison.core.models import Counter
from openliaison.register.models import Contact, Enterprise, Link
from openliaison.visits.models import Visit

from . import copying
from .ground import Ground
from .life import Life
from .lives import ENDING, Player, Script, draw
from .rows import Firm

PROBLEMS = (
    ("{n}号车间的事拖了两周没有结果", "nothing has come of it in two weeks, workshop {n}"),
    ("影响{n}月份交货", "it endangers the deliveries of month {n}"),
    ("手续还差{n}项，不知道找谁", "{n} papers are missing and nobody knows who gives them"),
    ("上月反映过一次，想问进展", "raised before by word of mouth, what became of it"),
    ("涉及{n}名职工，希望尽快办", "{n} workers are touched, please be quick"),
    ("新项目{n}期等着开工", "stage {n} of the new project waits for it"),
    ("费用比去年多了{n}成", "it costs {n} tenths more than last year"),
    ("希望部门到现场看一次", "we ask the office to come and look"),
)
CONFIDENTIAL = 0.01
PLAIN = ENDING[0]


class Caseload:
    """Makes chunks of cases for a set of enterprises."""

    def __init__(self, ground: Ground, rng: Random, enterprise_ids: Sequence[int]) -> None:
        self.ground, self.rng, self.ids = ground, rng, enterprise_ids
        self.is_english = (ground.place.languages or ["zh"])[0] == "en"

    def chunk(self, count: int, start: datetime, end: datetime) -> list[int]:
        """Write `count` cases that begin in working time between two instants; returns their ids."""
        span = self.ground.calendar.working_between(start, end)
        starts = sorted(self.ground.calendar.add_working(start, self.rng.randint(1, span)) for _ in range(count))
        firms = self._firms([self._any_id() for _ in range(count)])
        numbers = self._numbers(starts)
        cases = [self._case(firm, at, n) for firm, at, n in zip(firms, starts, numbers, strict=True)]
        copying.number(cases)
        lives = [self._live(case, firm) for case, firm in zip(cases, firms, strict=True)]
        self._write(lives)
        return [case.pk for case in cases]

    def _any_id(self) -> int:
        """Some enterprises raise many cases, most few."""
        return self.ids[int(len(self.ids) * self.rng.random() ** 1.6)]

    def _firms(self, ids: list[int]) -> list[Firm]:
        wanted = set(ids)
        found = {
            row.pk: Firm(row)
            for row in Enterprise.objects.filter(pk__in=wanted).only("name", "name_en", "place_id", "locality_path")
        }
        links = Link.objects.filter(enterprise_id__in=wanted, kind__in=["officer", "deputy"], ends_on=None)
        by_user = {r.user_id: r for r in Role.objects.filter(user_id__in=links.values("user_id"), kind="officer")}
        for enterprise_id, user_id in links.order_by("id").values_list("enterprise_id", "user_id"):
            if user_id in by_user:
                found[enterprise_id].officers.append(by_user[user_id])
        for role in Role.objects.filter(enterprise_id__in=wanted, user__is_active=True):
            found[role.enterprise_id or 0].manager = role
        for contact in Contact.objects.filter(enterprise_id__in=wanted, is_main=True, ends_on=None):
            found[contact.enterprise_id].contact = contact
        return [found[pk] for pk in ids]

    def _numbers(self, starts: list[datetime]) -> list[str]:
        """The next numbers of each year, as many as are needed, in one step."""
        years = [at.astimezone(self.ground.place.zone).year for at in starts]
        free = {}
        for year, count in Tally(years).items():
            row, _is_new = Counter.objects.get_or_create(key=f"case:{self.ground.place.pk}:{year}")
            Counter.objects.filter(key=row.key).update(value=F("value") + count)
            free[year] = Counter.objects.get(key=row.key).value - count
        found = []
        for year in years:
            free[year] += 1
            found.append(f"{year}-{free[year]:04d}")
        return found

    def _case(self, firm: Firm, at: datetime, number: str) -> Case:
        rng, category = self.rng, self.rng.choice(self.ground.categories)
        problem, problem_en = rng.choice(PROBLEMS)
        n = rng.randint(2, 9)
        title, title_en = f"{category.name}：{problem.format(n=n)}", f"{category.name_en}: {problem_en.format(n=n)}"
        path, _desk = self.ground.desk(firm.enterprise.locality_path)
        words = {"title": title_en, "text": f"{title_en}."} if self.is_english else {
            "title": title, "title_en": title_en, "text": f"{title}。", "text_en": f"{title_en}.",
        }  # fmt: skip
        case = copying.new(
            Case,
            place_id=self.ground.place.pk,
            number=number,
            client_key=copying.key(rng),
            locality_path=firm.enterprise.locality_path,
            received_path=path,
            created_at=at,
            **words,
        )
        case.search = copying.vector(case.number, case.title, case.title_en, case.text, case.text_en)
        case.enterprise, case.category = firm.enterprise, category
        return case

    def _live(self, case: Case, firm: Firm) -> Life:
        life = Life(self.ground, firm, self.rng)
        script = draw(self.rng, case.created_at, self.ground.at)
        script, first = self._fitting(script, case, firm)
        by = self._raised(life, case, firm, script)
        life.open(case, case.created_at, by, as_draft=script.text == "draft")
        if script.text != "draft":
            Player(life, script, first).play(case.created_at)
        firm.latest = case  # type: ignore[attr-defined]
        return life

    def _fitting(self, script: Script, case: Case, firm: Firm) -> tuple[Script, Case | None]:
        """The script, or the plain one where what it needs is not there: a log-in, an arbiter, an earlier case."""
        first = getattr(firm, "latest", None)
        needs_manager = script.text == "draft" or "withdraw" in script.text
        lacks = (
            (needs_manager and firm.manager is None)
            or ("arbitrate" in script.text and self.ground.leader(case.locality_path) is None)
            or ("duplicate" in script.text and (first is None or first.status == Case.Status.DRAFT))
        )
        return (PLAIN, None) if lacks else (script, first)

    def _raised(self, life: Life, case: Case, firm: Firm, script: Script) -> Role:
        """Who tells it, and by which channel: the enterprise, its officer at a visit or by phone, the desk."""
        chance = self.rng.random()
        by = self.ground.desk(case.locality_path)[1][0]
        case.channel = Case.Channel.PHONE
        if firm.manager and (chance < 0.6 or script.text == "draft"):
            by, case.channel = firm.manager, Case.Channel.ENTERPRISE
        elif firm.officers:
            by = firm.officers[0]
            case.officer_id = by.user_id
            if chance > 0.3:
                life.visit = self._visit(case, firm, by)
        case.raised_by_id = by.user_id
        case.is_confidential = self.rng.random() < CONFIDENTIAL and _keeps_secrets(script)
        return by

    def _visit(self, case: Case, firm: Firm, by: Role) -> Visit:
        """The visit it was told at."""
        case.channel = Case.Channel.VISIT
        if firm.contact:
            case.contact_name, case.contact_phone = firm.contact.name, firm.contact.phone
        return copying.new(
            Visit,
            place_id=case.place_id,
            client_key=copying.key(self.rng),
            enterprise_id=case.enterprise_id,
            locality_path=case.locality_path,
            officer_id=by.user_id,
            at=case.created_at,
            met_id=firm.contact.pk if firm.contact else None,
            notes=case.text,
            recorded_at=case.created_at,
        )

    def _write(self, lives: list[Life]) -> None:
        visits = [life.visit for life in lives if life.visit]
        copying.number(visits)
        for life in lives:
            life.case.visit_id = life.visit.pk if life.visit else None
        promises = [p for life in lives for p in life.promises]
        copying.number(promises)
        for life in lives:
            for promise in life.promises:
                life.tell_of_promise(promise)
        copying.copy(visits)
        copying.copy([life.case for life in lives])
        for name in ("entries", "objections", "extensions"):
            rows = [row for life in lives for row in getattr(life, name)]
            copying.number(rows)
            copying.copy(rows)
        copying.copy([row for life in lives for row in life.handlings])
        copying.copy(promises)
        copying.copy([row for life in lives for row in life.tasks])


def _keeps_secrets(script: Script) -> bool:
    """Whether a script can be that of a confidential case: one office, whose person is named, and no arbiter."""
    return not any(word in script.text for word in ("object", "co@", "duplicate", "draft"))
