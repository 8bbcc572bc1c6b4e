"""What a person is asked to do and told."""

from __future__ import annotations

from django.db.models import F, QuerySet

from openliaison.core.models import Task
from openliaison.core.scope import Scope

SHOWN = ("open", "notices", "all")


def open_tasks(scope: Scope) -> QuerySet:
    """What is neither done nor settled, the next due first, then the newest."""
    rows = Task.objects.visible_to(scope).filter(done_at=None)
    return rows.order_by(F("due_at").asc(nulls_last=True), "-created_at")


def listed(scope: Scope, show: str) -> QuerySet:
    """The bell's list: open tasks and notices, notices only, or everything."""
    if show == "open":
        return open_tasks(scope)
    rows = Task.objects.visible_to(scope).order_by("-created_at")
    return rows.filter(kind=Task.Kind.NOTICE) if show == "notices" else rows
