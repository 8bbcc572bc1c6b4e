"""The cheapest assignment, exactly: a min-cost flow over few pairs, proved against all of them by its prices.

Every enterprise sends one unit to an officer or to nobody; an officer passes it on through places that cost more the
more of them are taken. The flow is computed over the cheapest pairs of each enterprise. From the solution follows the
price of a place with each officer: what one more enterprise there would cost, everything rearranged for the best. A
pair that was left out and is cheaper than the chosen one, prices included, goes in, and the flow is computed anew.
Where there is none, no assignment over all pairs is cheaper (duality of linear programmes).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .costs import Bools, Ints

FIRST_PAIRS = 24  # of each enterprise
MOST_ROUNDS = 8  # then all pairs
NEVER = 1 << 60


@dataclass(frozen=True)
class Solution:
    """`chosen` counts officers from 0, -1 for nobody."""

    chosen: Ints
    pairs: int
    rounds: int
    is_proven: bool


def solve(cost: Ints, allowed: Bools, places: Sequence[Sequence[int]], nobody: Ints, keep: Ints) -> Solution:
    """The assignment of least cost.

    Args:
        cost: of each enterprise with each officer.
        allowed: whether the pair may be at all.
        places: what the first, second, … place of each officer costs, never falling.
        nobody: what it costs to leave each enterprise out.
        keep: officer whose pair is looked at from the first, -1 for none.
    """
    rows, columns = cost.shape
    has_place = np.fromiter(map(bool, places), bool, columns)
    allowed = allowed & has_place
    looked_at = _first_pairs(cost, allowed, keep)
    for turn in range(1, MOST_ROUNDS + 2):
        pairs = _Pairs.of(cost, looked_at)
        chosen = _flow(pairs, places, nobody, rows, columns)
        prices = _prices(pairs, chosen, places, nobody, cost)
        cheaper = _cheaper(cost, allowed, chosen, prices, nobody)
        if not cheaper.any():
            break
        looked_at = allowed if turn == MOST_ROUNDS else looked_at | cheaper
    return Solution(chosen, len(pairs.cost), turn, not cheaper.any())


@dataclass(frozen=True)
class _Pairs:
    """Pairs in order of enterprise and officer."""

    enterprise: Ints
    officer: Ints
    cost: Ints

    @classmethod
    def of(cls, cost: Ints, looked_at: Bools) -> _Pairs:
        enterprise, officer = looked_at.nonzero()
        return cls(enterprise, officer, cost[enterprise, officer])


def _first_pairs(cost: Ints, allowed: Bools, keep: Ints) -> Bools:
    if allowed.shape[1] <= FIRST_PAIRS:
        return allowed
    found = np.zeros_like(allowed)
    nearest = np.argpartition(np.where(allowed, cost, NEVER), FIRST_PAIRS, axis=1)[:, :FIRST_PAIRS]
    np.put_along_axis(found, nearest, True, axis=1)
    rows = (keep >= 0).nonzero()[0]
    found[rows, keep[rows]] = True
    return found & allowed


def _flow(pairs: _Pairs, places: Sequence[Sequence[int]], nobody: Ints, rows: int, columns: int) -> Ints:
    # Loaded here: who asks whom to see next need not wait for it.
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    owner = np.repeat(np.arange(columns), [len(p) for p in places])
    of_place = np.array([c for p in places for c in p], np.int64)
    sink = rows + columns
    tails = np.concatenate([pairs.enterprise, rows + owner, np.arange(rows)])
    heads = np.concatenate([rows + pairs.officer, np.full(len(owner), sink), np.full(rows, sink)])
    costs = np.concatenate([pairs.cost, of_place, nobody])
    flow = SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(tails, heads, np.ones(len(tails), np.int64), costs)
    flow.set_nodes_supplies(np.arange(rows), np.ones(rows, np.int64))
    flow.set_node_supply(sink, -rows)
    if (status := flow.solve()) != flow.OPTIMAL:
        raise RuntimeError(f"The flow could not be computed: {status}.")
    taken = np.asarray(flow.flows(arcs[: len(pairs.cost)])).nonzero()[0]
    chosen = np.full(rows, -1, np.int64)
    chosen[pairs.enterprise[taken]] = pairs.officer[taken]
    return chosen


def _prices(pairs: _Pairs, chosen: Ints, places: Sequence[Sequence[int]], nobody: Ints, cost: Ints) -> Ints:
    """What one more enterprise with each officer costs (last: with nobody), by shortest ways of rearranging."""
    columns = len(places)
    at, paid = _where(chosen, nobody, cost)
    loads = np.bincount(at, minlength=columns + 1)
    prices = np.array([p[n] if n < len(p) else NEVER for p, n in zip(places, loads, strict=False)] + [0], np.int64)
    source = np.concatenate([at[pairs.enterprise], at])
    target = np.concatenate([pairs.officer, np.full(len(chosen), columns)])
    change = np.concatenate([pairs.cost - paid[pairs.enterprise], nobody - paid])
    order = np.argsort(source, kind="stable")
    source, target, change = source[order], target[order], change[order]
    sources, starts = np.unique(source, return_index=True)
    for _turn in range(columns + 2):
        ways = np.where(prices[target] < NEVER, change + prices[target], NEVER)
        best = np.minimum(prices[sources], np.minimum.reduceat(ways, starts)) if len(ways) else prices[sources]
        if (best == prices[sources]).all():
            return prices
        prices[sources] = best
    raise RuntimeError("The prices of the flow do not settle: it is not the cheapest.")


def _cheaper(cost: Ints, allowed: Bools, chosen: Ints, prices: Ints, nobody: Ints) -> Bools:
    """Pairs that would be cheaper than the chosen ones, prices included."""
    at, paid = _where(chosen, nobody, cost)
    found = cost + np.minimum(prices[:-1], NEVER) < (paid + prices[at])[:, None]
    return found & allowed


def _where(chosen: Ints, nobody: Ints, cost: Ints) -> tuple[Ints, Ints]:
    """The column each enterprise is in (nobody's is the last), and what that costs."""
    columns = cost.shape[1]
    at = np.where(chosen >= 0, chosen, columns)
    rows = np.arange(len(chosen))
    paid = np.where(chosen >= 0, cost[rows, np.maximum(chosen, 0)], nobody)
    return at, paid
