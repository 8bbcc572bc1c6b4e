"""Working time of a place: its hours, its days off, and how long or until when one works."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
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
        self._valid_from = [h.valid_from for h in self._hours]
        self._provisional = sorted(day for day, kind in self.days.items() if kind == "provisional")
        self._first = 0  # ordinal of the first day in the table
        self._sums: list[int] = []  # working seconds before each day, from the first on
        self._cache: dict[date, tuple[Interval, ...]] = {}

    def hours_on(self, day: date) -> WorkingHours:
        """The ordinary week in force on a day."""
        at = bisect_right(self._valid_from, day)
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
        if end <= start:
            return 0
        begun = self._worked_until(start)  # the earlier one first: it may move the table's first day
        return self._worked_until(end) - begun

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
            length = seconds_of(closes - opens)
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

    def worked_span(self, start: datetime, end: datetime) -> Interval | None:
        """From the first to the last working instant between start and end of one day; None without any."""
        hours = [(max(a, start), min(b, end)) for a, b in self.intervals(self.local_day(start))]
        worked = [(a, b) for a, b in hours if b > a]
        return (worked[0][0], worked[-1][1]) if worked else None

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
            done += max(seconds_of(min(at, closes) - opens), 0)
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
            sums.append(sums[-1] + sum(seconds_of(b - a) for a, b in self.intervals(date.fromordinal(day))))
        return sums


def is_in_last_hour(calendar: Calendar, at: datetime) -> bool:
    """Whether an instant lies in the last working hour of its day: such a question is shown as such."""
    hours = calendar.intervals(calendar.local_day(at))
    return bool(hours) and hours[-1][1] - timedelta(hours=1) <= at < hours[-1][1]


def seconds_of(span: timedelta) -> int:
    return span.days * 86_400 + span.seconds


def _wall_seconds(at: time) -> int:
    return at.hour * _HOUR + at.minute * 60 + at.second
