"""Verbs of the register: enterprises, facts, contacts, who serves whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from openliaison.accounts.models import Role
from openliaison.core import journal
from openliaison.core.models import Locality, Place

from . import facts, search
from .errors import AlreadyDone, Incomplete, NotAllowed
from .models import Contact, Enterprise, Fact, FactDefinition, Link


@transaction.atomic
def add_enterprise(
    *, place: Place, name: str, locality: Locality, by: Role | None, at: datetime, number: str = "", **identity: Any
) -> Enterprise:
    """Take an enterprise into the register.

    Args:
        identity: name_en, street, industry, status, source, source_key, batch, is_example.

    Raises:
        Incomplete: no name.
        AlreadyDone: the number is on file.
    """
    if not name.strip():
        raise Incomplete(_("The name is missing."))
    known = Enterprise.objects.filter(place=place, number=number, merged_into=None).first() if number else None
    if known:
        raise AlreadyDone(
            _("%(number)s is on file: %(name)s. Open it instead.") % {"number": number, "name": known.label}
        )
    enterprise = Enterprise.objects.create(
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
    journal.record(enterprise, "registered", by=by, at=at, name=enterprise.name, number=number)
    return enterprise


@transaction.atomic
def record_fact(
    *,
    enterprise: Enterprise,
    key: str,
    value: Any,
    source: str,
    as_of: date,
    by: Role | None,
    at: datetime,
    source_ref: str = "",
    unit: str = "",
) -> Fact:
    """Write down what is known of an enterprise. Nothing is overwritten: the newer value supersedes.

    Raises:
        Incomplete: the key is not in the catalogue, or the value is not of its type.
    """
    definition = FactDefinition.objects.filter(place_id=enterprise.place_id, key=key).first()
    if definition is None:
        raise Incomplete(_("“%(key)s” is not in the catalogue of facts.") % {"key": key})
    if as_of > at.astimezone(enterprise.place.zone).date():
        raise Incomplete(_("The date %(day)s lies ahead.") % {"day": as_of})
    clean = facts.read(definition, value)
    current = Fact.objects.current().select_for_update().filter(enterprise=enterprise, key=key).first()
    is_older = current is not None and current.as_of > as_of
    if current is not None and not is_older:
        current.superseded_at = at
        current.save(update_fields=["superseded_at"])
    fact = Fact.objects.create(
        enterprise=enterprise,
        key=key,
        value=clean,
        unit=unit or definition.unit,
        sensitivity=definition.sensitivity,
        source=source,
        source_ref=source_ref,
        as_of=as_of,
        recorded_by=by.user if by else None,
        recorded_at=at,
        superseded_at=at if is_older else None,
    )
    journal.record(enterprise, "fact_recorded", by=by, at=at, key=key, source=source, as_of=as_of)
    return fact


@transaction.atomic
def confirm_fact(*, fact: Fact, by: Role, at: datetime) -> Fact:
    """Say that a value is right today: it is fresh again."""
    fact = Fact.objects.select_for_update().get(pk=fact.pk)
    if fact.superseded_at or fact.retracted_at:
        raise AlreadyDone(_("A newer value is on file; look at that one."))
    fact.confirmed_by, fact.confirmed_at = by.user, at
    fact.save(update_fields=["confirmed_by", "confirmed_at"])
    journal.record(fact.enterprise, "fact_confirmed", by=by, at=at, key=fact.key)
    return fact


@transaction.atomic
def add_contact(*, enterprise: Enterprise, by: Role | None, at: datetime, **fields_: Any) -> Contact:
    """Add a person to speak to; a new main contact takes the place of the one before."""
    if fields_.get("is_main"):
        enterprise.contacts.current().update(is_main=False)
    contact = Contact.objects.create(
        enterprise=enterprise, recorded_by=by.user if by else None, recorded_at=at, **fields_
    )
    journal.record(enterprise, "contact_added", by=by, at=at, function=contact.function)
    return contact


@transaction.atomic
def end_contact(*, contact: Contact, on: date, by: Role, at: datetime) -> Contact:
    """Somebody is no longer in this function; the row stays as history."""
    contact.ends_on, contact.is_main = on, False
    contact.save(update_fields=["ends_on", "is_main"])
    journal.record(contact.enterprise, "contact_ended", by=by, at=at)
    return contact


@transaction.atomic
def station(
    *, enterprise: Enterprise, officer: Role, kind: str, starts_on: date, by: Role | None, at: datetime
) -> Link:
    """Let an officer, deputy or cover serve an enterprise."""
    if officer.kind != Role.Kind.OFFICER:
        raise NotAllowed(_("%(name)s is not a liaison officer.") % {"name": officer.user.label})
    link, is_new = Link.objects.get_or_create(
        enterprise=enterprise,
        user=officer.user,
        kind=kind,
        ends_on=None,
        defaults={"place_id": enterprise.place_id, "starts_on": starts_on},
    )
    if not is_new:
        raise AlreadyDone(
            _("%(name)s serves %(enterprise)s already.") % {"name": officer.user.label, "enterprise": enterprise.label}
        )
    journal.record(enterprise, "stationed", by=by, at=at, officer=officer.user, kind=kind)
    return link


def seed_fact_definitions(place: Place, rows: Iterable[Any]) -> int:
    """Load the fact catalogue of a place; returns how many there are."""
    listed = [FactDefinition(place=place, **asdict(row)) for row in rows]
    names = [f.name for f in fields(next(iter(rows)))] if listed else []  # type: ignore[call-overload]
    FactDefinition.objects.bulk_create(
        listed,
        update_conflicts=True,
        unique_fields=["place", "key"],
        update_fields=[n for n in names if n != "key"],
    )
    return len(listed)
