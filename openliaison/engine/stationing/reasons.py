"""Why an officer is proposed: keys and values, put into words elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .costs import PARTS, Costs, Ints
from .flow import NEVER
from .people import Enterprise, Loads, Officer

Reason = dict[str, Any]
REASONS = (
    "pinned", "stays", "asked_for_change", "change_not_possible", "term_over", "officer_left", "current_barred",
    "over_most", "better", "makes_room", "no_worse", "same_locality", "near", "far", "same_sector", "language",
    "other_language", "served_before", "load", "runner_up", "no_other", "no_officers", "all_barred", "no_room",
)  # fmt: skip


class Reasons:
    """The reasons of every enterprise of one proposal; numbers that are asked of all are reckoned once for all."""

    def __init__(
        self, enterprises: Sequence[Enterprise], officers: Sequence[Officer], costs: Costs, chosen: Ints, loads: Loads
    ) -> None:
        self.enterprises, self.officers, self.costs, self.chosen, self.loads = (
            enterprises, officers, costs, chosen, loads,
        )  # fmt: skip
        held = np.fromiter((o.held for o in officers), np.int64, len(officers))
        self.limit = np.fromiter(map(loads.limit, officers), np.int64, len(officers))
        self.load = held + np.bincount(chosen[chosen >= 0], minlength=len(officers))
        self.load_today = held + np.bincount(costs.current[costs.current >= 0], minlength=len(officers))
        of_load = np.vectorize(lambda n: costs.weights.of_load(int(n), loads), otypes=[np.int64])
        self.next_place, self.last_place = of_load(self.load + 1), of_load(np.maximum(self.load, 1))
        if len(officers):
            e, o = np.arange(len(enterprises)), np.maximum(chosen, 0)
            self.km, self.steps, self.parts = costs.km(e, o), costs.steps(e, o), costs.parts(e, o)
            self.knows_sector = costs.knows_sector(e, o)
            self.runner_up, self.gains = self._runners_up(e, o)

    def of(self, n: int, change: str) -> tuple[Reason, ...]:
        if change == "nobody":
            return (*self._of_current(n, change), self._why_nobody(n))
        return (*self._of_current(n, change), *self._of_pair(n), *self._of_load(n), *self._of_runner_up(n))

    def _of_current(self, n: int, change: str) -> list[Reason]:
        """What the officer of today has to do with it."""
        row, current, found = self.enterprises[n], int(self.costs.current[n]), list[Reason]()
        if row.pinned is not None:
            found.append({"key": "pinned"})
        if row.current is None:
            return found
        if current < 0:
            return [*found, {"key": "officer_left"}]
        if change == "keep":
            found.append({"key": "change_not_possible" if row.wants_change and row.pinned is None else "stays"})
        elif row.wants_change:
            found.append({"key": "asked_for_change"})
        elif not self.costs.allowed[n, current]:
            found.append({"key": "current_barred"})
        elif self.load_today[current] > self.limit[current]:
            found.append({"key": "over_most", "n": int(self.load_today[current]), "most": int(self.limit[current])})
        elif change == "move" and row.pinned is None:
            found.append(self._why_moved(n, current))
        if self.costs.is_term_over[n] and row.term_until:
            found.append({"key": "term_over", "on": row.term_until.isoformat()})
        return found

    def _why_moved(self, n: int, current: int) -> Reason:
        """What is better than with the officer of today; else that officer's place goes to another enterprise."""
        parts = self.costs.parts(np.array(n), np.array(current))
        gains = {part: int(parts[part]) - int(self.parts[part][n]) for part in PARTS}
        gains["load"] = int(self.next_place[current]) - int(self.last_place[self.chosen[n]])
        if self.load[current] >= self.limit[current]:
            del gains["load"]
        points = sum(gains.values())
        if points <= 0:
            return {"key": "makes_room"} if "load" not in gains else {"key": "no_worse"}
        return {"key": "better", "by": max(gains, key=lambda part: gains[part]), "points": points}

    def _of_pair(self, n: int) -> list[Reason]:
        row, officer, found = self.enterprises[n], self.officers[self.chosen[n]], self._of_way(n)
        if row.sector and self.knows_sector[n]:
            found.append({"key": "same_sector", "sector": row.sector})
        if row.language and officer.languages:
            key = "language" if row.language in officer.languages else "other_language"
            found.append({"key": key, "language": row.language})
        if visits := row.history.get(officer.id, 0):
            found.append({"key": "served_before", "visits": visits})
        return found

    def _of_way(self, n: int) -> list[Reason]:
        km, steps = float(self.km[n]), int(self.steps[n])
        if steps == 0:
            return [{"key": "same_locality"} | ({} if np.isnan(km) else {"km": round(km, 1)})]
        key = "near" if 2 * int(self.parts["near"][n]) <= self.costs.weights.far else "far"
        if not np.isnan(km):
            return [{"key": key, "km": round(km, 1)}]
        return [{"key": key, "steps": steps}] if steps > 0 else []

    def _of_load(self, n: int) -> list[Reason]:
        load = int(self.load[self.chosen[n]])
        return [{"key": "load", "n": load, "over": max(load - self.loads.usual, 0)}]

    def _of_runner_up(self, n: int) -> list[Reason]:
        """The next best as everything else stands, and what speaks most against it."""
        if self.enterprises[n].pinned is not None:
            return []
        if (runner := int(self.runner_up[n])) < 0:
            return [{"key": "no_other"}]
        gains = {part: int(gain[n]) for part, gain in self.gains.items()}
        by = max(gains, key=lambda part: gains[part])
        points = sum(gains.values())
        return [
            {"key": "runner_up", "officer": self.officers[runner].id, "by": by if points else "tie", "points": points}
        ]

    def _runners_up(self, e: Ints, o: Ints) -> tuple[Ints, dict[str, Ints]]:
        """Of those with room the next cheapest (-1: none), and how much dearer each part is there."""
        other = np.where(self.costs.allowed & (self.load < self.limit), self.costs.matrix + self.next_place, NEVER)
        other[e, o] = NEVER
        runner = other.argmin(axis=1)
        parts = self.costs.parts(e, runner)
        gains = {part: parts[part] - self.parts[part] for part in PARTS}
        gains["load"] = self.next_place[runner] - self.last_place[o]
        return np.where(other[e, runner] < NEVER, runner, -1), gains

    def _why_nobody(self, n: int) -> Reason:
        if not self.officers:
            return {"key": "no_officers"}
        able = int((self.costs.allowed[n] & (self.limit > 0)).sum())
        return {"key": "no_room", "officers": able, "most": self.loads.most} if able else {"key": "all_barred"}
