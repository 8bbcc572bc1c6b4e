"""Lists of cases, filtered by what a page or another system asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from openliaison.cases.models import Case
from openliaison.core.models import Locality
from openliaison.core.scope import Scope
from openliaison.register import search

FEW = 200  # so many found cases are named one by one


def list_rows(scope: Scope, wanted: Mapping[str, Any], at: datetime) -> QuerySet:
    """Cases of a list, filtered by the page's query; values that mean nothing filter nothing.

    Args:
        wanted: status (or "open"), due, category, lead (codes), outcome, reply_kind, channel, place (a locality's
            code), enterprise (id), redo, mine, confidential, q.
    """
    rows: Any = Case.objects.visible_to(scope).defer("search")
    rows = rows.select_related("enterprise__locality", "lead", "category")
    for name, narrow in _FILTERS.items():
        if value := str(wanted.get(name) or "").strip():
            rows = narrow(rows, value, scope, at)
    return rows


def _text(rows: Any, value: str, scope: Scope, at: datetime) -> QuerySet:
    """Cases with these words. A rare word is looked up first: PostgreSQL does not know how rare it is, and in search
    of a page of fifty would read all cases from the newest on."""
    found = search.matching(rows, value)
    few = list(found.order_by().values_list("pk", flat=True)[: FEW + 1])
    return rows.filter(pk__in=few) if len(few) <= FEW else found


def _status(rows: Any, value: str, scope: Scope, at: datetime) -> QuerySet:
    if value == "open":
        return rows.open()
    return rows.filter(status=value) if value in Case.Status.values else rows


def _due(rows: Any, value: str, scope: Scope, at: datetime) -> QuerySet:
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    choices: dict[str, Callable[[], QuerySet]] = {
        "overdue": lambda: rows.overdue(at),
        "today": lambda: rows.due_between(at, midnight),
        "week": lambda: rows.due_between(at, midnight + timedelta(days=6 - timezone.localtime(at).weekday())),
        "objected": rows.objected,
        "referral": rows.referral_asked,
        "withdrawal": rows.withdrawal_asked,
        "extension": rows.extension_asked,
        "enterprise": rows.put_to_enterprise,
    }
    return choices[value]() if value in choices else rows


def _place(rows: Any, value: str, scope: Scope, at: datetime) -> QuerySet:
    inside = Locality.objects.filter(place_id=scope.place_id, code=value).first()
    return rows.filter(locality_path__startswith=inside.path) if inside else rows.none()


def _enterprise(rows: Any, value: str, scope: Scope, at: datetime) -> QuerySet:
    return rows.filter(enterprise_id=int(value)) if value.isdigit() and len(value) < 19 else rows


def _mine(rows: Any, value: str, scope: Scope, at: datetime) -> QuerySet:
    """Led by my office, told to me, or raised by me."""
    led = Q(lead_id=scope.organisation_id) if scope.organisation_id else Q(pk__in=[])
    return rows.filter(led | Q(officer_id=scope.user_id) | Q(raised_by_id=scope.user_id))


def _field(name: str) -> Callable[[Any, str, Scope, datetime], QuerySet]:
    return lambda rows, value, scope, at: rows.filter(**{name: value})


_FILTERS: dict[str, Callable[[Any, str, Scope, datetime], QuerySet]] = {
    "status": _status,
    "due": _due,
    "category": _field("category__code"),
    "lead": _field("lead__code"),
    "outcome": _field("outcome"),
    "reply_kind": _field("reply_kind"),
    "channel": _field("channel"),
    "place": _place,
    "enterprise": _enterprise,
    "redo": lambda rows, value, scope, at: rows.filter(redo_count__gt=0),
    "mine": _mine,
    "q": _text,
}
