"""The localities of a place as a choice, each under its parent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from openliaison.core.models import Locality, Place
from openliaison.core.scope import Scope

INDENT = "　"  # an ideographic space: a select shows no margin


def localities(place: Place, scope: Scope | None = None) -> QuerySet:
    """The place's tree in its order; only the area of `scope` where that has one."""
    rows = Locality.objects.filter(place=place).order_by("path")
    if scope and scope.path_from:
        rows = rows.filter(path__gte=scope.path_from, path__lt=scope.path_to)
    return rows


def indented(rows: QuerySet) -> list[tuple[str, str]]:
    """(code, name) of each, drawn in by its depth."""
    found = list(rows)
    top = min((row.path.count("/") for row in found), default=0)
    return [(row.code, INDENT * (row.path.count("/") - top) + row.label) for row in found]


class LocalityField(forms.ModelChoiceField):
    """One locality, shown under its parents."""

    def label_from_instance(self, obj: Any) -> str:
        return INDENT * max(obj.path.count("/") - 2, 0) + str(obj.label)
