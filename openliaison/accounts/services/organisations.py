"""Organisations: from a place's files, and edited on screen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from openliaison.accounts.errors import NotAllowed
from openliaison.accounts.models import Organisation, Role
from openliaison.core import journal
from openliaison.core.models import Locality, Place


@transaction.atomic
def add_organisation(*, place: Place, code: str, by: Role, at: datetime, **fields: Any) -> Organisation:
    """A department, office or bank that the place's files do not name."""
    _require_administrator(by)
    made = Organisation.objects.create(place=place, code=code, edited_at=at, **fields)
    journal.record(made, "organisation_added", by=by, at=at, code=code, name=made.name)
    return made


@transaction.atomic
def edit_organisation(*, organisation: Organisation, by: Role, at: datetime, **fields: Any) -> Organisation:
    """Change an organisation on screen: from now on it wins over the place's files.

    Raises:
        NotAllowed: it would stand beneath itself.
    """
    _require_administrator(by)
    above = fields.get("parent")
    while above is not None:
        if above.pk == organisation.pk:
            raise NotAllowed(_("An organisation cannot stand beneath itself. Choose another one above it."))
        above = above.parent
    for name, value in fields.items():
        setattr(organisation, name, value)
    organisation.edited_at = at
    organisation.save(update_fields=[*fields, "edited_at"])
    journal.record(organisation, "organisation_edited", by=by, at=at, **fields)
    return organisation


def _require_administrator(by: Role) -> None:
    if by.kind != Role.Kind.ADMINISTRATOR:
        raise NotAllowed(_("Organisations are the administrator's."))


def seed_organisations(place: Place, rows: Iterable[Any]) -> int:
    """Load `organisations.csv`; rows edited on screen stay. Returns how many were written."""
    rows = list(rows)
    localities = {x.code: x for x in Locality.objects.filter(place=place)}
    edited = set(Organisation.objects.filter(place=place, edited_at__isnull=False).values_list("code", flat=True))
    for row in rows:
        if row.code in edited:
            continue
        Organisation.objects.update_or_create(
            place=place,
            code=row.code,
            defaults={
                "name": row.name,
                "name_en": row.name_en,
                "kind": row.kind,
                "level": row.level,
                "locality": localities.get(row.locality),
                "phone": row.phone,
            },
        )
    by_code = {o.code: o for o in Organisation.objects.filter(place=place)}
    for row in rows:
        if row.parent and row.code not in edited:
            Organisation.objects.filter(pk=by_code[row.code].pk).update(parent=by_code[row.parent])
    return len(rows) - len(edited)
