"""What differs by place: its numbers, switches and words on a day."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction

from .errors import Refused
from .models import CalendarDay, ClockLimit, Locality, Place, Setting
from .place_pack import PlacePack


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


@transaction.atomic
def seed_place(pack: PlacePack) -> Place:
    """Load place, localities, calendar, clocks and settings; rows edited on screen stay."""
    row = pack.place
    path = f"{row.code}/{row.root}/"
    place, _created = Place.objects.update_or_create(
        code=row.code,
        defaults={
            "name": row.name,
            "name_en": row.name_en,
            "time_zone": row.time_zone,
            "currency": row.currency,
            "languages": row.languages,
            "number_scheme": row.number_scheme,
            "industry_scheme": row.industry_scheme,
            "hours": [h | {"valid_from": h["valid_from"].isoformat()} for h in row.hours],
            "words": _words(pack),
            "root_path": path,
            "is_example": row.is_example,
        },
    )
    _seed_localities(place, pack)
    _seed_rows(CalendarDay, place, pack.calendar, ["day"])
    _seed_rows(ClockLimit, place, pack.clocks, ["key", "valid_from"])
    _seed_rows(Setting, place, pack.settings, ["key", "valid_from"])
    return place


@transaction.atomic
def fill_missing(place: Place, defaults: PlacePack) -> list[str]:
    """Give a place the clocks and settings that a newer release asks for and its own files do not name yet.

    Returns:
        The keys that were added; a key the place knows, in whatever version, stays as it is.
    """
    added = []
    for model, rows in ((ClockLimit, defaults.clocks), (Setting, defaults.settings)):
        known = set(model.objects.filter(place=place).values_list("key", flat=True))
        missing = [r for r in rows if r.key not in known]
        model.objects.bulk_create(model(place=place, **asdict(r)) for r in missing)
        added += [r.key for r in missing]
    return added


def _words(pack: PlacePack) -> dict[str, Any]:
    """The files' words, and over them what was edited on screen."""
    place = Place.objects.filter(code=pack.place.code).first()
    edited = place.words.get("edited", {}) if place else {}
    return {code: words | edited.get(code, {}) for code, words in pack.words.items()} | {"edited": edited}


def _seed_localities(place: Place, pack: PlacePack) -> None:
    known: dict[str, Locality] = {}
    waiting = list(pack.localities)
    while waiting:
        ready = [r for r in waiting if not r.parent or r.parent in known]
        for row in ready:
            parent = known.get(row.parent)
            fields = {k: v for k, v in asdict(row).items() if k not in ("code", "parent")}
            path = f"{parent.path if parent else place.code + '/'}{row.code}/"
            known[row.code], _created = Locality.objects.update_or_create(
                place=place, code=row.code, defaults=fields | {"parent": parent, "path": path}
            )
        waiting = [r for r in waiting if r.code not in known]
        if not ready:
            raise Refused(f"localities.csv: {', '.join(r.code for r in waiting)} stand in a ring of parents.")


def _seed_rows(model: Any, place: Place, rows: list[Any], key: list[str]) -> None:
    edited = set(model.objects.filter(place=place, edited_at__isnull=False).values_list(*key))
    fresh = [model(place=place, **asdict(r)) for r in rows if tuple(getattr(r, k) for k in key) not in edited]
    names = [f.name for f in fields(rows[0]) if f.name not in key] if rows else []
    if fresh:
        model.objects.bulk_create(fresh, update_conflicts=True, unique_fields=["place", *key], update_fields=names)
