"""One-time links, on paper as QR codes: to join, or to choose a new password."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta
from hashlib import sha256

from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from openliaison.accounts.errors import InvitationRefused, NameTaken, NotAllowed
from openliaison.accounts.models import Invitation, Role, User
from openliaison.core import journal
from openliaison.core.models import Place
from openliaison.core.places import limit

STAFF_KINDS = tuple(k for k in Role.Kind.values if k != Role.Kind.ENTERPRISE)


def may_invite_as(by: Role) -> tuple[str, ...]:
    """The roles to which a person may invite others."""
    if by.kind == Role.Kind.ADMINISTRATOR:
        return STAFF_KINDS
    if by.kind in (Role.Kind.COORDINATOR, Role.Kind.OFFICER) or by.is_enterprise_admin:
        return (Role.Kind.ENTERPRISE,)
    return ()


def may_reset(by: Role, user: User) -> bool:
    """Whether a person may make another a link to a new password.

    The administrator for everybody of the place; the desk, an officer and an enterprise's administrator only for
    those who act for enterprises alone, so that nobody comes into an official's account this way.
    """
    held = list(user.roles.all())
    if by.kind == Role.Kind.ADMINISTRATOR:
        return any(r.place_id == by.place_id for r in held)
    if not held or Role.Kind.ENTERPRISE not in may_invite_as(by):
        return False
    if by.is_enterprise_admin:
        return all(r.enterprise_id == by.enterprise_id for r in held)
    return all(r.kind == Role.Kind.ENTERPRISE and r.place_id == by.place_id for r in held)


@transaction.atomic
def invite(
    *, role: Role, by: Role | None, at: datetime, display_name: str = "", client_key: uuid.UUID | None = None
) -> tuple[Invitation, str]:
    """Make a one-time link for a person to join in a role.

    Args:
        role: an unsaved role row that says as what: kind, place, organisation, locality or enterprise.
        by: None for the first administrator of a new installation.

    Returns:
        The invitation, and its token: only the hash is kept, so it can be shown once. Asked a second time with the
        same key, the token is empty.

    Raises:
        NotAllowed: this person does not invite to that role.
    """
    if known := _known(client_key, by):
        return known, ""
    _require_may_invite(role, by)
    return _make(
        Invitation(
            client_key=client_key,
            purpose=Invitation.Purpose.JOIN,
            place=role.place,
            kind=role.kind,
            organisation=role.organisation,
            locality=role.locality,
            enterprise_id=role.enterprise_id,
            enterprise_name=role.enterprise_name,
            enterprise_name_en=role.enterprise_name_en,
            contact_id=role.contact_id,
            is_enterprise_admin=role.is_enterprise_admin,
            display_name=display_name,
        ),
        by=by,
        at=at,
    )


def _known(client_key: uuid.UUID | None, by: Role | None) -> Invitation | None:
    if client_key is None or by is None:
        return None
    return Invitation.objects.filter(client_key=client_key, created_by_id=by.user_id).first()


def _require_may_invite(role: Role, by: Role | None) -> None:
    if by is None:
        return
    is_own = not by.is_enterprise_admin or role.enterprise_id == by.enterprise_id
    if role.kind not in may_invite_as(by) or role.place_id != by.place_id or not is_own:
        raise NotAllowed(_("You do not invite people to this role. Ask the administrator."))


@transaction.atomic
def invite_to_new_password(
    *, user: User, place: Place, by: Role, at: datetime, client_key: uuid.UUID | None = None
) -> tuple[Invitation, str]:
    """Make a one-time link with which a person chooses a new password; earlier ones no longer open.

    Raises:
        NotAllowed: this person's password is for others to renew, or the account is closed.
    """
    if known := _known(client_key, by):
        return known, ""
    if not may_reset(by, user):
        raise NotAllowed(_("You do not make links for this person. Ask the administrator."))
    if not user.is_active:
        raise NotAllowed(_("This person can no longer log in. Let them in again first."))
    _close_resets(user, at)
    role = user.roles.order_by("id").first()
    return _make(
        Invitation(
            client_key=client_key,
            purpose=Invitation.Purpose.RESET,
            place=place,
            user=user,
            enterprise_id=role.enterprise_id if role else None,
            enterprise_name=role.enterprise_name if role else "",
            enterprise_name_en=role.enterprise_name_en if role else "",
            display_name=user.display_name,
        ),
        by=by,
        at=at,
    )


def _close_resets(user: User, at: datetime) -> None:
    resets = Invitation.objects.filter(user=user, purpose=Invitation.Purpose.RESET)
    resets.filter(used_at=None, revoked_at=None).update(revoked_at=at)


def _make(invitation: Invitation, *, by: Role | None, at: datetime) -> tuple[Invitation, str]:
    token = secrets.token_urlsafe(32)
    invitation.token_hash = _hash(token)
    invitation.created_by = by.user if by else None
    invitation.created_at, invitation.expires_at = at, at + _life(invitation.place, at)
    invitation.save()
    journal.record(
        invitation,
        "invited",
        by=by,
        at=at,
        purpose=invitation.purpose,
        kind=invitation.kind,
        enterprise=invitation.enterprise_id,
    )
    return invitation, token


def _life(place: Place, at: datetime) -> timedelta:
    """How long a link stays open, as the place has it on that day."""
    return timedelta(days=float(limit(place, "invitation", place.day(at)).amount))


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, by: Role, at: datetime) -> Invitation:
    """Take a link back: it no longer opens.

    Raises:
        InvitationRefused: it was used already.
    """
    found = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if found.used_at:
        raise InvitationRefused(_("This link was used already. Close the account instead."))
    if found.revoked_at is None:
        found.revoked_at = at
        found.save(update_fields=["revoked_at"])
        journal.record(found, "invitation_revoked", by=by, at=at)
    return found


@transaction.atomic
def renew_invitation(*, invitation: Invitation, by: Role, at: datetime) -> tuple[Invitation, str]:
    """A new link in the place of one that ran out or was lost; the old one no longer opens."""
    revoke_invitation(invitation=invitation, by=by, at=at)
    if invitation.purpose == Invitation.Purpose.RESET:
        assert invitation.user is not None
        return invite_to_new_password(user=invitation.user, place=invitation.place, by=by, at=at)
    role = Role(
        place=invitation.place,
        kind=invitation.kind,
        organisation=invitation.organisation,
        locality=invitation.locality,
        enterprise_id=invitation.enterprise_id,
        enterprise_name=invitation.enterprise_name,
        enterprise_name_en=invitation.enterprise_name_en,
        contact_id=invitation.contact_id,
        is_enterprise_admin=invitation.is_enterprise_admin,
    )
    return invite(role=role, by=by, at=at, display_name=invitation.display_name)


def read_invitation(token: str, at: datetime) -> Invitation:
    """The open invitation behind a link.

    Raises:
        InvitationRefused: unknown, used, revoked or run out.
    """
    rows = Invitation.objects.select_related("place", "organisation", "locality", "user")
    invitation = rows.filter(token_hash=_hash(token)).first()
    if invitation is None or invitation.revoked_at:
        raise InvitationRefused(_("This link is not valid. Ask for a new one at the office that gave it to you."))
    if invitation.used_at:
        raise InvitationRefused(_("This link was used. Log in with the name and password you chose."))
    if invitation.expires_at <= at:
        raise InvitationRefused(_("This link has run out. Ask for a new one at the office that gave it to you."))
    if invitation.user and not invitation.user.is_active:
        raise InvitationRefused(_("This account is closed. Ask at the office that gave you the link."))
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
        user = _take_new_password(invitation, password)
    else:
        user = _join(invitation, username, display_name, password)
    invitation.used_at = at
    invitation.save(update_fields=["used_at"])
    journal.record(invitation, "invitation_accepted", by=user, at=at, purpose=invitation.purpose)
    return user


def _take_new_password(invitation: Invitation, password: str) -> User:
    user = invitation.user
    assert user is not None  # a reset names its person
    validate_password(password, user)
    user.set_password(password)
    user.is_demo = False
    user.save(update_fields=["password", "is_demo"])
    return user


def _join(invitation: Invitation, username: str, display_name: str, password: str) -> User:
    username = username.strip()
    user = User(username=username, display_name=display_name.strip() or invitation.display_name or username)
    validate_password(password, user)
    user.set_password(password)
    _save_new(user)
    Role(
        user=user,
        place=invitation.place,
        kind=invitation.kind,
        organisation=invitation.organisation,
        locality=invitation.locality,
        enterprise_id=invitation.enterprise_id,
        enterprise_name=invitation.enterprise_name,
        enterprise_name_en=invitation.enterprise_name_en,
        contact_id=invitation.contact_id,
        is_enterprise_admin=invitation.is_enterprise_admin,
    ).save()
    return user


def _save_new(user: User) -> None:
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        taken = _("The user name %(name)s is taken; choose another.") % {"name": user.username}
        raise NameTaken(taken) from None


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
