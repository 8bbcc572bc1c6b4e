"""People of a place, the roles they hold, and the end of both."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from openliaison.accounts.errors import NotAllowed, WouldLockOut
from openliaison.accounts.models import Invitation, Role, User
from openliaison.core import journal
from openliaison.core.models import Locality, Place
from openliaison.core.now import now

from .invitations import invite


@transaction.atomic
def create_first_administrator(place: Place, name: str) -> str:
    """The first person of a new installation; returns the token of their one-time link."""
    root = Locality.objects.get(path=place.root_path)
    role = Role(place=place, kind=Role.Kind.ADMINISTRATOR, locality=root)
    _invitation, token = invite(role=role, by=None, at=now(), display_name=name)
    return token


@transaction.atomic
def add_role(*, user: User, by: Role, at: datetime, **fields: Any) -> Role:
    """Let a person act as a further kind of person."""
    _require_administrator(by)
    role = Role.objects.create(user=user, place_id=by.place_id, **fields)
    journal.record(role, "role_added", by=by, at=at, user=user, **_detail(role))
    return role


@transaction.atomic
def edit_role(*, role: Role, by: Role, at: datetime, **fields: Any) -> Role:
    """Change area, organisation or dates of a role; what it is stays: another kind is another role.

    Raises:
        WouldLockOut: it is the last administrator's.
    """
    _require_administrator(by)
    before = _detail(role)
    for name, value in fields.items():
        setattr(role, name, value)
    if not role.is_valid(role.place.day(at)):
        _require_another_administrator(role, at)
    role.save(update_fields=[*fields])
    journal.record(role, "role_edited", by=by, at=at, before=str(before), **_detail(role))
    return role


@transaction.atomic
def end_role(*, role: Role, on: date, by: Role, at: datetime) -> Role:
    """The last day of a role."""
    return edit_role(role=role, ends_on=on, by=by, at=at)


def _detail(role: Role) -> dict[str, Any]:
    return {
        "kind": role.kind,
        "organisation": role.organisation_id,
        "locality": role.locality_id,
        "starts_on": role.starts_on,
        "ends_on": role.ends_on,
    }


@transaction.atomic
def deactivate_person(*, user: User, by: Role, at: datetime) -> User:
    """Shut the door behind a person who left: every session ends at once. What they did stays theirs.

    Raises:
        WouldLockOut: they are the last administrator of the place.
    """
    _require_administrator(by)
    for role in user.roles.filter(kind=Role.Kind.ADMINISTRATOR):
        _require_another_administrator(role, at)
    user.is_active = False
    user.session_version += 1
    user.save(update_fields=["is_active", "session_version"])
    Invitation.objects.filter(user=user, used_at=None, revoked_at=None).update(revoked_at=at)
    journal.record(user, "deactivated", by=by, at=at)
    return user


@transaction.atomic
def reactivate_person(*, user: User, by: Role, at: datetime) -> User:
    """Let a person in again, with the roles that are still valid."""
    _require_administrator(by)
    user.is_active = True
    user.save(update_fields=["is_active"])
    journal.record(user, "reactivated", by=by, at=at)
    return user


def _require_administrator(by: Role) -> None:
    if by.kind != Role.Kind.ADMINISTRATOR:
        raise NotAllowed(_("Accounts and roles are the administrator's."))


def _require_another_administrator(role: Role, at: datetime) -> None:
    if role.kind != Role.Kind.ADMINISTRATOR:
        return
    held = Role.objects.filter(place_id=role.place_id, kind=role.kind)
    list(held.order_by("pk").select_for_update())  # of two who send each other away, the second waits
    others = held.in_office(role.place.day(at))
    if not others.exclude(user_id=role.user_id).exists():
        raise WouldLockOut(_("This is the last administrator. Give somebody else this role first."))
