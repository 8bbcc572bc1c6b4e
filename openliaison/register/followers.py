"""Rows of other rooms that belong to an enterprise, and go with it when it is merged into another.

Every row with a key to an enterprise follows by itself; a room whose rows must stay says so in
AppConfig.ready() with `stay(Model)`. A room that keeps a copy of the enterprise's place for its walls
says so with `place_with(Model, column)`; the copy is written anew when the enterprise moves.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.db import DatabaseError, models, transaction
from django.db.models import Q

from openliaison.accounts.models import Invitation, Role
from openliaison.core.scope import Scope

from .models import Booking, BurdenEntry, Enterprise, Merge, Refusal

STAYING: set[type[models.Model]] = set()
PLACED: list[tuple[Any, str, Q]] = [
    (Merge, "kept_id", Q()),
    *((model, "enterprise_id", Q()) for model in (Booking, BurdenEntry, Refusal)),
]
BY_NUMBER = ((Role, "enterprise_id"), (Invitation, "enterprise_id"))  # a floor beneath: a number, not a key


def stay(model: type[models.Model]) -> None:
    """Rows of this model keep the enterprise they were written for."""
    STAYING.add(model)


def place_with(model: type[models.Model], column: str, only: Q) -> None:
    """`locality_path` of this model is the enterprise's, which `column` leads to; rows outside `only` keep theirs."""
    PLACED.append((model, column, only))


def followers() -> list[tuple[Any, str]]:
    """Each model outside the register with the column that names the enterprise."""
    relations = Enterprise._meta.get_fields(include_hidden=True)
    found = [
        (r.related_model, r.field.attname)  # type: ignore[union-attr]
        for r in relations
        if isinstance(r, models.ManyToOneRel) and r.related_model._meta.app_label != Enterprise._meta.app_label
    ]
    return [f for f in [*found, *BY_NUMBER] if f[0] not in STAYING]


def how_many(enterprise: Enterprise, scope: Scope) -> int:
    """How many rows would follow, as far as this person may see them."""
    seen = [(m, f) for m, f in followers() if hasattr(m.objects, "visible_to") and (m, f) not in BY_NUMBER]
    return sum(m.objects.visible_to(scope).filter(**{f: enterprise.pk}).count() for m, f in seen)


def carry(*, away_from: int, to: int, only: dict[str, list[Any]] | None = None) -> dict[str, list[Any]]:
    """Write another enterprise into the rows that follow.

    Args:
        only: by "room.model:column", the ids that may move; all where it is None.

    Returns:
        What moved, in the same shape. A row that cannot stand beside one already there stays.
    """
    moved: dict[str, list[Any]] = {}
    for model, column in followers():
        name = f"{model._meta.label_lower}:{column}"
        rows = model._base_manager.filter(**{column: away_from})
        rows = rows if only is None else rows.filter(pk__in=only.get(name, []))
        if ids := [pk for pk in rows.values_list("pk", flat=True) if _move(model, column, pk, to)]:
            moved[name] = [str(pk) if not isinstance(pk, int) else pk for pk in ids]
    return moved


def _move(model: Any, column: str, pk: Any, to: int) -> bool:
    try:
        with transaction.atomic():
            return bool(model._base_manager.filter(pk=pk).update(**{column: to}))
    except DatabaseError:
        return False


def relocate(ids: Iterable[int]) -> None:
    """Rows that keep a copy of where these enterprises lie take over where they lie now."""
    found = Enterprise.objects.filter(pk__in=ids).order_by("locality_path").values_list("locality_path", "pk")
    for path, rows in groupby(found, key=lambda row: row[0]):
        there = [pk for _path, pk in rows]
        for model, column, only in PLACED:
            moving = model._base_manager.filter(only, **{f"{column}__in": there}).exclude(locality_path=path)
            moving.update(locality_path=path)
