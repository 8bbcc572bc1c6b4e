"""Coming in: log-in, invitations, passwords, roles; organisations from a place's files."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.translation import gettext as _

from openliaison.core import journal
from openliaison.core.models import Locality, Place
from openliaison.core.now import now

from .errors import InvitationRefused, NameTaken, TooManyAttempts
from .models import Invitation, LoginAttempt, Organisation, Role, User

INVITATION_DAYS = 14
ATTEMPTS, ATTEMPT_WINDOW = 10, timedelta(minutes=15)


def log_in(request: Any, *, username: str, password: str, at: datetime) -> User | None:
    """The person, if name and password are right.

    Raises:
        TooManyAttempts: ten wrong ones for this name within a quarter of an hour.
    """
    recent = LoginAttempt.objects.filter(username=username[:60], at__gt=at - ATTEMPT_WINDOW)
    if recent.count() >= ATTEMPTS:
        raise TooManyAttempts(_("Too many wrong passwords. Wait a quarter of an hour, or ask for a new password."))
    user = authenticate(request, username=username, password=password)
    if user is None:
        address = request.META.get("REMOTE_ADDR") or None
        LoginAttempt.objects.create(username=username[:60], address=address, at=at)
        LoginAttempt.objects.filter(at__lt=at - timedelta(days=1)).delete()
        return None
    LoginAttempt.objects.filter(username=username[:60]).delete()
    return user  # type: ignore[return-value]


def switch_role(session: Any, *, user: User, role_id: int, at: datetime) -> Role:
    """Act in another of one's roles from now on; the switch is journalled."""
    role = user.roles.valid(at.date()).get(pk=role_id)
    session["role_id"] = role.pk
    journal.record(role, "role_switched", by=user, at=at, kind=role.kind)
    return role


@transaction.atomic
def invite(*, role: Role, by: Role | None, at: datetime, display_name: str = "") -> str:
    """Make a one-time link for a person to join in a role.

    Args:
        role: an unsaved role row that says as what: kind, place, organisation, locality or enterprise.

    Returns:
        The token; only its hash is kept, so it can be shown once.
    """
    return _invitation(
        Invitation(
            purpose=Invitation.Purpose.JOIN,
            place=role.place,
            kind=role.kind,
            organisation=role.organisation,
            locality=role.locality,
            enterprise_id=role.enterprise_id,
            is_enterprise_admin=role.is_enterprise_admin,
            display_name=display_name,
        ),
        by=by,
        at=at,
    )


@transaction.atomic
def invite_to_new_password(*, user: User, place: Place, by: Role | None, at: datetime) -> str:
    """Make a one-time link with which a person chooses a new password."""
    return _invitation(
        Invitation(purpose=Invitation.Purpose.RESET, place=place, user=user, display_name=user.display_name),
        by=by,
        at=at,
    )


def _invitation(invitation: Invitation, *, by: Role | None, at: datetime) -> str:
    token = secrets.token_urlsafe(32)
    invitation.token_hash = _hash(token)
    invitation.created_by = by.user if by else None
    invitation.created_at, invitation.expires_at = at, at + timedelta(days=INVITATION_DAYS)
    invitation.save()
    journal.record(invitation, "invited", by=by, at=at, purpose=invitation.purpose, kind=invitation.kind)
    return token


def read_invitation(token: str, at: datetime) -> Invitation:
    """The open invitation behind a link.

    Raises:
        InvitationRefused: unknown, used, revoked or run out.
    """
    invitation = (
        Invitation.objects.select_related("place", "organisation", "user").filter(token_hash=_hash(token)).first()
    )
    if invitation is None or invitation.revoked_at:
        raise InvitationRefused(_("This link is not valid. Ask for a new one at the office that gave it to you."))
    if invitation.used_at:
        raise InvitationRefused(_("This link was used. Log in with the name and password you chose."))
    if invitation.expires_at <= at:
        raise InvitationRefused(_("This link has run out. Ask for a new one at the office that gave it to you."))
    return invitation


@transaction.atomic
def accept_invitation(*, token: str, password: str, at: datetime, username: str = "", display_name: str = "") -> User:
    """Join, or take the new password. The link works once.

    Raises:
        InvitationRefused, NameTaken; django's ValidationError for a weak password.
    """
    read_invitation(token, at)
    invitation = Invitation.objects.select_for_update(of=("self",)).get(token_hash=_hash(token))
    if invitation.used_at:
        raise InvitationRefused(_("This link was used. Log in with the name and password you chose."))
    if invitation.purpose == Invitation.Purpose.RESET:
        user = invitation.user
        assert user is not None
        validate_password(password, user)
        user.set_password(password)
        user.is_demo = False
        user.save(update_fields=["password", "is_demo"])
    else:
        user = _join(invitation, username, display_name, password)
    invitation.used_at = at
    invitation.save(update_fields=["used_at"])
    journal.record(invitation, "invitation_accepted", by=user, at=at, purpose=invitation.purpose)
    return user


def _join(invitation: Invitation, username: str, display_name: str, password: str) -> User:
    username = username.strip()
    if User.objects.filter(username__iexact=username).exists():
        raise NameTaken(_("The user name %(name)s is taken; choose another.") % {"name": username})
    user = User(username=username, display_name=display_name.strip() or invitation.display_name or username)
    validate_password(password, user)
    user.set_password(password)
    user.save()
    Role(
        user=user,
        place=invitation.place,
        kind=invitation.kind,
        organisation=invitation.organisation,
        locality=invitation.locality,
        enterprise_id=invitation.enterprise_id,
        is_enterprise_admin=invitation.is_enterprise_admin,
    ).save()
    return user


@transaction.atomic
def change_password(*, user: User, password: str, at: datetime) -> None:
    """Set one's own new password; a password that was printed for the example is one no more."""
    user.set_password(password)
    user.is_demo = False
    user.save(update_fields=["password", "is_demo"])
    journal.record(user, "password_changed", by=user, at=at)


@transaction.atomic
def deactivate_person(*, user: User, by: Role, at: datetime) -> None:
    """Shut the door behind a person who left. What they did stays theirs."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    journal.record(user, "deactivated", by=by, at=at)


@transaction.atomic
def create_first_administrator(place: Place, name: str) -> str:
    """The first person of a new installation; returns the token of their one-time link."""
    at = now()
    root = Locality.objects.get(path=place.root_path)
    role = Role(place=place, kind=Role.Kind.ADMINISTRATOR, locality=root)
    return invite(role=role, by=None, at=at, display_name=name)


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


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
