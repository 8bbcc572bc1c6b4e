"""What the administrator types about a place."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .forms import DateInput
from .models import CalendarDay

# What the lengths and settings of a place's files are called; others are shown by their key.
LIMITS = {
    "contact": _("First contact with the enterprise"),
    "assignment": _("Assignment by the desk"),
    "reply": _("First reply of the lead"),
    "solution": _("Solution of a case"),
    "solution_common": _("Solution of a common problem"),
    "pause_cap": _("Pauses for the enterprise's answer, at most"),
    "extension_max": _("Extension, at most"),
    "extension_before": _("Extension asked before the due time, at least"),
    "objection": _("Objection to an assignment"),
    "silence_remind_1": _("First reminder to a silent enterprise"),
    "silence_remind_2": _("Second reminder to a silent enterprise"),
    "silence_close": _("Closing without the enterprise's answer"),
    "reopen_window": _("Reopening by the enterprise"),
    "invitation": _("Invitation by paper"),
    "handler_link": _("Sight of an enterprise after its last case"),
    "already_on_file": _("Answer on file counts as fresh"),
}
UNITS = [("h", _("hours")), ("wh", _("working hours")), ("wd", _("working days")), ("d", _("days"))]
SETTINGS = {
    "decline_reasons": _("Reasons for not accepting a case"),
    "booking_answer_wd": _("Working days an enterprise has to answer a request"),
    "contact_every_days": _("Days without contact before the desk is told"),
    "officer_load": _("Enterprises of one liaison officer"),
    "term_months": _("Months of an officer's usual term"),
    "term_notice_days": _("Days before the end of a term that it is listed and asked about"),
    "stationing_weights": _("Weights of a proposal of stationing"),
    "stationing_undo_days": _("Days within which an accepted proposal is undone"),
    "small_cell": _("Smallest number that is printed"),
    "promise_remind_days": _("Days before its day that a promise is called to mind"),
    "promise_reopen_days": _("Days within which “kept” is answered with “not so”"),
    "visit_undo_minutes": _("Minutes within which “nothing new” is taken back"),
    "useful_facts": _("Facts worth asking at a visit, the most useful first"),
    "next_visit": _("Weights of the reasons for a visit"),
    "visits_a_week": _("Visits within seven days from which it is too often"),
    "visits_a_month": _("Visits to an enterprise in a month, at most"),
    "visit_minutes": _("Minutes of a contact where nobody wrote them down"),
    "burden_minutes_month": _("Minutes asked of an enterprise in a month, at most"),
    "form_seconds": _("How long a form takes: seconds for each kind of answer"),
}


class DayForm(forms.ModelForm):
    class Meta:
        model = CalendarDay
        fields = ["day", "kind", "name", "name_en", "source"]
        labels = {
            "day": _("Day"),
            "kind": _("What it is"),
            "name": _("Name"),
            "name_en": _("Name in English"),
            "source": _("Where it is laid down"),
        }
        widgets = {"day": DateInput()}


class YearFileForm(forms.Form):
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    file = forms.FileField(
        label=_("CSV file"), help_text=_("Columns day, kind (off, work or provisional), name, name_en, source.")
    )

    MOST_BYTES = 200_000

    def clean_file(self) -> str:
        """The file's text."""
        file = self.cleaned_data["file"]
        if file.size > self.MOST_BYTES:
            raise forms.ValidationError(_("The file is too large for the days of one year."))
        try:
            return file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError(_("The file is not UTF-8. Save it as “CSV UTF-8” and send it again.")) from None


class FromDayForm(forms.Form):
    valid_from = forms.DateField(label=_("Holds from"), widget=DateInput())

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["valid_from"].initial = today

    def clean_valid_from(self) -> date:
        day = self.cleaned_data["valid_from"]
        if day < self.today:
            raise forms.ValidationError(_("Choose today or a later day; what is gone by stays as it was."))
        return day


class LimitForm(FromDayForm):
    amount = forms.DecimalField(label=_("Length"), min_value=0.01, max_value=9999, max_digits=6, decimal_places=2)
    unit = forms.ChoiceField(label=_("Unit"), choices=UNITS)
    source = forms.CharField(label=_("Where it is laid down"), max_length=200, required=False)
    field_order = ["amount", "unit", "valid_from", "source"]


class SettingForm(FromDayForm):
    """A number is typed as a number; lists and groups as JSON, whose shape must stay."""

    value = forms.CharField(label=_("Value"), max_length=20_000)
    field_order = ["value", "valid_from"]

    def __init__(self, *args: Any, known: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        text = json.dumps(known, ensure_ascii=False, indent=2)
        self.fields["value"].initial = text
        if isinstance(known, dict | list):
            self.fields["value"].widget = forms.Textarea(attrs={"rows": min(text.count("\n") + 2, 24), "class": "code"})
            self.fields["value"].help_text = _("Change what stands between the quotation marks, or the numbers.")

    def clean_value(self) -> Any:
        text = self.cleaned_data["value"]
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            if isinstance(self.known, str):
                return text
            if isinstance(self.known, int | float):
                raise forms.ValidationError(_("It must be a number.")) from None
            raise forms.ValidationError(
                _("Line %(line)s, character %(at)s cannot be read; look for a missing comma or quotation mark."),
                params={"line": error.lineno, "at": error.colno},
            ) from None
        except RecursionError:
            raise forms.ValidationError(_("The value is nested too deeply.")) from None


class WordsForm(forms.Form):
    """The place's own words for things, one field each."""

    def __init__(self, *args: Any, words: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, word in words.items():
            self.fields[key] = forms.CharField(label=key, initial=word, max_length=100, required=False)
