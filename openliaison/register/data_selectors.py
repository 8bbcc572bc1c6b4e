"""Named reads of data requests: the list, one sheet of many enterprises with its answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from openliaison.core.scope import Scope

from . import data_questions, search
from .data_questions import Question
from .models import Booking, Enterprise, Fact, FactDefinition


def requests(scope: Scope, wanted: dict[str, Any] | None = None) -> QuerySet:
    """Data requests that this person sees, narrowed by text, state and sheet."""
    rows = Booking.objects.visible_to(scope).filter(kind=Booking.Kind.DATA)
    rows = rows.select_related("enterprise__locality", "enterprise__place", "organisation", "requested_by", "place")
    wanted = wanted or {}
    if text := wanted.get("q"):
        rows = rows.filter(enterprise__in=search.matching(Enterprise.objects.visible_to(scope), text).values("pk"))
    for name in ("state", "sheet"):
        if wanted.get(name):
            rows = rows.filter(**{name: wanted[name]})
    return rows


@dataclass(frozen=True)
class Sheet:
    """The same questions to many enterprises."""

    key: UUID
    first: Booking
    questions: list[Question]
    entries: dict[str, FactDefinition]
    asked: int
    answered: int

    @property
    def names(self) -> list[str]:
        return list(self.entries)

    def answer(self, row: Booking, name: str) -> str:
        values = (row.answers or {}).get("values", {})
        return data_questions.shown(self.entries[name], values.get(name), row.enterprise)


def sheet(rows: QuerySet, key: UUID) -> Sheet | None:
    """What a sheet asks, and how many have answered; None where this person sees nothing of it."""
    of_it = rows.filter(sheet=key)
    first = of_it.order_by("pk").first()
    if first is None:
        return None
    states = list(of_it.order_by().values_list("state", flat=True))
    entries = data_questions.definitions(first.place, first.questions)
    answered = states.count(Booking.State.RECORDED)
    return Sheet(key, first, first.questions, entries, len(states), answered)


def known(booking: Booking, scope: Scope) -> dict[str, Any]:
    """What is on file of the questions of the catalogue, fresh or not, to be filled in."""
    keys = [q["key"] for q in booking.questions if q.get("key")]
    held = Fact.objects.visible_to(scope).current().filter(enterprise_id=booking.enterprise_id, key__in=keys)  # type: ignore[attr-defined]
    return dict(held.values_list("key", "value"))
