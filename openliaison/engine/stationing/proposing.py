"""A balanced assignment of enterprises to officers, the cheapest there is, with the reasons for each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np

from . import flow
from .costs import Bools, Costs, Ints
from .ids import Id
from .measures import Measures, measure
from .people import LOADS, WEIGHTS, Enterprise, Loads, Officer, Weights, checked
from .reasons import Reason, Reasons

Change = Literal["keep", "new", "move", "nobody"]


@dataclass(frozen=True)
class Assignment:
    """One enterprise: who should serve it, who does, and why."""

    enterprise: Id
    officer: Id | None
    current: Id | None
    change: Change
    cost: int  # of the pair, without the load
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Proposed:
    """All enterprises by id, and how that stands beside today's."""

    assignments: tuple[Assignment, ...]
    today: Measures
    proposed: Measures
    pairs: int  # looked at by the flow
    rounds: int
    is_proven: bool  # no pair at all, looked at or not, would make it cheaper


def propose(
    enterprises: Iterable[Enterprise],
    officers: Iterable[Officer],
    *,
    today: date,
    loads: Loads = LOADS,
    weights: Weights = WEIGHTS,
) -> Proposed:
    """The assignment that serves as many enterprises as possible and, of those, costs least.

    The cost is the sum of every pair's points (way, trade, language, history, change) and of the loads, whose
    nth place costs more the larger n is; nobody serves more than `loads.most`, nobody serves where they may not,
    and what a person pinned stays.

    Args:
        enterprises: those of one county.
        officers: those who may serve there.
        today: the day of the place; a term that ended before it binds nobody.
        loads: usual and most enterprises of an officer.
        weights: points of cost.

    Returns:
        assignments by enterprise id, and measures; the same for any order of the rows, ties included.

    Raises:
        ValueError: an id twice, ids of two kinds, a point off the globe, a number below zero, or a pin that
            cannot hold.

    Source: docs/explanation/stationing.md.

    >>> firms = [Enterprise(n, point=(42.0, 124.0 + n / 100)) for n in range(3)]
    >>> found = propose(firms, [Officer("Li", point=(42.0, 124.0))], today=date(2026, 11, 23), loads=Loads(1, 2))
    >>> [(a.officer, a.change) for a in found.assignments], found.proposed.unserved
    ([('Li', 'new'), ('Li', 'new'), (None, 'nobody')], 1)
    """
    rows, people = checked(enterprises, officers, loads)
    costs = Costs(rows, people, weights, today)
    index = {officer.id: n for n, officer in enumerate(people)}
    pins = np.fromiter((index[e.pinned] if e.pinned is not None else -1 for e in rows), np.int64, len(rows))
    places = _places(people, pins, loads, weights)
    solution = _solved(costs, pins, places, weights)
    told = Reasons(rows, people, costs, solution.chosen, loads)
    return Proposed(
        tuple(_assignment(n, e, people, solution.chosen, costs, told) for n, e in enumerate(rows)),
        measure(costs.current, costs, people, loads, weights),
        measure(solution.chosen, costs, people, loads, weights),
        solution.pairs,
        solution.rounds,
        solution.is_proven,
    )


def _places(people: Sequence[Officer], pins: Ints, loads: Loads, weights: Weights) -> list[list[int]]:
    """What each officer's free places cost, those held or pinned before them."""
    pinned = np.bincount(pins[pins >= 0], minlength=len(people))
    taken = [officer.held + int(n) for officer, n in zip(people, pinned, strict=True)]
    return [
        [weights.of_load(n, loads) for n in range(first + 1, loads.limit(officer) + 1)]
        for officer, first in zip(people, taken, strict=True)
    ]


def _solved(costs: Costs, pins: Ints, places: list[list[int]], weights: Weights) -> flow.Solution:
    """The flow over those that are not pinned, and the pinned beside it."""
    free = (pins < 0).nonzero()[0]
    chosen = pins.copy()
    if not len(free) or not any(places):
        return flow.Solution(chosen, 0, 0, True)
    cost, allowed = costs.matrix[free], costs.allowed[free]
    nobody = _nobody(cost, allowed, places, weights) + np.where(costs.stays[free], weights.change, 0)
    found = flow.solve(cost, allowed, places, nobody, costs.current[free])
    chosen[free] = found.chosen
    return replace(found, chosen=chosen)


def _nobody(cost: Ints, allowed: Bools, places: list[list[int]], weights: Weights) -> int:
    """So dear that one more enterprise served outweighs any rearrangement of all."""
    dearest = int(np.where(allowed, cost, 0).max(initial=0)) + max(p[-1] for p in places if p) + weights.change
    return (dearest + 1) * (2 * len(cost) + 1)


def _assignment(
    n: int, enterprise: Enterprise, people: Sequence[Officer], chosen: Ints, costs: Costs, told: Reasons
) -> Assignment:
    o = int(chosen[n])
    change: Change = (
        "nobody" if o < 0 else "keep" if o == costs.current[n] else "new" if enterprise.current is None else "move"
    )
    officer = people[o].id if o >= 0 else None
    cost = int(costs.total(np.array(n), np.array(o))) if o >= 0 else 0
    return Assignment(enterprise.id, officer, enterprise.current, change, cost, told.of(n, change))
