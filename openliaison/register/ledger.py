"""Named reads of the ledger of asked time: one enterprise's months, an office's enterprises, the area by office."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, TruncMonth

from openliaison.accounts.models import Organisation
from openliaison.core.errors import Refused
from openliaison.core.models import Locality, Place
from openliaison.core.scope import Scope, area

from . import search
from .burden_selectors import Ceilings, ceilings, month_of
from .models import Booking, BurdenEntry, DiaryMark, Enterprise

MONTHS = 12
DAY = timedelta(days=1)
THE_DESK = "-"  # as an organisation's code: lines without one


@dataclass
class Body:
    """What one body asked for in a month."""

    organisation: Organisation | None
    minutes: int = 0
    by_kind: dict[str, int] = field(default_factory=dict)  # a template asks a defaultdict for "items" and gets 0
    is_over: bool = False


@dataclass(frozen=True)
class Month:
    first: date
    minutes: int
    lines: int
    is_over: bool = False


@dataclass
class OurTime:
    """A month of an enterprise, and the months before it."""

    first: date
    limits: Ceilings
    lines: list[BurdenEntry]
    bodies: list[Body]
    minutes: int
    marked: int  # with what is only asked for
    visits: int  # at the door
    months: list[Month]

    @property
    def is_over(self) -> bool:
        return self.minutes > self.limits.minutes

    @property
    def only_asked(self) -> int:
        return max(self.marked - self.minutes, 0)

    @property
    def left(self) -> int:
        return max(self.limits.minutes - max(self.minutes, self.marked), 0)


def lines(scope: Scope) -> QuerySet:
    """The ledger as far as this person sees it, each line with whom and what it is about."""
    return BurdenEntry.objects.visible_to(scope).select_related("organisation", "enterprise")


def ceilings_of(place: Place, last: date, today: date) -> Ceilings:
    """The ceilings as they stood on a day; today's where the place had none yet."""
    try:
        return ceilings(place, last)
    except Refused:
        return ceilings(place, today)


def our_time(scope: Scope, enterprise_id: int, place: Place, month: date) -> OurTime:
    """What was asked of an enterprise in a month, by body and line, and its year before."""
    first, last = month_of(month)
    limits = ceilings_of(place, last, scope.today or last)
    found = list(lines(scope).filter(enterprise_id=enterprise_id, on__range=(first, last)))
    marks = DiaryMark.objects.filter(enterprise_id=enterprise_id, on__range=(first, last))
    taken = marks.aggregate(minutes=Coalesce(Sum("minutes"), 0), visits=Count("pk", filter=Q(is_at_door=True)))
    return OurTime(
        first=first,
        limits=limits,
        lines=found,
        bodies=_bodies(found, limits),
        minutes=sum(line.minutes for line in found),
        marked=taken["minutes"],
        visits=taken["visits"],
        months=months(lines(scope).filter(enterprise_id=enterprise_id), first, limits.minutes),
    )


def _bodies(found: Iterable[BurdenEntry], limits: Ceilings) -> list[Body]:
    by: dict[int | None, Body] = {}
    for line in found:
        body = by.setdefault(line.organisation_id, Body(line.organisation))
        body.minutes += line.minutes
        body.by_kind[line.kind] = body.by_kind.get(line.kind, 0) + line.minutes
        body.is_over = body.minutes > limits.minutes_of_one
    return sorted(by.values(), key=lambda b: str(b.organisation or ""))


def months(rows: QuerySet, until: date, most: int = 0) -> list[Month]:
    """Twelve months up to a day's, the latest first; empty ones too.

    Args:
        most: minutes above which a month is over, 0 where none is.
    """
    firsts = months_back(until)
    since, last = firsts[-1], month_of(until)[1]
    counted = rows.filter(on__range=(since, last)).order_by().annotate(first=TruncMonth("on")).values("first")
    found = {row["first"]: row for row in counted.annotate(minutes=Sum("minutes"), n=Count("pk"))}
    listed = []
    for first in firsts:
        row = found.get(first, {"minutes": 0, "n": 0})
        listed.append(Month(first, row["minutes"], row["n"], bool(most) and row["minutes"] > most))
    return listed


def months_back(until: date, n: int = MONTHS) -> list[date]:
    """The first days of so many months, the latest first."""
    found = [until.replace(day=1)]
    while len(found) < n:
        found.append((found[-1] - DAY).replace(day=1))
    return found


# ── By office ────────────────────────────────────────────────


def narrowed(rows: QuerySet, wanted: dict[str, Any], scope: Scope, place: Place) -> QuerySet:
    """Lines by span, kind, office, place and enterprise; each may be absent."""
    if wanted.get("since"):
        rows = rows.filter(on__gte=wanted["since"])
    if wanted.get("until"):
        rows = rows.filter(on__lte=wanted["until"])
    if wanted.get("kind"):
        rows = rows.filter(kind=wanted["kind"])
    if code := wanted.get("organisation"):
        rows = rows.filter(organisation=None) if code == THE_DESK else rows.filter(organisation__code=code)
    if wanted.get("enterprise"):
        rows = rows.filter(enterprise_id=wanted["enterprise"])
    if text := wanted.get("q"):
        rows = rows.filter(enterprise__in=search.matching(Enterprise.objects.visible_to(scope), text).values("pk"))
    if code := wanted.get("place"):
        inside = Locality.objects.filter(place=place, code=code).first()
        start, end = area(inside.path) if inside else ("", "")
        rows = rows.filter(locality_path__gte=start, locality_path__lt=end)
    return rows


@dataclass
class Office:
    """What one office asked of how many enterprises."""

    organisation: Organisation | None
    minutes: int
    lines: int
    enterprises: int
    by_kind: dict[str, int]

    @property
    def per_enterprise(self) -> float:
        return self.minutes / self.enterprises

    @property
    def code(self) -> str:
        return self.organisation.code if self.organisation else THE_DESK


def by_office(rows: QuerySet) -> list[Office]:
    """Every office that asked for time, by name."""
    sums = {kind: Coalesce(Sum("minutes", filter=Q(kind=kind)), 0) for kind in BurdenEntry.Kind.values}
    counted = (
        rows.order_by()
        .values("organisation_id")
        .annotate(all=Sum("minutes"), n=Count("pk"), firms=Count("enterprise_id", distinct=True), **sums)
    )
    listed = list(counted)
    offices = Organisation.objects.in_bulk([row["organisation_id"] for row in listed if row["organisation_id"]])
    found = [
        Office(
            offices.get(row["organisation_id"]),
            row["all"],
            row["n"],
            row["firms"],
            {kind: row[kind] for kind in BurdenEntry.Kind.values if row[kind]},
        )
        for row in listed
    ]
    return sorted(found, key=lambda o: (o.organisation is not None, str(o.organisation or "")))


def over_ceiling(rows: QuerySet, most: int) -> int:
    """How many enterprises were asked for more than so many minutes in all, in the span of the rows."""
    return rows.order_by().values("enterprise_id").annotate(n=Sum("minutes")).filter(n__gt=most).count()


# ── An office's own ──────────────────────────────────────────


def asked_by_us(scope: Scope, month: date) -> QuerySet:
    """Enterprises of which this person's office asked time in a month: `own` its minutes, `taken` everybody's."""
    span = month_of(month)
    own = BurdenEntry.objects.visible_to(scope).filter(on__range=span)
    of_it = own.filter(enterprise_id=OuterRef("pk")).order_by().values("enterprise_id")
    marks = DiaryMark.objects.filter(enterprise_id=OuterRef("pk"), on__range=span).order_by().values("enterprise_id")
    rows = Enterprise.objects.visible_to(scope).filter(pk__in=own.values("enterprise_id")).select_related("locality")
    return rows.annotate(
        own=Subquery(of_it.annotate(n=Sum("minutes")).values("n")),
        taken=Coalesce(Subquery(marks.annotate(n=Sum("minutes")).values("n")), F("own")),
    )


def left(row: Any, limits: Ceilings) -> int:
    """Minutes that the office may still ask of an enterprise of `asked_by_us`."""
    return max(min(limits.minutes - row.taken, limits.minutes_of_one - row.own), 0)


# ── The thing behind a line ──────────────────────────────────


def bookings(scope: Scope, found: Iterable[BurdenEntry]) -> dict[UUID, Booking]:
    """The bookings behind lines, by source, as far as this person sees them."""
    sources = [line.source for line in found]
    return {b.client_key: b for b in Booking.objects.visible_to(scope).filter(client_key__in=sources)}
