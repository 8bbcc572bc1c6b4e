"""The enterprises that a list asks for."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from openliaison.core import codes
from openliaison.core.models import Locality, Place
from openliaison.core.scope import Scope, area

from . import search, selectors
from .models import Enterprise, Fact, Link

MINE, LED, NOBODY = "me", "led", "nobody"
NOTHING = object()  # a filter that could not be read: nothing is found, rather than everything
STAFF_KEY = "employees"
STAFF_BANDS = {
    "0-19": _("under 20"),
    "20-299": _("20 to 299"),
    "300-999": _("300 to 999"),
    "1000-": _("1,000 and more"),
}


def enterprises(scope: Scope, place: Place, wanted: dict[str, Any]) -> QuerySet:
    """What this person may see of the register, filtered; merged ones are left out.

    Args:
        wanted: q, place, industry, status, serving, officer, staff, source, pick; each may be absent or empty.
    """
    rows = Enterprise.objects.visible_to(scope).filter(place=place, merged_into=None)
    for name, value in wanted.items():
        if value is NOTHING:
            return rows.none()
        if value:
            rows = _BY[name](rows, value, scope, place)
    return rows


def with_officers(rows: QuerySet, scope: Scope) -> QuerySet:
    """Each with its locality and, as `serving`, those who serve it today."""
    links = Link.objects.active(scope.today).serving().select_related("user").order_by("id")
    return rows.select_related("locality").prefetch_related(Prefetch("links", links, to_attr="serving"))


def with_staff(rows: QuerySet, scope: Scope) -> QuerySet:
    """Each with its number of staff, as far as this person may see it, as `staff_facts`."""
    held = Fact.objects.visible_to(scope).current().filter(key=STAFF_KEY)
    return rows.prefetch_related(Prefetch("facts", held, to_attr="staff_facts"))


def _by_text(rows: QuerySet, text: str, scope: Scope, place: Place) -> QuerySet:
    return search.matching(rows, text)


def _by_place(rows: QuerySet, code: str, scope: Scope, place: Place) -> QuerySet:
    inside = Locality.objects.filter(place=place, code=code).first()
    if inside is None:
        return rows.none()
    start, end = area(inside.path)
    return rows.filter(locality_path__gte=start, locality_path__lt=end)


def _by_industry(rows: QuerySet, code: str, scope: Scope, place: Place) -> QuerySet:
    return rows.filter(industry__in=sorted(beneath(place.industry_scheme, code)))


def beneath(scheme: str, code: str) -> set[str]:
    """A code of the tree and all codes beneath it."""
    return {c for c in codes.tree(scheme) if codes.is_within(scheme, c, code)}


def _by_status(rows: QuerySet, status: str, scope: Scope, place: Place) -> QuerySet:
    return rows.filter(status=status)


def _by_serving(rows: QuerySet, who: str, scope: Scope, place: Place) -> QuerySet:
    if who == MINE:
        return rows.filter(pk__in=selectors.my_enterprises(scope))
    if who == LED:
        return rows.filter(pk__in=selectors.led_enterprises(scope))
    served = Link.objects.active(scope.today).filter(kind=Link.Kind.OFFICER, place=place)
    return rows.filter(~Exists(served.filter(enterprise=OuterRef("pk"))))


def _by_officer(rows: QuerySet, user_id: str, scope: Scope, place: Place) -> QuerySet:
    links = Link.objects.active(scope.today).serving().filter(user_id=user_id)
    return rows.filter(pk__in=links.values("enterprise_id"))


def _by_staff(rows: QuerySet, band: str, scope: Scope, place: Place) -> QuerySet:
    least, most = band.split("-")
    span = Q(value__gte=int(least)) & (Q(value__lte=int(most)) if most else Q())
    held = Fact.objects.visible_to(scope).current().filter(span, key=STAFF_KEY)
    return rows.filter(pk__in=held.values("enterprise_id"))


def _by_source(rows: QuerySet, source: str, scope: Scope, place: Place) -> QuerySet:
    return rows.filter(source="" if source == "-" else source)


def _by_pick(rows: QuerySet, ids: list[str], scope: Scope, place: Place) -> QuerySet:
    return rows.filter(pk__in=ids)


_BY = {
    "q": _by_text,
    "place": _by_place,
    "industry": _by_industry,
    "status": _by_status,
    "serving": _by_serving,
    "officer": _by_officer,
    "staff": _by_staff,
    "source": _by_source,
    "pick": _by_pick,
}
