"""Stationing beside a greedy assignment and beside a county as it has drifted: cost, balance, way, seconds.

The county is invented from a seed: townships with enterprises and offices around them, trades, two languages, visits
of years, a tenth of the enterprises without an officer, some officers far over their load, others idle.
"""

from __future__ import annotations

import argparse
from datetime import date, timedelta
from random import Random
from statistics import fmean
from time import perf_counter

import numpy as np

from openliaison.engine.stationing import Enterprise, Loads, Measures, Officer, Weights, propose
from openliaison.engine.stationing.costs import Costs, Ints
from openliaison.engine.stationing.measures import measure

from .tables import show

TODAY = date(2026, 11, 23)
LOADS, WEIGHTS = Loads(), Weights()
TOWNSHIPS, BODIES, TRADES = 24, 60, 30
HEADS = ("county and assignment", "unserved", "over usual", "over most", "most", "gini", "km each", "kept %",
         "points each", "seconds")  # fmt: skip


def county(seed: int, enterprises: int, officers: int) -> tuple[list[Enterprise], list[Officer]]:
    """An invented county with today's officers."""
    rng = Random(seed)
    towns = [(42.0 + rng.uniform(-0.4, 0.4), 124.0 + rng.uniform(-0.5, 0.5)) for _ in range(TOWNSHIPS)]
    sizes = [1 / (n + 1) for n in range(TOWNSHIPS)]
    people = [_officer(rng, n, towns, sizes) for n in range(officers)]
    firms = [_enterprise(rng, n, towns, sizes) for n in range(enterprises)]
    return _drifted(rng, firms, people), people


def _officer(rng: Random, n: int, towns: list[tuple[float, float]], sizes: list[float]) -> Officer:
    town = rng.choices(range(TOWNSHIPS), sizes)[0]
    body = rng.randrange(BODIES)
    languages = frozenset({"zh", "ko"} if rng.random() < 0.1 else {"zh"})
    sectors = frozenset(str((3 * body + k) % TRADES) for k in range(2))
    room = 0 if rng.random() < 0.03 else None
    return Officer(n, f"place/county/{town}/", _near(rng, towns[town], 3), body, sectors, languages, room)


def _enterprise(rng: Random, n: int, towns: list[tuple[float, float]], sizes: list[float]) -> Enterprise:
    town = rng.choices(range(TOWNSHIPS), sizes)[0]
    barred = frozenset({rng.randrange(BODIES)} if rng.random() < 0.3 else ())
    point = _near(rng, towns[town], 6) if rng.random() < 0.9 else None
    language = "ko" if rng.random() < 0.05 else "zh"
    return Enterprise(
        n, f"place/county/{town}/", point, str(rng.randrange(TRADES)), language, barred_organisations=barred
    )


def _near(rng: Random, town: tuple[float, float], km: float) -> tuple[float, float]:
    return town[0] + rng.gauss(0, km / 111), town[1] + rng.gauss(0, km / 83)


def _drifted(rng: Random, firms: list[Enterprise], people: list[Officer]) -> list[Enterprise]:
    """Given out by township once, then moved about for years: some gather enterprises, others lose them."""
    at_home: dict[str, list[Officer]] = {}
    for officer in people:
        at_home.setdefault(officer.path, []).append(officer)
    popular = {officer.id: rng.paretovariate(3) for officer in people}
    found = []
    for firm in firms:
        near = at_home.get(firm.path, people) if rng.random() < 0.7 else people
        officer = rng.choices(near, [popular[o.id] for o in near])[0]
        served = rng.random() < 0.9
        before = {rng.choice(people).id: rng.randint(1, 12) for _ in range(rng.randrange(3))}
        found.append(
            Enterprise(
                firm.id, firm.path, firm.point, firm.sector, firm.language,
                current=officer.id if served else None,
                term_until=TODAY + timedelta(days=rng.randint(-60, 365)),
                wants_change=rng.random() < 0.03,
                barred_organisations=firm.barred_organisations,
                history=before | ({officer.id: rng.randint(1, 20)} if served else {}),
            )
        )  # fmt: skip
    return found


def nearest(firms: list[Enterprise], people: list[Officer]) -> Measures:
    """Everybody anew: one enterprise after the other to the nearest officer with room."""
    costs = Costs(firms, people, WEIGHTS, TODAY)
    rows, columns = np.arange(len(firms))[:, None], np.arange(len(people))[None, :]
    way = costs.parts(rows, columns)["near"]
    return _one_by_one(np.full(len(firms), -1), way, costs, people)


def greedy(firms: list[Enterprise], people: list[Officer]) -> Measures:
    """Keep whoever may stay while there is room; then one enterprise after the other to the cheapest with room."""
    costs = Costs(firms, people, WEIGHTS, TODAY)
    return _one_by_one(np.where(costs.stays, costs.current, -1), costs.matrix, costs, people)


def _one_by_one(wanted: Ints, cost: Ints, costs: Costs, people: list[Officer]) -> Measures:
    room = [LOADS.limit(o) - o.held for o in people]
    chosen = np.full(len(wanted), -1)
    for n in sorted(range(len(wanted)), key=lambda n: wanted[n] < 0):
        order = cost[n].argsort(kind="stable") if wanted[n] < 0 or not room[wanted[n]] else [wanted[n]]
        chosen[n] = next((int(o) for o in order if room[o] and costs.allowed[n, o]), -1)
        if chosen[n] >= 0:
            room[chosen[n]] -= 1
    return measure(chosen, costs, people, LOADS, WEIGHTS)


def _row(name: str, runs: list[tuple[Measures, float | None]]) -> tuple[str, ...]:
    """One assignment, as the mean of its runs; “most” and seconds are the worst of them."""
    found = [m for m, _seconds in runs]
    seconds = [s for _m, s in runs if s is not None]
    return (
        name,
        f"{fmean(m.unserved for m in found):.0f}",
        f"{fmean(m.over_usual for m in found):.0f}",
        f"{fmean(m.over_most for m in found):.0f}",
        f"{max(m.most_load for m in found)}",
        f"{fmean(m.gini for m in found):.3f}",
        f"{fmean(m.travel_km / max(m.travel_known, 1) for m in found):.1f}",
        f"{100 * fmean(m.kept_share or 0 for m in found):.0f}",
        f"{fmean(m.cost / max(m.served, 1) for m in found):.0f}",
        f"{max(seconds):.2f}" if seconds else "–",
    )


def run(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench stationing", description=__doc__)
    parser.add_argument("--enterprises", type=int, default=2_000)
    parser.add_argument("--officers", type=int, default=700)
    parser.add_argument("--counties", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args(argv)
    runs: dict[str, list[tuple[Measures, float | None]]] = {n: [] for n in ("today", "nearest", "greedy", "proposed")}
    proven = 0
    for seed in range(wanted.seed, wanted.seed + wanted.counties):
        firms, people = county(seed, wanted.enterprises, wanted.officers)
        for peer in (nearest, greedy):
            start = perf_counter()
            runs[peer.__name__].append((peer(firms, people), perf_counter() - start))
        start = perf_counter()
        found = propose(firms, people, today=TODAY, loads=LOADS, weights=WEIGHTS)
        runs["proposed"].append((found.proposed, perf_counter() - start))
        runs["today"].append((found.today, None))
        proven += found.is_proven
    rows = [_row(f"county {wanted.seed}, {name}", some[:1]) for name, some in runs.items()]
    if wanted.counties > 1:
        rows += [_row(f"mean of {wanted.counties}, {name}", some) for name, some in runs.items()]
    show(f"Stationing: {wanted.enterprises:,} enterprises, {wanted.officers:,} officers a county", HEADS, rows,
         f"{proven} of {wanted.counties} proposals are proved cheapest of all assignments. Their seconds hold costs, "
         "flow, proof, reasons and measures; of several counties the slowest and the largest load are shown.",
         "“Points” sum what a pair and its load cost (docs/explanation/stationing.md), for each enterprise served; "
         "those of today count loads beyond the most, too. “Nearest” gives one enterprise after the other to the "
         "nearest officer with room; “greedy” keeps whoever may stay and gives the others to the cheapest "
         "with room.")  # fmt: skip
    return 0 if proven == wanted.counties else 1
