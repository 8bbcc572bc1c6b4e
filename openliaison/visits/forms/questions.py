"""A field for a fact that is asked: of its type, with its unit, never required."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from openliaison.core.forms import DateInput, Pick, PickMany
from openliaison.core.models import Locality
from openliaison.register import facts
from openliaison.visits.selectors import Question

YES_NO = [("true", _lazy("yes")), ("false", _lazy("no"))]
NUMBERS = {"int": "numeric", "decimal": "decimal"}
FEW = 4


def field_name(question: Question) -> str:
    return f"fact_{question.key}"


def fact_field(question: Question) -> forms.Field:
    """Who does not know leaves it empty: then nothing is recorded."""
    definition = question.definition
    kind, _sep, rest = definition.type.partition(":")
    unit = facts.unit_word(definition.unit)
    label = f"{definition.label} ({unit})" if unit else definition.label
    about: dict[str, Any] = {"label": label, "required": False, "help_text": question.held or _("not on file yet")}
    if kind == "bool":
        return forms.ChoiceField(choices=YES_NO, widget=Pick, **about)
    if kind == "enum":
        return forms.ChoiceField(choices=[("", _("not asked")), *_choices(rest)], **about)
    if kind == "list":
        return _list_field(rest, about)
    if kind == "date":
        return forms.DateField(widget=DateInput(), **about)
    if rest == "locality":
        places = Locality.objects.filter(place_id=definition.place_id).order_by("path")
        return forms.ChoiceField(choices=[("", _("not asked")), *((x.code, x.label) for x in places)], **about)
    mode = NUMBERS.get(kind, "text")
    return forms.CharField(max_length=300, widget=forms.TextInput(attrs={"inputmode": mode}), **about)


def _list_field(rest: str, about: dict[str, Any]) -> forms.Field:
    kind, _sep, choices = rest.partition(":")
    if kind == "enum":
        return forms.MultipleChoiceField(choices=_choices(choices), widget=PickMany, **about)
    hint = _("Several with a semicolon between them.")
    about["help_text"] = f"{about['help_text']} · {hint}"
    return forms.CharField(max_length=300, **about)


def _choices(listed: str) -> list[tuple[str, str]]:
    return [(c, facts.choice_word(c)) for c in listed.split("|")]
