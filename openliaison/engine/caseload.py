"""Measures of casework, each defined once: shares, medians, the worst tenth, months. Values in, values out.

Source of the definitions: docs/reference/indicators.md#cases.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

NOT_COUNTED = ("declined", "duplicate")  # closed without having been a case of this county
CONTENT_FROM = 4  # of 5


@dataclass(frozen=True)
class Share:
    """A part of a whole, both as counts, so that a small whole is seen to be small."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """0–1; None where there is nothing to divide by."""
        return self.part / self.whole if self.whole else None

    @property
    def percent(self) -> int | None:
        """Whole percent, halves upwards.

        >>> Share(1, 8).percent, Share(0, 0).percent
        (13, None)
        """
        return (200 * self.part + self.whole) // (2 * self.whole) if self.whole else None


def share(part: int, whole: int) -> Share:
    """A share whose counts fit each other.

    Raises:
        ValueError: a count below zero, or a part larger than its whole.

    >>> share(163, 214).percent
    76
    """
    if not 0 <= part <= whole:
        raise ValueError(f"{part} cannot be a part of {whole}.")
    return Share(part, whole)


def solved_share(outcomes: Mapping[str, int]) -> Share:
    """Solved ÷ closed without declined and duplicate; those who never answered stay in the whole.

    Args:
        outcomes: outcome → how many were closed with it.

    >>> solved_share({"solved": 6, "silent": 2, "declined": 3, "duplicate": 1})
    Share(part=6, whole=8)
    """
    whole = sum(n for outcome, n in outcomes.items() if outcome not in NOT_COUNTED)
    return share(outcomes.get("solved", 0), whole)


@dataclass(frozen=True)
class Spread:
    """How a length is spread: the middle one, and what the slowest tenth exceeded. None without values."""

    count: int
    median: float | None
    worst_tenth: float | None


def spread(values: Iterable[float] | Mapping[float, int]) -> Spread:
    """Median and worst tenth of values, or of a mapping value → how often.

    The worst tenth is the smallest value within which nine tenths lie (nearest rank), so the slowest
    tenth took as long or longer. The median of an even number is the mean of the two in the middle.

    >>> spread([1, 2, 3, 4, 5, 6, 7, 8, 9, 30])
    Spread(count=10, median=5.5, worst_tenth=9)
    >>> spread({2: 3, 10: 1})
    Spread(count=4, median=2.0, worst_tenth=10)
    >>> spread([])
    Spread(count=0, median=None, worst_tenth=None)
    """
    weights = Counter(values) if not isinstance(values, Mapping) else values
    count = sum(weights.values())
    if not count:
        return Spread(0, None, None)
    middle = (_ranked(weights, (count + 1) // 2) + _ranked(weights, count // 2 + 1)) / 2
    return Spread(count, middle, _ranked(weights, -(-9 * count // 10)))


def _ranked(weights: Mapping[float, int], rank: int) -> float:
    """The value at a rank, counted from 1."""
    seen = 0
    for value in sorted(weights):
        seen += weights[value]
        if seen >= rank:
            return value
    raise ValueError(f"There is no rank {rank} among {seen} values.")


@dataclass(frozen=True)
class Month:
    """One month of a trend, by its first day."""

    first: date
    spread: Spread


def trend(rows: Iterable[tuple[date, float, int]], months: Sequence[date]) -> list[Month]:
    """The spread of each month.

    Args:
        rows: day on which something ended, how long it took, how many there were.
        months: first days of the months wanted; rows of other months are left out.

    >>> [m.spread.median for m in trend([(date(2026, 3, 9), 4, 2)], [date(2026, 2, 1), date(2026, 3, 1)])]
    [None, 4.0]
    """
    weights: dict[date, Counter[float]] = {first: Counter() for first in months}
    for day, length, count in rows:
        if (first := day.replace(day=1)) in weights:
            weights[first][length] += count
    return [Month(first, spread(weights[first])) for first in months]


def months_until(day: date, count: int) -> list[date]:
    """First days of the last `count` months, that of `day` included.

    >>> months_until(date(2026, 2, 10), 3)
    [datetime.date(2025, 12, 1), datetime.date(2026, 1, 1), datetime.date(2026, 2, 1)]
    """
    last = day.year * 12 + day.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(last - count + 1, last + 1)]


def working_day_numbers(first: date, last: date, is_working: Callable[[date], bool]) -> dict[date, int]:
    """How many working days lie between `first` (not counted) and each day up to `last` (counted).

    The difference of two days' numbers is the length of a case in whole working days: 0 for one closed on
    the day it was raised.

    >>> monday = date(2026, 11, 23)
    >>> numbers = working_day_numbers(date(2026, 11, 20), monday, lambda day: day.weekday() < 5)
    >>> numbers[monday] - numbers[date(2026, 11, 20)]
    1
    """
    numbers, found, day = {first: 0}, 0, first
    while day < last:
        day += timedelta(days=1)
        found += is_working(day)
        numbers[day] = found
    return numbers
