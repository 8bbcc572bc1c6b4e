"""The visit on one screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from openliaison.accounts.models import Role
from openliaison.core import formatting
from openliaison.core.forms import Pick, SentOnce
from openliaison.core.now import now
from openliaison.register import facts
from openliaison.register.errors import Incomplete
from openliaison.visits.models import Visit
from openliaison.visits.selectors import Question
from openliaison.visits.services import Commitment, Problem

from .blocks import ProblemBlocks, PromiseBlocks
from .files import ManyFiles, ManyFilesInput
from .questions import fact_field, field_name

BLOCKS = {"problem": ProblemBlocks, "promise": PromiseBlocks}
MANY = 3


class VisitForm(SentOnce):
    """Asks nothing that is held and fresh: the questions are useful facts that are missing or have faded."""

    mode = forms.ChoiceField(label=_lazy("How"), choices=Visit.Mode.choices, widget=Pick, initial="visit")
    booking = forms.ModelChoiceField(
        None,
        label=_lazy("Was it this appointment?"),
        required=False,
        blank=True,
        empty_label=_lazy("none of these"),
        widget=Pick,
    )
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
    pictures = ManyFiles(
        label=_lazy("Pictures of the visit"),
        help_text=_lazy("Never required. They are scaled down, and where they were taken is removed."),
        required=False,
        widget=ManyFilesInput(attrs={"accept": "image/*"}),
    )
    visited_at = forms.DateTimeField(
        label=_lazy("When was it?"),
        help_text=_lazy("Now, where you leave it empty."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        required=False,
    )
    minutes = forms.IntegerField(label=_lazy("How many minutes?"), min_value=1, max_value=600, required=False)

    def __init__(
        self,
        data: QueryDict | None = None,
        files: Any = None,
        *,
        role: Role,
        contacts: Any,
        bookings: Any,
        questions: Sequence[Question] = (),
        blocks: dict[str, list[dict[str, Any]]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, files, **kwargs)
        self.at, self.place = now(), role.place
        self._offer("met", contacts, lambda c: f"{c.name} {c.function_label}".strip())
        self._offer("booking", bookings, lambda b: f"{formatting.instant(b.starts_at)} · {b.label}")
        if not self.fields["booking"].queryset:  # type: ignore[attr-defined]
            del self.fields["booking"]
        self.questions = list(questions)
        for question in self.questions:
            self.fields[field_name(question)] = fact_field(question)
        given = {"role": role, "today": self.today}
        self.blocks = {
            name: made(data, files, prefix=name, initial=(blocks or {}).get(name), form_kwargs=given)
            for name, made in BLOCKS.items()
        }

    @property
    def today(self) -> Any:
        return self.place.day(self.at)

    def _offer(self, name: str, rows: Any, words: Any) -> None:
        field: Any = self.fields[name]
        field.queryset, field.label_from_instance = rows, words
        if len(rows) > MANY:
            field.widget = forms.Select()
            field.widget.choices = field.choices

    def asked(self) -> list[Any]:
        """The bound fields of the questions, for the page."""
        return [self[field_name(q)] for q in self.questions]

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(blocks.is_valid() for blocks in self.blocks.values())])

    @property
    def has_faults(self) -> bool:
        return self.is_bound and not self.is_valid()

    @property
    def faults(self) -> list[str]:
        """What is wrong with the form as a whole."""
        found = [str(e) for e in self.non_field_errors()]
        for blocks in self.blocks.values():
            found += [str(e) for e in blocks.non_form_errors()]
        return found

    def clean_visited_at(self) -> Any:
        visited_at = self.cleaned_data["visited_at"]
        if visited_at and visited_at > self.at:
            raise forms.ValidationError(_("The visit lies in the future. Correct its date."))
        return visited_at

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["facts"] = self._learned(data)
        return data

    def _learned(self, data: dict[str, Any]) -> dict[str, Any]:
        """Fact key → value, of the questions that were answered."""
        found = {}
        for question in self.questions:
            name = field_name(question)
            if (value := data.get(name)) in (None, "", []):
                continue
            try:
                found[question.key] = facts.read(question.definition, value, self.place, today=self.today)
            except Incomplete as error:
                self.add_error(name, str(error))
        return found

    @property
    def promises_open(self) -> bool:
        return any(block.says_something for block in self.blocks["promise"])

    def problems(self) -> list[Problem]:
        return [p for p in (form.problem() for form in self.blocks["problem"]) if p]

    def commitments(self) -> list[Commitment]:
        return [c for c in (form.commitment() for form in self.blocks["promise"]) if c]


def typed(data: QueryDict, add: str) -> dict[str, Any]:
    """What stands in a form that asks for one block more, as initial values: nothing is checked yet."""
    blocks = {name: _typed_blocks(data, name) for name in BLOCKS}
    if add in blocks:
        blocks[add] = [*blocks[add], {}]
    return {"initial": {k: v for k, v in data.items() if v}, "blocks": blocks}


def _typed_blocks(data: QueryDict, name: str) -> list[dict[str, Any]]:
    count = data.get(f"{name}-TOTAL_FORMS", "1")
    total = min(int(count), BLOCKS[name].max_num - 1) if count.isascii() and count.isdigit() and len(count) < 4 else 1
    return [
        {key.removeprefix(f"{name}-{n}-"): data[key] for key in data if key.startswith(f"{name}-{n}-") and data[key]}
        for n in range(total)
    ]
