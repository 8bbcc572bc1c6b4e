"""By what the ledger of asked time is narrowed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from openliaison.accounts.models import Organisation
from openliaison.core import formatting
from openliaison.core.forms import DateInput
from openliaison.core.models import Place

from .. import ledger
from ..burden_selectors import month_of
from ..models import BurdenEntry
from .localities import indented, localities

ANY = ("", _lazy("any"))


def read_month(text: str, today: date) -> date:
    """The first day of "2026-11"; this month's where it cannot be read or lies ahead."""
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return min(max(found, date(2000, 1, 1)), today.replace(day=1))


class LinesFilter(forms.Form):
    """Filters of the lines; what cannot be read says so and narrows nothing."""

    q = forms.CharField(label=_lazy("Enterprise"), required=False, max_length=100)
    organisation = forms.ChoiceField(label=_lazy("Asked by"), required=False)
    kind = forms.ChoiceField(label=_lazy("Purpose"), required=False, choices=[ANY, *BurdenEntry.Kind.choices])
    since = forms.DateField(label=_lazy("On or after"), widget=DateInput(), required=False)
    until = forms.DateField(label=_lazy("On or before"), widget=DateInput(), required=False)
    enterprise = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)
    place = forms.CharField(required=False, max_length=30, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, place: Place, is_one_office: bool = False) -> None:
        super().__init__(data, auto_id="filter-%s")
        if is_one_office:
            del self.fields["organisation"]
        else:
            offices = Organisation.objects.filter(place=place).order_by("name")
            listed = [(o.code, o.label) for o in offices]
            self.fields["organisation"].choices = [ANY, (ledger.THE_DESK, _lazy("the desk")), *listed]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", _lazy("The end lies before the beginning."))
        return data

    @property
    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


class OfficesFilter(forms.Form):
    """Which months, and where."""

    month = forms.ChoiceField(label=_lazy("Month"), required=False)
    back = forms.ChoiceField(
        label=_lazy("Span"),
        required=False,
        choices=[("1", _lazy("one month")), ("3", _lazy("three months")), ("12", _lazy("twelve months"))],
    )
    kind = forms.ChoiceField(label=_lazy("Purpose"), required=False, choices=[ANY, *BurdenEntry.Kind.choices])
    place = forms.ChoiceField(label=_lazy("Place"), required=False)

    def __init__(self, data: Any, *, place: Place, today: date) -> None:
        super().__init__(data, auto_id="filter-%s")
        months = ledger.months_back(today, 36)
        self.today = today
        self.fields["month"].choices = [(f"{m:%Y-%m}", formatting.month(m)) for m in months]  # type: ignore[attr-defined]
        self.fields["place"].choices = [("", _("everywhere")), *indented(localities(place))]  # type: ignore[attr-defined]
        self.initial = {"month": f"{today:%Y-%m}", "back": "1"}

    @property
    def wanted(self) -> dict[str, Any]:
        """Kind, place, and the span's days."""
        self.is_valid()
        data = self.cleaned_data
        month = read_month(data.get("month") or "", self.today)
        back = int(data.get("back") or 1)
        since = ledger.months_back(month, back)[-1]
        return {"kind": data.get("kind"), "place": data.get("place"), "since": since, "until": month_of(month)[1]}
