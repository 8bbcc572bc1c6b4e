"""Contacts and sites: added, changed, ended. What ended stays as history."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from openliaison.accounts.models import Role
from openliaison.core import journal

from .. import rules
from ..errors import AlreadyDone, Incomplete
from ..models import Contact, Enterprise, Site
from .overwriting import need_as_seen

CONTACT = ("name", "function", "function_en", "phone", "email", "note")
SITE = ("name", "name_en", "locality", "street", "lon", "lat")


@transaction.atomic
def add_contact(*, enterprise: Enterprise, by: Role | None, at: datetime, **fields: Any) -> Contact:
    """Add a person to speak to; a new main contact takes the place of the one before.

    The same person in the same function, sent twice, is one row.
    """
    rules.need_write(by, enterprise, enterprise.place.day(at))
    same = enterprise.contacts.current().filter(
        name=fields.get("name", ""), function=fields.get("function", ""), phone=fields.get("phone", "")
    )
    if known := same.first():
        return known
    if fields.get("is_main"):
        enterprise.contacts.current().update(is_main=False)
    contact = Contact.objects.create(
        enterprise=enterprise, recorded_by=by.user if by else None, recorded_at=at, **fields
    )
    journal.record(enterprise, "contact_added", by=by, at=at, function=contact.function)
    return contact


@transaction.atomic
def change_contact(
    *, contact: Contact, by: Role, at: datetime, seen: dict[str, Any] | None = None, **changes: Any
) -> Contact:
    """Correct a contact's name, function or number.

    Raises:
        ChangedMeanwhile: it is no longer what `seen` says. AlreadyDone: it has ended. NotAllowed.
    """
    row = _open_contact(contact, by, at)
    need_as_seen(row, seen)
    changed = _change(row, changes, CONTACT)
    if changed:
        journal.record(row.enterprise, "contact_changed", by=by, at=at, contact=row.pk, fields=changed)
    return row


@transaction.atomic
def make_main_contact(*, contact: Contact, by: Role, at: datetime) -> Contact:
    """From now on this is whom one calls first."""
    row = _open_contact(contact, by, at)
    row.enterprise.contacts.current().update(is_main=False)
    row.is_main = True
    row.save(update_fields=["is_main"])
    journal.record(row.enterprise, "main_contact_chosen", by=by, at=at, contact=row.pk)
    return row


@transaction.atomic
def end_contact(*, contact: Contact, on: date, by: Role, at: datetime) -> Contact:
    """Somebody is no longer in this function; the row stays as history.

    Raises:
        Incomplete: the day lies ahead or before the beginning. AlreadyDone: it has ended. NotAllowed.
    """
    row = _open_contact(contact, by, at)
    if on > row.enterprise.place.day(at):
        raise Incomplete(_("The date %(day)s lies ahead.") % {"day": on})
    if row.starts_on and on < row.starts_on:
        raise Incomplete(_("It began only on %(day)s; the end must not be earlier.") % {"day": row.starts_on})
    row.ends_on, row.is_main = on, False
    row.save(update_fields=["ends_on", "is_main"])
    journal.record(row.enterprise, "contact_ended", by=by, at=at, contact=row.pk, on=on)
    return row


@transaction.atomic
def add_site(*, enterprise: Enterprise, by: Role | None, at: datetime, **fields: Any) -> Site:
    """Add a place where the enterprise works. The same site, sent twice, is one row."""
    rules.need_write(by, enterprise, enterprise.place.day(at))
    same = enterprise.sites.filter(closed_on=None, **{f: fields[f] for f in ("name", "locality", "street")})
    if known := same.first():
        return known
    site = Site.objects.create(enterprise=enterprise, **fields)
    journal.record(enterprise, "site_added", by=by, at=at, name=site.name)
    return site


@transaction.atomic
def change_site(*, site: Site, by: Role, at: datetime, seen: dict[str, Any] | None = None, **changes: Any) -> Site:
    """Correct a site's name or address.

    Raises:
        ChangedMeanwhile: it is no longer what `seen` says. AlreadyDone: it is closed. NotAllowed.
    """
    row = _open_site(site, by, at)
    need_as_seen(row, seen)
    if changed := _change(row, changes, SITE):
        journal.record(row.enterprise, "site_changed", by=by, at=at, site=row.pk, fields=changed)
    return row


@transaction.atomic
def close_site(*, site: Site, on: date, by: Role, at: datetime) -> Site:
    """The enterprise no longer works there; the row stays as history."""
    row = _open_site(site, by, at)
    if on > row.enterprise.place.day(at):
        raise Incomplete(_("The date %(day)s lies ahead.") % {"day": on})
    row.closed_on = on
    row.save(update_fields=["closed_on"])
    journal.record(row.enterprise, "site_closed", by=by, at=at, site=row.pk, on=on)
    return row


def _open_contact(contact: Contact, by: Role, at: datetime) -> Contact:
    row = Contact.objects.select_for_update().get(pk=contact.pk)
    rules.need_write(by, row.enterprise, row.enterprise.place.day(at))
    if row.ends_on:
        raise AlreadyDone(_("%(name)s has not been in this function since %(day)s.") % _named(row, row.ends_on))
    return row


def _open_site(site: Site, by: Role, at: datetime) -> Site:
    row = Site.objects.select_for_update().get(pk=site.pk)
    rules.need_write(by, row.enterprise, row.enterprise.place.day(at))
    if row.closed_on:
        raise AlreadyDone(_("%(name)s has been closed since %(day)s.") % _named(row, row.closed_on))
    return row


def _named(row: Contact | Site, day: date) -> dict[str, Any]:
    return {"name": row.name, "day": day}


def _change(row: models.Model, changes: dict[str, Any], allowed: tuple[str, ...]) -> list[str]:
    """Write what differs; returns the names of those fields."""
    if unknown := set(changes) - set(allowed):
        raise TypeError(f"{row._meta.label} does not change {sorted(unknown)} here.")
    changed = [f for f, value in changes.items() if getattr(row, f) != value]
    for field in changed:
        setattr(row, field, changes[field])
    if changed:
        row.save(update_fields=changed)
    return changed
