"""The measures of several counties as those of one area."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

SUMS = (
    "enterprises", "officers", "served", "unserved", "idle", "over_usual", "over_most", "forbidden", "travel_km",
    "travel_known", "kept", "cost",
)  # fmt: skip
Measured = dict[str, Any]


def together(found: Sequence[Measured], today: Sequence[Measured]) -> Measured:
    """Measures of independent parts added up; shares and spread are reckoned anew from what was added.

    Args:
        today: the measures of the same parts as they stand today: whom the kept share is of.
    """
    if len(found) == 1:
        return found[0]
    loads = Counter[int]()
    for one in found:
        loads.update({int(load): n for load, n in one["by_load"].items()})
    had, officers = sum(one["served"] for one in today), sum(loads.values())
    total: Measured = {name: sum(one[name] for one in found) for name in SUMS}
    return total | {
        "travel_km": round(total["travel_km"], 1),
        "mean_load": round(sum(load * n for load, n in loads.items()) / officers, 2) if officers else 0.0,
        "most_load": max(loads, default=0),
        "gini": gini(loads),
        "kept_share": total["kept"] / had if had else None,
        "by_load": {str(load): n for load, n in sorted(loads.items())},
    }


def gini(loads: Counter[int]) -> float:
    """Of the loads of all officers: 0 all alike, towards 1 all with one.

    >>> gini(Counter({2: 3})), gini(Counter({0: 1, 4: 1}))
    (0.0, 0.5)
    """
    n, total = sum(loads.values()), sum(load * k for load, k in loads.items())
    if not total:
        return 0.0
    before, weighted = 0, 0.0
    for load, k in sorted(loads.items()):
        weighted += load * (k * (2 * before + k + 1) / 2)
        before += k
    return round(2 * weighted / (n * total) - (n + 1) / n, 3)
