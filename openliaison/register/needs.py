"""Further reasons for a visit, counted by rooms above.

A room registers in AppConfig.ready() how many of something each enterprise has, and which page shows them; what the
reason weighs is a setting of the place. Nobody imports the room.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

from openliaison.core.scope import Scope

Kind = Literal["warning", "policies"]  # as in engine.stationing: warnings by level 1–3, policies by number


@dataclass(frozen=True)
class Need:
    """One kind of reason.

    Args:
        counts: for a scope, and for these enterprises or (None) all that have any, enterprise id → number or level.
        url: the page with the rows behind it.
    """

    counts: Callable[[Scope, Collection[int] | None], dict[int, int]]
    url: Callable[[int], str]


NEEDS: dict[Kind, Need] = {}
