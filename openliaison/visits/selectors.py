"""Named reads of visits: what to ask, what came of a visit, the list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from openliaison.core import formatting
from openliaison.core.places import setting
from openliaison.core.scope import ANALYST, Scope
from openliaison.register import search
from openliaison.register.models import Enterprise, FactDefinition, served_by_me
from openliaison.register.selectors import held_facts

from .models import Visit

MOST_QUESTIONS = 3


@dataclass(frozen=True)
class Question:
    """A fact that has faded, worth a question at the next contact."""

    definition: FactDefinition
    held: str  # what is on file, in words

    @property
    def key(self) -> str:
        return self.definition.key


def questions(enterprise: Enterprise, scope: Scope, most: int = MOST_QUESTIONS) -> list[Question]:
    """What is held of an enterprise and no longer fresh, the oldest first; what is fresh is not asked."""
    stale = [f for f in held_facts(enterprise, scope, scope.today) if not f.is_fresh]  # type: ignore[arg-type]
    stale = sorted(stale, key=lambda f: (f.fact.as_of, f.key))[:most]
    keys = [f.key for f in stale]
    definitions = {d.key: d for d in FactDefinition.objects.filter(place_id=enterprise.place_id, key__in=keys)}
    return [
        Question(
            definitions[f.key],
            _("On file: %(value)s, as of %(day)s") % {"value": f.value, "day": formatting.day(f.fact.as_of)},
        )
        for f in stale
        if f.key in definitions
    ]


def as_last_time(enterprise: Enterprise, scope: Scope) -> dict[str, Any]:
    """How and with whom the last contact was: what most often stays the same."""
    last = Visit.objects.visible_to(scope).filter(enterprise=enterprise).order_by("-at").first()
    return {"mode": last.mode, "met": last.met_id} if last else {}


def mine(scope: Scope, text: str = "") -> QuerySet:
    """The enterprises I serve, with the last contact of each, the longest ago first."""
    rows = Enterprise.objects.visible_to(scope).filter(pk__in=served_by_me(scope), merged_into=None)
    if text:
        rows = search.matching(rows, text)
    rows = rows.select_related("locality").annotate(last_at=Max("visits__at"))
    return rows.order_by("last_at", "name")


def listed(scope: Scope, wanted: dict[str, Any]) -> QuerySet:
    """Visits and calls this person may see, narrowed by the filters of the page."""
    rows = Visit.objects.visible_to(scope).select_related("enterprise", "officer")
    if scope.role != ANALYST:
        rows = rows.select_related("met")
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
    if wanted.get("confirmed"):
        rows = rows.filter(confirmed_at__isnull=wanted["confirmed"] == "no")
    return rows


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
