"""Who an enterprise is: entered by hand, and corrected."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openliaison.core.models import Place
from openliaison.core.scope import Scope

from .. import numbers, services
from ..errors import Incomplete
from ..models import Enterprise
from .localities import LocalityField, localities
from .overwriting import OverwriteForm


class _IdentityFields(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    number = forms.CharField(
        label=_("Official number"), max_length=60, required=False, help_text=_("As it stands on the licence.")
    )
    locality = LocalityField(label=_("Place"), queryset=None)
    street = forms.CharField(label=_("Street"), max_length=200, required=False)
    industry = forms.CharField(
        label=_("Industry"), max_length=10, required=False, help_text=_("A code of the place's tree, such as 3630.")
    )
    status = forms.ChoiceField(label=_("State"), choices=Enterprise.Status.choices)

    def __init__(self, *args: Any, place: Place, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.place = place
        self.fields["locality"].queryset = localities(place, scope)  # type: ignore[attr-defined]

    def clean_number(self) -> str:
        return self._asked(numbers.clean, self.place.number_scheme, self.cleaned_data["number"])

    def clean_industry(self) -> str:
        text = self.cleaned_data["industry"]
        return self._asked(services.read_industry, self.place, text) if text else ""

    def _asked(self, read: Any, *args: Any) -> str:
        try:
            return read(*args)
        except Incomplete as error:
            raise forms.ValidationError(str(error)) from None


class NewEnterpriseForm(_IdentityFields):
    """An enterprise by hand; `is_new` says that none of the look-alikes is it."""

    status = None  # type: ignore[assignment]  a new one is in operation
    is_new = forms.BooleanField(required=False, widget=forms.HiddenInput)


class IdentityForm(_IdentityFields, OverwriteForm):
    """Correct who it is."""
