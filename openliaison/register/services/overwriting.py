"""Rows that are overwritten: what the form showed must still stand."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..errors import ChangedMeanwhile

LABELS = {
    "name": _("name"),
    "name_en": _("name in English"),
    "number": _("official number"),
    "street": _("street"),
    "locality": _("place"),
    "industry": _("industry"),
    "status": _("state"),
    "function": _("function"),
    "function_en": _("function in English"),
    "phone": _("phone"),
    "email": _("e-mail"),
    "note": _("note"),
    "lon": _("longitude"),
    "lat": _("latitude"),
}


def shown(row: models.Model, fields: list[str] | tuple[str, ...]) -> dict[str, str]:
    """The values of a row as text, as a form carries them to be compared later."""
    return {f: _text(getattr(row, row._meta.get_field(f).attname)) for f in fields}  # type: ignore[union-attr]


def need_as_seen(row: models.Model, seen: dict[str, Any] | None) -> None:
    """Compare a locked row with what the person saw.

    Raises:
        ChangedMeanwhile: somebody else changed it; the text names each field, what it was and what it is.
    """
    if seen is None:
        return
    stands = shown(row, list(seen))
    changed = [f for f, was in seen.items() if was != stands[f]]
    if changed:
        told = [(str(LABELS[f]), _words(row, f, seen[f]), _words(row, f, stands[f])) for f in changed]
        raise ChangedMeanwhile(row, told)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _words(row: models.Model, name: str, value: str) -> str:
    """A value as a person reads it: the name behind a key, the word of a choice."""
    field = row._meta.get_field(name)
    if isinstance(field, models.ForeignKey):
        found = field.related_model._default_manager.filter(pk=value or 0).first()  # type: ignore[union-attr]
        return str(found or value)
    return str(dict(field.flatchoices).get(value, value))  # type: ignore[union-attr]
