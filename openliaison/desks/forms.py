"""What people choose on the desks: the span of the cockpit, the filters of a number's rows, a lead."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from openliaison.accounts.models import Organisation
from openliaison.cases.models import Category
from openliaison.core.models import Locality, Place
from openliaison.register.selectors import officer_choices

from .selectors.leader import SPANS
from .selectors.rows import THE_DESK, Ask

DEFAULT_DAYS = 90
_MONTH = re.compile(r"(\d{4})-(\d{2})")


def _spans() -> list[tuple[str, str]]:
    return [(str(n), _("last %(n)s days") % {"n": n}) for n in SPANS]


class SpanForm(forms.Form):
    """How far the cockpit looks back."""

    days = forms.TypedChoiceField(
        label=_lazy("Span"), choices=_spans, coerce=int, required=False, empty_value=DEFAULT_DAYS
    )


class MonthField(forms.CharField):
    """A month as 2026-11; cleaned to its first day."""

    def clean(self, value: Any) -> date | None:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return None
        found = _MONTH.fullmatch(text)
        if not found or not 1 <= int(found[2]) <= 12 or int(found[1]) < 1900:
            raise forms.ValidationError(_("Write the month as 2026-11."))
        return date(int(found[1]), int(found[2]), 1)


class RowsForm(SpanForm):
    """What the rows behind a number are narrowed to."""

    q = forms.CharField(label=_lazy("Number or words"), required=False, max_length=100)
    lead = forms.ChoiceField(label=_lazy("Who has it"), required=False)
    inside = forms.ModelChoiceField(
        None, label=_lazy("Where"), required=False, to_field_name="code", empty_label=_lazy("the whole area")
    )
    category = forms.ChoiceField(label=_lazy("Category"), required=False)
    month = MonthField(label=_lazy("Month of closing"), required=False, widget=forms.HiddenInput)
    enterprise = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)
    officer = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)
    field_order = ["q", "lead", "inside", "category", "days"]

    def __init__(self, *args: Any, place: Place, path_from: str, kind: str, is_span: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["inside"].queryset = Locality.objects.filter(place=place, parent__path=path_from)
        self.fields["inside"].label_from_instance = lambda locality: locality.label
        if kind == "case":
            offices = Organisation.objects.filter(place=place).exclude(kind="desk")
            self.fields["lead"].choices = [
                ("", _("any")), (THE_DESK, _("the desk")), *((o.code, o.label) for o in offices)
            ]  # fmt: skip
            categories = Category.objects.filter(place=place)
            self.fields["category"].choices = [("", _("any")), *((c.code, c.label) for c in categories)]
        else:
            del self.fields["lead"], self.fields["category"]
        if not is_span:
            del self.fields["days"], self.fields["month"]
        elif self.data.get("month"):
            self.fields["days"].widget = forms.HiddenInput()

    def ask(self, base: Ask) -> Ask:
        """The asking person's question, narrowed."""
        data = self.cleaned_data
        return base.but(
            text=data.get("q", "").strip(),
            lead=data.get("lead") or "",
            inside=data.get("inside"),
            category=data.get("category") or "",
            month=data.get("month"),
            enterprise=data.get("enterprise") or 0,
            officer=data.get("officer") or 0,
            days=data.get("days") or base.days,
        )


class NeedingForm(forms.Form):
    """What the list of those who need a visit is narrowed to."""

    q = forms.CharField(label=_lazy("Enterprise"), required=False, max_length=100)
    reason = forms.ChoiceField(label=_lazy("Why"), required=False)
    inside = forms.ModelChoiceField(
        None, label=_lazy("Where"), required=False, to_field_name="code", empty_label=_lazy("the whole area")
    )
    officer = forms.ChoiceField(label=_lazy("Officer"), required=False)

    def __init__(self, *args: Any, place: Place, path_from: str, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["inside"].queryset = Locality.objects.filter(place=place, parent__path=path_from)  # type: ignore[attr-defined]
        self.fields["inside"].label_from_instance = lambda locality: locality.label  # type: ignore[attr-defined]
        self.fields["reason"].choices = [("", _("any")), *_reasons()]  # type: ignore[attr-defined]
        asked = str(self.data.get("officer") or "")
        self.fields["officer"].choices = [("", _("any")), *officer_choices(place, today, asked)]  # type: ignore[attr-defined]

    def ask(self, base: Ask) -> Ask:
        """The asking person's question, narrowed."""
        data = self.cleaned_data
        officer = int(data["officer"]) if data.get("officer") else 0
        return base.but(text=data.get("q", "").strip(), inside=data.get("inside"), officer=officer)


def _reasons() -> list[tuple[str, str]]:
    return [
        ("booked_today", _("a visit agreed for today")),
        ("promise_late", _("a promise is late")),
        ("promise_due", _("a promise is due")),
        ("overdue", _("a case is overdue")),
        ("due_soon", _("a case is due within a day")),
        ("never", _("never contacted")),
        ("silent_long", _("long silence")),
        ("silent", _("contact is due")),
        ("questions", _("a question waits")),
        ("to_confirm", _("a reply waits for its word")),
        ("many_open", _("many open cases")),
        ("warning", _("a warning")),
        ("policies", _("policies not used")),
    ]


class AssignForm(forms.Form):
    """The suggested lead, as it stood on the desk."""

    lead = forms.ModelChoiceField(None)

    def __init__(self, *args: Any, place: Place, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = Organisation.objects.filter(place=place).exclude(kind="desk")
