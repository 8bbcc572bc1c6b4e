"""Categories from a place's files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from openliaison.accounts.models import Organisation
from openliaison.cases.models import Category
from openliaison.core.models import Place


def seed_categories(place: Place, rows: Iterable[Any]) -> int:
    """Load `categories.csv`; rows edited on screen stay. Returns how many were written."""
    organisations = {o.code: o for o in Organisation.objects.filter(place=place)}
    edited = set(Category.objects.filter(place=place, edited_at__isnull=False).values_list("code", flat=True))
    fresh = [
        Category(
            place=place,
            code=row.code,
            name=row.name,
            name_en=row.name_en,
            description=row.description,
            description_en=row.description_en,
            reply_days=row.reply_days,
            solution_days=row.solution_days,
            organisation=organisations.get(row.organisation),
            is_factor=row.is_factor,
            position=position,
        )
        for position, row in enumerate(rows)
        if row.code not in edited
    ]
    names = ["name", "name_en", "description", "description_en", "reply_days", "solution_days", "organisation"]
    Category.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["place", "code"],
        update_fields=[*names, "is_factor", "position"],
    )
    return len(fresh)
