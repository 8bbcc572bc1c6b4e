"""Who is who: ids of one kind, each once; and weights, which are whole numbers by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from itertools import pairwise
from typing import Any, Protocol, TypeVar

Id = int | str


class HasId(Protocol):
    @property
    def id(self) -> Id: ...


Row = TypeVar("Row", bound=HasId)


def unique(rows: Iterable[Row], what: str) -> list[Row]:
    """The rows in order of their ids.

    Raises:
        ValueError: ids of two kinds, which cannot be ordered, or one id twice.
    """
    rows = list(rows)
    if len({type(row.id) for row in rows}) > 1:
        raise ValueError(f"The ids of {what} must all be numbers or all be text.")
    rows.sort(key=lambda row: row.id)
    for a, b in pairwise(rows):
        if a.id == b.id:
            raise ValueError(f"There is {what} {a.id} twice.")
    return rows


def named(kind: type, given: Mapping[str, int]) -> dict[str, int]:
    """What is given, where each name is a weight of `kind`."""
    known = [f.name for f in fields(kind)]
    for name in given:
        if name not in known:
            raise ValueError(f"There is no weight “{name}”; there are: {', '.join(known)}.")
    return dict(given)


def check_whole(weights: Any) -> None:
    """Every weight a whole number from 0 on."""
    for f in fields(weights):
        value = getattr(weights, f.name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise ValueError(f"The weight “{f.name}” is {value!r}; it must be a whole number from 0 on.")
