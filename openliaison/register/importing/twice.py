"""Enterprises that stand in a file more than once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .names import street_key
from .rows import Reading

Key = tuple[str, str]


class Twice:
    """Found in a first pass over the rows.

    The same number, or the same key of the source, is a fault of the second row. Without them the same name and
    street is one enterprise: the lists of the later rows (licences, products) are joined to the first.
    """

    def __init__(self, readings: Iterator[Reading]) -> None:
        self.total = 0
        self._first: dict[int, int] = {}
        self._lists: dict[int, dict[str, list[Any]]] = {}
        for reading in readings:
            self.total += 1
            if not reading.is_refused:
                self._meet(reading)

    def first_row(self, reading: Reading) -> int | None:
        """The row further up that speaks of the same enterprise."""
        first = self._first.get(_key(reading))
        return first if first is not None and first < reading.row_number else None

    def is_joined(self, reading: Reading) -> bool:
        return not reading.number and not reading.source_key

    def add_lists(self, reading: Reading) -> None:
        """Give the first row what the later ones add to its lists."""
        for key, more in self._lists.get(_key(reading), {}).items():
            reading.facts[key] = list(dict.fromkeys([*reading.facts.get(key, []), *more]))

    def _meet(self, reading: Reading) -> None:
        key = _key(reading)
        first = self._first.setdefault(key, reading.row_number)
        if reading.number or reading.source_key:
            self._first.setdefault(_by_name(reading), reading.row_number)
        if first != reading.row_number and self.is_joined(reading):
            lists = {k: v for k, v in reading.facts.items() if isinstance(v, list)}
            held = self._lists.setdefault(key, {})
            for fact, more in lists.items():
                held[fact] = list(dict.fromkeys([*held.get(fact, []), *more]))


def _key(reading: Reading) -> int:
    if reading.number:
        return hash(("number", reading.number))
    if reading.source_key:
        return hash(("key", reading.source_key))
    return _by_name(reading)


def _by_name(reading: Reading) -> int:
    return hash(("name", " ".join(reading.name.lower().split()), street_key(reading.street)))
