"""Who shall serve: one enterprise, or many; who is responsible; when it ends, and why."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openliaison.accounts.models import Role
from openliaison.core.forms import DateInput, Pick
from openliaison.core.models import Place

from .. import selectors
from ..models import Link
from .held import EndForm
from .people import OfficerForm


class AssignForm(OfficerForm):
    """An officer or deputy for many enterprises."""

    kind = forms.ChoiceField(
        label=_("As"),
        widget=Pick,
        choices=[(Link.Kind.OFFICER, _("liaison officer")), (Link.Kind.DEPUTY, _("deputy"))],
        initial=Link.Kind.OFFICER,
    )
    starts_on = forms.DateField(label=_("From"), widget=DateInput)
    term_until = forms.DateField(
        label=_("Term until"),
        widget=DateInput,
        required=False,
        help_text=_("Left empty: the usual term. Service goes on until somebody ends it."),
    )
    replace = forms.BooleanField(label=_("Replace the officer in office; theirs ends the day before"), required=False)
    why_replaced = forms.CharField(label=_("Why it is replaced"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, place: Place, today: date, **kwargs: Any) -> None:
        super().__init__(data, place=place, today=today, **kwargs)
        self.fields["starts_on"].initial = today


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
    field_order = ["officer", "kind", "starts_on", "ends_on", "term_until", "replace", "why_replaced"]


class EndStationingForm(EndForm):
    reason = forms.CharField(
        label=_("Why it ends"), max_length=200, help_text=_("Stays in the history of the enterprise.")
    )


class LeaderForm(forms.Form):
    """Which leader is responsible, from a day on."""

    leader = forms.TypedChoiceField(label=_("Leader"))
    starts_on = forms.DateField(label=_("From"), widget=DateInput)

    def __init__(self, *args: Any, place: Place, today: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"starts_on": today}, **kwargs)
        self.leaders = {str(role.pk): role for role in selectors.leaders(place, today)}
        listed = [(pk, f"{role.user.label} · {role.organisation_label}") for pk, role in self.leaders.items()]
        self.fields["leader"].choices = [("", _("Choose a leader")), *listed]  # type: ignore[attr-defined]

    def clean_leader(self) -> Role:
        return self.leaders[self.cleaned_data["leader"]]
