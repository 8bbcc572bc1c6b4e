"""The clocks of a case, ready to be drawn: what is left, and every minute of it in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import format_date
from django.utils.functional import Promise as Words
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from openliaison.cases import clock
from openliaison.cases.models import Case
from openliaison.core import formatting
from openliaison.core.calendars import calendar
from openliaison.core.models import CalendarDay
from openliaison.engine.clock import Calendar, ClockState, Line, is_in_last_hour, lines

NAMES: dict[str, Words] = {
    "contact": _lazy("First contact"),
    "assignment": _lazy("Assignment"),
    "reply": _lazy("First answer"),
    "solution": _lazy("Solution"),
}
# What ends a clock: the light turns grey.
ENDS: dict[str, Words] = {
    "contact": _lazy("Ends with the first call or message to the enterprise."),
    "assignment": _lazy("Ends when the desk assigns the case."),
    "reply": _lazy("Ends with the lead's first written answer: what will be done, and by when."),
    "solution": _lazy("Ends with a reply: solved, planned by a date, or explained. A “no” lets it run on."),
}


@dataclass(frozen=True)
class Row:
    """One line of the explanation in words."""

    day: str
    text: str
    amount: str
    css: str  # "", "c-wait" (paused), "tossed"


@dataclass(frozen=True)
class OneClock:
    """A clock in the table of all four."""

    name: str
    label: Words
    state: ClockState
    look: str  # ok | due | over | wait | none
    said: str


@dataclass(frozen=True)
class ClockPanel:
    """The clock that matters now, with its explanation, and all of them in short."""

    name: str
    label: Words
    ends: Words
    state: ClockState
    look: str
    is_due_today: bool
    bars: list[tuple[float, float, str]]  # x and width in percent, class
    rows: list[Row]
    table: list[OneClock]

    @property
    def left_seconds(self) -> int:
        return self.state.left_seconds


def clock_panel(case: Case, at: datetime) -> ClockPanel | None:
    """The governing clock of a case with its explanation; None for a draft."""
    days = calendar(case.place)
    found = clock.clocks(case, at, days=days)
    if not found:
        return None
    name = case.due_clock if case.due_clock in found else _last(found)
    state = found[name]
    listed = lines(days, state)
    return ClockPanel(
        name=name,
        label=NAMES[name],
        ends=ENDS[name],
        state=state,
        look=_look(case, state, at),
        is_due_today=days.local_day(state.due_at) == days.local_day(at) and state.due_at > at,
        bars=list(_bars(state, listed)),
        rows=list(_rows(case, days, listed, at)),
        table=[_one(case, key, found[key], at) for key in NAMES if key in found],
    )


def _last(found: dict[str, ClockState]) -> str:
    return "reply" if "reply" in found and found["reply"].is_paused else "solution"


def _look(case: Case, state: ClockState, at: datetime) -> str:
    if case.status == Case.Status.CLOSED or state.stopped_at:
        return "none"
    if state.is_paused:
        return "wait"
    return due_look(state.due_at, at)


def due_look(due_at: datetime | None, at: datetime) -> str:
    """The colour of a due instant: past, within a day, or fine."""
    if due_at is None:
        return "none"
    if at >= due_at:
        return "over"
    return "due" if due_at - at <= timedelta(days=1) else "ok"


def _one(case: Case, name: str, state: ClockState, at: datetime) -> OneClock:
    if state.stopped_at:
        said = _("in time") if state.was_in_time else _("late")
        return OneClock(name, NAMES[name], state, "ok" if state.was_in_time else "over", said)
    look = _look(case, state, at)
    left = formatting.duration(state.left_seconds)
    if state.is_paused:
        said = _("paused, %(left)s left") % {"left": left}
    elif look == "over":
        said = _("%(over)s over") % {"over": left}
    else:
        said = _("%(left)s left") % {"left": left}
    return OneClock(name, NAMES[name], state, look, said)


def _bars(state: ClockState, listed: list[Line]) -> Iterator[tuple[float, float, str]]:
    """What was used, as pieces of the whole limit; what lies past the limit is marked."""
    whole = max(state.limit_seconds, state.used_seconds, 1)
    x, limit = 0.0, 100 * state.limit_seconds / whole
    for line in listed:
        if line.kind != "ran" or not line.seconds:
            continue
        end = x + 100 * line.seconds / whole
        kind = "tossed" if line.label else "run"
        if x < limit:
            yield round(x, 2), _width(min(end, limit) - x), kind
        if end > limit + 0.01:
            yield round(max(x, limit), 2), _width(end - max(x, limit)), "over"
        x = end


def _width(width: float) -> float:
    """A hair less, so that pieces stand apart."""
    return round(max(width - 0.4, 0.2), 2)


def _rows(case: Case, days: Calendar, listed: list[Line], at: datetime) -> Iterator[Row]:
    names = _holiday_names(case, listed)
    for line in listed:
        amount = _("not counted")
        if line.kind == "ran":
            amount = _("ran %(time)s") % {"time": formatting.duration(line.seconds, "clock")}
        elif line.kind == "paused":
            amount = _("paused %(time)s") % {"time": formatting.duration(line.seconds, "clock")}
        css = "c-wait" if line.kind == "paused" else "tossed" if line.label else ""
        yield Row(_day(line), _text(line, days, names), amount, css)


def _day(line: Line) -> str:
    if line.first_day == line.last_day:
        return (
            formatting.day(line.first_day, "near") if line.first_day == formatting.today() else _short(line.first_day)
        )
    return f"{_short(line.first_day, weekday=False)}–{_short(line.last_day, weekday=False)}"


def _short(day: date, *, weekday: bool = True) -> str:
    english = formatting.locale() == "en"
    pattern = ("EEE d MMM" if weekday else "d MMM") if english else ("M-d EEE" if weekday else "M-d")
    return format_date(day, pattern, locale=formatting.locale())


def _text(line: Line, days: Calendar, names: dict[date, str]) -> str:
    if line.kind == "weekend":
        return _("not working days") if line.days > 1 else _("not a working day")
    if line.kind == "holiday":
        return names.get(line.first_day) or _("holiday")
    if line.kind == "replied":
        return _("with the enterprise for its verdict, not counted")
    span = _span(line)
    if line.kind == "paused":
        late = " · " + _("asked in the last working hour") if is_in_last_hour(days, line.start) else ""
        return _("waits for the enterprise's answer, %(span)s") % {"span": span} + late
    return f"{span} · " + _("between offices, still runs") if line.label else span


def _span(line: Line) -> str:
    start, end = formatting.instant(line.start, "time"), formatting.instant(line.end, "time")
    if line.is_now:
        return _("%(start)s to now, %(end)s") % {"start": start, "end": end}
    if line.kind == "ran" and line.days > 1:
        return _("%(start)s–%(end)s each day") % {"start": start, "end": end}
    return f"{start}–{end}"


def _holiday_names(case: Case, listed: list[Line]) -> dict[date, str]:
    off: list[Any] = [line.first_day for line in listed if line.kind == "holiday"]
    if not off:
        return {}
    english = formatting.locale() == "en"
    rows = CalendarDay.objects.filter(place=case.place, day__in=off)
    return {row.day: (row.name_en if english else row.name) or row.name for row in rows}
