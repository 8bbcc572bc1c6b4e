"""One clock: its limit, its pauses, when it is due, and every minute of it as stretches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal

from .calendar import Calendar, Interval, Limit, seconds_of


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
    gaps = sorted(gaps, key=lambda gap: gap.start)
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
    for gap in gaps:
        begin, end = max(gap.start, start), min(gap.end or until, until)
        if end < begin:
            continue
        if gap.reason == "waiting" and left is not None:
            if not left:
                continue
            taken = calendar.working_between(begin, end)
            if taken > left:
                end, taken = calendar.add_working(begin, left), left
            left -= taken
        found.append(_Closed(begin, end, gap.reason, gap.ref))  # one that begins now has no length yet
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
    return max(seconds_of(end - start), 0)


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
    yield from pairwise(ordered)


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
