"""Taking an enterprise into the register, and changing who it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Func
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from openliaison.accounts.models import Role
from openliaison.core import codes, journal
from openliaison.core.models import Locality, Place

from .. import numbers, rules, search
from ..errors import AlreadyDone, Incomplete
from ..models import Enterprise
from .overwriting import need_as_seen

IDENTITY = ("name", "name_en", "number", "street", "locality", "industry", "status")


@transaction.atomic
def add_enterprise(
    *, place: Place, name: str, locality: Locality, by: Role | None, at: datetime, number: str = "", **identity: Any
) -> Enterprise:
    """Take an enterprise into the register.

    Args:
        identity: name_en, street, industry, status, source, source_key, batch, is_example.

    Raises:
        Incomplete: no name, or the number is not one of the place's scheme.
        AlreadyDone: the number is on file.
        NotAllowed: the place lies outside the person's area.
    """
    if not name.strip():
        raise Incomplete(_("The name is missing."))
    number = numbers.clean(place.number_scheme, number)
    _need_free_number(place, number)
    enterprise = Enterprise(
        place=place,
        name=name.strip(),
        number=number,
        locality=locality,
        locality_path=locality.path,
        name_key=search.normal(name),
        search=search.vector(name, identity.get("name_en", ""), number),
        created_at=at,
        **identity,
    )
    rules.need_steer(by, enterprise)
    enterprise.save(force_insert=True)
    journal.record(enterprise, "registered", by=by, at=at, name=enterprise.name, number=number)
    return enterprise


@transaction.atomic
def change_identity(
    *, enterprise: Enterprise, by: Role | None, at: datetime, seen: dict[str, Any] | None = None, **changes: Any
) -> Enterprise:
    """Correct who an enterprise is; the journal keeps what stood there before.

    Args:
        seen: the values as the form showed them; the change is refused where they no longer stand.
        changes: any of IDENTITY. The number is checked by the place's scheme, the industry by its tree.

    Raises:
        ChangedMeanwhile, NotAllowed, Incomplete, AlreadyDone.
    """
    row = Enterprise.objects.select_for_update().get(pk=enterprise.pk)
    rules.need_unmerged(row)
    rules.need_steer(by, row)
    need_as_seen(row, seen)
    if unknown := set(changes) - set(IDENTITY):
        raise TypeError(f"change_identity does not change {sorted(unknown)}.")
    if not changes.get("name", row.name).strip():
        raise Incomplete(_("The name is missing."))
    if "number" in changes:
        changes["number"] = numbers.clean(row.place.number_scheme, changes["number"])
        _need_free_number(row.place, changes["number"], but=row)
    if changes.get("industry"):
        changes["industry"] = read_industry(row.place, changes["industry"])
    before = {k: getattr(row, k) for k in changes if getattr(row, k) != changes[k]}
    if not before:
        return row
    for field, value in changes.items():
        setattr(row, field, value)
    row.locality_path = row.locality.path
    rules.need_steer(by, row)
    row.name_key = search.normal(row.name)
    row.search = index(row)
    row.save(update_fields=[*changes, "locality_path", "name_key", "search"])
    after = {k: getattr(row, k) for k in before}
    if "locality" in before:
        app.configure_task("register.relocate_followers").defer(enterprise_id=row.pk)
    journal.record(row, "identity_changed", by=by, at=at, **_told("was", before), **_told("now", after))
    return row


def read_industry(place: Place, text: str) -> str:
    """The code as the place's tree has it.

    Raises:
        Incomplete: the tree has no such code.
    """
    code = codes.canonical(place.industry_scheme, text)
    if code is None:
        raise Incomplete(
            _("“%(code)s” is not a code of %(scheme)s. Take one such as 3630 from the list.")
            % {"code": text[:20], "scheme": place.industry_scheme}
        )
    return code


def index(enterprise: Enterprise) -> Func:
    """By what an enterprise is found: its own names and number, and those of what was merged into it."""
    rows = [enterprise, *Enterprise.objects.filter(merged_into=enterprise)]
    return search.vector(*(text for row in rows for text in (row.name, row.name_en, row.number)))


def _told(when: str, values: dict[str, Any]) -> dict[str, Any]:
    return {f"{when}_{k}": v for k, v in values.items()}


def _need_free_number(place: Place, number: str, but: Enterprise | None = None) -> None:
    if not number:
        return
    others = Enterprise.objects.filter(place=place, number=number, merged_into=None)
    known = (others.exclude(pk=but.pk) if but else others).first()
    if known:
        raise AlreadyDone(
            _("%(number)s is on file: %(name)s. Open it instead.") % {"number": number, "name": known.label}
        )
