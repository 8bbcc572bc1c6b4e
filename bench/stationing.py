"""Stationing beside a greedy assignment and beside a county as it has drifted: cost, balance, way, seconds.

The county is invented from a seed: townships with enterprises and offices around them, trades, two languages, visits
of years, a tenth of the enterprises without an officer, some officers far over their load, others idle.
"""

from __future__ import annotations

import argparse
from datetime import date, timedelta
from random import Random
from time import perf_counter

from openliaison.engine.stationing import Enterprise, Loads, Measures, Officer, Weights, propose
from openliaison.engine.stationing.costs import Costs
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


def greedy(firms: list[Enterprise], people: list[Officer]) -> Measures:
    """Keep whoever may stay while there is room; then each enterprise to the nearest officer with room."""
    costs = Costs(firms, people, WEIGHTS, TODAY)
    room = [LOADS.limit(o) - o.held for o in people]
    chosen = costs.current.copy()
    for n in range(len(firms)):
        o = int(chosen[n])
        chosen[n] = o if costs.stays[n] and room[o] else -1
        if chosen[n] >= 0:
            room[o] -= 1
    for n in (chosen < 0).nonzero()[0]:
        chosen[n] = next((int(o) for o in costs.matrix[n].argsort() if room[o] and costs.allowed[n, o]), -1)
        if chosen[n] >= 0:
            room[chosen[n]] -= 1
    return measure(chosen, costs, people, LOADS, WEIGHTS)


def _row(name: str, m: Measures, seconds: float | None) -> tuple[str, ...]:
    each = f"{m.travel_km / m.travel_known:.1f}" if m.travel_known else "–"
    return (name, f"{m.unserved}", f"{m.over_usual}", f"{m.over_most}", f"{m.most_load}", f"{m.gini:.3f}", each,
            f"{100 * (m.kept_share or 0):.0f}", f"{m.cost / max(m.served, 1):.0f}",
            "–" if seconds is None else f"{seconds:.2f}")  # fmt: skip


def run(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench stationing", description=__doc__)
    parser.add_argument("--enterprises", type=int, default=2_000)
    parser.add_argument("--officers", type=int, default=700)
    parser.add_argument("--counties", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args(argv)
    rows, slowest, proven = [], 0.0, True
    for seed in range(wanted.seed, wanted.seed + wanted.counties):
        firms, people = county(seed, wanted.enterprises, wanted.officers)
        start = perf_counter()
        found = propose(firms, people, today=TODAY, loads=LOADS, weights=WEIGHTS)
        seconds = perf_counter() - start
        start = perf_counter()
        by_hand = greedy(firms, people)
        rows.append(_row(f"{seed} today", found.today, None))
        rows.append(_row(f"{seed} greedy", by_hand, perf_counter() - start))
        rows.append(_row(f"{seed} proposed", found.proposed, seconds))
        slowest, proven = max(slowest, seconds), proven and found.is_proven
    many = f"{wanted.enterprises:,} enterprises and {wanted.officers:,} officers"
    show(f"Stationing: {wanted.counties} counties of {many}", HEADS, rows,
         f"Slowest proposal {slowest:.2f} s, costs, flow, proof and reasons included; proved cheapest of all: "
         f"{'yes' if proven else 'NO'}.",
         "“Points” sum what a pair and its load cost (docs/explanation/stationing.md), for each enterprise served; "
         "those of today also count who should have been changed. Greedy keeps whoever may stay and gives the rest "
         "to the cheapest with room.")  # fmt: skip
    return 0 if proven else 1
