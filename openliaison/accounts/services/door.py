"""Log-in, sessions, one's own password."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.translation import gettext as _

from openliaison.accounts.errors import NotAllowed, TooManyAttempts, WrongPassword
from openliaison.accounts.models import LoginAttempt, Role, User
from openliaison.core import journal

ATTEMPTS, ATTEMPT_WINDOW = 10, timedelta(minutes=15)
ATTEMPTS_OF_SESSION = 5
ATTEMPTS_OF_ADDRESS = 100  # a whole county hall may stand behind one address


def log_in(request: Any, *, username: str, password: str, at: datetime) -> User | None:
    """The person, if name and password are right. An unknown name costs the same time and counts the same.

    Raises:
        TooManyAttempts: ten wrong ones for this name, or a hundred from this address, within a quarter of an hour.
    """
    name, address = username.casefold()[:60], address_of(request)
    _require_patience(name, address, at)
    user = authenticate(request, username=username, password=password)
    if user is None:
        LoginAttempt.objects.create(username=name, address=address, at=at)
        LoginAttempt.objects.filter(at__lt=at - timedelta(days=1)).delete()
        return None
    LoginAttempt.objects.filter(username=name).delete()
    journal.record(user, "logged_in", by=user, at=at)
    return user  # type: ignore[return-value]


def _require_patience(name: str, address: str | None, at: datetime) -> None:
    recent = LoginAttempt.objects.filter(at__gt=at - ATTEMPT_WINDOW)
    of_name = recent.filter(username=name).count()
    of_address = recent.filter(address=address).count() if address else 0
    if of_name >= ATTEMPTS or of_address >= ATTEMPTS_OF_ADDRESS:
        raise TooManyAttempts(_("Too many wrong passwords. Wait a quarter of an hour, or ask for a new password."))


def address_of(request: Any) -> str | None:
    """Where a request comes from; behind a proxy of ours, what the proxy says."""
    if getattr(settings, "USE_X_FORWARDED_HOST", False):
        said = request.META.get("HTTP_X_FORWARDED_FOR", "").rsplit(",", 1)[-1].strip()
        return said or None
    return request.META.get("REMOTE_ADDR") or None


def switch_role(session: Any, *, user: User, role_id: int, at: datetime) -> Role:
    """Act in another of one's roles from now on; the switch is journalled.

    Raises:
        NotAllowed: the role is another person's, or does not hold today.
    """
    role = next((role for role in user.roles_valid(at) if role.pk == role_id), None)
    if role is None:
        raise NotAllowed(_("You do not hold this role."))
    session["role_id"] = role.pk
    journal.record(role, "role_switched", by=user, at=at, kind=role.kind)
    return role


def change_password(*, session: Any, user: User, old: str, password: str, at: datetime) -> None:
    """Set one's own new password; all other sessions end. A password printed for the example is one no more.

    Raises:
        WrongPassword: the present one is not right.
        TooManyAttempts: it was wrong five times in this session, which should end now.
        django's ValidationError: the new one is weak.
    """
    if not user.check_password(old):
        session["wrong_passwords"] = session.get("wrong_passwords", 0) + 1
        if session["wrong_passwords"] >= ATTEMPTS_OF_SESSION:
            raise TooManyAttempts(_("The present password was wrong five times. Log in again."))
        raise WrongPassword(_("The present password is not right."))
    validate_password(password, user)
    session.pop("wrong_passwords", None)
    with transaction.atomic():
        user.set_password(password)
        user.is_demo = False
        user.save(update_fields=["password", "is_demo"])
        journal.record(user, "password_changed", by=user, at=at)


@transaction.atomic
def log_out_everywhere(*, user: User, at: datetime) -> None:
    """End every session of a person; the door keeps the one it serves alive. Tokens of other systems stay."""
    user.session_version += 1
    user.save(update_fields=["session_version"])
    journal.record(user, "logged_out_everywhere", by=user, at=at)
