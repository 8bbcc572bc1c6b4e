"""Tokens for other systems: made once, shown once, kept as a hash, revocable."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from openliaison.core import journal

from .backends import HouseBackend
from .errors import TokenRefused, TooManyAttempts
from .models import ApiToken, LoginAttempt, Role

PREFIX = "olt_"
LONGEST_DAYS = 365
WRONG_TOKENS, WRONG_WINDOW = 20, timedelta(minutes=15)
_WRONG = "(token)"  # stands for the user name where a wrong token is noted

# What a token's scopes are called after; each is a router of the API.
ROOMS = {
    "core": _lazy("places and tasks"),
    "accounts": _lazy("organisations"),
    "register": _lazy("enterprises, facts and contacts"),
    "cases": _lazy("cases and promises"),
    "visits": _lazy("visits"),
}
READ_ONLY = {"accounts"}


def scope_choices() -> list[tuple[str, str]]:
    """Every scope with its words, reading before writing."""
    found = []
    for room, words in ROOMS.items():
        found.append((f"{room}:read", _("read %(what)s") % {"what": words}))
        if room not in READ_ONLY:
            found.append((f"{room}:write", _("read and change %(what)s") % {"what": words}))
    return found


@transaction.atomic
def make_token(*, name: str, scopes: Iterable[str], days: int, by: Role, at: datetime) -> tuple[ApiToken, str]:
    """Let another system act as this person in this role.

    Returns:
        The row and the token itself; only its hash is kept, so it can be shown once.

    Raises:
        TokenRefused: no name, no or an unknown scope, or a life that is too long.
    """
    wanted = sorted(set(scopes))
    if not name.strip():
        raise TokenRefused(_("Say which system will use the token."))
    if not wanted or not set(wanted) <= {key for key, _words in scope_choices()}:
        raise TokenRefused(_("Say what the token may read or change."))
    if not 1 <= days <= LONGEST_DAYS:
        raise TokenRefused(_("A token lives 1 to %(days)s days.") % {"days": LONGEST_DAYS})
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        role=by,
        user_id=by.user_id,
        place_id=by.place_id,
        name=name.strip(),
        token_hash=_hash(secret),
        hint=secret[:8],
        scopes=wanted,
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    journal.record(token, "token_made", by=by, at=at, name=token.name, scopes=wanted, days=days)
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, by: Role, at: datetime) -> ApiToken:
    """Shut the door that a token opened. Twice is once."""
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
        journal.record(token, "token_revoked", by=by, at=at, name=token.name)
    return token


def read_token(secret: str, *, address: str | None, at: datetime) -> ApiToken:
    """The token that a request carries, if it opens; noted as used on this day.

    A right token always opens, however many wrong ones came from the same address before: 256 bits are not
    guessed, and one careless neighbour behind a shared address must not shut out the others.

    Raises:
        TokenRefused: unknown, revoked, run out, or its person or role has left.
        TooManyAttempts: the same, and too often from this address.
    """
    rows = ApiToken.objects.select_related("role__user", "role__place", "role__organisation", "role__locality")
    token = rows.filter(token_hash=_hash(secret)).first()
    if token is None or not _opens(token, at):
        _note_wrong(address, at)
        raise TokenRefused(_("This token does not open: it is unknown, revoked or has run out. Make a new one."))
    today = token.role.place.day(at)
    if token.last_used_on != today:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
    return token


def _opens(token: ApiToken, at: datetime) -> bool:
    today = token.role.place.day(at)
    is_in_time = token.revoked_at is None and at < token.expires_at
    may_come_in = HouseBackend().user_can_authenticate(token.role.user)
    return is_in_time and may_come_in and Role.objects.valid(today).filter(pk=token.role_id).exists()


def _note_wrong(address: str | None, at: datetime) -> None:
    recent = LoginAttempt.objects.filter(username=_WRONG, address=address, at__gt=at - WRONG_WINDOW)
    if recent.count() >= WRONG_TOKENS:
        raise TooManyAttempts(_("Too many wrong tokens from this address. Wait a quarter of an hour."))
    LoginAttempt.objects.create(username=_WRONG, address=address, at=at)
    LoginAttempt.objects.filter(at__lt=at - timedelta(days=1)).delete()


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
