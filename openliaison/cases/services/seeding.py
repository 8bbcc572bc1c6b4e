"""Categories and frames of replies from a place's files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from openliaison.accounts.models import Organisation
from openliaison.cases.models import Category, ReplyTemplate
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


def seed_reply_templates(place: Place, rows: Iterable[Any]) -> int:
    """Load `replies.csv`; frames edited on screen stay. Returns how many were written."""
    known = ReplyTemplate.objects.filter(place=place, edited_at__isnull=False)
    edited = set(known.values_list("reply_kind", flat=True))
    names = ["name", "name_en", "body", "body_en"]
    fresh = [
        ReplyTemplate(
            place=place, reply_kind=row.reply_kind, **{n: getattr(row, n).replace("\\n", "\n") for n in names}
        )
        for row in rows
        if row.reply_kind not in edited
    ]
    ReplyTemplate.objects.bulk_create(
        fresh, update_conflicts=True, unique_fields=["place", "reply_kind"], update_fields=names
    )
    return len(fresh)
