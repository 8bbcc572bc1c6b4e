"""What differs by place: its numbers, switches and words on a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from .errors import Refused
from .models import ClockLimit, Place, Setting


class LimitRow(NamedTuple):
    amount: Decimal
    unit: str


def limits(place: Place, on: date) -> dict[str, LimitRow]:
    """Every clock length of a place as it stands on a day."""
    rows = ClockLimit.objects.filter(place=place, valid_from__lte=on).order_by("valid_from")
    return {row.key: LimitRow(row.amount, row.unit) for row in rows}


def limit(place: Place, key: str, on: date) -> LimitRow:
    try:
        return limits(place, on)[key]
    except KeyError:
        raise Refused(f"{place.code}: clocks.csv has no “{key}” for {on}.") from None


def setting(place: Place, key: str, on: date) -> Any:
    """The value of a place's setting on a day.

    Raises:
        Refused: the place's settings.toml has no such key valid then.
    """
    row = Setting.objects.filter(place=place, key=key, valid_from__lte=on).order_by("valid_from").last()
    if row is None:
        raise Refused(f"{place.code}: settings.toml has no “{key}” for {on}.")
    return row.value
