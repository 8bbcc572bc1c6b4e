"""Whom to see next, and why: counts from every room, weighed by the engine, each reason in words with its rows."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openliaison.cases.models import Case, Promise
from openliaison.cases.selectors import soon_days
from openliaison.core.models import Place
from openliaison.core.places import setting
from openliaison.core.scope import Scope
from openliaison.engine import stationing
from openliaison.register.burden_selectors import visits_around
from openliaison.register.models import Booking, Enterprise, served_by_me
from openliaison.register.needs import NEEDS

from .models import Visit
from .selectors import contact_days, visits_a_week

SOON = timedelta(days=1)
LOOKS = {
    "booked_today": "wait",
    "promise_late": "over",
    "overdue": "over",
    "questions": "wait",
    "to_confirm": "wait",
    "many_open": "wait",
    "policies": "none",
}


@dataclass(frozen=True)
class Reason:
    """Why an enterprise should be seen; `url` opens the rows behind it."""

    key: str
    text: str
    url: str
    weight: int
    look: str


Numbers = dict[str, dict[int, int]]  # field of stationing.Counts → enterprise id → number


def numbers(scope: Scope, place: Place, at: datetime, ids: Collection[int] | None = None) -> Numbers:
    """What speaks for a visit, by enterprise; of these enterprises, or of all that have anything."""
    found = {field: _counted(rows, ids) for field, rows in _rows(scope, place, at).items()}
    for kind, need in NEEDS.items():
        found["policies_unused" if kind == "policies" else kind] = need.counts(scope, ids)
    return found


def _rows(scope: Scope, place: Place, at: datetime) -> dict[str, QuerySet]:
    cases: Any = Case.objects.visible_to(scope)
    promises: Any = Promise.objects.visible_to(scope)
    promises = promises.open().filter(side=Promise.Side.COUNTY)
    today: date = place.day(at)
    due = (today, today + timedelta(days=soon_days(place, today)))
    return {
        "cases_open": cases.open(),
        "cases_overdue": cases.overdue(at),
        "cases_due_soon": cases.running().filter(due_at__gt=at, due_at__lte=at + SOON),
        "questions": cases.filter(status=Case.Status.WAITING),
        "to_confirm": cases.filter(status=Case.Status.REPLIED).exclude(reply_kind="referred"),
        "promises_late": promises.late(today),
        "promises_due": promises.filter(due_on__range=due),
        "booked_today": booked_today(scope, place, at),
    }


def booked_today(scope: Scope, place: Place, at: datetime) -> QuerySet:
    """Appointments of today that the enterprise accepted; a joint visit is one."""
    midnight = at.astimezone(place.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    rows: Any = Booking.objects.visible_to(scope).hosts().filter(state=Booking.State.ACCEPTED)
    return rows.exclude(kind=Booking.Kind.DATA).filter(
        starts_at__gte=midnight, starts_at__lt=midnight + timedelta(days=1)
    )


def _counted(rows: QuerySet, ids: Collection[int] | None) -> dict[int, int]:
    if ids is not None:
        rows = rows.filter(enterprise_id__in=ids)
    return dict(rows.order_by().values_list("enterprise_id").annotate(Count("pk")))


def last_contacts(ids: Collection[int]) -> dict[int, datetime]:
    """The last contact of each, by whomever: that there was one is no secret of a team."""
    rows = Visit.objects.standing().filter(enterprise_id__in=ids).order_by()
    return dict(rows.values_list("enterprise_id").annotate(Max("at")))


def ranked(
    enterprises: Collection[Enterprise],
    found: Numbers,
    last: dict[int, datetime],
    seen: dict[int, int],
    place: Place,
    at: datetime,
) -> list[stationing.NextVisit]:
    """Enterprises in order of need: first those with a reason, then those visited too often, then the others.

    Args:
        found, last, seen: as `numbers`, `last_contacts` and `visits_around` give them.
    """
    today = place.day(at)
    rows = [
        stationing.Counts(
            e.pk,
            e.name,
            last_on=place.day(last[e.pk]) if e.pk in last else None,
            seen_this_week=seen.get(e.pk, 0),
            **{field: of[e.pk] for field, of in found.items() if e.pk in of},
        )
        for e in enterprises
    ]
    return stationing.next_visits(
        rows,
        today=today,
        every_days=contact_days(place, at),
        visits_a_week=visits_a_week(place, at),
        weights=weights(place, today),
    )


def weights(place: Place, on: date) -> stationing.VisitWeights:
    """What each reason weighs in this place; what was typed and means nothing leaves them as the engine has them."""
    try:
        return stationing.VisitWeights.from_mapping(setting(place, "next_visit", on))
    except (AttributeError, TypeError, ValueError):
        return stationing.VisitWeights()


@dataclass(frozen=True)
class Standing:
    """One enterprise in the order of need, with what stands beside the reasons."""

    enterprise: Enterprise
    visit: stationing.NextVisit
    last_at: datetime | None
    seen_this_week: int
    open_cases: int


def of_officer(scope: Scope, place: Place, at: datetime) -> list[Standing]:
    """All enterprises that the person serves, in order of need."""
    listed = Enterprise.objects.visible_to(scope).filter(pk__in=served_by_me(scope), merged_into=None)
    mine = {e.pk: e for e in listed.select_related("locality").defer("search")}
    found, last = numbers(scope, place, at, mine), last_contacts(mine)
    seen, open_cases = visits_around(mine, place.day(at)), found["cases_open"]
    return [
        Standing(mine[pk], visit, last.get(pk), seen.get(pk, 0), open_cases.get(pk, 0))
        for visit in ranked(list(mine.values()), found, last, seen, place, at)
        for pk in [int(visit.id)]
    ]


# ── Words ────────────────────────────────────────────────────


def words(visit: stationing.NextVisit) -> list[Reason]:
    """The reasons of one enterprise, the heaviest first, each with the page of its rows."""
    pk = int(visit.id)
    return [_reason(given, pk) for given in visit.reasons]


def _reason(given: dict[str, Any], pk: int) -> Reason:
    key, n = given["key"], given["n"]
    return Reason(key, _WORDS[key](n, given), _URLS[key](pk), given["weight"], LOOKS.get(key, "due"))


def _late(n: int, given: dict[str, Any]) -> str:
    late = given["late"]
    return ngettext("%(n)s promise to it is late", "%(n)s promises to it are late", late) % {"n": late}


def _level(n: int, given: dict[str, Any]) -> str:
    return {1: _("a light warning"), 2: _("a warning"), 3: _("a grave warning")}[n]


_WORDS: dict[str, Callable[[int, dict[str, Any]], str]] = {
    "booked_today": lambda n, g: ngettext("agreed for today", "%(n)s appointments today", n) % {"n": n},
    "promise_late": _late,
    "promise_due": lambda n, g: ngettext("%(n)s promise to it is due", "%(n)s promises to it are due", n) % {"n": n},
    "overdue": lambda n, g: ngettext("%(n)s case overdue", "%(n)s cases overdue", n) % {"n": n},
    "due_soon": lambda n, g: ngettext("%(n)s case due within a day", "%(n)s cases due within a day", n) % {"n": n},
    "never": lambda n, g: _("never contacted since it is on file"),
    "silent_long": lambda n, g: ngettext("no contact for %(n)s day", "no contact for %(n)s days", n) % {"n": n},
    "silent": lambda n, g: ngettext("no contact for %(n)s day", "no contact for %(n)s days", n) % {"n": n},
    "warning": _level,
    "questions": lambda n, g: (
        ngettext("%(n)s question waits for its answer", "%(n)s questions wait for its answer", n) % {"n": n}
    ),
    "to_confirm": lambda n, g: (
        ngettext("%(n)s reply waits for its word", "%(n)s replies wait for its word", n) % {"n": n}
    ),
    "many_open": lambda n, g: ngettext("%(n)s open case", "%(n)s open cases", n) % {"n": n},
    "policies": lambda n, g: ngettext("%(n)s policy not used", "%(n)s policies not used", n) % {"n": n},
}


def _behind(key: str) -> Callable[[int], str]:
    return lambda pk: f"{reverse('desks:rows', args=[key])}?enterprise={pk}"


def _promised(state: str) -> Callable[[int], str]:
    return lambda pk: f"{reverse('cases:promise_list')}?side=county&state={state}&enterprise={pk}"


def _contacts(pk: int) -> str:
    return f"{reverse('visits:visit_list')}?enterprise={pk}"


def _need(kind: Any) -> Callable[[int], str]:
    return lambda pk: NEEDS[kind].url(pk)


_URLS: dict[str, Callable[[int], str]] = {
    "booked_today": lambda pk: f"{reverse('register:bookings')}?enterprise={pk}&state=accepted",
    "promise_late": _promised("late"),
    "promise_due": _promised("due"),
    "overdue": _behind("overdue"),
    "due_soon": _behind("due-soon"),
    "never": lambda pk: reverse("desks:briefing", args=[pk]),
    "silent_long": _contacts,
    "silent": _contacts,
    "warning": _need("warning"),
    "questions": _behind("questions"),
    "to_confirm": _behind("to-confirm"),
    "many_open": _behind("open"),
    "policies": _need("policies"),
}
