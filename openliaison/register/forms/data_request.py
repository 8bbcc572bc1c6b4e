"""Asking for data by a list of questions built on the page, and answering it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from openliaison.core.forms import DateInput, SentOnce
from openliaison.core.models import Place

from .. import data_questions, facts
from ..data_questions import AS_OF, LONGEST, TYPES
from ..errors import Incomplete
from ..models import Booking, FactDefinition
from .facts import DatedForm, control

OWN_ROWS = 6
USUAL_DAYS = 14
MOST_DAYS = 365


class AskDataForm(SentOnce):
    """Which facts of the catalogue, which questions of one's own, by when."""

    purpose = forms.CharField(
        label=_lazy("What do you need it for?"),
        help_text=_lazy("The enterprise decides by this sentence."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    wanted_by = forms.DateField(label=_lazy("Answer wanted by"), widget=DateInput())
    facts = forms.MultipleChoiceField(
        label=_lazy("Facts of the catalogue"), required=False, widget=forms.CheckboxSelectMultiple
    )
    over_reason = forms.CharField(
        label=_lazy("Why must it be asked all the same?"),
        help_text=_lazy("The desk sees the reason."),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, place: Place, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.place, self.today = place, today
        self.topics = _topics(place)
        self.fields["facts"].choices = [pair for _topic, pairs in self.topics for pair in pairs]  # type: ignore[attr-defined]
        self.fields["wanted_by"].initial = today + timedelta(days=USUAL_DAYS)
        types = [("", _("kind of answer")), *TYPES.items()]
        for n in range(1, OWN_ROWS + 1):
            told = _("Question %(n)s") % {"n": n}
            self.fields[f"label_{n}"] = forms.CharField(label=told, max_length=LONGEST, required=False)
            self.fields[f"type_{n}"] = forms.ChoiceField(label=_("Kind of answer"), choices=types, required=False)
            self.fields[f"choices_{n}"] = forms.CharField(
                label=_("Choices, one a line"),
                required=False,
                max_length=1000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    @property
    def own(self) -> list[tuple[Any, Any, Any]]:
        """The bound fields of each question of one's own."""
        return [(self[f"label_{n}"], self[f"type_{n}"], self[f"choices_{n}"]) for n in range(1, OWN_ROWS + 1)]

    @property
    def chosen(self) -> set[str]:
        return set(self["facts"].value() or ())

    @property
    def used_rows(self) -> int:
        """How many rows of one's own stand open: the filled ones and one more."""
        filled = [n for n in range(1, OWN_ROWS + 1) if self[f"label_{n}"].value()]
        return max(filled, default=0) + 1

    def clean_wanted_by(self) -> date:
        day = self.cleaned_data["wanted_by"]
        if day <= self.today:
            raise forms.ValidationError(_lazy("Give the enterprise at least until tomorrow."))
        if day > self.today + timedelta(days=MOST_DAYS):
            raise forms.ValidationError(_lazy("That is more than a year ahead. Choose an earlier day."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            data["questions"] = data_questions.read(self.place, self.asked(data))
        except Incomplete as error:
            self.add_error(None, str(error))
        return data

    def asked(self, data: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The questions as the service takes them."""
        found: list[dict[str, Any]] = [{"key": key} for key in data.get("facts") or []]
        for n in range(1, OWN_ROWS + 1):
            label, kind = data.get(f"label_{n}", ""), data.get(f"type_{n}", "")
            if label or kind:
                choices = (data.get(f"choices_{n}") or "").splitlines()
                found.append({"label": label, "type": kind, "choices": choices})
        return found

    def count(self) -> int | None:
        """Minutes of what is chosen so far, also where the rest is not filled in; None while nothing can be asked."""
        self.is_valid()
        try:
            questions = data_questions.read(self.place, self.asked(self.cleaned_data))
        except Incomplete:
            return None
        return data_questions.minutes(questions, self.place, self.today)

    def arguments(self) -> dict[str, Any]:
        """What services.data_requests.ask_data is called with."""
        names = ("purpose", "wanted_by", "over_reason", "questions", "client_key")
        return {name: self.cleaned_data[name] for name in names}


def _topics(place: Place) -> list[tuple[str, list[tuple[str, str]]]]:
    """What may be asked of an enterprise, under the headings of its file."""
    rows = FactDefinition.objects.filter(place=place, subject="enterprise", same_as="").exclude(holder="derived")
    by: dict[str, list[tuple[str, str]]] = {key: [] for key in facts.TOPICS}
    for entry in rows:
        by[facts.topic(entry.key)].append((entry.key, data_questions.labelled(entry)))
    return [(str(label), by[key]) for key, label in facts.TOPICS.items() if by[key]]


lazystr = lazy(lambda word: word(), str)  # a label that is worded when it is read: minutes are counted in one language


class AnswerForm(DatedForm):
    """The questions in the controls that their types ask for, what is known filled in."""

    def __init__(self, *args: Any, booking: Booking, today: date, known: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.booking, self.today = booking, today
        self.entries = data_questions.definitions(booking.place, booking.questions)
        for name, entry in self.entries.items():
            field = control(entry, booking.place)
            field.label = lazystr(partial(data_questions.labelled, entry))
            value = known.get(name)
            field.initial = str(value).lower() if isinstance(value, bool) else value
            self.fields[name] = field
        self.fields["as_of"] = forms.DateField(label=AS_OF, widget=DateInput(), initial=today)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, entry in self.entries.items():
            if name in data:
                try:
                    facts.read(entry, data[name], self.booking.place, today=self.today)
                except Incomplete as error:
                    self.add_error(name, str(error))
        return data

    def arguments(self) -> dict[str, Any]:
        """What services.data_requests.answer_data is called with."""
        answers = {name: self.cleaned_data[name] for name in self.entries}
        return {"answers": answers, "as_of": self.cleaned_data["as_of"]}


class DataFilter(forms.Form):
    """Filters of the list of data requests."""

    q = forms.CharField(label=_lazy("Enterprise"), required=False, max_length=100)
    state = forms.ChoiceField(
        label=_lazy("State"), required=False, choices=[("", _lazy("any")), *Booking.State.choices]
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter-%s")

    @property
    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data
