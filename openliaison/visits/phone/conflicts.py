"""Facts on which a visit and the register say two things: listed, shown side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from openliaison.core.models import Locality
from openliaison.core.scope import Scope
from openliaison.register import facts
from openliaison.register.models import Fact, FactDefinition
from openliaison.visits.models import FactConflict


@dataclass(frozen=True)
class Pair:
    """A conflict as a person sees it."""

    conflict: FactConflict
    label: str
    mine: str
    theirs: str
    read: str  # what the phone had
    standing: Fact | None  # the row that holds the register's word

    def as_json(self) -> dict[str, Any]:
        row, fact = self.conflict, self.standing
        return {
            "id": row.pk,
            "enterprise_id": row.enterprise_id,
            "enterprise": row.enterprise.label,
            "key": row.key,
            "label": self.label,
            "mine": self.mine,
            "theirs": self.theirs,
            "theirs_as_of": fact.as_of.isoformat() if fact else None,
            "theirs_source": fact.get_source_display() if fact else "",
            "state": row.state,
            "url": reverse("visits:conflicts"),
        }


def open_conflicts(scope: Scope) -> QuerySet:
    """Those to choose in, the oldest first."""
    rows = FactConflict.objects.visible_to(scope).filter(state=FactConflict.State.OPEN)
    return rows.select_related("enterprise__place", "visit__officer").order_by("found_at", "pk")


def pairs(rows: Iterable[FactConflict], scope: Scope) -> list[Pair]:
    """Each conflict in words, in a number of questions that does not grow with them."""
    found = list(rows)
    keys = {row.key for row in found}
    definitions = {d.key: d for d in FactDefinition.objects.filter(place_id=scope.place_id, key__in=keys)}
    told = Fact.objects.visible_to(scope).filter(enterprise__in={r.enterprise_id for r in found}, key__in=keys)
    told = told.filter(retracted_at=None).select_related("recorded_by").order_by("as_of", "recorded_at", "pk")
    standing = {(fact.enterprise_id, fact.key, repr(fact.value)): fact for fact in told}
    names = _locality_names(scope, definitions)
    return [_pair(row, definitions.get(row.key), standing, names) for row in found]


def _pair(
    row: FactConflict, definition: FactDefinition | None, standing: dict[Any, Fact], names: dict[str, str]
) -> Pair:
    theirs = standing.get((row.enterprise_id, row.key, repr(row.theirs)))
    return Pair(
        conflict=row,
        label=definition.label if definition else row.key,
        mine=in_words(definition, row, row.mine, names),
        theirs=in_words(definition, row, row.theirs, names),
        read=in_words(definition, row, row.read, names),
        standing=theirs,
    )


def in_words(definition: FactDefinition | None, row: FactConflict, value: Any, names: dict[str, str]) -> str:
    """A value of a conflict as facts are shown; "" for none."""
    if value is None:
        return ""
    fact = Fact(enterprise=row.enterprise, key=row.key, value=value, unit=definition.unit if definition else "")
    return facts.show(definition, fact, row.enterprise, names)


def _locality_names(scope: Scope, definitions: dict[str, FactDefinition]) -> dict[str, str]:
    if not any(d.type == "code:locality" for d in definitions.values()):
        return {}
    return {row.code: row.label for row in Locality.objects.filter(place_id=scope.place_id)}
