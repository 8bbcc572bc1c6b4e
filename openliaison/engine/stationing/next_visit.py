"""Who needs a contact now, and why: enterprises in order of need, from plain counts.

The weights are settings of a place; none of them looks at how large or well known an enterprise is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from operator import attrgetter
from typing import Any, Literal

from .ids import Id, check_whole, named, unique

Reason = dict[str, Any]
Group = Literal["now", "spare", "quiet"]
GROUPS: tuple[Group, ...] = ("now", "spare", "quiet")
GRAVEST = 3  # highest level of a warning


@dataclass(frozen=True)
class Counts:
    """What is known of one enterprise, as counts; `last_on` is None where nobody was ever in contact."""

    id: Id
    name: str = ""  # settles equal weights
    last_on: date | None = None
    promises_late: int = 0
    promises_due: int = 0
    cases_overdue: int = 0
    cases_due_soon: int = 0
    cases_open: int = 0
    questions: int = 0
    to_confirm: int = 0
    warning: int = 0  # 0 none … 3 grave
    policies_unused: int = 0
    booked_today: int = 0
    seen_this_week: int = 0


@dataclass(frozen=True)
class VisitWeights:
    """What each reason weighs; 0 leaves a reason out. Equal weights stand in this order."""

    booked_today: int = 7
    promise_late: int = 5
    overdue: int = 5
    promise_due: int = 4
    due_soon: int = 4
    never: int = 4
    silent_long: int = 4  # twice the days allowed
    questions: int = 3
    silent: int = 3
    warning: int = 2  # for each level
    to_confirm: int = 2
    many_open: int = 2
    policies: int = 1
    many: int = 3  # so many open cases are many
    urgent_from: int = 6  # a reason of this weight overrides "visited too often"

    @classmethod
    def from_mapping(cls, given: Mapping[str, int]) -> VisitWeights:
        """Weights by name, the others as they stand.

        Raises:
            ValueError: a name that is none, or a weight that is no whole number from 0 on.
        """
        return cls(**named(cls, given))

    def __post_init__(self) -> None:
        check_whole(self)


VISIT_REASONS = tuple(f.name for f in fields(VisitWeights) if f.name not in ("many", "urgent_from"))
_ORDER = {key: n for n, key in enumerate(VISIT_REASONS)}


@dataclass(frozen=True)
class NextVisit:
    """One enterprise in the order of need; reasons heaviest first, each `{"key", "weight", "n"}`."""

    id: Id
    weight: int
    reasons: tuple[Reason, ...]
    group: Group
    is_too_often: bool
    is_urgent: bool


def next_visits(
    rows: Iterable[Counts],
    *,
    today: date,
    every_days: int,
    visits_a_week: int,
    weights: VisitWeights = VisitWeights(),
) -> list[NextVisit]:
    """Enterprises in order of need of a contact.

    Args:
        rows: one per enterprise, in any order.
        today: the day of the place.
        every_days: days after which a contact is due.
        visits_a_week: from so many visits at the door within seven days on, an enterprise is visited too often.
        weights: what each reason weighs.

    Returns:
        first those with a reason ("now"), then those put aside because they are visited too often and nothing
        is urgent ("spare"), then those without a reason ("quiet"); in each the heavier first, then by name and id.

    Raises:
        ValueError: the same id twice, a count below zero, no days allowed.

    >>> rows = [Counts(1, "Bolt", last_on=date(2026, 11, 1), cases_overdue=2), Counts(2, "Crane", last_on=None)]
    >>> found = next_visits(rows, today=date(2026, 11, 23), every_days=31, visits_a_week=2)
    >>> [(v.id, v.weight, [r["key"] for r in v.reasons]) for v in found]
    [(1, 5, ['overdue']), (2, 4, ['never'])]
    """
    if every_days < 1 or visits_a_week < 1:
        raise ValueError("every_days and visits_a_week must be 1 or more.")
    rows = unique(list(rows), "an enterprise")
    names = {row.id: row.name for row in rows}
    found = [_judged(row, today, every_days, visits_a_week, weights) for row in rows]
    return sorted(found, key=lambda v: (GROUPS.index(v.group), -v.weight, names[v.id], v.id))


def _judged(row: Counts, today: date, every_days: int, visits_a_week: int, weights: VisitWeights) -> NextVisit:
    _check(row)
    given = _weighed(row, today, every_days, weights)
    reasons = sorted((r for r in given if r["weight"]), key=lambda r: (-r["weight"], _ORDER[r["key"]]))
    is_too_often = row.seen_this_week >= visits_a_week
    is_urgent = any(r["weight"] >= weights.urgent_from for r in reasons)
    group: Group = "quiet" if not reasons else "spare" if is_too_often and not is_urgent else "now"
    return NextVisit(row.id, sum(r["weight"] for r in reasons), tuple(reasons), group, is_too_often, is_urgent)


def _weighed(row: Counts, today: date, every_days: int, weights: VisitWeights) -> list[Reason]:
    counts = (
        ("booked_today", row.booked_today),
        ("overdue", row.cases_overdue),
        ("due_soon", row.cases_due_soon),
        ("questions", row.questions),
        ("to_confirm", row.to_confirm),
        ("many_open", row.cases_open if row.cases_open >= weights.many else 0),
        ("policies", row.policies_unused),
    )
    found: list[Reason] = [{"key": k, "weight": getattr(weights, k), "n": n} for k, n in counts if n]
    if row.warning:
        found.append({"key": "warning", "weight": weights.warning * row.warning, "n": row.warning})
    return [*found, *_of_promises(row, weights), *_of_silence(row, today, every_days, weights)]


def _of_promises(row: Counts, weights: VisitWeights) -> list[Reason]:
    """One reason, however many promises: late ones speak for those that are due as well."""
    n = row.promises_late + row.promises_due
    if row.promises_late:
        return [{"key": "promise_late", "weight": weights.promise_late, "n": n, "late": row.promises_late}]
    return [{"key": "promise_due", "weight": weights.promise_due, "n": n}] if n else []


def _of_silence(row: Counts, today: date, every_days: int, weights: VisitWeights) -> list[Reason]:
    if row.last_on is None:
        return [{"key": "never", "weight": weights.never, "n": 1}]
    days = (today - row.last_on).days
    key = "silent_long" if days >= 2 * every_days else "silent"
    return [{"key": key, "weight": getattr(weights, key), "n": days}] if days >= every_days else []


def _check(row: Counts) -> None:
    numbers = _NUMBERS(row)
    if min(numbers) < 0:
        name, n = next(pair for pair in zip(_NAMES, numbers, strict=True) if pair[1] < 0)
        raise ValueError(f"{name} of {row.id} is {n}; it must be 0 or more.")
    if row.warning > GRAVEST:
        raise ValueError(f"warning of {row.id} is {row.warning}; the gravest is {GRAVEST}.")


_NAMES = [f.name for f in fields(Counts) if f.name not in ("id", "name", "last_on")]
_NUMBERS = attrgetter(*_NAMES)
