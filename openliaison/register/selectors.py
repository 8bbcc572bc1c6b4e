"""Named reads of the register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from openliaison.core.scope import ENTERPRISE, Scope

from . import facts
from .models import Enterprise, Fact, FactDefinition, Link


@dataclass(frozen=True)
class HeldFact:
    """One fact as the page shows it."""

    key: str
    fact: Fact
    label: str
    value: str
    is_fresh: bool


def held_facts(enterprise: Enterprise, scope: Scope, today: date) -> list[HeldFact]:
    """What is held of an enterprise, as far as this person may see it, by label."""
    definitions = {d.key: d for d in FactDefinition.objects.filter(place_id=enterprise.place_id)}
    rows = Fact.objects.visible_to(scope).current().filter(enterprise=enterprise)
    rows = rows.select_related("recorded_by", "confirmed_by")
    found = [
        HeldFact(
            key=row.key,
            fact=row,
            label=definitions[row.key].label if row.key in definitions else row.key,
            value=facts.show(definitions.get(row.key), row, enterprise),
            is_fresh=facts.is_fresh(definitions.get(row.key), row, today),
        )
        for row in rows
    ]
    return sorted(found, key=lambda f: f.label)


def is_of_team(scope: Scope, enterprise: Enterprise) -> bool:
    """Whether the person belongs to the enterprise or serves it: their reads are not logged."""
    if scope.role == ENTERPRISE:
        return True
    links = Link.objects.visible_to(scope).active(scope.today or date.min)
    return links.filter(enterprise=enterprise, user_id=scope.user_id).exists()


def my_enterprises(scope: Scope) -> list[int]:
    """Ids of the enterprises this person serves today."""
    links = Link.objects.active(scope.today or date.min).filter(user_id=scope.user_id)
    return list(links.values_list("enterprise_id", flat=True))
