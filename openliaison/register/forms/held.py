"""Contacts, sites, ties."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openliaison.core.forms import DateInput, Pick
from openliaison.core.models import Place

from ..models import Enterprise
from .localities import LocalityField, localities
from .overwriting import OverwriteForm


class _ContactFields(forms.Form):
    name = forms.CharField(label=_("Name of the person"), max_length=80)
    function = forms.CharField(label=_("Function"), max_length=80, required=False)
    function_en = forms.CharField(label=_("Function in English"), max_length=80, required=False)
    phone = forms.RegexField(
        r"^[0-9+()\-\s/轉转ext.]{5,40}$",
        label=_("Phone"),
        required=False,
        error_messages={"invalid": _("A phone number has digits, +, brackets and hyphens, at least five in all.")},
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    email = forms.EmailField(label=_("E-mail"), required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class NewContactForm(_ContactFields):
    starts_on = forms.DateField(label=_("Since"), widget=DateInput, required=False)
    is_main = forms.BooleanField(label=_("Main contact: whom one calls first"), required=False)


class ContactForm(_ContactFields, OverwriteForm):
    """Correct a contact."""


class _SiteFields(forms.Form):
    name = forms.CharField(label=_("Name of the site"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    locality = LocalityField(label=_("Place"), queryset=None)
    street = forms.CharField(label=_("Street"), max_length=200, required=False)

    def __init__(self, *args: Any, place: Place, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["locality"].queryset = localities(place)  # type: ignore[attr-defined]


class NewSiteForm(_SiteFields):
    """Add a site."""


class SiteForm(_SiteFields, OverwriteForm):
    """Correct a site."""


class EndForm(forms.Form):
    """The last day of something."""

    on = forms.DateField(label=_("Last day"), widget=DateInput)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": today}, **kwargs)


class TieForm(forms.Form):
    """The enterprise belongs to another, or another to it."""

    direction = forms.ChoiceField(
        label=_("The other one"),
        widget=Pick,
        choices=[("parent", _("owns this one")), ("child", _("belongs to this one"))],
        initial="parent",
    )
    other = forms.CharField(
        label=_("Number or full name of the other"),
        max_length=200,
        help_text=_("It must be in the register; add it first where it is not."),
    )
    percent = forms.DecimalField(
        label=_("Share in %"), min_value=Decimal("0.01"), max_value=100, decimal_places=2, required=False
    )
    starts_on = forms.DateField(label=_("Since"), widget=DateInput, required=False)

    def __init__(self, *args: Any, enterprise: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.enterprise = enterprise

    def clean_other(self) -> Enterprise:
        text = self.cleaned_data["other"].strip()
        standing = Enterprise.objects.filter(place_id=self.enterprise.place_id, merged_into=None)
        found = list(standing.filter(number=text.upper())[:2]) or list(standing.filter(name=text)[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise forms.ValidationError(_("Several are called so; give the number."))
        raise forms.ValidationError(_("No enterprise in the register has this number or exactly this name."))

    def arguments(self) -> dict[str, Any]:
        """What services.add_tie is called with."""
        data = self.cleaned_data
        own, other = self.enterprise, data["other"]
        parent, child = (other, own) if data["direction"] == "parent" else (own, other)
        share = data["percent"] / 100 if data["percent"] is not None else None
        return {"parent": parent, "child": child, "share": share, "starts_on": data["starts_on"]}
