"""The example's people: names and passwords printed at the start, in demo mode alone."""

from __future__ import annotations

from .models import Role, User

PASSWORD = "openliaison"


def logins() -> list[tuple[str, str, str]]:
    """(role, user name, password) of one example person per role, in the order of the roles."""
    found = {}
    for role in Role.objects.filter(user__is_demo=True, user__is_active=True).select_related("user").order_by("pk"):
        found.setdefault(role.kind, (role.label, role.user.username, PASSWORD))
    return [found[kind] for kind in Role.Kind.values if kind in found]


def has_demo_accounts() -> bool:
    """Whether anybody could come in with a password that everybody knows."""
    return User.objects.filter(is_demo=True, is_active=True).exists()
