"""What people type at the door and about accounts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openliaison.core.models import Locality, Place

from .models import Organisation, Role, User


class LogInForm(forms.Form):
    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput)


class NewPasswordForm(forms.Form):
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 10 characters; a short sentence is good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Password again"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password") != data.get("again"):
            self.add_error("again", _("The two passwords differ."))
        return data


class JoinForm(NewPasswordForm):
    username = forms.CharField(label=_("User name"), max_length=60)
    display_name = forms.CharField(label=_("Your name"), max_length=60)
    field_order = ["display_name", "username", "password", "again"]


class InviteForm(forms.Form):
    """Whom to invite, as what."""

    display_name = forms.CharField(label=_("Name"), max_length=60)
    kind = forms.ChoiceField(label=_("Role"), choices=[])
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Organisation"), required=False)
    locality = forms.ModelChoiceField(Locality.objects.none(), label=_("Area"), required=False)

    def __init__(self, *args: Any, place: Place, kinds: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [c for c in Role.Kind.choices if c[0] in kinds]
        self.fields["organisation"].queryset = Organisation.objects.filter(place=place)
        self.fields["locality"].queryset = Locality.objects.filter(place=place)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == Role.Kind.HANDLER and not data.get("organisation"):
            self.add_error("organisation", _("A department's person needs an organisation."))
        elif data.get("kind") not in (Role.Kind.HANDLER, None) and not data.get("locality"):
            self.add_error("locality", _("Say for which area."))
        return data


class PersonForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["display_name", "display_name_en", "email", "phone"]
