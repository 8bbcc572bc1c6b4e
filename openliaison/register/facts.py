"""Typed facts: reading a value by its definition, showing it, and knowing when it fades."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from openliaison.core import codes, formatting
from openliaison.core.models import Locality, Place

from .errors import Incomplete
from .models import Enterprise, Fact, FactDefinition

TRUE, FALSE = {"true", "1", "yes", "是"}, {"false", "0", "no", "否"}
MOST_DIGITS = 18

# How a unit is written behind a number; sums of money are written as money.
UNITS: dict[str, str | Promise] = {
    "persons": _lazy("persons"),
    "pct": "%",
    "mu": _lazy("mu"),
    "kVA": "kVA",
    "points": _lazy("points"),
    "years": _lazy("years"),
    "months": _lazy("months"),
    "10k_cny": _lazy("10,000 yuan"),
    "cny": _lazy("yuan"),
    "usd": _lazy("US dollars"),
}
MONEY = {"10k_cny": (10_000, "CNY"), "cny": (1, "CNY"), "usd": (1, "USD")}

# The words of the catalogue's lists; a place's own show as they are written.
CHOICES: dict[str, Promise] = {
    "large": _lazy("large"),
    "medium": _lazy("medium"),
    "small": _lazy("small"),
    "micro": _lazy("micro"),
    "individual": _lazy("individual business"),
    "general": _lazy("general taxpayer"),
    "small_scale": _lazy("small-scale taxpayer"),
    "digital_upgrade": _lazy("digital upgrade"),
    "equipment_renewal": _lazy("equipment renewal"),
    "other": _lazy("other"),
}
TOPICS: dict[str, Promise] = {
    "registration": _lazy("Registration"),
    "people": _lazy("People"),
    "money": _lazy("Money and tax"),
    "premises": _lazy("Land and energy"),
    "products": _lazy("Products and market"),
    "research": _lazy("Research and innovation"),
    "standing": _lazy("Standing and recognition"),
    "situation": _lazy("Present situation"),
    "other": _lazy("Other"),
}


@cache
def _topics() -> Mapping[str, str]:
    with (codes.REFERENCE / "fact_topics.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: row["topic"] for row in csv.DictReader(file)}


def topic(key: str) -> str:
    """Under which heading of the page a fact stands."""
    return _topics().get(key, "other")


def definition(place_id: int, key: str) -> FactDefinition:
    """The catalogue's entry of a key, or of the key that it is the same as.

    Raises:
        Incomplete: the catalogue has neither.
    """
    found = FactDefinition.objects.filter(place_id=place_id, key=key).first()
    if found and found.same_as:
        found = FactDefinition.objects.filter(place_id=place_id, key=found.same_as).first()
    if found is None:
        raise Incomplete(_("“%(key)s” is not in the catalogue of facts.") % {"key": key[:60]})
    return found


def unit_word(unit: str) -> str:
    """How a unit is called."""
    return str(UNITS.get(unit, unit))


def choice_word(value: Any) -> str:
    """How a value of a list is called."""
    return str(CHOICES.get(str(value), value))


# ── Reading ──────────────────────────────────────────────────


class Entry(Protocol):
    """What the rule about dates asks of the catalogue: its row, or a column of a file that stands for it."""

    @property
    def may_lie_ahead(self) -> bool: ...


def lies_ahead(entry: Entry, day: date, today: date) -> bool:
    """Whether a date is later than this fact's may be: a licence may end next year, nobody registered then.

    The one place where pages, files, other systems and phones ask.
    """
    return day > today and not entry.may_lie_ahead


def need_as_of(as_of: date, today: date) -> None:
    """The day for which something is told is never one to come.

    Raises:
        Incomplete: it is.
    """
    if as_of > today:
        raise Incomplete(_("This day lies ahead; a value holds as of today or earlier."))


def read(definition: FactDefinition, value: Any, place: Place | None = None, *, today: date) -> Any:
    """The value as it is kept (JSON): numbers as text that loses nothing, dates as ISO text.

    Args:
        place: whose code trees the value must stand in; codes are not looked up without it.
        today: the day beyond which most dates may not lie.

    Raises:
        Incomplete: the value is not of the definition's type, or is a date ahead that may not be.
    """
    kind, _sep, rest = definition.type.partition(":")
    if kind == "list":
        items = value if isinstance(value, list) else [v.strip() for v in str(value).split(";") if v.strip()]
        read_items = [_read_one(definition, *rest.partition(":")[::2], item, place) for item in items]
        kind, kept = rest, list(dict.fromkeys(read_items))
    else:
        kept = _read_one(definition, kind, rest, value, place)
    if kind == "date":
        _need_past(definition, kept, today)
    return kept


def _need_past(definition: FactDefinition, kept: str | list[str], today: date) -> None:
    for text in kept if isinstance(kept, list) else [kept]:
        if lies_ahead(definition, date.fromisoformat(text), today):
            raise Incomplete(
                _("%(label)s cannot lie ahead, as %(value)s does; correct the date.")
                % {"label": definition.label, "value": formatting.day(date.fromisoformat(text))}
            )


def _read_one(definition: FactDefinition, kind: str, rest: str, value: Any, place: Place | None) -> Any:
    text = str(value).strip()
    if not text:
        raise Incomplete(_("%(label)s is empty.") % {"label": definition.label})
    try:
        return _READERS.get(kind, _text)(text, rest, place)
    except (ValueError, InvalidOperation):
        raise Incomplete(
            _("“%(value)s” does not fit %(label)s: %(wanted)s.")
            % {"value": text[:60], "label": definition.label, "wanted": _wanted(kind, rest)}
        ) from None


def _bool(text: str, rest: str, place: Place | None) -> bool:
    if text.lower() not in TRUE | FALSE:
        raise ValueError
    return text.lower() in TRUE


def _number(text: str) -> Decimal:
    number = Decimal(text.replace(",", "").replace("，", ""))
    if not number.is_finite() or number.adjusted() > MOST_DIGITS:
        raise ValueError
    return number


def _int(text: str, rest: str, place: Place | None) -> int:
    number = _number(text)
    if number < 0 or number != number.to_integral_value():  # whole numbers count something
        raise ValueError
    return int(number)


def _decimal(text: str, rest: str, place: Place | None) -> str:
    return f"{_number(text):f}"


def _date(text: str, rest: str, place: Place | None) -> str:
    return date.fromisoformat(text).isoformat()


def _enum(text: str, rest: str, place: Place | None) -> str:
    if text not in rest.split("|"):
        raise ValueError
    return text


def _code(text: str, rest: str, place: Place | None) -> str:
    if place is None:
        return text
    if rest == "locality":
        found = text if Locality.objects.filter(place=place, code=text).exists() else None
    else:
        found = codes.canonical(place.industry_scheme, text)
    if found is None:
        raise ValueError
    return found


def _text(text: str, rest: str, place: Place | None) -> str:
    return text


_READERS = {"bool": _bool, "int": _int, "decimal": _decimal, "date": _date, "enum": _enum, "code": _code}


def _wanted(kind: str, rest: str) -> str:
    words = {
        "bool": _("yes or no"),
        "int": _("a whole number, 0 or more"),
        "decimal": _("a number"),
        "date": _("a date such as 2026-03-05"),
        "code": _("a code that the list has"),
    }
    if kind == "enum":
        return _("one of %(choices)s") % {"choices": _joined([choice_word(c) for c in rest.split("|")])}
    return words.get(kind, kind)


# ── Showing ──────────────────────────────────────────────────


def show(
    definition: FactDefinition | None, fact: Fact, enterprise: Enterprise, localities: Mapping[str, str] | None = None
) -> str:
    """The value in words.

    Args:
        localities: names by code, for facts that hold a locality.
    """
    value, kind = fact.value, definition.type if definition else ""
    if isinstance(value, list):
        return _joined([choice_word(v) for v in value]) or _("none")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if kind == "code:industry":
        return f"{value} {codes.code_label(enterprise.place.industry_scheme, str(value))}".strip()
    if kind == "code:locality":
        return (localities or {}).get(str(value), str(value))
    if kind.startswith("enum:"):
        return choice_word(value)
    if kind == "date":
        return formatting.day(date.fromisoformat(value))
    if kind in ("int", "decimal"):
        return measured(value, fact.unit)
    return f"{value} {unit_word(fact.unit)}".strip()


def measured(value: int | float | str, unit: str) -> str:
    """A number with its unit; sums of money as money."""
    number = Decimal(str(value))
    if unit in MONEY:
        factor, currency = MONEY[unit]
        return formatting.money(number * factor, currency)
    return f"{formatting.number(number)} {unit_word(unit)}".strip()


def _joined(words: list[str]) -> str:
    return (", " if formatting.locale() == "en" else "、").join(words)


# ── Fading ───────────────────────────────────────────────────


def is_fresh(definition: FactDefinition | None, fact: Fact, today: date) -> bool:
    """Whether the value may still be used without asking: by its own span of days from as-of or confirmation."""
    until = fresh_until(definition, fact)
    return until is None or today <= until


def fresh_until(definition: FactDefinition | None, fact: Fact) -> date | None:
    """The last day on which the value is fresh; None where it does not fade."""
    if definition is None or definition.fresh_days is None:
        return None
    zone = fact.enterprise.place.zone
    confirmed_on = fact.confirmed_at.astimezone(zone).date() if fact.confirmed_at else fact.as_of
    return max(fact.as_of, confirmed_on) + timedelta(days=definition.fresh_days)
