"""The administrator's home: people, invitations, work in the background, seals. No business rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from procrastinate.contrib.django.models import ProcrastinateJob

from openliaison.accounts.models import Invitation, Role
from openliaison.core.models import Place, Seal
from openliaison.core.scope import Scope
from openliaison.core.views import WORKER_SILENT_SECONDS

STREAMS = ("journal", "readlog")


@dataclass(frozen=True)
class Background:
    """Work done after the answer."""

    waiting: int
    running: int
    failed: int
    has_worker: bool


def state(scope: Scope, place: Place, at: datetime) -> dict[str, Any]:
    return {
        "people": _people(place, at),
        "invitations": _invitations(scope, at),
        "background": background(),
        "seals": seals(),
    }


def _people(place: Place, at: datetime) -> list[tuple[str, int]]:
    """Active people by role."""
    rows = Role.objects.in_office(place.day(at)).filter(place=place)
    counts = dict(rows.order_by().values_list("kind").annotate(Count("user_id", distinct=True)))
    return [(str(label), counts.get(kind, 0)) for kind, label in Role.Kind.choices]


def _invitations(scope: Scope, at: datetime) -> dict[str, int]:
    """Links that are out: still good, or run out unused."""
    rows = Invitation.objects.visible_to(scope).filter(used_at=None, revoked_at=None)
    return rows.aggregate(
        open=Count("pk", filter=Q(expires_at__gt=at)), expired=Count("pk", filter=Q(expires_at__lte=at))
    )


def background() -> Background:
    counts = dict(ProcrastinateJob.objects.order_by().values_list("status").annotate(Count("pk")))
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists(select from procrastinate_workers where last_heartbeat > now() - make_interval(secs => %s))",
            [WORKER_SILENT_SECONDS],
        )
        (has_worker,) = cursor.fetchone()
    return Background(counts.get("todo", 0), counts.get("doing", 0), counts.get("failed", 0), has_worker)


def seals() -> list[tuple[str, Seal | None]]:
    """The latest seal of each append-only table."""
    return [(stream, Seal.objects.filter(stream=stream).order_by("-id").first()) for stream in STREAMS]
