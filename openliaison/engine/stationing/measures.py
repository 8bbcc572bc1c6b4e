"""How an assignment stands: who is served, how evenly, how far away, and what it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from .costs import Costs, Ints
from .people import Loads, Officer, Weights


@dataclass(frozen=True)
class Measures:
    """Counts and sums of one assignment. Officers who are away count only where they serve somebody."""

    enterprises: int
    officers: int
    served: int
    unserved: int
    idle: int  # officers who serve nobody
    over_usual: int  # officers
    over_most: int  # officers
    forbidden: int  # enterprises served by one who may not
    mean_load: float
    most_load: int
    gini: float  # of the loads: 0 all alike, towards 1 all with one
    travel_km: float  # of the pairs whose points are known
    travel_known: int
    kept: int
    kept_share: float | None  # of those who have an officer today
    cost: int  # points of all served and of the loads
    by_load: dict[int, int]  # load → officers

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self) | {"by_load": {str(load): n for load, n in self.by_load.items()}}


def measure(chosen: Ints, costs: Costs, officers: Sequence[Officer], loads: Loads, weights: Weights) -> Measures:
    """`chosen` counts officers from 0; -1 is nobody."""
    e = (chosen >= 0).nonzero()[0]
    o = chosen[e]
    load = np.bincount(o, minlength=len(officers)) + np.fromiter((p.held for p in officers), np.int64, len(officers))
    limits = np.fromiter(map(loads.limit, officers), np.int64, len(officers))
    counted = load[(limits > 0) | (load > 0)]
    km = costs.km(e, o)
    kept = int((costs.current[e] == o).sum())
    had = int((costs.current >= 0).sum())
    of_loads = sum(weights.of_load(n, loads) for p, top in zip(officers, load, strict=True)
                   for n in range(p.held + 1, int(top) + 1))  # fmt: skip
    return Measures(
        enterprises=len(chosen),
        officers=len(counted),
        served=len(e),
        unserved=len(chosen) - len(e),
        idle=int((counted == 0).sum()),
        over_usual=int((load > loads.usual).sum()),
        over_most=int((load > limits).sum()),
        forbidden=int((~costs.allowed[e, o]).sum()),
        mean_load=round(float(counted.mean()), 2) if len(counted) else 0.0,
        most_load=int(counted.max(initial=0)),
        gini=round(gini(counted), 3),
        travel_km=round(float(np.nansum(km)), 1),
        travel_known=int((~np.isnan(km)).sum()),
        kept=kept,
        kept_share=round(kept / had, 4) if had else None,
        cost=int(costs.total(e, o).sum()) + of_loads,
        by_load=dict(sorted(Counter(counted.tolist()).items())),
    )


def gini(values: Ints) -> float:
    """Gini coefficient: half the mean difference of two values, in terms of the mean; 0 where all are 0.

    >>> gini(np.array([3, 3, 3])), gini(np.array([0, 0, 4, 4]))
    (0.0, 0.5)
    """
    total = int(values.sum())
    if not total:
        return 0.0
    n, ordered = len(values), np.sort(values)
    return float((2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * total))
