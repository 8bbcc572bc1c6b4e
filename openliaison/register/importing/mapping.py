"""Which column means what: remembered, told by its heading, or by its contents; and the unit of sums."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process

from openliaison.register import numbers

from .head import Head, plain
from .targets import Catalogue, Target

CLOSE = 88  # of 100: how alike a heading must be to count
_BRACKET = re.compile(r"[(（\[【]([^)）\]】]*)[)）\]】]")
UNITS = {
    1: ("元", "yuan", "cny", "dollars", "usd", "$", "1", "人民币元"),
    1000: ("千元", "thousand", "thousand dollars", "1000", "k", "千"),
    10_000: ("万元", "万", "10k", "10k_cny", "10000", "ten thousand", "万元人民币", "10k yuan"),
    1_000_000: ("百万元", "million", "million dollars", "1000000", "百万"),
    100_000_000: ("亿元", "亿", "hundred million", "100000000", "100m"),
}


@dataclass(frozen=True)
class Proposal:
    """What a column is taken for, and why: "remembered", "heading", "like" or "contents"."""

    target: str = ""
    reason: str = ""


class Mapper:
    """Proposes a mapping for the heads of one place's files."""

    def __init__(self, catalogue: Catalogue, scheme: str) -> None:
        self.catalogue, self.scheme = catalogue, scheme
        self.names: dict[str, str] = {}
        for target in catalogue.targets.values():
            for name in (*target.names, target.label_zh, target.label_en):
                self.names.setdefault(plain(name), target.key)

    def is_known(self, label: str) -> bool:
        return bool(self._by_name(label))

    def propose(self, head: Head, rows: Sequence[Sequence[Any]], known: Mapping[str, str]) -> list[Proposal]:
        """A proposal for each column, no target twice.

        Args:
            rows: rows beneath the head, to look at.
            known: the remembered mapping of such files, heading → target ("" for left out).
        """
        found = [Proposal() for _label in head.labels]
        taken: set[str] = set()
        for reason, find in self._ways(rows, known):
            for at, label in enumerate(head.labels):
                target = "" if found[at].reason else find(at, label)
                if target is None:
                    found[at] = Proposal("", reason)
                elif target and target not in taken and label:
                    found[at] = Proposal(target, reason)
                    taken.add(target)
        return found

    def _ways(
        self, rows: Sequence[Sequence[Any]], known: Mapping[str, str]
    ) -> list[tuple[str, Callable[[int, str], str | None]]]:
        return [
            ("remembered", lambda _at, label: (known[label] or None) if label in known else ""),
            ("heading", lambda _at, label: self._by_name(label)),
            ("like", lambda _at, label: self._by_likeness(label)),
            ("contents", lambda at, _label: self._by_contents(at, rows)),
        ]

    def _by_name(self, label: str) -> str:
        for part in (label, label.rsplit("·", 1)[-1]):
            if key := self.names.get(plain(part)):
                return key
        return ""

    def _by_likeness(self, label: str) -> str:
        wanted = plain(label.rsplit("·", 1)[-1])
        if len(wanted) < 3:
            return ""
        best = process.extractOne(wanted, list(self.names), scorer=fuzz.ratio, score_cutoff=CLOSE)
        return self.names[best[0]] if best else ""

    def _by_contents(self, at: int, rows: Sequence[Sequence[Any]]) -> str:
        cells = [row[at] for row in rows if at < len(row) and row[at] not in ("", None)]
        hits = sum(numbers.is_number(cell, self.scheme) for cell in cells)
        return "number" if cells and hits >= 0.8 * len(cells) else ""


def read_unit(text: str) -> int | None:
    """The factor that a word such as "万元" or "thousand" stands for."""
    wanted = unicodedata.normalize("NFKC", text).strip().lower()
    return next((factor for factor, words in UNITS.items() if wanted in words), None)


def unit_in_heading(label: str, target: Target) -> int | None:
    """The unit that a heading names, in brackets or by the catalogue's own key."""
    for inside in _BRACKET.findall(label):
        if (factor := read_unit(inside.removeprefix("单位").lstrip(":："))) is not None:
            return factor
    if target.money and "10k" in label.lower():
        return 10_000
    return None
