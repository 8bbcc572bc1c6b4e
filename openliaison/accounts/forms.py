"""What people type at the door and about accounts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openliaison.core.forms import DateInput, SentOnce
from openliaison.core.models import Locality, Place

from .models import Organisation, Role, User

LONGEST_PASSWORD = 128


def _password(label: Any, complete: str, **rest: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": complete})
    return forms.CharField(label=label, max_length=LONGEST_PASSWORD, strip=False, widget=widget, **rest)


class LogInForm(forms.Form):
    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
    )
    password = _password(_("Password"), "current-password")
    next = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)


class NewPasswordForm(forms.Form):
    password = _password(
        _("New password"),
        "new-password",
        help_text=_("At least 12 characters. A short sentence is easy to remember and hard to guess."),
    )
    again = _password(_("New password again"), "new-password")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("The two passwords differ. Type the same one twice."))
        return data


class ChangePasswordForm(NewPasswordForm):
    old = _password(_("Present password"), "current-password")
    field_order = ["old", "password", "again"]


class JoinForm(NewPasswordForm):
    display_name = forms.CharField(
        label=_("Your name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    username = forms.RegexField(
        r"^[\w.@+-]+$",
        label=_("User name"),
        max_length=60,
        help_text=_("You log in with it. Letters, digits and . - _ @; capitals make no difference."),
        error_messages={"invalid": _("Use letters, digits and . - _ @ only, without spaces.")},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    field_order = ["display_name", "username", "password", "again"]


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["display_name", "display_name_en", "phone", "email"]
        labels = {
            "display_name": _("Full name"),
            "display_name_en": _("Full name in English"),
            "phone": _("Phone"),
            "email": _("E-mail"),
        }


class _Held(forms.Form):
    """What a role is held for; which of the two fields counts hangs on its kind."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Organisation"), required=False)
    locality = forms.ModelChoiceField(Locality.objects.none(), label=_("Area"), required=False)

    def __init__(self, *args: Any, place: Place, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.filter(place=place)
        self.fields["organisation"].help_text = _("Needed for a department's person.")
        self.fields["locality"].queryset = Locality.objects.filter(place=place)
        self.fields["locality"].help_text = _("Needed for everybody else: they see this area and all beneath it.")

    def check_held(self, kind: str | None) -> None:
        """Say what the kind of role still needs."""
        if kind == Role.Kind.HANDLER and not self.cleaned_data.get("organisation"):
            self.add_error("organisation", _("A department's person needs an organisation."))
        elif kind and kind != Role.Kind.HANDLER and not self.cleaned_data.get("locality"):
            self.add_error("locality", _("Say for which area."))


class InviteForm(_Held, SentOnce):
    """Whom of the staff to invite, as what."""

    display_name = forms.CharField(label=_("Full name"), max_length=60)
    kind = forms.ChoiceField(label=_("Role"), choices=[])
    field_order = ["display_name", "kind", "organisation", "locality"]

    def __init__(self, *args: Any, kinds: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [c for c in Role.Kind.choices if c[0] in kinds]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.check_held(data.get("kind"))
        return data


class InviteColleagueForm(SentOnce):
    """Whom of one's own enterprise to invite."""

    display_name = forms.CharField(label=_("Full name"), max_length=60)
    is_enterprise_admin = forms.BooleanField(label=_("May invite colleagues too"), required=False)


class RoleDatesForm(forms.Form):
    """From when to when a role is held."""

    starts_on = forms.DateField(label=_("From"), required=False, widget=DateInput())
    ends_on = forms.DateField(
        label=_("Last day"), required=False, widget=DateInput(), help_text=_("Empty: until somebody ends it.")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", _("The last day lies before the first."))
        return data


class EditRoleForm(RoleDatesForm, _Held):
    """Area, organisation and dates of a role; its kind stays."""

    field_order = ["organisation", "locality", "starts_on", "ends_on"]

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.check_held(self.kind)
        return data


class AddRoleForm(RoleDatesForm, _Held):
    kind = forms.ChoiceField(label=_("Role"), choices=[])
    field_order = ["kind", "organisation", "locality", "starts_on", "ends_on"]

    def __init__(self, *args: Any, kinds: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [c for c in Role.Kind.choices if c[0] in kinds]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.check_held(data.get("kind"))
        return data


ACCOUNTS = [("", _("all")), ("active", _("may log in")), ("left", _("account closed"))]


class PeopleFilter(forms.Form):
    q = forms.CharField(label=_("Name, user name or phone"), required=False, max_length=60)
    kind = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("all")), *Role.Kind.choices])
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisation"), required=False, to_field_name="code", empty_label=_("all")
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=ACCOUNTS)

    def __init__(self, *args: Any, place: Place, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.filter(place=place)


STATES = [("open", _("not used yet")), ("used", _("used")), ("expired", _("run out")), ("revoked", _("taken back"))]


class InvitationFilter(forms.Form):
    q = forms.CharField(label=_("Name or enterprise"), required=False, max_length=60)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("all")), *STATES])
    kind = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("all")), *Role.Kind.choices])


class OrganisationFilter(forms.Form):
    q = forms.CharField(label=_("Name of the organisation"), required=False, max_length=60)


WORDS = {
    "desk": _("service desk"),
    "department": _("department"),
    "township": _("township office"),
    "utility": _("utility"),
    "bank": _("bank"),
    "upper": _("upper body"),
    "county": _("county"),
    "city": _("city"),
    "province": _("province"),
}
KINDS = ("desk", "department", "township", "utility", "bank", "upper")
LEVELS = ("township", "county", "city", "province")


class OrganisationForm(forms.ModelForm):
    class Meta:
        model = Organisation
        fields = ["name", "name_en", "kind", "level", "locality", "parent", "phone"]
        labels = {
            "name": _("Name of the organisation"),
            "name_en": _("Name in English"),
            "kind": _("Kind"),
            "level": _("Level"),
            "locality": _("Area"),
            "parent": _("Stands beneath"),
            "phone": _("Phone"),
        }

    def __init__(self, *args: Any, place: Place, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = Organisation.objects.filter(place=place)
        for name, usual in (("kind", KINDS), ("level", LEVELS)):
            known = dict.fromkeys([*usual, *offices.order_by(name).values_list(name, flat=True)])
            choices = [(k, _level(k) if name == "level" else WORDS.get(k, k)) for k in known]
            self.fields[name] = forms.ChoiceField(label=self.fields[name].label, choices=choices)
        self.fields["parent"].queryset = offices.exclude(pk=self.instance.pk)
        self.fields["locality"].queryset = Locality.objects.filter(place=place)
        self.fields["parent"].required = self.fields["locality"].required = False


def _level(key: str) -> Any:
    return _("township") if key == "township" else WORDS.get(key, key)


class NewOrganisationForm(OrganisationForm):
    class Meta(OrganisationForm.Meta):
        fields = ["code", *OrganisationForm.Meta.fields]
        labels = OrganisationForm.Meta.labels | {"code": _("Short code")}
        help_texts = {"code": _("Letters, digits, - and _; as in organisations.csv. It never changes.")}

    def __init__(self, *args: Any, place: Place, **kwargs: Any) -> None:
        super().__init__(*args, place=place, **kwargs)
        self.place = place

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if Organisation.objects.filter(place=self.place, code=code).exists():
            raise forms.ValidationError(_("This code is taken. Choose another, or edit the organisation that has it."))
        return code
