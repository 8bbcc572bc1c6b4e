"""Typed facts: reading a value by its definition, showing it, and knowing when it fades."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from openliaison.core.codes import code_label

from .errors import Incomplete
from .models import Enterprise, Fact, FactDefinition

TRUE, FALSE = {"true", "1", "yes", "是"}, {"false", "0", "no", "否"}


def read(definition: FactDefinition, value: Any) -> Any:
    """The value as it is kept (JSON): numbers as text that loses nothing, dates as ISO text.

    Raises:
        Incomplete: the value is not of the definition's type.
    """
    kind, _sep, rest = definition.type.partition(":")
    if kind == "list":
        items = value if isinstance(value, list) else [v.strip() for v in str(value).split(";") if v.strip()]
        return [_read_one(definition, *rest.partition(":")[::2], item) for item in items]
    return _read_one(definition, kind, rest, value)


def _read_one(definition: FactDefinition, kind: str, rest: str, value: Any) -> Any:
    text = str(value).strip()
    try:
        if kind == "bool":
            if text.lower() in TRUE | FALSE:
                return text.lower() in TRUE
            raise ValueError
        if kind == "int":
            return int(Decimal(text)) if Decimal(text) == int(Decimal(text)) else _refuse()
        if kind == "decimal":
            number = Decimal(text)
            return str(number) if number.is_finite() else _refuse()
        if kind == "date":
            return date.fromisoformat(text).isoformat()
        if kind == "enum" and text not in rest.split("|"):
            raise ValueError
    except (ValueError, InvalidOperation):
        raise Incomplete(
            _("“%(value)s” does not fit %(label)s (%(type)s).")
            % {"value": text[:60], "label": definition.label, "type": definition.type}
        ) from None
    if not text:
        raise Incomplete(_("%(label)s is empty.") % {"label": definition.label})
    return text


def _refuse() -> Any:
    raise ValueError


def show(definition: FactDefinition | None, fact: Fact, enterprise: Enterprise) -> str:
    """The value in words."""
    value = fact.value
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "、".join(map(str, value)) or _("none")
    if definition and definition.type == "code:industry":
        return f"{value} {code_label(enterprise.place.industry_scheme, str(value))}".strip()
    return f"{value} {fact.unit}".strip()


def is_fresh(definition: FactDefinition | None, fact: Fact, today: date) -> bool:
    """Whether the value may still be used without asking: by its own span of days from as-of or confirmation."""
    if definition is None or definition.fresh_days is None:
        return True
    since = max(fact.as_of, fact.confirmed_at.date()) if fact.confirmed_at else fact.as_of
    return today <= since + timedelta(days=definition.fresh_days)
