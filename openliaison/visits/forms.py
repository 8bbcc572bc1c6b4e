"""The visit on one screen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openliaison.accounts.models import Role
from openliaison.cases.models import Category
from openliaison.core.forms import DateInput, Pick, SentOnce
from openliaison.register.models import Contact, Enterprise

from .models import Visit


class VisitForm(SentOnce):
    enterprise = forms.ModelChoiceField(Enterprise.objects.none(), label=_("Enterprise"))
    mode = forms.ChoiceField(label=_("How"), choices=Visit.Mode.choices, widget=Pick, initial="visit")
    met = forms.ModelChoiceField(Contact.objects.none(), label=_("Whom did you speak to?"), required=False)
    notes = forms.CharField(
        label=_("What did you hear and see?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=20_000,
        required=False,
    )
    problem = forms.CharField(
        label=_("A problem to be solved"),
        help_text=_("It becomes a case and goes to the desk at once."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=20_000,
        required=False,
    )
    category = forms.ModelChoiceField(
        Category.objects.none(), label=_("What is it about?"), required=False, empty_label=_("not sure")
    )
    wanted_result = forms.CharField(label=_("What would solve it, by when?"), max_length=300, required=False)
    is_confidential = forms.BooleanField(label=_("Confidential: only you and the desk see the problem"), required=False)
    promise = forms.CharField(label=_("What did you promise?"), max_length=300, required=False)
    promise_due = forms.DateField(label=_("By when?"), widget=DateInput(), required=False)

    def __init__(self, *args: Any, role: Role, enterprises: Any, contacts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["enterprise"].queryset = enterprises
        self.fields["met"].queryset = contacts
        self.fields["met"].label_from_instance = lambda c: f"{c.name} {c.function_label}"
        self.fields["category"].queryset = Category.objects.filter(place_id=role.place_id)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("promise") and not data.get("promise_due"):
            self.add_error("promise_due", _("A promise needs a day."))
        return data
