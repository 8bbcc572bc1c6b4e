"""A record corrected by its officer, and the enterprise's words on it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from openliaison.core.forms import Pick
from openliaison.core.now import now
from openliaison.visits.models import Visit


class CorrectionForm(forms.Form):
    """What is written down of a visit, as it should read."""

    notes = forms.CharField(
        label=_lazy("What was recorded"), widget=forms.Textarea(attrs={"rows": 5}), max_length=20_000, required=False
    )
    mode = forms.ChoiceField(label=_lazy("How"), choices=Visit.Mode.choices, widget=Pick)
    visited_at = forms.DateTimeField(
        label=_lazy("When was it?"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )
    minutes = forms.IntegerField(label=_lazy("How many minutes?"), min_value=1, max_value=600, required=False)
    met = forms.ModelChoiceField(
        None, label=_lazy("Whom did you speak to?"), required=False, empty_label=_lazy("somebody else")
    )
    reason = forms.CharField(
        label=_lazy("What was wrong?"), help_text=_lazy("The enterprise reads it."), max_length=300
    )

    def __init__(self, *args: Any, visit: Visit, contacts: Any, **kwargs: Any) -> None:
        zone = visit.place.zone
        # To the minute: what is shown and sent back unchanged is no correction.
        self.minute = visit.at.astimezone(zone).replace(second=0, microsecond=0)
        told = {"notes": visit.notes, "mode": visit.mode, "minutes": visit.minutes, "met": visit.met_id}
        super().__init__(*args, initial=told | {"visited_at": self.minute}, **kwargs)
        self.visit = visit
        self.fields["met"].queryset = contacts  # type: ignore[attr-defined]
        self.fields["met"].label_from_instance = lambda c: f"{c.name} {c.function_label}".strip()  # type: ignore[attr-defined]

    def clean_visited_at(self) -> Any:
        visited_at = self.cleaned_data["visited_at"]
        if visited_at > now():
            raise forms.ValidationError(_("The visit lies in the future. Correct its date."))
        return self.visit.at if visited_at == self.minute else visited_at


class ObjectionForm(forms.Form):
    """One thing is wrong."""

    text = forms.CharField(
        label=_lazy("What is wrong, and how was it?"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000
    )
