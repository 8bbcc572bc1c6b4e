"""A clock's stretches as a person reads them: one line per day, ordinary days drawn together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from .calendar import Calendar
from .running import ClockState, Stretch


@dataclass(frozen=True)
class Line:
    """One line of a clock's explanation.

    `start` and `end` are working instants where the clock ran (08:30–17:30, less the break in `seconds`),
    and the bounds of the span otherwise. `is_now`: the line ends now and goes on.
    """

    kind: Literal["ran", "paused", "replied", "weekend", "holiday"]
    start: datetime
    end: datetime
    first_day: date
    last_day: date
    seconds: int
    label: str = ""
    ref: str = ""
    is_whole: bool = False  # all of the working time of its days
    is_now: bool = False

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1


def lines(calendar: Calendar, state: ClockState) -> list[Line]:
    """Every stretch of a clock that counted, was paused or lay on a day off; nights and breaks are left out.

    >>> # three ordinary days in a row are one line: Tue–Thu, 08:30–17:30 each, 24 h
    """
    found = [_line(calendar, s) for s in state.stretches if s.kind != "off_hours"]
    joined = list(_joined(found))
    if joined and state.stopped_at is None and state.stretches[-1].kind != "off_hours":
        joined[-1] = replace(joined[-1], is_now=True)
    return joined


def _line(calendar: Calendar, stretch: Stretch) -> Line:
    start, end = stretch.start, stretch.end
    if stretch.kind == "ran":
        start, end = calendar.worked_span(start, end) or (start, end)
    first, last = calendar.local_day(start), calendar.local_day(max(stretch.end - timedelta(seconds=1), start))
    hours = calendar.intervals(first)
    is_whole = stretch.kind == "ran" and bool(hours) and (start, end) == (hours[0][0], hours[-1][1])
    return Line(stretch.kind, start, end, first, last, stretch.seconds, stretch.label, stretch.ref, is_whole)  # type: ignore[arg-type]


def _joined(found: list[Line]) -> Iterator[Line]:
    pending: Line | None = None
    for line in found:
        if pending and _is_more_of(pending, line):
            pending = replace(pending, end=line.end, last_day=line.last_day, seconds=pending.seconds + line.seconds)
            continue
        if pending:
            yield pending
        pending = line
    if pending:
        yield pending


def _is_more_of(one: Line, two: Line) -> bool:
    is_next_day = two.first_day - one.last_day == timedelta(days=1)
    return one.is_whole and two.is_whole and one.label == two.label and is_next_day
