"""Who may enter which page. Each view says it once; the table that the tests compare is read from here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from .scope import ROLES

View = Callable[..., HttpResponse]
PUBLIC = "public"


def roles(*allowed: str) -> Callable[[View], View]:
    """Let these database roles in; send strangers to the log-in page; refuse everybody else."""
    unknown = set(allowed) - set(ROLES)
    if unknown or not allowed:
        raise ValueError(f"Unknown roles: {sorted(unknown)}")

    def decorate(view: View) -> View:
        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            scope = getattr(request, "scope", None)
            if scope is None:
                return redirect_to_login(request.get_full_path())
            if scope.role not in allowed:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        door.allowed_roles = frozenset(allowed)  # type: ignore[attr-defined]
        return door

    return decorate


def everybody() -> Callable[[View], View]:
    """Any person who has logged in."""
    return roles(*ROLES)


def public(view: View) -> View:
    """Open to strangers: log-in, invitations, help, health."""
    view.allowed_roles = PUBLIC  # type: ignore[attr-defined]
    return view
