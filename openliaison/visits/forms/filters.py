"""What the list of visits may be narrowed to."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from openliaison.core.forms import DateInput
from openliaison.visits.models import Visit


class VisitFilters(forms.Form):
    """What the list of visits may be narrowed to."""

    q = forms.CharField(label=_lazy("Enterprise"), required=False, max_length=100)
    mode = forms.ChoiceField(label=_lazy("How"), required=False)
    since = forms.DateField(label=_lazy("On or after"), widget=DateInput(), required=False)
    until = forms.DateField(label=_lazy("On or before"), widget=DateInput(), required=False)
    confirmed = forms.ChoiceField(label=_lazy("Confirmed by the enterprise"), required=False)
    enterprise = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mode"].choices = [("", _("any")), *Visit.Mode.choices]
        self.fields["confirmed"].choices = [
            ("", _("any")),
            ("yes", _("yes")),
            ("no", _("not yet")),
            ("wrong", _("one thing is wrong")),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("since"), data.get("until")
        if isinstance(start, date) and isinstance(end, date) and end < start:
            self.add_error("until", _("The end lies before the beginning."))
        return data
