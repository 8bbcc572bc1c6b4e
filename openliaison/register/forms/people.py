"""Choosing an officer: a list where they are few, a search above it where they are many."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from openliaison.accounts.models import Role
from openliaison.core.models import Place

from .. import selectors

WHO, FIND = "who", "find"  # the words searched for, and the button that searches without a script


class OfficerPick(forms.Select):
    """The list, and where it is cut the search; a script renews the list while one types."""

    template_name = "register/officer_pick.html"
    url = reverse_lazy("register:officer_options")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text, self.is_cut = "", False

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        return context | {"text": self.text, "has_search": self.is_cut or bool(self.text), "url": self.url}


class OfficerForm(forms.Form):
    """A form that chooses an officer. The search button shows it anew with what was typed, unchecked."""

    officer = forms.TypedChoiceField(
        label=_("Who"), help_text=_("The number says how many each serves as officer now."), widget=OfficerPick
    )

    def __init__(self, data: Any = None, *, place: Place, today: date, **kwargs: Any) -> None:
        sent = data or {}
        if FIND in sent:
            begin = f"{kwargs['prefix']}-" if kwargs.get("prefix") else ""
            kwargs["initial"] = {k.removeprefix(begin): v for k, v in sent.items()}
            data = None
        super().__init__(data, **kwargs)
        chosen = str(sent.get(self.add_prefix("officer"), ""))
        self._offer(place, today, str(sent.get(WHO, ""))[:60].strip(), chosen)

    def _offer(self, place: Place, today: date, text: str, chosen: str) -> None:
        found = selectors.offered_officers(place, today, text, chosen)
        self.officers: dict[str, Role] = {str(role.pk): role for role in found.roles}
        field: Any = self.fields["officer"]
        field.choices = officer_options(found, text)
        field.widget.text, field.widget.is_cut = text, found.is_cut

    def clean_officer(self) -> Role:
        return self.officers[self.cleaned_data["officer"]]


def officer_options(found: selectors.Offered, text: str = "") -> list[tuple[str, Any]]:
    """The choices: each officer with the office or place and the load."""
    first = _("Choose an officer") if found.roles or not text else _("Nobody of this name, office or place")
    return [("", first), *((str(role.pk), _option(role)) for role in found.roles)]


def _option(role: Any) -> str:
    return " · ".join([role.user.label, role.organisation_label, str(role.load)])
