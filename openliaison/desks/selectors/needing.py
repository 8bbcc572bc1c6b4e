"""Who needs a visit now, over a whole area: those with any reason, in order of need, each with its next step."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from heapq import nlargest
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Count, F, Func, IntegerField, QuerySet, Value

from openliaison.engine import stationing
from openliaison.register.burden_selectors import visits_around
from openliaison.register.models import Booking, Enterprise, Link
from openliaison.visits import needs
from openliaison.visits.needs import Reason

from . import rows
from .rows import Ask

MOST = 500  # so many are put in order; nobody reads further in one sitting
MOST_SILENT = 200  # of those who have no other reason than silence, the longest
# What the engine calls the reasons behind the numbers that are counted.
KEYS = {
    "promises_late": "promise_late",
    "promises_due": "promise_due",
    "cases_overdue": "overdue",
    "cases_due_soon": "due_soon",
    "cases_open": "many_open",
    "policies_unused": "policies",
}
OF_SILENCE = ("never", "silent", "silent_long")


@dataclass
class Needing:
    """One enterprise that needs a contact, with why and whom to ask."""

    enterprise: Enterprise
    visit: stationing.NextVisit
    last_at: datetime | None
    officers: list[Any] = field(default_factory=list)
    may_join: bool = False  # several want to come: one visit might do

    @cached_property
    def reasons(self) -> list[Reason]:
        return needs.words(self.visit)


def needing(ask: Ask, reason: str = "") -> list[Needing]:
    """Those who need a contact most, `MOST` of them; those visited too often and without urgency are left out.

    Args:
        reason: a key of the engine's reasons: only those who have it.
    """
    found = needs.numbers(ask.scope, ask.place, ask.at)
    ids = _heaviest(found, ask, reason) | _silent(ask, reason)
    listed = rows.find("standing", ask).filter(pk__in=ids).select_related("locality").defer("search")
    inside = {e.pk: e for e in listed}
    last, seen = needs.last_contacts(inside), visits_around(inside, ask.place.day(ask.at))
    ranked = needs.ranked(list(inside.values()), found, last, seen, ask.place, ask.at)
    wanted = [v for v in ranked if v.group == "now" and (not reason or any(r["key"] == reason for r in v.reasons))]
    return [Needing(inside[int(v.id)], v, last.get(int(v.id))) for v in wanted[:MOST]]


def _heaviest(found: needs.Numbers, ask: Ask, reason: str) -> set[int]:
    """Those with the heaviest reasons of their own, silence apart; more of them than are shown, for silence weighs too.

    That a case is open is no reason: many open ones are, from a number that the place sets.
    """
    given = needs.weights(ask.place, ask.place.day(ask.at))
    weighed: Counter[int] = Counter()
    for name, of in found.items():
        key = KEYS.get(name, name)
        least = given.many if key == "many_open" else 1
        for pk, n in of.items():
            if n >= least:
                weighed[pk] += getattr(given, key)
    asked = {pk for name, of in found.items() if KEYS.get(name, name) == reason for pk in of}
    wanted = {pk: n for pk, n in weighed.items() if not reason or reason in OF_SILENCE or pk in asked}
    if ask.text or ask.inside or ask.officer:
        wanted = {
            pk: wanted[pk] for pk in rows.find("standing", ask).filter(pk__in=wanted).values_list("pk", flat=True)
        }
    return set(nlargest(2 * MOST, wanted, key=lambda pk: (wanted[pk], -pk)))


def _silent(ask: Ask, reason: str) -> set[int]:
    """Those whom nobody has spoken to for longest."""
    if reason and reason not in OF_SILENCE:
        return set()
    most = MOST if reason else MOST_SILENT
    return {e.pk for e in rows.longest_silent(rows.find("not-contacted", ask), most)}


def with_officers(found: list[Needing], ask: Ask) -> list[Needing]:
    """The same, each with those who go there, and whether visits might be joined."""
    ids = [n.enterprise.pk for n in found]
    serving, wanted = officers_of(ids, ask), _wanted_by_several(ids, ask)
    for one in found:
        one.officers, one.may_join = serving[one.enterprise.pk], one.enterprise.pk in wanted
    return found


def _wanted_by_several(ids: Collection[int], ask: Ask) -> set[int]:
    rows_of_it: Any = Booking.objects.visible_to(ask.scope)
    open_ = (
        rows_of_it.open().hosts().exclude(kind=Booking.Kind.DATA).filter(enterprise_id__in=ids, starts_at__gt=ask.at)
    )
    counted = open_.order_by().values("enterprise_id").annotate(n=Count("pk")).filter(n__gt=1)
    return set(counted.values_list("enterprise_id", flat=True))


def officers_of(ids: Collection[int], ask: Ask) -> dict[int, list[Any]]:
    """Who goes there: the officer, the deputy, the cover."""
    links: Any = Link.objects.visible_to(ask.scope)
    links = links.active(ask.scope.today).serving().filter(enterprise_id__in=ids).exclude(user=None)
    serving: dict[int, list[Any]] = defaultdict(list)
    for link in links.select_related("user").order_by("-kind"):
        serving[link.enterprise_id].append(link.user)
    return serving


def as_rows(found: Iterable[Needing], ask: Ask) -> QuerySet:
    """The same enterprises as rows of a list page, `place_in_order` telling their order."""
    ids = [n.enterprise.pk for n in found]
    listed = Value(ids, output_field=ArrayField(BigIntegerField()))
    order = Func(listed, F("pk"), function="array_position", output_field=IntegerField())
    listed_rows = Enterprise.objects.visible_to(ask.scope).filter(pk__in=ids)
    return listed_rows.select_related("locality").defer("search").annotate(place_in_order=order)
