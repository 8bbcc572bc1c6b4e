"""Named reads of the diary: what waits, what is ahead, a week of the area, what might go together."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from openliaison.accounts.models import Role
from openliaison.core.calendars import calendar
from openliaison.core.models import Place
from openliaison.core.places import setting
from openliaison.core.scope import ENTERPRISE, HANDLER, INSPECTOR, LEADER, OFFICER, Scope
from openliaison.engine import stationing
from openliaison.engine.clock import Limit

from . import burden_selectors, search
from .models import Booking, BurdenEntry, DiaryMark, Enterprise, Refusal
from .selectors import my_enterprises

S, Kind = Booking.State, Booking.Kind
DAY, WEEK = timedelta(days=1), timedelta(days=7)
AHEAD_DAYS = 14
MOST_LISTED, MOST_ENTERPRISES = 20, 50
LONG_AGO = timedelta(days=60)


def named(rows: QuerySet) -> QuerySet:
    return rows.select_related("enterprise__locality", "organisation", "requested_by", "place")


def one(scope: Scope, pk: int) -> QuerySet:
    return named(Booking.objects.visible_to(scope)).select_related("enterprise__place", "joined").filter(pk=pk)


# ── The enterprise's own diary ───────────────────────────────


def waiting(scope: Scope) -> list[Booking]:
    """What the enterprise is asked and has not answered, the soonest first."""
    rows = Booking.objects.hosts().visible_to(scope).filter(state=S.REQUESTED)
    return list(named(rows).prefetch_related("parts__organisation", "parts__requested_by").order_by("starts_at", "pk"))


def our_diary(scope: Scope, place: Place, at: datetime) -> dict[str, Any]:
    """Everything on the enterprise's diary page."""
    rows = named(Booking.objects.hosts().visible_to(scope))
    ahead = rows.filter(state=S.ACCEPTED, starts_at__gt=at - DAY).order_by("starts_at", "pk")
    past = rows.exclude(state__in=[S.REQUESTED, S.ACCEPTED]).order_by("-starts_at", "pk")
    unheld = rows.filter(state=S.ACCEPTED, starts_at__lte=at - DAY).order_by("-starts_at", "pk")
    waits = waiting(scope)
    return {
        "waiting": waits,
        "joinable": len(joinable(scope, scope.enterprise_id, at)) > 1,
        "ahead": ahead[:50],
        "past": [*unheld[:10], *past[:30]],
        "refused": set(Refusal.objects.visible_to(scope).values_list("booking_id", flat=True)),
        "spent": spent(scope, place.day(at)),
    }


def spent(scope: Scope, on: date) -> dict[str, Any]:
    """Minutes of the month, in all and by body, the most first."""
    first = on.replace(day=1)
    last = (first + 32 * DAY).replace(day=1) - DAY
    rows = BurdenEntry.objects.visible_to(scope).filter(on__range=(first, last)).select_related("organisation")
    by: dict[Any, int] = defaultdict(int)
    for row in rows:
        by[row.organisation] += row.minutes
    bodies = sorted(by.items(), key=lambda pair: (-pair[1], str(pair[0])))
    return {"minutes": sum(by.values()), "bodies": bodies, "most": max(by.values(), default=0)}


def joinable(scope: Scope, enterprise_id: int, at: datetime) -> list[Booking]:
    """Requests of an enterprise that could become one visit."""
    open_ = Q(state__in=[S.REQUESTED, S.ACCEPTED]) | Q(state=S.NOT_NOW, instead=Booking.Instead.TOGETHER)
    rows = Booking.objects.hosts().visible_to(scope).filter(open_, enterprise_id=enterprise_id, starts_at__gt=at)
    rows = rows.exclude(kind__in=[Kind.DATA, Kind.JOINT])
    return list(named(rows).order_by("starts_at", "pk")[:50])


# ── Those who ask ────────────────────────────────────────────


def listed(scope: Scope, wanted: dict[str, Any], at: datetime) -> QuerySet:
    """Requests that this person's side made, or sees; narrowed by the filters of the page."""
    rows = named(Booking.objects.visible_to(scope))
    if scope.role == LEADER:
        rows = rows.filter(Q(kind__in=[Kind.STUDY, Kind.JOINT]) | Q(requested_by_id=scope.user_id))
    if scope.role not in (HANDLER, INSPECTOR, LEADER):
        rows = rows.hosts()  # type: ignore[attr-defined]
    if scope.role == OFFICER:
        rows = rows.filter(enterprise_id__in=my_enterprises(scope))  # by number: their index finds them at once
    if text := wanted.get("q"):
        rows = rows.filter(enterprise__in=search.matching(Enterprise.objects.visible_to(scope), text))
    for name in ("state", "kind", "enterprise"):
        if wanted.get(name):
            rows = rows.filter(**{name: wanted[name]})
    if wanted.get("mine"):
        rows = rows.filter(requested_by_id=scope.user_id)
    if wanted.get("since"):
        rows = rows.filter(starts_at__date__gte=wanted["since"])
    if wanted.get("until"):
        rows = rows.filter(starts_at__date__lte=wanted["until"])
    return rows


def mine(scope: Scope, at: datetime) -> QuerySet:
    """Accepted bookings of which this person is to know the hour: what a calendar programme is given."""
    rows = named(Booking.objects.visible_to(scope)).filter(state=S.ACCEPTED, starts_at__gt=at - 30 * DAY)
    rows = rows.exclude(kind=Kind.DATA)
    if scope.role == ENTERPRISE:
        return rows.hosts().order_by("starts_at", "pk")  # type: ignore[attr-defined]
    if scope.role in (HANDLER, INSPECTOR):
        return rows.order_by("starts_at", "pk")
    if scope.role == OFFICER:
        rows = rows.hosts().filter(enterprise_id__in=my_enterprises(scope))  # type: ignore[attr-defined]
        return rows.order_by("starts_at", "pk")
    return rows.filter(requested_by_id=scope.user_id).order_by("starts_at", "pk")


def bookings_ahead(
    scope: Scope, enterprise_ids: Iterable[int], at: datetime, days: int = AHEAD_DAYS
) -> dict[int, list[Booking]]:
    """Who comes to these enterprises within days, or asks to: by enterprise, the soonest first. One query."""
    rows = named(Booking.objects.open().hosts().exclude(kind=Kind.DATA).visible_to(scope))
    rows = rows.filter(
        enterprise_id__in=list(enterprise_ids), starts_at__gt=at - DAY / 2, starts_at__lt=at + days * DAY
    )
    found: dict[int, list[Booking]] = defaultdict(list)
    for row in rows.order_by("starts_at", "pk"):
        found[row.enterprise_id].append(row)
    return dict(found)


def of_enterprise(scope: Scope, enterprise_id: int, at: datetime) -> list[Booking]:
    """The diary of one enterprise as far as this person sees it: what is open, and the last few."""
    rows = named(Booking.objects.visible_to(scope)).filter(enterprise_id=enterprise_id)
    if scope.role not in (HANDLER, INSPECTOR):
        rows = rows.hosts()  # type: ignore[attr-defined]
    ahead = rows.filter(state__in=[S.REQUESTED, S.ACCEPTED]).order_by("starts_at", "pk")
    lately = rows.exclude(state__in=[S.REQUESTED, S.ACCEPTED]).filter(starts_at__gt=at - 60 * DAY)
    return [*ahead[:10], *lately.order_by("-starts_at", "pk")[:3]]


@dataclass(frozen=True)
class WeekTaken:
    """How often somebody comes to an enterprise in a calendar week, whoever it is."""

    monday: date
    sunday: date
    visits: int


def weeks_ahead(enterprise: Enterprise, today: date, weeks: int = 4) -> list[WeekTaken]:
    """The coming weeks, to choose one in which nobody comes yet."""
    first = today - today.weekday() * DAY
    rows = DiaryMark.objects.filter(enterprise=enterprise, is_at_door=True, on__gte=first, on__lt=first + weeks * WEEK)
    days = list(rows.values_list("on", flat=True))
    mondays = [first + n * WEEK for n in range(weeks)]
    return [WeekTaken(m, m + 6 * DAY, sum(m <= d < m + WEEK for d in days)) for m in mondays]


# ── Working time ─────────────────────────────────────────────


def slots(place: Place, today: date) -> list[time]:
    """Half hours of an ordinary working day at which a visit may begin."""
    found = []
    for opens, closes in calendar(place).hours_on(today).ordinary_day:
        clock = datetime.combine(today, opens)
        while clock.time() < closes:
            found.append(clock.time())
            clock += timedelta(minutes=30)
    return found


def free_day(enterprise: Enterprise, by: Role, at: datetime, minutes: int = 60) -> date:
    """The day that a new request proposes: the enterprise has had its time to answer, and no stop sign stands."""
    days = calendar(enterprise.place)
    after = days.local_day(days.due(at, Limit(answer_days(enterprise.place, at), "wd")))
    free = burden_selectors.next_free(enterprise=enterprise, after=after, minutes=minutes, organisation=by.organisation)
    free = free or after + DAY
    return days.local_day(days.add_working(datetime.combine(free, time(), days.zone), 1))


def answer_days(place: Place, at: datetime) -> float:
    return float(setting(place, "booking_answer_wd", place.day(at)))


# ── The coordinator's diary of the area ──────────────────────


@dataclass
class EnterpriseWeek:
    """One enterprise's week: each day with its bookings, and whether nobody works."""

    enterprise: Enterprise
    days: list[tuple[date, list[Booking], bool]]
    visits: int = 0
    is_over: bool = False


@dataclass
class Week:
    """A week of the area: those who are visited most come first."""

    days: list[date]
    rows: list[EnterpriseWeek] = field(default_factory=list)
    left_out: int = 0


def week_of(scope: Scope, place: Place, monday: date, text: str = "", enterprise_id: int = 0) -> Week:
    """Every open or held booking of a week, by enterprise and day; the enterprises visited most."""
    days = [monday + n * DAY for n in range(7)]
    start, end = (datetime.combine(d, time(), place.zone) for d in (monday, monday + WEEK))
    rows = Booking.objects.hosts().visible_to(scope).filter(starts_at__gte=start, starts_at__lt=end)
    rows = rows.exclude(state__in=[S.CANCELLED, S.NOT_NOW]).exclude(kind=Kind.DATA)
    rows = _of(rows, enterprise_id)
    if text:
        rows = rows.filter(enterprise__in=search.matching(Enterprise.objects.visible_to(scope), text))
    counted = rows.order_by().values_list("enterprise_id").annotate(n=Count("pk"))
    visits = dict(sorted(counted, key=lambda pair: (-pair[1], pair[0])))
    shown = list(visits)[:MOST_ENTERPRISES]
    most, reckoner = int(setting(place, "visits_a_week", monday)), calendar(place)
    off = [not reckoner.intervals(d) for d in days]
    by: dict[int, EnterpriseWeek] = {}
    for row in named(rows.filter(enterprise_id__in=shown)).order_by("starts_at", "pk"):
        kept = by.setdefault(
            row.enterprise_id, EnterpriseWeek(row.enterprise, [(d, [], o) for d, o in zip(days, off, strict=True)])
        )
        kept.days[(place.day(row.starts_at) - monday).days][1].append(row)
    for pk, kept in by.items():
        kept.visits, kept.is_over = visits[pk], visits[pk] >= most
    found = sorted(by.values(), key=lambda w: (-w.visits, w.enterprise.name))
    return Week(days, found, len(visits) - len(shown))


def asked_before(place: Place, at: datetime) -> datetime:
    """What was asked until then should have been answered by now."""
    days, far = calendar(place), at - LONG_AGO
    wanted = days.seconds(Limit(answer_days(place, at), "wd"), at)
    return days.add_working(far, max(days.working_between(far, at) - wanted, 1))


def unanswered(scope: Scope, place: Place, at: datetime, enterprise_id: int = 0) -> list[Booking]:
    """Requests to which the enterprise has said nothing for longer than it should need, the oldest first."""
    rows = _of(Booking.objects.hosts().visible_to(scope).filter(state=S.REQUESTED), enterprise_id)
    late = named(rows.filter(requested_at__lte=asked_before(place, at)))
    return list(late.order_by("requested_at", "pk")[:MOST_LISTED])


def over_the_sign(scope: Scope, at: datetime, enterprise_id: int = 0) -> list[Booking]:
    """Asked although the stop sign stood, not answered, and still ahead."""
    rows = _of(Booking.objects.hosts().visible_to(scope).exclude(over_reason=""), enterprise_id)
    rows = rows.filter(state=S.REQUESTED, starts_at__gt=at)
    return list(named(rows).order_by("starts_at", "pk")[:MOST_LISTED])


def refusals(scope: Scope, at: datetime, enterprise_id: int = 0, days: int = 90) -> dict[str, Any]:
    """How many requests were refused, and why: the coordinator's and the enterprise's own."""
    rows = _of(Refusal.objects.visible_to(scope).filter(refused_at__gt=at - days * DAY), enterprise_id)
    listed = rows.select_related("enterprise", "booking__organisation", "booking__requested_by")
    return {"count": rows.count(), "rows": list(listed.order_by("-refused_at", "pk")[:MOST_LISTED]), "days": days}


def _of(rows: QuerySet, enterprise_id: int) -> QuerySet:
    return rows.filter(enterprise_id=enterprise_id) if enterprise_id else rows


@dataclass(frozen=True)
class JointProposal:
    """Requests of one enterprise that could be one visit, and what that spares."""

    enterprise: Enterprise
    bookings: list[Booking]
    starts_at: datetime
    minutes: int
    saved: int
    client_key: uuid.UUID = field(default_factory=uuid.uuid4)


def joint_proposals(scope: Scope, at: datetime, most: int = 20, enterprise_id: int = 0) -> list[JointProposal]:
    """What the engine proposes to put together, in the area."""
    open_ = Q(state__in=[S.REQUESTED, S.ACCEPTED]) | Q(state=S.NOT_NOW, instead=Booking.Instead.TOGETHER)
    rows = Booking.objects.hosts().visible_to(scope).filter(open_, starts_at__gt=at)
    rows = rows.exclude(kind__in=[Kind.DATA, Kind.JOINT])
    rows = _of(rows, enterprise_id)
    several = rows.order_by().values_list("enterprise_id").annotate(n=Count("pk"), first=Min("starts_at"))
    asked = several.filter(n__gt=1).order_by("first", "enterprise_id")[: 2 * most]
    by: dict[int, list[Booking]] = defaultdict(list)
    for row in named(rows.filter(enterprise_id__in=[pk for pk, *_rest in asked])).order_by("starts_at", "pk"):
        by[row.enterprise_id].append(row)
    found = [p for group in by.values() for p in _together(group)]
    return sorted(found, key=lambda p: (-p.saved, p.starts_at))[:most]


def _together(group: list[Booking]) -> list[JointProposal]:
    rows = {b.pk: b for b in group}
    asked = [
        stationing.Request(b.pk, b.starts_at, b.minutes, b.organisation_id, b.kind, b.state == S.ACCEPTED)
        for b in group
    ]
    return [
        JointProposal(group[0].enterprise, [rows[int(pk)] for pk in j.requests], j.starts_at, j.minutes, j.saved)
        for j in stationing.joint(asked)
    ]
