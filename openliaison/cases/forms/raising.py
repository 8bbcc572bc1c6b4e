"""Raising a case: one's own, or for an enterprise that told it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openliaison.accounts.models import Role
from openliaison.cases.models import Category
from openliaison.core.forms import SentOnce

from .verbs import FilesField


class RaiseForm(SentOnce):
    """A problem, in the words of who has it."""

    text = forms.CharField(label=_("What is the problem?"), widget=forms.Textarea(attrs={"rows": 5}), max_length=20_000)
    wanted_result = forms.CharField(label=_("What would solve it, by when?"), max_length=300, required=False)
    category = forms.ModelChoiceField(
        Category.objects.none(), label=_("What is it about?"), required=False, empty_label=_("not sure")
    )
    contact_name = forms.CharField(label=_("Whom should we ask?"), max_length=80, required=False)
    contact_phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    files = FilesField(
        label=_("Pictures or papers"), required=False, help_text=_("Pictures, PDF, Word, Excel; 20 MB each at most.")
    )
    is_confidential = forms.BooleanField(
        label=_("Confidential"),
        required=False,
        help_text=_("Only you, the desk that receives it and persons it names will see it. Only you can lift that."),
    )

    def __init__(self, *args: Any, role: Role, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = Category.objects.filter(place_id=role.place_id)  # type: ignore[attr-defined]
        if role.kind == Role.Kind.ENTERPRISE:
            del self.fields["contact_name"], self.fields["contact_phone"]
        else:
            self.fields["is_confidential"].help_text = _(
                "Only the enterprise, the desk that receives it, persons it names and the officer it came"
                " through will see it. Only the enterprise can lift that."
            )


class DraftForm(RaiseForm):
    """A draft, written on; whom to ask was said when it was begun."""

    def __init__(self, *args: Any, role: Role, **kwargs: Any) -> None:
        super().__init__(*args, role=role, **kwargs)
        for name in ("contact_name", "contact_phone"):
            self.fields.pop(name, None)
