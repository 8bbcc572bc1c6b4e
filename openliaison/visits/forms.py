"""The visit on one screen, and the filters of the list of visits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from openliaison.accounts.models import Role
from openliaison.cases.models import Category
from openliaison.core.forms import DateInput, Pick, SentOnce
from openliaison.core.now import now
from openliaison.register import facts
from openliaison.register.errors import Incomplete

from .models import Visit
from .selectors import Question

MOST_FILES = 5
YES_NO = [("true", _lazy("yes")), ("false", _lazy("no"))]
NUMBERS = {"int": "numeric", "decimal": "decimal"}


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class ManyFiles(forms.FileField):
    """Several files in one field; cleaned to a list."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:  # type: ignore[override]
        found = [super(ManyFiles, self).clean(one, initial) for one in data or []]
        if len(found) > MOST_FILES:
            raise forms.ValidationError(_("At most %(n)s files at once.") % {"n": MOST_FILES})
        return found


class VisitForm(SentOnce):
    """Asks nothing that is held and fresh: the questions are facts that have faded."""

    mode = forms.ChoiceField(label=_lazy("How"), choices=Visit.Mode.choices, widget=Pick, initial="visit")
    met = forms.ModelChoiceField(
        None,
        label=_lazy("Whom did you speak to?"),
        required=False,
        blank=True,
        empty_label=_lazy("somebody else"),
        widget=Pick,
    )
    notes = forms.CharField(
        label=_lazy("What did you hear and see?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=20_000,
        required=False,
    )
    problem = forms.CharField(
        label=_lazy("A new problem"),
        help_text=_lazy("It becomes a case and goes to the desk at once. Leave it empty where there is none."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=20_000,
        required=False,
    )
    category = forms.ModelChoiceField(
        None, label=_lazy("What is it about?"), required=False, empty_label=_lazy("not sure: the desk decides")
    )
    wanted_result = forms.CharField(label=_lazy("What would solve it, by when?"), max_length=300, required=False)
    uploads = ManyFiles(
        label=_lazy("Pictures or papers"),
        help_text=_lazy("They are kept with the case."),
        required=False,
        widget=ManyFilesInput(attrs={"accept": "image/*,application/pdf"}),
    )
    is_confidential = forms.BooleanField(
        label=_lazy("Confidential: only you and the desk see the problem"), required=False
    )
    promise = forms.CharField(label=_lazy("What was promised?"), max_length=300, required=False)
    promise_side = forms.ChoiceField(
        label=_lazy("By whom?"),
        choices=[("county", _lazy("by us")), ("enterprise", _lazy("by the enterprise"))],
        widget=Pick,
        initial="county",
        required=False,
    )
    promise_due = forms.DateField(label=_lazy("By when?"), widget=DateInput(), required=False)
    visited_at = forms.DateTimeField(
        label=_lazy("When was it?"),
        help_text=_lazy("Now, where you leave it empty."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        required=False,
    )
    minutes = forms.IntegerField(label=_lazy("How many minutes?"), min_value=1, max_value=600, required=False)

    def __init__(
        self, *args: Any, role: Role, contacts: Any, questions: Sequence[Question] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.at, self.zone = now(), role.place.zone
        self.fields["met"].queryset = contacts
        self.fields["met"].label_from_instance = lambda c: f"{c.name} {c.function_label}".strip()
        if len(contacts) > 3:
            self.fields["met"].widget = forms.Select()
            self.fields["met"].widget.choices = self.fields["met"].choices
        self.fields["category"].queryset = Category.objects.filter(place_id=role.place_id)
        self.questions = list(questions)
        for question in self.questions:
            self.fields[_name(question)] = _fact_field(question)

    def asked(self) -> list[Any]:
        """The bound fields of the questions, for the page."""
        return [self[_name(q)] for q in self.questions]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("promise") and not data.get("promise_due"):
            self.add_error("promise_due", _("A promise needs a day: say by when."))
        if data.get("promise_due") and data["promise_due"] < self.at.astimezone(self.zone).date():
            self.add_error("promise_due", _("A promise is for today or a later day."))
        if data.get("visited_at") and data["visited_at"] > self.at:
            self.add_error("visited_at", _("The visit lies in the future. Correct its date."))
        if data.get("promise_due") and not data.get("promise"):
            self.add_error("promise", _("Write what was promised, or take the day away."))
        if not data.get("problem", "").strip():
            self._refuse_without_problem(data)
        data["facts"] = self._learned(data)
        return data

    def _refuse_without_problem(self, data: dict[str, Any]) -> None:
        if data.get("uploads"):
            self.add_error("uploads", _("Files are kept with a case: write the problem they show, or leave them out."))
        if data.get("wanted_result"):
            self.add_error("problem", _("Write the problem that this would solve."))

    def _learned(self, data: dict[str, Any]) -> dict[str, Any]:
        """Fact key → value, of the questions that were answered."""
        found, today = {}, self.at.astimezone(self.zone).date()
        for question in self.questions:
            name = _name(question)
            if (value := data.get(name)) in (None, ""):
                continue
            try:
                found[question.key] = facts.read(question.definition, value, today=today)
            except Incomplete as error:
                self.add_error(name, str(error))
        return found


def _name(question: Question) -> str:
    return f"fact_{question.key}"


def _fact_field(question: Question) -> forms.Field:
    """A field of the fact's type, never required: who does not know leaves it empty."""
    definition = question.definition
    kind, _sep, rest = definition.type.partition(":")
    label = f"{definition.label} ({definition.unit})" if definition.unit else definition.label
    about: dict[str, Any] = {"label": label, "required": False, "help_text": question.held}
    if kind == "bool":
        return forms.ChoiceField(choices=YES_NO, widget=Pick, **about)
    if kind == "enum":
        return forms.ChoiceField(choices=[("", _("not asked")), *((v, v) for v in rest.split("|"))], **about)
    if kind == "date":
        return forms.DateField(widget=DateInput(), **about)
    mode = NUMBERS.get(kind, "text")
    return forms.CharField(max_length=300, widget=forms.TextInput(attrs={"inputmode": mode}), **about)


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
        self.fields["confirmed"].choices = [("", _("any")), ("yes", _("yes")), ("no", _("not yet"))]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("since"), data.get("until")
        if isinstance(start, date) and isinstance(end, date) and end < start:
            self.add_error("until", _("The end lies before the beginning."))
        return data
