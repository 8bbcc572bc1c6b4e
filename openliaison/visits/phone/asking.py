"""The questions of the form as data: only what is missing or has faded, each with its choices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from openliaison.core.scope import Scope
from openliaison.register import facts
from openliaison.register.models import Enterprise, FactDefinition
from openliaison.register.selectors import HeldFact
from openliaison.visits import selectors


def asked(enterprise: Enterprise, scope: Scope, held: Iterable[HeldFact]) -> list[dict[str, Any]]:
    """What is worth asking at the next contact, as the form on the page asks it."""
    values = {one.key: one.fact.value for one in held}
    found = selectors.questions(enterprise, scope)
    return [_question(q.definition, str(q.held), values.get(q.key)) for q in found]


def _question(definition: FactDefinition, held: str, value: Any) -> dict[str, Any]:
    kind, _sep, rest = definition.type.partition(":")
    return {
        "key": definition.key,
        "label": definition.label,
        "type": kind,
        "unit": facts.unit_word(definition.unit),
        "choices": _choices(kind, rest),
        "held": held,
        "value": value,
    }


def _choices(kind: str, rest: str) -> list[list[str]]:
    if kind == "bool":
        return [["true", _("yes")], ["false", _("no")]]
    if kind == "enum":
        return [[one, facts.choice_word(one)] for one in rest.split("|")]
    return []
