"""A case's clock in words, for lists: how much working time is left, or since when it is over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from openliaison.cases.models import Case
from openliaison.cases.selectors import due_look
from openliaison.core import formatting
from openliaison.core.calendars import calendar
from openliaison.core.models import Place
from openliaison.engine.clock import Calendar

NAMES = {
    "contact": _lazy("first contact"),
    "assignment": _lazy("assignment"),
    "reply": _lazy("first answer"),
    "solution": _lazy("solution"),
}
STANDING = {
    "waiting_enterprise": _lazy("paused: waits for the enterprise"),
    "replied": _lazy("with the enterprise: is it solved?"),
}


@dataclass(frozen=True)
class Clocked:
    """A case with its clock.

    Args:
        look: over, due, ok, wait or none.
        name: which clock it is; "" where none runs.
        words: "3 h 20 min left", "2 working days over", "paused: …".
    """

    case: Case
    look: str
    name: str
    words: str


def clocked(rows: Iterable[Case], place: Place, at: datetime) -> list[Clocked]:
    """Each case with its clock, in the order given; one question for the calendar."""
    found = list(rows)
    days = calendar(place) if any(c.due_at for c in found) else None
    return [_clocked(case, days, at) for case in found]


def _clocked(case: Case, days: Calendar | None, at: datetime) -> Clocked:
    if case.status == Case.Status.PLANNED and case.planned_on:
        return Clocked(case, "wait", "", _("agreed for %(day)s") % {"day": formatting.day(case.planned_on)})
    if case.status in STANDING and case.due_at is None:
        return Clocked(case, "wait", "", str(STANDING[case.status]))
    if days is None or case.due_at is None:
        return Clocked(case, "none", "", "")
    name = str(NAMES.get(case.due_clock, ""))
    return Clocked(case, due_look(case.due_at, at), name, left_in_words(case.due_at, days, at))


def left_in_words(due_at: datetime, days: Calendar, at: datetime) -> str:
    """Working time between now and the due instant; days from a day and a half on."""
    is_over = at >= due_at
    seconds = days.working_between(due_at, at) if is_over else days.working_between(at, due_at)
    whole_day = days.hours_on(days.local_day(at)).day_seconds
    if seconds < 1.5 * whole_day:
        text = formatting.duration(seconds)
        return _("%(time)s over") % {"time": text} if is_over else _("%(time)s left") % {"time": text}
    count = seconds // whole_day
    if is_over:
        return ngettext("%(n)s working day over", "%(n)s working days over", count) % {"n": count}
    return ngettext("%(n)s working day left", "%(n)s working days left", count) % {"n": count}
