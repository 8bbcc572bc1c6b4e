"""What every page knows: place, menu, language, the bell."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from . import formatting, menu
from .models import Task
from .now import now

PLAIN = "core/base_plain.html"
STAFF = "core/base_staff.html"
FIRM = "core/base_enterprise.html"
SCRIPTS: list[str] = []  # of rooms, on every page of a person who has logged in; registered in AppConfig.ready()


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of the frame; for strangers only what the door needs.

    What costs a query is asked only when it is shown: an error page stands in a broken transaction.
    """
    scope = getattr(request, "scope", None)
    found: dict[str, Any] = {
        "language": "en" if formatting.locale() == "en" else "zh",
        "scope": scope,
        "place": getattr(request, "place", None),
        "role": getattr(request, "role", None),
        "is_demo": settings.IS_DEMO,
        "base": PLAIN,
        "menu": [],
        "phone_menu": [],
        "phone_has_more": False,
        "unread": 0,
        "printed_at": now(),
    }
    if scope is None:
        return found
    return found | {
        "scripts": SCRIPTS,
        "base": FIRM if scope.is_enterprise else STAFF,
        "menu": SimpleLazyObject(lambda: menu.links(request)),
        "phone_menu": SimpleLazyObject(lambda: menu.phone_links(request)),
        "phone_has_more": menu.has_more(scope.role),
        "unread": SimpleLazyObject(lambda: Task.objects.visible_to(scope).filter(done_at=None, read_at=None).count()),
        "roles_held": SimpleLazyObject(lambda: request.user.roles_held),
        "is_demo": found["place"].is_example,
    }
