"""The register of promises: rows by what a page asks for, how one stands, how many were kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from openliaison.cases.models import Promise
from openliaison.core.models import Place
from openliaison.core.places import setting
from openliaison.core.scope import Scope
from openliaison.register import search
from openliaison.register.models import Enterprise, served_by_me

SOON_DAYS = 3  # where a page does not know its place
PROMISED_ON = Coalesce("first_due_on", "due_on")


def promise_rows(scope: Scope, wanted: Mapping[str, Any]) -> QuerySet:
    """Promises of both sides, filtered.

    Args:
        wanted: state (also late, due, kept_late, kept_in_time and disowned), side, organisation (code), enterprise
            (id), mine, since and until (days of the due date), moved, q.
    """
    rows: Any = Promise.objects.visible_to(scope).select_related("organisation", "enterprise", "made_by", "settled_by")
    for name, narrow in _FILTERS.items():
        if (value := wanted.get(name)) not in (None, ""):
            rows = narrow(rows, value, scope)
    return rows


def _state(rows: Any, value: str, scope: Scope) -> QuerySet:
    today: date = scope.today  # type: ignore[assignment]
    if value == "late":
        return rows.late(today)
    if value == "due":
        return rows.open().filter(due_on__range=(today, today + timedelta(days=SOON_DAYS)))
    if value in ("kept_late", "kept_in_time"):
        return _with_days(rows).filter(state=Promise.State.KEPT, is_late=value == "kept_late")
    if value == "disowned":
        return rows.open().filter(disowned_at__isnull=False)
    return rows.filter(state=value) if value in Promise.State.values else rows


def _with_days(rows: Any) -> QuerySet:
    """Kept late: after the day that was promised first, by the days of the place."""
    late = Q(settled_on__gt=PROMISED_ON)
    return rows.annotate(settled_on=TruncDate("settled_at")).annotate(is_late=late)


def _enterprise(rows: Any, value: Any, scope: Scope) -> QuerySet:
    text = str(value)
    return rows.filter(enterprise_id=int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else rows


def _mine(rows: Any, value: Any, scope: Scope) -> QuerySet:
    """Made by me, my office's, or to an enterprise that I serve."""
    mine = Q(made_by_id=scope.user_id) | Q(enterprise_id__in=served_by_me(scope))
    return rows.filter(mine | Q(organisation_id=scope.organisation_id) if scope.organisation_id else mine)


def _text(rows: Any, value: Any, scope: Scope) -> QuerySet:
    named = search.matching(Enterprise.objects.visible_to(scope), str(value)).values("pk")
    return rows.filter(Q(text__icontains=value) | Q(text_en__icontains=value) | Q(enterprise_id__in=named))


_FILTERS: dict[str, Any] = {
    "state": _state,
    "side": lambda rows, value, scope: rows.filter(side=value),
    "organisation": lambda rows, value, scope: rows.filter(organisation__code=value),
    "enterprise": _enterprise,
    "mine": _mine,
    "since": lambda rows, value, scope: rows.filter(due_on__gte=value),
    "until": lambda rows, value, scope: rows.filter(due_on__lte=value),
    "moved": lambda rows, value, scope: rows.filter(first_due_on__isnull=False),
    "q": _text,
}


def promise_look(promise: Promise, scope: Scope, days: int = SOON_DAYS) -> str:
    """State of a promise for the reader: open ones by their date, kept ones by whether the first date was held."""
    if promise.state == Promise.State.KEPT and is_kept_late(promise):
        return "promise.kept_late"
    if promise.state != Promise.State.OPEN:
        return f"promise.{promise.state}"
    left = (promise.due_on - scope.today).days if scope.today else 0
    return "promise.late" if left < 0 else "promise.due" if left <= days else "promise.open"


def is_kept_late(promise: Promise) -> bool:
    """Whether it was kept after the day that was promised first, by the days of its place."""
    if promise.settled_at is None or promise.state != Promise.State.KEPT:
        return False
    return timezone.localtime(promise.settled_at).date() > promise.promised_on


def soon_days(place: Place, on: date) -> int:
    """So many days before its day a promise is due soon, and who keeps it is reminded."""
    return int(setting(place, "promise_remind_days", on))


def kept_shares(scope: Scope, rows: QuerySet) -> list[dict[str, Any]]:
    """By organisation, by name: how many fell due, and how many of these were kept by the day promised first.

    Late ones that are open count as due; withdrawn ones and those that the office disowns stand apart.
    """
    today: date = scope.today  # type: ignore[assignment]
    stands = Q(state="open") & Q(disowned_at=None)
    found = _with_days(rows.filter(side=Promise.Side.COUNTY)).annotate(first=PROMISED_ON)
    counted = (
        found.order_by("organisation__name")
        .values("organisation__name", "organisation__name_en", "organisation__code")
        .annotate(
            in_time=Count("pk", filter=Q(state="kept") & ~Q(is_late=True)),
            kept_late=Count("pk", filter=Q(state="kept", is_late=True)),
            broken=Count("pk", filter=Q(state="broken")),
            late=Count("pk", filter=stands & Q(first__lt=today)),
            running=Count("pk", filter=stands & Q(first__gte=today)),
            moved=Count("pk", filter=Q(first_due_on__isnull=False) & ~Q(first_due_on=F("due_on"))),
            withdrawn=Count("pk", filter=Q(state="withdrawn")),
        )
    )
    return [row | {"due": row["in_time"] + row["kept_late"] + row["broken"] + row["late"]} for row in counted]
