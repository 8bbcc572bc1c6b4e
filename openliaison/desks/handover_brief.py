"""The written brief of a hand-over, made from the record as the reader may see it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from openliaison.cases.models import Case, Promise
from openliaison.core.scope import Scope
from openliaison.register.models import Booking, Contact, Enterprise, Link
from openliaison.register.selectors import HeldFact, held_facts
from openliaison.visits.models import Visit

from .models import Handover

LAST_VISITS, BOOKINGS, STALE = 3, 5, 6


@dataclass(frozen=True)
class EnterpriseBrief:
    """What to know of one enterprise before the first call."""

    enterprise: Enterprise
    contacts: list[Contact]
    team: list[Link]
    cases: list[Case]
    promises: list[tuple[Promise, bool]]  # of both sides, each with whether it is late
    visits: list[Visit]
    bookings: list[Booking]
    stale: list[HeldFact]

    @property
    def agreed(self) -> list[Case]:
        """Open cases for which a day was agreed."""
        return [case for case in self.cases if case.planned_on]


def brief(handover: Handover, scope: Scope, at: datetime) -> list[EnterpriseBrief]:
    """Enterprise by enterprise. What is confidential stands only in the successor's own copy."""
    ids, today = handover.enterprises, scope.today or date.min
    rows = Enterprise.objects.visible_to(scope).filter(pk__in=ids)
    found = list(rows.select_related("locality", "place").order_by("name"))
    is_own = scope.user_id == handover.successor_id
    cases = _by_enterprise(_cases(ids, scope, is_own))
    promises = _by_enterprise(_promises(ids, scope, is_own))
    contacts = Contact.objects.visible_to(scope).current().filter(enterprise_id__in=ids)
    by_contact = _by_enterprise(contacts.order_by("-is_main", "pk"))
    team, visits = _by_enterprise(_team(ids, scope, today)), _by_enterprise(_visits(ids, scope))
    bookings = _by_enterprise(_bookings(ids, scope, at))
    return [
        EnterpriseBrief(
            enterprise=e,
            contacts=by_contact[e.pk],
            team=team[e.pk],
            cases=cases[e.pk],
            promises=[(p, p.due_on < today) for p in promises[e.pk]],
            visits=visits[e.pk],
            bookings=bookings[e.pk][:BOOKINGS],
            stale=[f for f in held_facts(e, scope, today) if not f.is_fresh][:STALE],
        )
        for e in found
    ]


def _cases(ids: list[int], scope: Scope, is_own: bool) -> Iterable[Case]:
    rows = Case.objects.visible_to(scope).open().filter(enterprise_id__in=ids)
    rows = rows if is_own else rows.filter(is_confidential=False)
    return rows.select_related("lead").order_by("due_at", "pk")


def _promises(ids: list[int], scope: Scope, is_own: bool) -> Iterable[Promise]:
    rows = Promise.objects.visible_to(scope).open().filter(enterprise_id__in=ids)
    rows = rows if is_own else rows.filter(is_confidential=False)
    return rows.select_related("organisation", "made_by").order_by("due_on", "pk")


def _team(ids: list[int], scope: Scope, today: date) -> Iterable[Link]:
    rows = Link.objects.visible_to(scope).active(today).filter(enterprise_id__in=ids)  # type: ignore[attr-defined]
    return rows.exclude(user=None).select_related("user").order_by("kind", "pk")


def _visits(ids: list[int], scope: Scope) -> Iterable[Visit]:
    """The last contacts of each, the latest first."""
    rows: Any = Visit.objects.visible_to(scope)
    number = Window(RowNumber(), partition_by=F("enterprise_id"), order_by=[F("at").desc(), F("pk").desc()])
    numbered = rows.standing().filter(enterprise_id__in=ids).annotate(n=number).filter(n__lte=LAST_VISITS)
    return numbered.select_related("officer").order_by("-at", "-pk")


def _bookings(ids: list[int], scope: Scope, at: datetime) -> Iterable[Booking]:
    """Who comes, or wants something, from now on."""
    rows: Any = Booking.objects.visible_to(scope)
    ahead = rows.open().hosts().filter(enterprise_id__in=ids, starts_at__gte=at)
    return ahead.select_related("organisation", "requested_by").order_by("starts_at", "pk")


def _by_enterprise(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.enterprise_id].append(row)
    return found
