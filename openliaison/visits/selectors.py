"""Named reads of visits: what to ask, what came of a visit, the list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from openliaison.core import formatting
from openliaison.core.places import setting
from openliaison.core.scope import ANALYST, Scope
from openliaison.register import facts, search
from openliaison.register.models import Booking, Enterprise, Fact, FactDefinition, served_by_me
from openliaison.register.selectors import HeldFact, held_facts

from .models import Visit

MOST_QUESTIONS = 3
BOOKED_DAYS = 7  # so long after its day an appointment may still be written down


@dataclass(frozen=True)
class Question:
    """A fact that is missing or has faded, worth a question at the next contact."""

    definition: FactDefinition
    held: str = ""  # what is on file, in words
    value: Any = None

    @property
    def key(self) -> str:
        return self.definition.key

    @property
    def is_missing(self) -> bool:
        return not self.held


def questions(
    enterprise: Enterprise, scope: Scope, most: int = MOST_QUESTIONS, *, facts_held: Iterable[HeldFact] | None = None
) -> list[Question]:
    """What is worth asking: useful facts that nobody has told or that have faded, the most useful first, then
    whatever else has faded, the oldest first. What is held and fresh is never asked, nor what is private and missing:
    it may be held out of this person's sight."""
    listed = held_facts(enterprise, scope, scope.today) if facts_held is None else facts_held  # type: ignore[arg-type]
    held = {f.key: f for f in listed}
    useful = useful_facts(enterprise.place, scope.today)  # type: ignore[arg-type]
    faded = sorted((f for f in held.values() if not f.is_fresh), key=lambda f: (f.fact.as_of, f.key))
    wanted = [k for k in useful if k not in held or not held[k].is_fresh]
    keys = list(dict.fromkeys([*wanted, *(f.key for f in faded)]))
    rows = FactDefinition.objects.filter(place_id=enterprise.place_id, key__in=keys, subject="enterprise", same_as="")
    known = {d.key: d for d in rows}
    asked = [known[k] for k in keys if k in known and _may_ask(known[k], held.get(k))]
    return [_question(d, held.get(d.key)) for d in asked[:most]]


def _may_ask(definition: FactDefinition, held: HeldFact | None) -> bool:
    return definition.sensitivity != "private" if held is None else not held.is_derived


def useful_facts(place: Any, on: date) -> list[str]:
    """Keys of the facts worth asking for, the most useful first."""
    return [str(key) for key in setting(place, "useful_facts", on)]


def _question(definition: FactDefinition, held: HeldFact | None) -> Question:
    if held is None:
        return Question(definition)
    words = _("On file: %(value)s, as of %(day)s") % {"value": held.value, "day": formatting.day(held.fact.as_of)}
    return Question(definition, words, held.fact.value)


def as_last_time(enterprise: Enterprise, scope: Scope) -> dict[str, Any]:
    """How and with whom the last contact was: what most often stays the same."""
    last = Visit.objects.visible_to(scope).standing().filter(enterprise=enterprise).order_by("-at").first()
    return {"mode": last.mode, "met": last.met_id} if last else {}


def mine(scope: Scope, text: str = "") -> QuerySet:
    """The enterprises I serve, with the last contact of each, the longest ago first."""
    rows = Enterprise.objects.visible_to(scope).filter(pk__in=served_by_me(scope), merged_into=None)
    if text:
        rows = search.matching(rows, text)
    rows = rows.select_related("locality").annotate(last_at=Max("visits__at", filter=Q(visits__withdrawn_at=None)))
    return rows.order_by("last_at", "name")


def seen(scope: Scope) -> QuerySet:
    """Every record this person may see, those taken back among them."""
    rows = Visit.objects.visible_to(scope).select_related("enterprise", "officer")
    return rows if scope.role == ANALYST else rows.select_related("met")


def listed(scope: Scope, wanted: dict[str, Any]) -> QuerySet:
    """Visits and calls this person may see, narrowed by the filters of the page; those taken back are left out."""
    rows: Any = seen(scope).filter(withdrawn_at=None)
    if text := wanted.get("q"):
        rows = rows.filter(enterprise__in=search.matching(Enterprise.objects.visible_to(scope), text))
    if wanted.get("mode"):
        rows = rows.filter(mode=wanted["mode"])
    if wanted.get("enterprise"):
        rows = rows.filter(enterprise_id=wanted["enterprise"])
    if wanted.get("since"):
        rows = rows.filter(at__date__gte=wanted["since"])
    if wanted.get("until"):
        rows = rows.filter(at__date__lte=wanted["until"])
    if wanted.get("confirmed") == "wrong":
        rows = rows.filter(objected_at__isnull=False, confirmed_at=None)
    elif wanted.get("confirmed"):
        rows = rows.filter(confirmed_at__isnull=wanted["confirmed"] == "no")
    return rows


def to_fulfil(enterprise: Enterprise, scope: Scope, at: datetime) -> QuerySet:
    """Appointments at the door that the enterprise accepted, for today and the days just gone by, the latest first."""
    zone = enterprise.place.zone
    midnight = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    around = (midnight - timedelta(days=BOOKED_DAYS), midnight + timedelta(days=1))
    rows: Any = Booking.objects.visible_to(scope).hosts()
    rows = rows.filter(enterprise=enterprise, state__in=(Booking.State.ACCEPTED, Booking.State.HELD))
    return rows.exclude(kind=Booking.Kind.DATA).filter(starts_at__range=around).order_by("-starts_at", "pk")


@dataclass(frozen=True)
class Learned:
    """A fact that was told at a visit."""

    label: str
    value: str


def learned(visit: Visit, scope: Scope) -> list[Learned]:
    """What was told at a visit, as far as this person may see it: the values as they were written down then."""
    if not visit.learned:
        return []
    rows = Fact.objects.visible_to(scope).filter(enterprise_id=visit.enterprise_id, key__in=visit.learned)
    day = visit.enterprise.place.day(visit.at)
    told = rows.filter(source=Fact.Source.VISIT, as_of=day, recorded_by_id=visit.officer_id).order_by("recorded_at")
    latest = {f.key: f for f in told}
    known = {d.key: d for d in FactDefinition.objects.filter(place_id=visit.place_id, key__in=visit.learned)}
    return [
        Learned(known[key].label, facts.show(known[key], fact, visit.enterprise))
        for key, fact in sorted(latest.items())
        if key in known
    ]


def contact_limit(place: Any, at: datetime) -> datetime:
    """Contacts before this midnight are as many days ago as the place allows, or more."""
    first = place.day(at) - timedelta(days=contact_days(place, at) - 1)
    return datetime(first.year, first.month, first.day, tzinfo=place.zone)


def days_since(last_at: datetime, place: Any, at: datetime) -> int:
    """Days of the place's calendar, as lists say "n days ago"."""
    today: date = place.day(at)
    return (today - place.day(last_at)).days


def contact_days(place: Any, at: datetime) -> int:
    return int(setting(place, "contact_every_days", place.day(at)))


def visits_a_week(place: Any, at: datetime) -> int:
    """From how many visits at the door within seven days on an enterprise is visited too often."""
    return int(setting(place, "visits_a_week", place.day(at)))
