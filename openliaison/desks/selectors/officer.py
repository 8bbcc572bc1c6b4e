"""An officer's Today: who needs me, and why; what I promised; who waits for an answer."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from openliaison.cases.models import Case, Entry, Promise
from openliaison.cases.selectors import promise_look, soon_days
from openliaison.core import formatting
from openliaison.core.models import Place, Task
from openliaison.core.scope import Scope
from openliaison.register.models import Contact, Enterprise, served_by_me
from openliaison.visits import needs
from openliaison.visits.models import Visit
from openliaison.visits.needs import Reason
from openliaison.visits.services import undo_minutes

from . import rows
from .tasks import open_tasks

FIRST = 3


@dataclass
class VisitDue:
    """An enterprise to see, with every reason."""

    enterprise: Enterprise
    last_at: datetime | None
    reasons: list[Reason] = field(default_factory=list)
    group: str = "now"  # as the engine says: now, spare (visited too often), quiet
    seen_this_week: int = 0
    is_too_often: bool = False
    open_cases: int = 0
    phone: str = ""  # of the main contact
    client_key: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def weight(self) -> int:
        return sum(r.weight for r in self.reasons)

    @property
    def shows_open(self) -> bool:
        """Whether the open cases stand as a plain fact: they are no reason of their own."""
        return bool(self.open_cases) and all(r.key != "many_open" for r in self.reasons)


@dataclass(frozen=True)
class First:
    """One of the first things today."""

    text: str
    why: str
    url: str
    weight: int


def my_day(scope: Scope, place: Place, at: datetime) -> dict[str, Any]:
    """Everything on Today, in a number of questions that does not grow with the enterprises."""
    promised = due_promises(scope, place, at)
    found = visits_due(scope, place, at)
    mine = [p for p in promised if is_mine_to_keep(p, scope)]
    tasks = list(open_tasks(scope).filter(kind=Task.Kind.TASK)[:12])
    return {
        "visits": [v for v in found if v.group == "now"],
        "spare": [v for v in found if v.group == "spare"],
        "quiet": [v for v in found if v.group == "quiet"],
        "undoable": undoable(scope, place, at),
        "promises": [(p, promise_look(p, scope)) for p in mine],
        "questions": questions(scope),
        "tasks": tasks,
        "notices": open_tasks(scope).filter(kind=Task.Kind.NOTICE).count(),
        "first": first_things(found, mine, tasks, scope, at),
        "mine": len(found),
        "at": at,
    }


def due_promises(scope: Scope, place: Place, at: datetime) -> list[Promise]:
    """Open promises of the county to my enterprises that are late or due within days."""
    today = place.day(at)
    until = today + timedelta(days=soon_days(place, today))
    rows: Any = Promise.objects.visible_to(scope)
    found = rows.open().filter(side=Promise.Side.COUNTY, due_on__lte=until)
    return list(found.select_related("enterprise", "organisation").order_by("due_on", "id"))


def is_mine_to_keep(promise: Promise, scope: Scope) -> bool:
    """I made it, and it is my office's: no other office keeps it for me."""
    office = promise.organisation
    is_ours = office is None or office.pk == scope.organisation_id or office.kind == "desk"
    return promise.made_by_id == scope.user_id and (is_ours or promise.disowned_at is not None)


def undoable(scope: Scope, place: Place, at: datetime) -> list[Visit]:
    """My records of nothing new that may still be taken back."""
    since = at - timedelta(minutes=undo_minutes(place, at))
    rows: Any = Visit.objects.visible_to(scope)
    mine = rows.standing().filter(officer_id=scope.user_id, nothing_new=True, confirmed_at=None, recorded_at__gte=since)
    return list(mine.select_related("enterprise").order_by("-recorded_at")[:FIRST])


def visits_due(scope: Scope, place: Place, at: datetime) -> list[VisitDue]:
    """All my enterprises in order of need: those to see, those visited too often already, those without a reason."""
    found = needs.of_officer(scope, place, at)
    ids = [one.enterprise.pk for one in found]
    called = Contact.objects.visible_to(scope).current().filter(is_main=True, enterprise_id__in=ids)
    phones = dict(called.values_list("enterprise_id", "phone"))
    return [
        VisitDue(
            one.enterprise,
            one.last_at,
            needs.words(one.visit),
            group=one.visit.group,
            seen_this_week=one.seen_this_week,
            is_too_often=one.visit.is_too_often,
            open_cases=one.open_cases,
            phone=phones.get(one.enterprise.pk, ""),
        )
        for one in found
    ]


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
    found += [_visit_first(v) for v in visits if v.group == "now"]
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
