"""What it costs that an officer serves an enterprise: whole points, in parts that can be told one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from .ids import Id
from .people import Enterprise, Officer, Point, Weights

Ints = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]

EARTH_KM = 6371.0
ENOUGH_VISITS = 10  # more of them make nobody better known
DECLARED = 1 << 20  # a trade said to be known, beside those counted from enterprises served
PARTS = ("near", "sector", "language", "history", "change")


class Costs:
    """Costs of pairs of enterprise and officer, both counted from 0 in the order given.

    `parts` takes any arrays of indices that broadcast, so that the whole matrix and a single pair are reckoned by
    the same lines.
    """

    def __init__(
        self, enterprises: Sequence[Enterprise], officers: Sequence[Officer], weights: Weights, today: date
    ) -> None:
        self.weights = weights
        index = {officer.id: n for n, officer in enumerate(officers)}
        self.current = _ints(index.get(e.current, -1) if e.current is not None else -1 for e in enterprises)
        self.wants_change = _bools(e.wants_change for e in enterprises)
        self.is_term_over = _bools(e.term_until is not None and e.term_until < today for e in enterprises)
        self.allowed = _allowed(enterprises, officers, index)
        self._from, self._to = _vectors([e.point for e in enterprises]), _vectors([o.point for o in officers])
        self._steps, self._path, self._officer_path = _tree([e.path for e in enterprises], [o.path for o in officers])
        self._sector, self._knows = self._sectors(enterprises, officers)
        self._language, self._misses = _languages(enterprises, officers)
        self._visits = _history(enterprises, officers, index)
        self._has_history = _bools(bool(e.history) for e in enterprises)
        has_current = self.current >= 0
        may_stay = np.zeros(len(enterprises), bool)
        may_stay[has_current] = self.allowed[has_current.nonzero()[0], self.current[has_current]]
        self.stays = may_stay & ~self.wants_change & ~self.is_term_over

    @cached_property
    def matrix(self) -> Ints:
        """The cost of every pair."""
        rows, columns = self.allowed.shape
        return self.total(np.arange(rows)[:, None], np.arange(columns)[None, :])

    def total(self, e: Ints, o: Ints) -> Ints:
        return np.asarray(sum(self.parts(e, o).values()), dtype=np.int64)

    def parts(self, e: Ints, o: Ints) -> dict[str, Ints]:
        """Points by what they are for; every part is 0 or more."""
        w, is_current = self.weights, self.current[e] == o
        visits = self._visits[e, o].astype(np.int64)
        change = np.where(self.stays[e] & ~is_current, w.change, 0) + np.where(
            self.wants_change[e] & is_current, w.asked, 0
        )
        return {
            "near": self._way(e, o),
            "sector": np.where(self.knows_sector(e, o), 0, w.sector),
            "language": np.where(self._misses[self._language[e], o], w.language, 0),
            "history": np.where(self._has_history[e], w.history - w.history * visits // ENOUGH_VISITS, 0),
            "change": change,
        }

    def knows_sector(self, e: Ints, o: Ints) -> Bools:
        """The trade is declared, or that of another enterprise that the officer serves; also where it is not known."""
        return np.asarray(self._knows[self._sector[e], o] - (self.current[e] == o) > 0)

    def km(self, e: Ints, o: Ints) -> Floats:
        """Kilometres as the crow flies; not a number where a point is not known."""
        a, b = self._from, self._to
        cosine = a[0][e] * b[0][o] + a[1][e] * b[1][o] + a[2][e] * b[2][o]
        return EARTH_KM * np.arccos(np.clip(cosine, -1.0, 1.0))

    def steps(self, e: Ints, o: Ints) -> Ints:
        """Steps between the localities, up and down their tree; -1 where one is not known."""
        return self._steps[self._path[e], self._officer_path[o]]

    def _way(self, e: Ints, o: Ints) -> Ints:
        w, km, steps = self.weights, self.km(e, o), self.steps(e, o)
        by_tree = np.where(steps >= 0, w.step * steps, w.far // 2)
        cost = np.where(np.isnan(km), by_tree, w.near * np.nan_to_num(km))
        return np.rint(np.minimum(cost, w.far)).astype(np.int64)

    def _sectors(self, enterprises: Sequence[Enterprise], officers: Sequence[Officer]) -> tuple[Ints, Ints]:
        """Each enterprise's row in a table of who knows which trade."""
        row = {"": 0} | {s: n for n, s in enumerate(sorted({e.sector for e in enterprises} - {""}), 1)}
        knows = np.zeros((len(row), len(officers)), np.int64)
        knows[0] = DECLARED
        for n, officer in enumerate(officers):
            for sector in officer.sectors & row.keys():
                knows[row[sector], n] = DECLARED
        of_enterprise = _ints(row[e.sector] for e in enterprises)
        served = self.current >= 0
        np.add.at(knows, (of_enterprise[served], self.current[served]), 1)
        return of_enterprise, knows


def _ints(values: Any) -> Ints:
    return np.fromiter(values, np.int64)


def _bools(values: Any) -> Bools:
    return np.fromiter(values, np.bool_)


def _allowed(enterprises: Sequence[Enterprise], officers: Sequence[Officer], index: dict[Id, int]) -> Bools:
    found = np.ones((len(enterprises), len(officers)), bool)
    members: dict[Id, list[int]] = {}
    for n, officer in enumerate(officers):
        if officer.organisation is not None:
            members.setdefault(officer.organisation, []).append(n)
    for n, enterprise in enumerate(enterprises):
        for officer_id in enterprise.barred & index.keys():
            found[n, index[officer_id]] = False
        for organisation in enterprise.barred_organisations & members.keys():
            found[n, members[organisation]] = False
    return found


def _vectors(points: Sequence[Point | None]) -> Floats:
    """Points on a globe of radius 1, as three rows; not a number where there is none."""
    lat, lon = np.radians(np.array([p or (np.nan, np.nan) for p in points], float).reshape(-1, 2)).T
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _tree(paths: Sequence[str], others: Sequence[str]) -> tuple[Ints, Ints, Ints]:
    """Steps between any two different localities, and which of them each row is in."""
    row = {path: n for n, path in enumerate(sorted({*paths, *others}))}
    nodes = [path.strip("/").split("/") if path.strip("/") else [] for path in row]
    depth = _ints(len(node) for node in nodes)
    common = np.zeros((len(row), len(row)), np.int64)
    same = np.ones_like(common, bool)
    names: dict[str, int] = {}
    for level in range(int(depth.max(initial=0))):
        at = _ints(names.setdefault(node[level], len(names)) if level < len(node) else -1 - n
                   for n, node in enumerate(nodes))  # fmt: skip
        same &= (at[:, None] == at[None, :]) & (at >= 0)
        common += same
    steps = depth[:, None] + depth[None, :] - 2 * common
    steps[depth == 0, :] = steps[:, depth == 0] = -1
    return steps, _ints(row[p] for p in paths), _ints(row[p] for p in others)


def _languages(enterprises: Sequence[Enterprise], officers: Sequence[Officer]) -> tuple[Ints, Bools]:
    row = {"": 0} | {s: n for n, s in enumerate(sorted({e.language for e in enterprises} - {""}), 1)}
    misses = np.zeros((len(row), len(officers)), bool)
    for n, officer in enumerate(officers):
        if officer.languages:
            misses[1:, n] = [language not in officer.languages for language in list(row)[1:]]
    return _ints(row[e.language] for e in enterprises), misses


def _history(
    enterprises: Sequence[Enterprise], officers: Sequence[Officer], index: dict[Id, int]
) -> np.ndarray[Any, np.dtype[np.int16]]:
    found = np.zeros((len(enterprises), len(officers)), np.int16)
    for n, enterprise in enumerate(enterprises):
        for officer_id, visits in enterprise.history.items():
            if officer_id in index:
                found[n, index[officer_id]] = min(visits, ENOUGH_VISITS)
    return found
