"""A fact, in the control that its type asks for."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openliaison.core.forms import DateInput, Pick, PickMany
from openliaison.core.models import Place

from .. import facts
from ..errors import Incomplete
from ..models import Fact, FactDefinition
from .localities import indented, localities

STAFF_SOURCES = (Fact.Source.VISIT, Fact.Source.ENTERPRISE, Fact.Source.OFFICE, Fact.Source.REGISTER)
FEW = 4


class DatedForm(forms.Form):
    """A form whose facts hold as of a day, which has come."""

    today: date

    def clean_as_of(self) -> date:
        try:
            facts.need_as_of(self.cleaned_data["as_of"], self.today)
        except Incomplete as error:
            raise forms.ValidationError(str(error)) from None
        return self.cleaned_data["as_of"]


class FactForm(DatedForm):
    """A new value with its day, the present one filled in; staff say from where, the enterprise is its own source."""

    source = forms.ChoiceField(label=_("From where"))
    source_ref = forms.CharField(label=_("Which paper, visit or list"), max_length=200, required=False)
    as_of = forms.DateField(label=_("As of"), widget=DateInput)

    def __init__(
        self,
        *args: Any,
        definition: FactDefinition,
        place: Place,
        today: date,
        is_own: bool,
        current: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.definition, self.place, self.today = definition, place, today
        self.fields["value"] = control(definition, place)
        self.fields["value"].initial = str(current).lower() if isinstance(current, bool) else current
        self.fields["as_of"].initial = today
        if is_own:
            del self.fields["source"]
        else:
            self.fields["source"].choices = [(s.value, s.label) for s in STAFF_SOURCES]  # type: ignore[attr-defined]
        self.order_fields(["value", "as_of", "source", "source_ref"])

    def clean_value(self) -> Any:
        try:
            return facts.read(self.definition, self.cleaned_data["value"], self.place, today=self.today)
        except Incomplete as error:
            raise forms.ValidationError(str(error)) from None

    def arguments(self) -> dict[str, Any]:
        """What services.record_fact is called with."""
        return {"source": Fact.Source.ENTERPRISE, **self.cleaned_data}


class RetractForm(forms.Form):
    reason = forms.CharField(label=_("Why it is wrong"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


def control(definition: FactDefinition, place: Place) -> forms.Field:
    kind, _sep, rest = definition.type.partition(":")
    unit = facts.unit_word(definition.unit)
    label = f"{definition.label} ({unit})" if unit else definition.label
    if kind == "bool":
        return forms.ChoiceField(label=label, widget=Pick, choices=[("true", _("yes")), ("false", _("no"))])
    if kind in ("int", "decimal"):
        widget = forms.TextInput(attrs={"inputmode": "numeric" if kind == "int" else "decimal"})
        return forms.CharField(label=label, widget=widget, max_length=30)
    if kind == "date":
        return forms.DateField(label=label, widget=DateInput)
    if kind == "enum":
        choices = [(c, facts.choice_word(c)) for c in rest.split("|")]
        widget = Pick if len(choices) <= FEW else forms.Select
        return forms.ChoiceField(label=label, widget=widget, choices=choices)
    if kind == "list":
        return _list_control(label, rest)
    if rest == "locality":
        return forms.ChoiceField(label=label, choices=indented(localities(place)))
    if kind == "code":
        return forms.CharField(label=label, max_length=20, help_text=_("A code of the place's tree, such as 3630."))
    return forms.CharField(label=label, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))


def _list_control(label: str, rest: str) -> forms.Field:
    kind, _sep, choices = rest.partition(":")
    if kind == "enum":
        listed = [(c, facts.choice_word(c)) for c in choices.split("|")]
        return forms.MultipleChoiceField(label=label, widget=PickMany, choices=listed, required=False)
    return _Lines(
        label=label,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line. Leave it empty to say that there is none."),
    )


class _Lines(forms.CharField):
    """Each line an item."""

    def clean(self, value: Any) -> list[str]:  # type: ignore[override]
        text = super().clean(value)
        return [line.strip() for line in text.splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value
