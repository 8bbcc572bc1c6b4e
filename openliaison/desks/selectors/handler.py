"""A department's cases: what is to be done, the next due first."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from openliaison.cases.models import Case, Promise
from openliaison.cases.selectors import promise_look

from . import rows
from .clocks import clocked
from .rows import Ask
from .tasks import open_tasks

SHOWN = 50


def my_cases(ask: Ask) -> dict[str, Any]:
    """Overdue, running, with the enterprise; what is asked of me; what our office promised."""
    scope, place, at = ask.scope, ask.place, ask.at
    overdue = _shown(rows.find("overdue", ask).order_by("due_at"))
    running = _shown(_cases(ask).running().exclude(due_at__lte=at).order_by("due_at"))
    waiting = _shown(
        _cases(ask)
        .filter(Q(status__in=["replied", "planned"]) | Q(status="waiting_enterprise", due_at=None))
        .order_by("-created_at")
    )
    return {
        "overdue": clocked(overdue[:SHOWN], place, at),
        "running": clocked(running[:SHOWN], place, at),
        "waiting": clocked(waiting[:SHOWN], place, at),
        "promises": promises(ask),
        "tasks": open_tasks(scope)[:8],
        "tiles": [
            (rows.ROWS[key].label, rows.count(key, ask), rows.url(key), look)
            for key, look in (("overdue", "over"), ("due-soon", "due"), ("with-enterprise", ""), ("open", ""))
        ],
        "at": at,
    }


def _cases(ask: Ask) -> QuerySet:
    return Case.objects.visible_to(ask.scope).defer("search")


def _shown(found: QuerySet) -> QuerySet:
    return found.select_related("enterprise__locality", "lead", "category")


def promises(ask: Ask) -> list[tuple[Promise, str]]:
    """Open promises of our office or made by me, the next due first."""
    ours = Q(organisation_id=ask.scope.organisation_id) | Q(made_by_id=ask.scope.user_id)
    found = Promise.objects.visible_to(ask.scope).open().filter(ours, side=Promise.Side.COUNTY)
    listed = found.select_related("enterprise", "case").order_by("due_on", "id")[:8]
    return [(p, promise_look(p, ask.scope)) for p in listed]
