"""An officer's Today: who needs me, and why; what I promised; who waits for an answer."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openliaison.cases.models import Case, Entry, Promise
from openliaison.cases.selectors import promise_look
from openliaison.core import formatting
from openliaison.core.models import Place, Task
from openliaison.core.scope import Scope
from openliaison.register.burden_selectors import visits_around
from openliaison.register.models import Contact, Enterprise, served_by_me
from openliaison.visits.selectors import contact_days, days_since, visits_a_week

from . import rows
from .rows import Ask
from .tasks import open_tasks

PROMISE_DAYS = 3  # so many days before its day a promise stands on Today
FIRST = 3


@dataclass(frozen=True)
class Reason:
    """Why an enterprise should be seen; `url` opens the rows behind it."""

    text: str
    url: str
    weight: int
    look: str = "none"


@dataclass
class VisitDue:
    """An enterprise to see, with every reason."""

    enterprise: Enterprise
    last_at: datetime | None
    reasons: list[Reason] = field(default_factory=list)
    seen_this_week: int = 0
    is_too_often: bool = False
    open_cases: int = 0
    phone: str = ""  # of the main contact
    client_key: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def weight(self) -> int:
        return sum(r.weight for r in self.reasons)


@dataclass(frozen=True)
class First:
    """One of the first things today."""

    text: str
    why: str
    url: str
    weight: int


def my_day(scope: Scope, place: Place, at: datetime) -> dict[str, Any]:
    """Everything on Today, in a number of questions that does not grow with the enterprises."""
    promised = due_promises(scope)
    found = visits_due(scope, place, at, promised)
    mine = [p for p in promised if p.made_by_id == scope.user_id]
    tasks = list(open_tasks(scope).filter(kind=Task.Kind.TASK)[:12])
    return {
        "visits": [v for v in found if v.reasons and not v.is_too_often],
        "spare": [v for v in found if v.reasons and v.is_too_often],
        "quiet": [v for v in found if not v.reasons],
        "promises": [(p, promise_look(p, scope)) for p in mine],
        "questions": questions(scope),
        "tasks": tasks,
        "notices": open_tasks(scope).filter(kind=Task.Kind.NOTICE).count(),
        "first": first_things(found, mine, tasks, scope, at),
        "mine": len(found),
        "at": at,
    }


def due_promises(scope: Scope) -> list[Promise]:
    """Open promises of the county to my enterprises that are late or due within days."""
    until = scope.today + timedelta(days=PROMISE_DAYS)  # type: ignore[operator]
    found = Promise.objects.visible_to(scope).open().filter(side=Promise.Side.COUNTY, due_on__lte=until)
    return list(found.select_related("enterprise", "organisation").order_by("due_on", "id"))


def visits_due(scope: Scope, place: Place, at: datetime, promised: Iterable[Promise]) -> list[VisitDue]:
    """All my enterprises, those that need me most first."""
    mine = Enterprise.objects.visible_to(scope).filter(pk__in=served_by_me(scope), merged_into=None)
    mine = mine.select_related("locality").annotate(last_at=Max("visits__at"))
    ceiling, every, ask = visits_a_week(place, at), contact_days(place, at), Ask(scope, place, at)
    mine = list(mine)
    seen = visits_around([e.pk for e in mine], place.day(at))
    open_cases = _by_enterprise(rows.find("open", ask))
    counts = {key: _by_enterprise(rows.find(key, ask)) for key in ("overdue", "due-soon", "questions", "to-confirm")}
    called = Contact.objects.visible_to(scope).current().filter(is_main=True)
    phones = dict(called.values_list("enterprise_id", "phone"))
    promises: dict[int, list[Promise]] = defaultdict(list)
    for promise in promised:
        promises[promise.enterprise_id].append(promise)
    found = []
    for e in mine:
        due = VisitDue(e, e.last_at, seen_this_week=seen.get(e.pk, 0), open_cases=open_cases.get(e.pk, 0))
        due.phone = phones.get(e.pk, "")
        due.is_too_often = due.seen_this_week >= ceiling
        numbers = {key: of.get(e.pk, 0) for key, of in counts.items()}
        due.reasons = [
            *_of_cases(e, numbers),
            *_of_promises(e, promises[e.pk], scope),
            *_of_silence(e, place, at, every),
        ]
        found.append(due)
    return sorted(found, key=lambda v: (-v.weight, v.enterprise.name))


def _of_silence(row: Any, place: Place, at: datetime, every: int) -> list[Reason]:
    if row.last_at is None:
        return [Reason(_("never contacted since it is on file"), reverse("desks:briefing", args=[row.pk]), 4, "due")]
    days = days_since(row.last_at, place, at)
    if days < every:
        return []
    text = ngettext("no contact for %(n)s day", "no contact for %(n)s days", days) % {"n": days}
    weight = 4 if days >= 2 * every else 3
    return [Reason(text, f"{reverse('visits:visit_list')}?enterprise={row.pk}", weight, "due")]


def _of_cases(row: Enterprise, numbers: dict[str, int]) -> list[Reason]:
    found = []
    if n := numbers["overdue"]:
        text = ngettext("%(n)s case overdue", "%(n)s cases overdue", n) % {"n": n}
        found.append(Reason(text, rows.url("overdue", enterprise=row.pk), 5, "over"))
    if n := numbers["due-soon"]:
        text = ngettext("%(n)s case due within a day", "%(n)s cases due within a day", n) % {"n": n}
        found.append(Reason(text, rows.url("due-soon", enterprise=row.pk), 4, "due"))
    if n := numbers["questions"]:
        text = ngettext("%(n)s question waits for its answer", "%(n)s questions wait for its answer", n) % {"n": n}
        found.append(Reason(text, rows.url("questions", enterprise=row.pk), 3, "wait"))
    if n := numbers["to-confirm"]:
        text = ngettext("%(n)s reply waits for its word", "%(n)s replies wait for its word", n) % {"n": n}
        found.append(Reason(text, rows.url("to-confirm", enterprise=row.pk), 2, "wait"))
    return found


def _of_promises(row: Enterprise, promised: list[Promise], scope: Scope) -> list[Reason]:
    if not promised:
        return []
    n, is_late = len(promised), any(p.due_on < scope.today for p in promised)  # type: ignore[operator]
    text = ngettext("%(n)s promise to it is due", "%(n)s promises to it are due", n) % {"n": n}
    return [Reason(text, reverse("desks:briefing", args=[row.pk]) + "#promises", 4, "over" if is_late else "due")]


def _by_enterprise(found: QuerySet) -> dict[int, int]:
    return dict(found.order_by().values_list("enterprise_id").annotate(Count("pk")))


@dataclass(frozen=True)
class Asked:
    """A question of an office that waits for an enterprise's answer."""

    case: Case
    entry: Entry | None


def questions(scope: Scope) -> list[Asked]:
    """Questions to my enterprises: I may answer where I know."""
    cases = Case.objects.visible_to(scope).filter(status="waiting_enterprise", enterprise_id__in=served_by_me(scope))
    found = list(cases.select_related("enterprise", "lead").order_by("created_at")[:6])
    asked = Entry.objects.visible_to(scope).filter(case__in=found, kind=Entry.Kind.ASKED).select_related("organisation")
    latest = {e.case_id: e for e in asked.order_by("at", "id")}
    return [Asked(case, latest.get(case.pk)) for case in found]


def first_things(
    visits: list[VisitDue], promises: list[Promise], tasks: list[Task], scope: Scope, at: datetime
) -> list[First]:
    """The three things to begin with."""
    found = [*map(_promise_first, promises)]
    found += [_visit_first(v) for v in visits if v.reasons and not v.is_too_often]
    found += [First(t.text, t.reason, t.url, 5) for t in tasks if t.due_at and t.due_at <= at + rows.SOON]
    return sorted(found, key=lambda f: -f.weight)[:FIRST]


def _promise_first(promise: Promise) -> First:
    text = _("Keep the promise: %(what)s") % {"what": promise.label}
    why = _("Promised to %(name)s by %(day)s.") % {
        "name": promise.enterprise.label,
        "day": formatting.day(promise.due_on, "near"),
    }
    return First(text, why, reverse("desks:briefing", args=[promise.enterprise_id]) + "#promises", 6)


def _visit_first(due: VisitDue) -> First:
    text = _("See %(name)s") % {"name": due.enterprise.label}
    separator = _("; ")
    why = separator.join(r.text for r in due.reasons)
    return First(text, why, reverse("desks:briefing", args=[due.enterprise.pk]), due.weight)
