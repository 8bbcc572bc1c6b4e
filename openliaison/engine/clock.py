"""A working-time clock that cannot be wrong: due instants, pauses, and an explanation of every minute.

Instants are aware and in UTC; working hours are wall-clock times of the place's zone. On a night when the
clocks change, a working interval lasts as long as it really does: from 22:00 to 06:00 over the spring
change are seven hours. Source: docs/reference/clock.md.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

DayKind = Literal["off", "work", "provisional"]
Unit = Literal["h", "wh", "wd", "d"]
Interval = tuple[datetime, datetime]
Week = Mapping[int, Sequence[tuple[time, time]]]  # 0 = Monday

_HOUR = 3600
_SPAN_DAYS = 400  # how far the table of working seconds is extended at a time


@dataclass(frozen=True)
class WorkingHours:
    """The ordinary week from a date on."""

    valid_from: date
    week: Week

    @property
    def ordinary_day(self) -> Sequence[tuple[time, time]]:
        """Hours of the first weekday that has any; a make-up workday has the same."""
        return next((hours for _day, hours in sorted(self.week.items()) if hours), ())

    @property
    def day_seconds(self) -> int:
        """Working seconds of an ordinary day: the length of one `wd`."""
        return sum(_wall_seconds(end) - _wall_seconds(start) for start, end in self.ordinary_day)


@dataclass(frozen=True)
class Limit:
    """How long a clock may run: real hours, working hours, working days, or calendar days.

    >>> Limit(3, "wd")
    Limit(amount=3, unit='wd')
    """

    amount: float
    unit: Unit


class Calendar:
    """The working time of a place.

    Args:
        zone: the place's time zone.
        hours: ordinary weeks by date, at least one; the earliest holds for all time before.
        days: days that differ: "off" (holiday), "work" (make-up workday), "provisional" (ordinary, unsettled).
        years: the years whose holidays are loaded; results that touch another year are provisional.

    Raises:
        ValueError: no hours, or a week without a working interval.
    """

    def __init__(
        self, zone: ZoneInfo, hours: Sequence[WorkingHours], days: Mapping[date, DayKind], years: Iterable[int]
    ) -> None:
        if not hours or any(not h.ordinary_day for h in hours):
            raise ValueError("A calendar needs working hours.")
        self.zone, self.days, self.years = zone, dict(days), frozenset(years)
        self._hours = sorted(hours, key=lambda h: h.valid_from)
        self._provisional = sorted(day for day, kind in self.days.items() if kind == "provisional")
        self._first = 0  # ordinal of the first day in the table
        self._sums: list[int] = []  # working seconds before each day, from the first on
        self._cache: dict[date, tuple[Interval, ...]] = {}

    def hours_on(self, day: date) -> WorkingHours:
        """The ordinary week in force on a day."""
        at = bisect_right([h.valid_from for h in self._hours], day)
        return self._hours[max(at - 1, 0)]

    def kind(self, day: date) -> Literal["work", "weekend", "holiday"]:
        """What sort of day it is."""
        if self.intervals(day):
            return "work"
        return "holiday" if self.days.get(day) == "off" else "weekend"

    def intervals(self, day: date) -> tuple[Interval, ...]:
        """Working intervals of a local day, in UTC, in order."""
        if day not in self._cache:
            self._cache[day] = tuple(self._compute(day))
        return self._cache[day]

    def is_provisional(self, start: datetime, end: datetime) -> bool:
        """Whether the span touches a year or day whose holidays are not settled."""
        first, last = self.local_day(start), self.local_day(end)
        if any(year not in self.years for year in range(first.year, last.year + 1)):
            return True
        return bisect_left(self._provisional, first) < bisect_right(self._provisional, last)

    def local_day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def working_between(self, start: datetime, end: datetime) -> int:
        """Working seconds from start to end; 0 when end is not later."""
        return max(self._worked_until(end) - self._worked_until(start), 0)

    def add_working(self, start: datetime, seconds: int) -> datetime:
        """The first instant by which `seconds` of working time have passed since `start`.

        With 0 seconds it is `start` itself, also outside working time.
        """
        if seconds <= 0:
            return start
        target = self._worked_until(start) + seconds
        while self._sums[-1] < target:
            self._extend_forward()
        index = bisect_left(self._sums, target) - 1
        rest = target - self._sums[index]
        for opens, closes in self.intervals(date.fromordinal(self._first + index)):
            length = _seconds(closes - opens)
            if rest <= length:
                return opens + timedelta(seconds=rest)
            rest -= length
        raise AssertionError("the table and the day disagree")

    def due(self, start: datetime, limit: Limit) -> datetime:
        """When a clock that starts at `start` and is never paused is due."""
        if limit.unit == "h":
            return start + timedelta(hours=limit.amount)
        if limit.unit == "d":
            return start + timedelta(days=limit.amount)
        return self.add_working(start, self.seconds(limit, start))

    def seconds(self, limit: Limit, start: datetime) -> int:
        """The length of a limit in seconds: working ones for `wh` and `wd`, real ones for `h` and `d`."""
        if limit.unit == "d":
            return round(limit.amount * 24 * _HOUR)
        if limit.unit in ("h", "wh"):
            return round(limit.amount * _HOUR)
        return round(limit.amount * self.hours_on(self.local_day(start)).day_seconds)

    def end_of_day(self, day: date) -> datetime:
        """The end of work on a day; on a day without work, the end of the last working day before."""
        for back in range(60):
            if hours := self.intervals(day - timedelta(days=back)):
                return hours[-1][1]
        raise ValueError(f"No working day in the two months before {day}.")

    def _compute(self, day: date) -> Iterator[Interval]:
        pattern = self.hours_on(day)
        kind = self.days.get(day)
        if kind == "off":
            return
        hours = pattern.ordinary_day if kind == "work" else pattern.week.get(day.weekday(), ())
        for opens, closes in hours:
            start, end = self._instant(day, opens), self._instant(day, closes)
            if end > start:
                yield start, end

    def _instant(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, tzinfo=self.zone).astimezone(UTC)

    def _worked_until(self, at: datetime) -> int:
        """Working seconds from the table's first day to an instant."""
        day = self.local_day(at).toordinal()
        self._cover(day)
        done = self._sums[day - self._first]
        for opens, closes in self.intervals(date.fromordinal(day)):
            done += max(_seconds(min(at, closes) - opens), 0)
        return done

    def _cover(self, day: int) -> None:
        if not self._sums:
            self._first, self._sums = day - 30, [0]
        if day < self._first:
            before, self._first = self._first, day - 30
            head = self._accumulate(self._first, before, 0)
            self._sums = head[:-1] + [head[-1] + s for s in self._sums]
        while day - self._first >= len(self._sums):
            self._extend_forward()

    def _extend_forward(self) -> None:
        start = self._first + len(self._sums) - 1
        self._sums += self._accumulate(start, start + _SPAN_DAYS, self._sums[-1])[1:]

    def _accumulate(self, start: int, end: int, base: int) -> list[int]:
        sums = [base]
        for day in range(start, end):
            sums.append(sums[-1] + sum(_seconds(b - a) for a, b in self.intervals(date.fromordinal(day))))
        return sums


@dataclass(frozen=True)
class Gap:
    """A span in which the clock does not count, and why: "waiting" or "replied"."""

    start: datetime
    end: datetime | None  # None: still open
    reason: str
    ref: str = ""


@dataclass(frozen=True)
class Mark:
    """A span worth a word although the clock runs on, such as "tossed"."""

    start: datetime
    end: datetime | None
    label: str


@dataclass(frozen=True)
class Stretch:
    """A span of one kind within the explanation; `seconds` of working time that counted (or were paused)."""

    kind: Literal["ran", "paused", "replied", "weekend", "holiday", "off_hours"]
    start: datetime
    end: datetime
    seconds: int
    label: str = ""  # the mark it lies in
    ref: str = ""


@dataclass(frozen=True)
class ClockState:
    """How a clock stands. Seconds are working seconds, but real ones for a limit in `h`."""

    started_at: datetime
    due_at: datetime
    first_due_at: datetime  # before extension and planned date
    limit_seconds: int
    used_seconds: int
    paused_seconds: int
    stopped_at: datetime | None
    is_paused: bool
    is_provisional: bool
    now: datetime
    stretches: tuple[Stretch, ...] = field(repr=False, default=())

    @property
    def left_seconds(self) -> int:
        """What is left; negative when overdue."""
        return self.limit_seconds - self.used_seconds

    @property
    def is_running(self) -> bool:
        return self.stopped_at is None and not self.is_paused

    @property
    def is_overdue(self) -> bool:
        """Now, or when it stopped, was not before due."""
        return (self.stopped_at or self.now) >= self.due_at and not self.is_paused

    @property
    def was_in_time(self) -> bool | None:
        return None if self.stopped_at is None else self.stopped_at < self.due_at


def run(
    calendar: Calendar,
    limit: Limit,
    start: datetime,
    now: datetime,
    *,
    stop: datetime | None = None,
    gaps: Sequence[Gap] = (),
    pause_cap: Limit | None = None,
    extension: Limit | None = None,
    due_on: date | None = None,
    marks: Sequence[Mark] = (),
    is_explained: bool = True,
) -> ClockState:
    """Run one clock.

    Args:
        start, stop, now: the clock counts from start to stop, or to now while it has not stopped.
        gaps: where it does not count, not overlapping. An open gap ends at now: the due instant is
            the one that would hold if it ended now.
        pause_cap: working time that "waiting" gaps may take in all; past it the clock counts again.
        extension: added to the limit.
        due_on: an agreed date that replaces the due instant by that day's end of work.
        marks: spans named in the explanation.
        is_explained: whether to draw up the stretches; they take most of the time.

    Raises:
        ValueError: stop or now before start.
    """
    if now < start or (stop is not None and stop < start):
        raise ValueError("A clock cannot be read before it starts.")
    until = stop or now
    seconds = calendar.seconds(limit, start)
    total = seconds + (calendar.seconds(extension, start) if extension else 0)
    closed = _closed_gaps(calendar, gaps, until, start, pause_cap)
    measure = _real if limit.unit in ("h", "d") else calendar.working_between
    advance = _after if limit.unit in ("h", "d") else calendar.add_working
    first_due = _due(measure, advance, start, seconds, closed)
    due = _due(measure, advance, start, total, closed)
    if due_on is not None:
        due = calendar.end_of_day(due_on)
        total = measure(start, due) - sum(measure(*_clip(g, start, due)) for g in closed)
    used = measure(start, until) - sum(measure(g.start, g.end) for g in closed)
    paused = sum(measure(g.start, g.end) for g in closed if g.reason == "waiting")
    is_paused = stop is None and bool(gaps) and gaps[-1].end is None and bool(closed) and closed[-1].end == until
    return ClockState(
        started_at=start,
        due_at=due,
        first_due_at=first_due,
        limit_seconds=total,
        used_seconds=used,
        paused_seconds=paused,
        stopped_at=stop,
        is_paused=is_paused,
        is_provisional=calendar.is_provisional(start, max(due, until)),
        now=now,
        stretches=tuple(explain(calendar, start, until, closed, marks)) if is_explained else (),
    )


@dataclass(frozen=True)
class _Closed:
    start: datetime
    end: datetime
    reason: str
    ref: str


def _closed_gaps(
    calendar: Calendar, gaps: Sequence[Gap], until: datetime, start: datetime, cap: Limit | None
) -> list[_Closed]:
    """Gaps within the clock's span, with "waiting" ones cut where the cap is used up."""
    left = calendar.seconds(cap, start) if cap else None
    found = []
    for gap in sorted(gaps, key=lambda g: g.start):
        begin, end = max(gap.start, start), min(gap.end or until, until)
        if end <= begin:
            continue
        if gap.reason == "waiting" and left is not None:
            taken = calendar.working_between(begin, end)
            if taken > left:
                end = calendar.add_working(begin, left) if left else begin
                taken = left
            left -= taken
        if end > begin:
            found.append(_Closed(begin, end, gap.reason, gap.ref))
    return found


def _due(measure, advance, start: datetime, seconds: int, closed: Sequence[_Closed]) -> datetime:  # type: ignore[no-untyped-def]
    cursor, rest = start, seconds
    for gap in closed:
        runs = measure(cursor, gap.start)
        if runs >= rest:
            break
        rest -= runs
        cursor = gap.end
    return advance(cursor, rest)


def _clip(gap: _Closed, start: datetime, end: datetime) -> Interval:
    return max(gap.start, start), max(min(gap.end, end), gap.start)


def _real(start: datetime, end: datetime) -> int:
    return max(_seconds(end - start), 0)


def _after(start: datetime, seconds: int) -> datetime:
    return start + timedelta(seconds=seconds)


def explain(
    calendar: Calendar, start: datetime, until: datetime, gaps: Sequence[_Closed], marks: Sequence[Mark] = ()
) -> Iterator[Stretch]:
    """Every minute from start to until, as stretches of one kind within one day; days off are drawn together."""
    pending: Stretch | None = None
    for begin, end in _pieces(calendar, start, until, gaps, marks):
        stretch = _stretch(calendar, begin, end, gaps, marks)
        if pending and _joins(calendar, pending, stretch):
            pending = Stretch(
                pending.kind, pending.start, end, pending.seconds + stretch.seconds, pending.label, pending.ref
            )
            continue
        if pending:
            yield pending
        pending = stretch
    if pending:
        yield pending


def _pieces(
    calendar: Calendar, start: datetime, until: datetime, gaps: Sequence[_Closed], marks: Sequence[Mark]
) -> Iterator[Interval]:
    cuts = {start, until}
    day, last = calendar.local_day(start), calendar.local_day(until)
    while day < last:
        day += timedelta(days=1)
        cuts.add(datetime.combine(day, time(), tzinfo=calendar.zone).astimezone(UTC))
    spans: list[_Closed | Mark] = [*gaps, *marks]
    for span in spans:
        cuts |= {edge for edge in (span.start, span.end) if edge and start < edge < until}
    ordered = sorted(c for c in cuts if start <= c <= until)
    yield from zip(ordered, ordered[1:], strict=False)


def _stretch(
    calendar: Calendar, begin: datetime, end: datetime, gaps: Sequence[_Closed], marks: Sequence[Mark]
) -> Stretch:
    worked = calendar.working_between(begin, end)
    gap = next((g for g in gaps if g.start <= begin and end <= g.end), None)
    label = next((m.label for m in marks if m.start <= begin and (m.end is None or end <= m.end)), "")
    day = calendar.kind(calendar.local_day(begin))
    if gap:
        return Stretch("paused" if gap.reason == "waiting" else "replied", begin, end, worked, label, gap.ref)
    if day != "work":
        return Stretch(day, begin, end, 0, label)
    return Stretch("ran" if worked else "off_hours", begin, end, worked, label)


def _joins(calendar: Calendar, one: Stretch, two: Stretch) -> bool:
    if (one.kind, one.label, one.ref) != (two.kind, two.label, two.ref):
        return False
    same_day = calendar.local_day(one.start) == calendar.local_day(two.start)
    return same_day or one.kind in ("weekend", "holiday", "paused", "replied")


# ── the four clocks of a case ────────────────────────────────────────────────


@dataclass(frozen=True)
class Event:
    """One thing that happened to a case: `kind` as in docs/reference/clock.md, `value` where it has one."""

    at: datetime
    kind: str
    ref: str = ""
    value: float | date | None = None


@dataclass(frozen=True)
class CaseLimits:
    contact: Limit
    assignment: Limit
    reply: Limit
    solution: Limit
    pause_cap: Limit


_ENDS = {"closed"}


def case_clocks(
    calendar: Calendar, limits: CaseLimits, events: Sequence[Event], now: datetime, *, is_explained: bool = True
) -> dict[str, ClockState]:
    """The clocks of a case that have started: contact, assignment, reply, solution.

    Args:
        events: in order of time, the first "submitted". Kinds: submitted, contacted, assigned, answered, asked,
            answer, objected, ruled, extension (value: working days), replied, rejected, planned (value: date),
            due_again, closed, reopened; others are ignored.
        is_explained: whether the states carry their stretches.

    Returns:
        by name; "solution" is the one that runs since the last reopening.
    """
    start = next(e.at for e in events if e.kind == "submitted")
    asked = _gaps(events, "asked", {"answer", "closed"}, "waiting")
    marks = [Mark(g.start, g.end, "tossed") for g in _gaps(events, "objected", {"ruled", "closed"}, "")]
    common: dict[str, Any] = {"pause_cap": limits.pause_cap, "marks": marks, "is_explained": is_explained}
    stops = {
        "contact": _first(events, {"contacted", "answered", "asked", "replied"} | _ENDS),
        "assignment": _first(events, {"assigned"} | _ENDS),
        "reply": _first(events, {"answered", "replied"} | _ENDS),
    }
    found = {
        name: run(calendar, getattr(limits, name), start, now, stop=stops[name], is_explained=is_explained)
        for name in ("contact", "assignment")
    }
    assigned = _first(events, {"assigned"})
    if assigned:
        found["reply"] = run(calendar, limits.reply, assigned, now, stop=stops["reply"], gaps=asked, **common)
    found["solution"] = _solution(calendar, limits, events, now, asked, common)
    return found


def _solution(
    calendar: Calendar,
    limits: CaseLimits,
    events: Sequence[Event],
    now: datetime,
    asked: Sequence[Gap],
    common: dict[str, Any],
) -> ClockState:
    """From submission, or from the last reopening with a fresh clock; a reply stops it unless it is rejected."""
    opened = [i for i, e in enumerate(events) if e.kind in ("submitted", "reopened")][-1]
    own = events[opened:]
    start = own[0].at
    replied = _gaps(own, "replied", {"rejected", "closed", "planned", "returned"}, "replied")
    extension = next((Limit(float(e.value or 0), "wd") for e in own if e.kind == "extension"), None)  # type: ignore[arg-type]
    plan = [e for e in own if e.kind == "planned"]
    held = _reply_that_stands(own)
    last_plan = plan[-1].value if plan and not _rejected_after(own, plan[-1].at) else None
    return run(
        calendar,
        limits.solution,
        start,
        now,
        stop=held,
        gaps=[g for g in (*asked, *replied) if (g.end or now) > start and (held is None or g.start < held)],
        extension=extension,
        due_on=last_plan if isinstance(last_plan, date) else None,
        **common,
    )


def _reply_that_stands(events: Sequence[Event]) -> datetime | None:
    """The last reply that was not rejected or sent back, or the end of the case without one."""
    standing = None
    for event in events:
        if event.kind in ("replied", "due_again"):
            standing = event.at
        elif event.kind in ("rejected", "returned", "referred_up", "planned"):
            standing = None
        elif event.kind == "closed" and standing is None:
            standing = event.at
    return standing


def _rejected_after(events: Sequence[Event], at: datetime) -> bool:
    return any(e.kind == "rejected" and e.at > at for e in events)


def _gaps(events: Sequence[Event], opens: str, closes: set[str], reason: str) -> list[Gap]:
    """Spans from each `opens` to the next event in `closes` (or another `opens`)."""
    found: list[Gap] = []
    begun: Event | None = None
    for event in events:
        if begun and (event.kind in closes or event.kind == opens):
            found.append(Gap(begun.at, event.at, reason, begun.ref))
            begun = None
        if event.kind == opens:
            begun = event
    if begun:
        found.append(Gap(begun.at, None, reason, begun.ref))
    return found


def _first(events: Sequence[Event], kinds: set[str]) -> datetime | None:
    return next((e.at for e in events if e.kind in kinds), None)


def is_in_last_hour(calendar: Calendar, at: datetime) -> bool:
    """Whether an instant lies in the last working hour of its day: such a question is shown as such."""
    hours = calendar.intervals(calendar.local_day(at))
    return bool(hours) and hours[-1][1] - timedelta(hours=1) <= at < hours[-1][1]


def _seconds(span: timedelta) -> int:
    return span.days * 86_400 + span.seconds


def _wall_seconds(at: time) -> int:
    return at.hour * _HOUR + at.minute * 60 + at.second
