"""Finding a locality of the place's tree by code or by name, alone or behind the names above it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Spot:
    """One node of the tree."""

    id: int
    code: str
    name: str
    name_en: str
    path: str


class Localities:
    """The tree, to be asked by code or name.

    Args:
        area: path of the area in which a name is looked for first.
    """

    def __init__(self, spots: Iterable[Spot], area: str) -> None:
        self.area = area
        self.by_path = {spot.path: spot for spot in spots}
        self.codes = {_key(spot.code): spot for spot in self.by_path.values()}
        self.names: dict[str, list[Spot]] = {}
        for spot in self.by_path.values():
            for name in self._names(spot):
                self.names.setdefault(name, []).append(spot)

    @property
    def home(self) -> Spot:
        """The area's own node, for what names no other."""
        return self.by_path[self.area]

    def find(self, text: str) -> tuple[Spot | None, str]:
        """The locality, or why there is none: "locality_unknown" or "locality_twice"."""
        key = _key(text)
        if spot := self.codes.get(key):
            return spot, ""
        found = self.names.get(key, [])
        inside = [s for s in found if s.path.startswith(self.area)]
        chosen = inside if len(found) > 1 else found
        if len(chosen) == 1:
            return chosen[0], ""
        return None, "locality_twice" if found else "locality_unknown"

    def _names(self, spot: Spot) -> set[str]:
        """The name alone and behind every chain of names above it."""
        names = {_key(spot.name), _key(spot.name_en)} - {""}
        above = spot.path.rstrip("/").split("/")[:-1]
        lead = ""
        for end in range(len(above), 0, -1):
            upper = self.by_path.get("/".join(above[:end]) + "/")
            if upper is None:
                break
            lead = _key(upper.name) + lead
            names.add(lead + _key(spot.name))
        return names


def _key(text: str) -> str:
    return re.sub(r"[\s,，/·-]+", "", unicodedata.normalize("NFKC", text).lower()).removesuffix(".0")
