"""Enterprises visited too often: whoever comes, made in the week behind, agreed or asked for in the week ahead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from openliaison.core.places import setting
from openliaison.core.scope import Scope
from openliaison.register import burden_selectors
from openliaison.register.models import Booking, BurdenEntry, Enterprise

from . import rows
from .rows import Ask

MOST_COMPARED = 2000


@dataclass
class Comer:
    """One visit of the two weeks: when, and by whom."""

    on: date
    by: str
    booking: Booking | None = None


@dataclass
class Frequented:
    """An enterprise that many come to see within a week."""

    enterprise: Enterprise
    visits: int  # the most within seven days
    look: str
    comers: list[Comer] = field(default_factory=list)

    @property
    def is_joinable(self) -> bool:
        """Whether two of the visits can still become one."""
        return sum(c.booking is not None and c.booking.state in ("requested", "accepted") for c in self.comers) > 1


def too_often(ask: Ask, most: int) -> list[Frequented]:
    """Those that most come to, and who comes; a handful of queries, however many there are."""
    today = ask.place.day(ask.at)
    among = rows.find("too-often", ask).values_list("pk", flat=True)[:MOST_COMPARED]
    counts = burden_selectors.visits_around(among, today)
    ids = sorted(counts, key=lambda pk: (-counts[pk], pk))[:most]
    found = Enterprise.objects.visible_to(ask.scope).select_related("locality").defer("search").in_bulk(ids)
    ceiling = int(setting(ask.place, "visits_a_week", today))
    came = _comers(ids, today, ask.scope)
    return [
        Frequented(found[pk], counts[pk], "over" if counts[pk] > ceiling else "due", came[pk])
        for pk in ids
        if pk in found
    ]


def _comers(ids: Iterable[int], today: date, scope: Scope) -> dict[int, list[Comer]]:
    marks = list(burden_selectors.doors_around(today).filter(enterprise_id__in=ids).order_by("on", "pk"))
    sources = [mark.source for mark in marks]
    bookings = _by_source(Booking, "client_key", sources, scope)
    lines = _by_source(BurdenEntry, "source", sources, scope)
    found: dict[int, list[Comer]] = defaultdict(list)
    for mark in marks:
        if row := bookings.get(mark.source) or lines.get(mark.source):
            booking = row if isinstance(row, Booking) else None
            by = row.organisation.label if booking and row.organisation else row.label
            found[mark.enterprise_id].append(Comer(mark.on, by, booking))
    return found


def _by_source(model: Any, name: str, sources: list[UUID], scope: Scope) -> dict[UUID, Any]:
    rows = model.objects.visible_to(scope).filter(**{f"{name}__in": sources}).select_related("organisation")
    return {getattr(row, name): row for row in rows}
