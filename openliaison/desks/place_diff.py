"""What was edited on screen, beside what a place's files say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openliaison.accounts.models import Organisation
from openliaison.cases.models import Category
from openliaison.core.models import CalendarDay, ClockLimit, Place, Setting
from openliaison.core.place_pack import PlacePack

NOTHING = "nothing"
Rows = dict[tuple[Any, ...], str]


def differences(pack: PlacePack) -> list[str]:
    """One line for each row that was edited on screen."""
    place = Place.objects.filter(code=pack.place.code).first()
    return [] if place is None else [*_rows(place, pack), *_words(place, pack)]


def _rows(place: Place, pack: PlacePack) -> Iterator[str]:
    for model, key, in_files, tell in (
        (CalendarDay, ("day",), _listed(pack.calendar, ("day",), _day), _day),
        (ClockLimit, ("key", "valid_from"), _listed(pack.clocks, ("key", "valid_from"), _limit), _limit),
        (Setting, ("key", "valid_from"), _listed(pack.settings, ("key", "valid_from"), _value), _value),
        (Organisation, ("code",), _listed(pack.organisations, ("code",), _office), _office),
        (Category, ("code",), _listed(pack.categories, ("code",), _category), _category),
    ):
        for row in model.objects.filter(place=place).exclude(edited_at=None):
            ident = tuple(getattr(row, name) for name in key)
            name = " ".join(str(part) for part in ident)
            yield f"{model.__name__} {name}: edited to {tell(row)}; the file says {in_files.get(ident, NOTHING)}"


def _listed(rows: list[Any], key: tuple[str, ...], tell: Any) -> Rows:
    return {tuple(getattr(row, name) for name in key): tell(row) for row in rows}


def _day(row: Any) -> str:
    return f"{row.kind} {row.name}".strip()


def _limit(row: Any) -> str:
    return f"{row.amount.normalize():f} {row.unit}"


def _value(row: Any) -> str:
    return str(row.value)


def _office(row: Any) -> str:
    return ", ".join(part for part in (row.name, row.name_en, row.phone) if part)


def _category(row: Any) -> str:
    return f"{row.name}, reply {row.reply_days}, solution {row.solution_days} working days, {_code(row.organisation)}"


def _code(organisation: Any) -> str:
    return getattr(organisation, "code", organisation) or NOTHING


def _words(place: Place, pack: PlacePack) -> Iterator[str]:
    for language, words in place.words.get("edited", {}).items():
        for key, word in words.items():
            known = pack.words.get(language, {}).get(key, NOTHING)
            yield f"Words {language} {key}: edited to {word}; the file says {known}"
