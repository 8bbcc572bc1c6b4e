"""The phones that keep data: known from their first contact, revoked by their person or the desk, wiped once."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from openliaison.accounts.models import Role
from openliaison.core import journal
from openliaison.core.errors import Refused
from openliaison.core.scope import AREA, Scope, within
from openliaison.visits.errors import NotAllowed
from openliaison.visits.models import Device

NOTED_EVERY = timedelta(minutes=1)  # a sync of many items writes its time down once
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


class OthersDevice(Refused):
    """The number of this device belongs to another person."""


def plain_name(agent: str) -> str:
    """A browser's own description, as people would say it: "Chrome, Android"."""
    found = [next((name for mark, name in known if mark in agent), "") for known in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, found)) or _("a browser")


@transaction.atomic
def meet_device(*, device_id: UUID, agent: str, by: Role, at: datetime) -> Device:
    """The device that asks; at its first contact it is written down.

    Raises:
        OthersDevice: another person used this number before.
    """
    fresh = Device(
        pk=device_id, place_id=by.place_id, user_id=by.user_id, name=plain_name(agent), first_seen_at=at, synced_at=at
    )
    rows = Device.objects.filter(pk=device_id, user_id=by.user_id)
    device = rows.first()
    if device is None:
        Device.objects.bulk_create([fresh], ignore_conflicts=True)
        device = rows.first()
    if device is None:
        raise OthersDevice(_("Another person used this browser's number. Reload the page."))
    if device.revoked_at is None and at - device.synced_at > NOTED_EVERY:
        rows.update(synced_at=at)
    return device


@transaction.atomic
def revoke_device(*, device: Device, by: Role, at: datetime) -> Device:
    """Have a phone delete what it keeps at its next contact. Done twice, the first stands.

    Raises:
        NotAllowed: neither one's own phone nor one of an officer of one's area.
    """
    if device.user_id != by.user_id and not _is_of_area(device, by):
        raise NotAllowed(_("Phones are revoked by their person or by the desk of the area."))
    device = Device.objects.select_for_update(of=["self"]).get(pk=device.pk)
    if device.revoked_at is None:
        device.revoked_at, device.revoked_by = at, by.user
        device.save(update_fields=["revoked_at", "revoked_by"])
        journal.record(device, "device_revoked", by=by, at=at, person=device.user)
    return device


@transaction.atomic
def note_wiped(*, device: Device, by: Role, at: datetime) -> Device:
    """The phone says that it has deleted what it kept."""
    device = Device.objects.select_for_update(of=["self"]).get(pk=device.pk)
    device.wiped_at = at
    device.save(update_fields=["wiped_at"])
    journal.record(device, "device_wiped", by=by, at=at)
    return device


def devices(scope: Scope) -> QuerySet:
    """One's own phones; for the desk those of the officers of its area."""
    rows = Device.objects.visible_to(scope).select_related("user", "revoked_by")
    if scope.role != AREA:
        return rows
    officers = Role.objects.filter(within(scope, "locality__path"), kind=Role.Kind.OFFICER)
    return rows.filter(user_id__in=officers.values("user_id"))


def _is_of_area(device: Device, by: Role) -> bool:
    if by.kind != Role.Kind.COORDINATOR or by.locality is None or by.place_id != device.place_id:
        return False
    officers = Role.objects.filter(user_id=device.user_id, kind=Role.Kind.OFFICER)
    return officers.filter(locality__path__startswith=by.locality.path).exists()
