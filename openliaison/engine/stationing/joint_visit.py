"""Which requests for one enterprise's time go well together, so that it opens its door once and not thrice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .ids import Id, unique


@dataclass(frozen=True)
class Request:
    """A body wants to come; `is_fixed` where the enterprise has accepted, so that the time stays."""

    id: Id
    starts_at: datetime
    minutes: int
    organisation: Id | None = None
    kind: str = "service"
    is_fixed: bool = False


@dataclass(frozen=True)
class Joint:
    """Requests that make one visit, at the start that `host` wanted."""

    requests: tuple[Id, ...]
    host: Id
    starts_at: datetime
    minutes: int
    saved: int  # visits spared
    moved_minutes: int  # how far the others move, in all
    organisations: int


def joint(
    requests: Iterable[Request], *, days: int = 7, most_minutes: int = 180, apart: Collection[Collection[str]] = ()
) -> list[Joint]:
    """Requests of one enterprise, put together where their days are near and the visit stays short enough.

    The requests are cut, in order of time, into neighbours; of all ways to cut, the one that spares most visits,
    and of those the one that moves requests least, the earlier of equals. That is exact for neighbours; groups
    that leap over a request between them are not looked at.

    Args:
        requests: those at the door of one enterprise, in any order.
        days: the first and the last of a group begin at most so many days from each other.
        most_minutes: a joint visit takes at most so long; a single request may take longer.
        apart: kinds that may not meet, e.g. [("inspection", "study")]; one kind alone must not meet its like.

    Returns:
        groups of two and more in order of time; at most one fixed request in each, whose start is the group's.

    Raises:
        ValueError: the same id twice, a start without time zone, minutes, days or most_minutes below 1.

    >>> from datetime import UTC
    >>> wanted = [Request(n, datetime(2026, 11, day, 9, tzinfo=UTC), 60) for n, day in enumerate((23, 25, 30))]
    >>> [(j.requests, j.host, j.minutes, j.saved) for j in joint(wanted, days=3)]
    [((0, 1), 0, 120, 1)]
    """
    if days < 1 or most_minutes < 1:
        raise ValueError("days and most_minutes must be 1 or more.")
    rows = sorted(unique(map(_checked, requests), "a request"), key=lambda r: (r.starts_at, r.id))
    pairs = [frozenset(pair) for pair in apart]
    # best[n]: (visits, minutes moved, the groups) of the first n requests.
    best: list[tuple[int, int, list[Sequence[Request]]]] = [(0, 0, [])]
    for end in range(1, len(rows) + 1):
        ways = []
        for start in reversed(range(end)):
            group = rows[start:end]
            if _fits(group, days, most_minutes, pairs):
                visits, moved, groups = best[start]
                ways.append((visits + 1, moved + _moved(group, _host(group)), [*groups, group]))
        best.append(min(ways, key=lambda way: way[:2]))
    return [_made(group) for group in best[-1][2] if len(group) > 1]


def _checked(request: Request) -> Request:
    if request.starts_at.tzinfo is None:
        raise ValueError(f"The start of request {request.id} has no time zone.")
    if request.minutes < 1:
        raise ValueError(f"Request {request.id} takes {request.minutes} minutes; it must be 1 or more.")
    return request


def _fits(group: Sequence[Request], days: int, most_minutes: int, apart: list[frozenset[str]]) -> bool:
    if len(group) == 1:
        return True
    kinds = [r.kind for r in group]
    return (
        group[-1].starts_at - group[0].starts_at <= timedelta(days=days)
        and sum(r.minutes for r in group) <= most_minutes
        and sum(r.is_fixed for r in group) <= 1
        and not any(sum(kind in pair for kind in kinds) > 1 and pair <= set(kinds) for pair in apart)
    )


def _host(group: Sequence[Request]) -> Request:
    """The fixed one; else the one whose start moves the others least, the earlier of equals."""
    fixed = [r for r in group if r.is_fixed]
    return fixed[0] if fixed else min(group, key=lambda r: _moved(group, r))


def _moved(group: Sequence[Request], host: Request) -> int:
    return sum(abs(r.starts_at - host.starts_at) // timedelta(minutes=1) for r in group)


def _made(group: Sequence[Request]) -> Joint:
    host = _host(group)
    return Joint(
        tuple(r.id for r in group),
        host.id,
        host.starts_at,
        sum(r.minutes for r in group),
        len(group) - 1,
        _moved(group, host),
        len({r.organisation for r in group if r.organisation is not None}),
    )
