"""What is typed about a promise: what was done, why not, another day, another office."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openliaison.accounts.models import Organisation
from openliaison.cases.models import Promise
from openliaison.core.forms import DateInput


class PromiseVerbForm(forms.Form):
    """A verb and its words."""

    def __init__(self, *args: Any, promise: Promise, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"p{promise.pk}_{self.prefix_of()}_%s", **kwargs)
        self.prepare(promise)

    @classmethod
    def prefix_of(cls) -> str:
        return cls.__name__.lower()

    def prepare(self, promise: Promise) -> None:
        """Fill in what depends on the promise."""


def _words(label: Any, help_text: Any) -> forms.CharField:
    """Whether it may stay empty is the service's to say, in its own sentence."""
    return forms.CharField(label=label, help_text=help_text, max_length=300, required=False)


class KeptForm(PromiseVerbForm):
    reason = _words(_("What was done?"), _("The other side reads it."))


class BrokenForm(PromiseVerbForm):
    reason = _words(_("Why was it not kept?"), _("The other side reads it."))


class WithdrawForm(PromiseVerbForm):
    reason = _words(_("Why is it withdrawn?"), _("The other side reads it."))


class MoveForm(PromiseVerbForm):
    due_on = forms.DateField(label=_("Agreed for which day?"), widget=DateInput())
    reason = _words(_("Why another day?"), _("The first day stays on file and in the measures."))

    def prepare(self, promise: Promise) -> None:
        self.fields["due_on"].initial = promise.due_on


class DisputeForm(PromiseVerbForm):
    reason = _words(_("What is missing?"), _("It is open again, and who keeps it is told."))


class DisownForm(PromiseVerbForm):
    reason = _words(_("Why is it not your office's, and whose might it be?"), _("Who made the promise decides."))


class HandForm(PromiseVerbForm):
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Which office keeps it?"))

    def prepare(self, promise: Promise) -> None:
        offices = Organisation.objects.filter(place_id=promise.place_id)
        self.fields["organisation"].queryset = offices  # type: ignore[attr-defined]


class RemindForm(PromiseVerbForm):
    """A press of a button says enough."""


PROMISE_FORMS: dict[str, type[PromiseVerbForm]] = {
    "kept": KeptForm,
    "broken": BrokenForm,
    "move": MoveForm,
    "withdrawn": WithdrawForm,
    "dispute": DisputeForm,
    "disown": DisownForm,
    "hand": HandForm,
    "remind": RemindForm,
}
