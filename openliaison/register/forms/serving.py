"""Who shall serve: one enterprise, or many."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openliaison.accounts.models import Role
from openliaison.core.forms import DateInput, Pick

from ..models import Link


class AssignForm(forms.Form):
    """An officer or deputy for many enterprises."""

    officer = forms.TypedChoiceField(
        label=_("Who"), help_text=_("The number says how many each serves as officer now.")
    )
    kind = forms.ChoiceField(
        label=_("As"),
        widget=Pick,
        choices=[(Link.Kind.OFFICER, _("liaison officer")), (Link.Kind.DEPUTY, _("deputy"))],
        initial=Link.Kind.OFFICER,
    )
    starts_on = forms.DateField(label=_("From"), widget=DateInput)
    replace = forms.BooleanField(label=_("Replace the officer in office; theirs ends the day before"), required=False)

    def __init__(self, *args: Any, officers: list[Role], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.officers = {str(role.pk): role for role in officers}
        listed = [(pk, f"{role.user.label} · {role.load}") for pk, role in self.officers.items()]  # type: ignore[attr-defined]
        self.fields["officer"].choices = [("", _("Choose an officer")), *listed]  # type: ignore[attr-defined]
        self.fields["starts_on"].initial = today

    def clean_officer(self) -> Role:
        return self.officers[self.cleaned_data["officer"]]


class ServeForm(AssignForm):
    """An officer, deputy or cover for one enterprise."""

    kind = forms.ChoiceField(
        label=_("As"),
        widget=Pick,
        choices=[
            (Link.Kind.OFFICER, _("liaison officer")),
            (Link.Kind.DEPUTY, _("deputy")),
            (Link.Kind.COVER, _("cover")),
        ],
        initial=Link.Kind.OFFICER,
    )
    ends_on = forms.DateField(
        label=_("Until"), widget=DateInput, required=False, help_text=_("A cover is for a time and needs a last day.")
    )
    field_order = ["officer", "kind", "starts_on", "ends_on", "replace"]
