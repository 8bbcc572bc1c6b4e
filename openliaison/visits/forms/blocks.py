"""Blocks of the visit's form of which there may be several: problems, promises."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from openliaison.accounts.models import Organisation, Role
from openliaison.cases.models import Category, Promise
from openliaison.core.forms import DateInput, Pick
from openliaison.visits.services import Commitment, Problem

from .files import ManyFiles, ManyFilesInput

MOST_BLOCKS = 10
OTHER_OFFICE = "office"


class ProblemForm(forms.Form):
    """One problem: it becomes a case."""

    text = forms.CharField(
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

    def __init__(self, *args: Any, role: Role, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = Category.objects.filter(place_id=role.place_id)  # type: ignore[attr-defined]

    @property
    def says_more(self) -> bool:
        """Whether something stands in what is folded away."""
        folded = (self["category"], self["wanted_result"], self["is_confidential"])
        return any(field.value() for field in folded) or bool(self["uploads"].errors)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("text", "").strip():
            return data
        if data.get("uploads"):
            self.add_error("uploads", _("Files are kept with a case: write the problem they show, or leave them out."))
        elif data.get("wanted_result"):
            self.add_error("text", _("Write the problem that this would solve."))
        elif data.get("is_confidential"):
            self.add_error("text", _("Write the problem, or take the mark “confidential” away."))
        return data

    def problem(self) -> Problem | None:
        """What the service takes; None where nothing was written."""
        data = self.cleaned_data
        if not data.get("text", "").strip():
            return None
        return Problem(
            data["text"],
            data["category"],
            data["wanted_result"],
            is_confidential=data["is_confidential"],
            uploads=data["uploads"],
        )


class PromiseForm(forms.Form):
    """One promise: of the officer's office, of another office named, or of the enterprise."""

    text = forms.CharField(label=_lazy("What was promised?"), max_length=300, required=False)
    side = forms.ChoiceField(
        label=_lazy("By whom?"),
        choices=[
            (Promise.Side.COUNTY, _lazy("by us")),
            (OTHER_OFFICE, _lazy("by another office")),
            (Promise.Side.ENTERPRISE, _lazy("by the enterprise")),
        ],
        widget=Pick,
        initial=Promise.Side.COUNTY,
        required=False,
    )
    organisation = forms.ModelChoiceField(
        None,
        label=_lazy("Which other office?"),
        help_text=_lazy("It is told at once, and may say that it is not its promise."),
        required=False,
        empty_label=_lazy("none"),
    )
    due_on = forms.DateField(label=_lazy("By when?"), widget=DateInput(), required=False)

    def __init__(self, *args: Any, role: Role, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        offices = Organisation.objects.filter(place_id=role.place_id).exclude(pk=role.organisation_id or 0)
        self.fields["organisation"].queryset = offices.exclude(kind="desk")  # type: ignore[attr-defined]

    @property
    def says_something(self) -> bool:
        return bool(self["text"].value() or self["due_on"].value() or self["organisation"].value() or self.errors)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        is_other = data.get("side") == OTHER_OFFICE
        if data.get("text") and not data.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _("A promise needs a day: say by when."))
        if data.get("due_on") and data["due_on"] < self.today:
            self.add_error("due_on", _("A promise is for today or a later day."))
        if (data.get("due_on") or is_other) and not data.get("text"):
            self.add_error("text", _("Write what was promised, or take the day away."))
        if is_other and not data.get("organisation"):
            self.add_error("organisation", _("Name the office that is to keep it."))
        return data

    def commitment(self) -> Commitment | None:
        """What the service takes; None where nothing was written."""
        data = self.cleaned_data
        if not data.get("text"):
            return None
        side = data["side"] or Promise.Side.COUNTY
        if side != OTHER_OFFICE:
            return Commitment(data["text"], data["due_on"], side)
        return Commitment(data["text"], data["due_on"], Promise.Side.COUNTY, data["organisation"])


class Blocks(forms.BaseFormSet):
    """Any number of blocks, each of which may stay empty; shown again they hold what was typed."""

    default_error_messages = forms.BaseFormSet.default_error_messages | {
        "missing_management_form": _lazy("This form is damaged. Open the page again."),
    }

    def initial_form_count(self) -> int:
        return 0

    def total_form_count(self) -> int:
        return super().total_form_count() if self.is_bound else max(1, len(self.initial or []))

    @property
    def can_grow(self) -> bool:
        return self.total_form_count() < MOST_BLOCKS


def _blocks(form: type[forms.Form]) -> Any:
    return forms.formset_factory(
        form, formset=Blocks, max_num=MOST_BLOCKS, absolute_max=MOST_BLOCKS + 1, validate_max=True
    )


ProblemBlocks, PromiseBlocks = _blocks(ProblemForm), _blocks(PromiseForm)
