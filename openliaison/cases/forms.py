"""What people type about cases: one small form per verb."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openliaison.accounts.models import Organisation, Role, User
from openliaison.core.forms import DateInput, Pick, SentOnce
from openliaison.core.now import now
from openliaison.core.places import setting
from openliaison.register.models import Enterprise

from .models import Case, Category

YES_NO = [("true", _("yes")), ("false", _("no"))]
BIG = forms.Textarea(attrs={"rows": 4})


class VerbForm(SentOnce):
    """A verb on a case; `case` and `role` say what may be chosen."""

    def __init__(self, *args: Any, case: Case, role: Role, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.role = case, role
        self.prepare()

    def prepare(self) -> None:
        """Fill choices from case and role."""

    def organisations(self) -> Any:
        return Organisation.objects.filter(place_id=self.case.place_id).exclude(kind__in=["desk"])

    def arguments(self) -> dict[str, Any]:
        """What the service is called with."""
        return {k: v for k, v in self.cleaned_data.items() if k != "client_key"}


class TextForm(VerbForm):
    text = forms.CharField(label=_("Text"), widget=BIG, max_length=5000)


class KeyedTextForm(TextForm):
    def arguments(self) -> dict[str, Any]:
        return self.cleaned_data


class ReasonForm(VerbForm):
    reason = forms.CharField(label=_("Reason"), widget=BIG, max_length=2000)


class OptionalTextForm(VerbForm):
    text = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000, required=False)


class NothingForm(VerbForm):
    """A verb that needs no words."""


class AssignForm(VerbForm):
    lead = forms.ModelChoiceField(Organisation.objects.none(), label=_("Lead"))
    category = forms.ModelChoiceField(Category.objects.none(), label=_("Category"), required=False)
    co_handlers = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label=_("Co-handlers"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 4}),
    )
    person = forms.ModelChoiceField(User.objects.none(), label=_("Person (the case is confidential)"), required=False)
    seen_lead = forms.CharField(widget=forms.HiddenInput, required=False)

    def prepare(self) -> None:
        self.fields["lead"].queryset = self.organisations()
        self.fields["co_handlers"].queryset = self.organisations()
        self.fields["category"].queryset = Category.objects.filter(place_id=self.case.place_id)
        self.initial.setdefault("category", self.case.category_id)
        suggested = self.case.category.organisation_id if self.case.category else None
        self.initial.setdefault("lead", suggested if self.case.lead_id is None else None)
        self.initial.setdefault("seen_lead", self.case.lead_id or "")
        if self.case.is_confidential:
            handlers = Role.objects.filter(place_id=self.case.place_id, kind=Role.Kind.HANDLER)
            self.fields["person"].queryset = User.objects.filter(pk__in=handlers.values("user_id"))
            del self.fields["co_handlers"]
        else:
            del self.fields["person"]

    def arguments(self) -> dict[str, Any]:
        found = super().arguments()
        seen = found.pop("seen_lead")
        expected = Organisation.objects.filter(pk=seen).first() if seen.isdigit() else None
        return found | {"expected_lead": expected}


class CoHandlerForm(VerbForm):
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Organisation"))
    person = forms.ModelChoiceField(User.objects.none(), label=_("Person (the case is confidential)"), required=False)

    def prepare(self) -> None:
        self.fields["organisation"].queryset = self.organisations()
        if self.case.is_confidential:
            handlers = Role.objects.filter(place_id=self.case.place_id, kind=Role.Kind.HANDLER)
            self.fields["person"].queryset = User.objects.filter(pk__in=handlers.values("user_id"))
            self.fields["person"].required = True
        else:
            del self.fields["person"]


class RulingForm(VerbForm):
    lead = forms.ModelChoiceField(Organisation.objects.none(), label=_("Who leads from now on"))
    text = forms.CharField(label=_("Reason of the ruling"), widget=BIG, max_length=2000)

    def prepare(self) -> None:
        self.fields["lead"].queryset = self.organisations()


class DeclineForm(VerbForm):
    reason = forms.ChoiceField(label=_("Reason"), choices=[])
    text = forms.CharField(label=_("What the enterprise reads"), widget=BIG, max_length=2000, required=False)

    def prepare(self) -> None:
        self.fields["reason"].choices = decline_reasons(self.case)


def decline_reasons(case: Case) -> list[tuple[str, str]]:
    """The place's list of reasons, in the reader's language."""
    from django.utils.translation import get_language

    key = "en" if (get_language() or "").startswith("en") else "zh"
    return [(r["key"], r[key]) for r in setting(case.place, "decline_reasons", now().date())]


class DuplicateForm(VerbForm):
    of = forms.ModelChoiceField(Case.objects.none(), label=_("The first case"))
    text = forms.CharField(label=_("Note"), widget=BIG, max_length=2000, required=False)

    def prepare(self) -> None:
        others = Case.objects.visible_to(self.role.scope(now())).filter(enterprise_id=self.case.enterprise_id)
        self.fields["of"].queryset = others.exclude(pk=self.case.pk).exclude(outcome="duplicate")


class CategoryForm(VerbForm):
    category = forms.ModelChoiceField(Category.objects.none(), label=_("Category"))
    is_common = forms.BooleanField(label=_("Common problem: 30 working days"), required=False)

    def prepare(self) -> None:
        self.fields["category"].queryset = Category.objects.filter(place_id=self.case.place_id)
        self.initial.setdefault("category", self.case.category_id)
        self.initial.setdefault("is_common", self.case.is_common)


class ExtensionForm(VerbForm):
    days = forms.IntegerField(label=_("Working days more"), min_value=1, max_value=15)
    reason = forms.CharField(label=_("Reason, shown to the enterprise"), widget=BIG, max_length=2000)


class RuleExtensionForm(VerbForm):
    is_granted = forms.TypedChoiceField(label=_("Grant it?"), choices=YES_NO, widget=Pick, coerce=lambda v: v == "true")
    text = forms.CharField(label=_("Reason"), widget=BIG, max_length=2000, required=False)


class ReplyForm(KeyedTextForm):
    reply_kind = forms.ChoiceField(
        label=_("What is it?"),
        widget=Pick,
        choices=[
            ("solved", _("Solved")),
            ("planned", _("Solved by a date")),
            ("explained", _("Cannot, explained")),
            ("referred", _("Higher up")),
        ],
    )
    planned_on = forms.DateField(label=_("By when"), widget=DateInput(), required=False)
    field_order = ["text", "reply_kind", "planned_on"]


class VerdictForm(VerbForm):
    verdict = forms.ChoiceField(
        label=_("Is it solved?"),
        widget=Pick,
        choices=[("yes", _("Yes")), ("enough", _("Partly, that is enough")), ("partly", _("Partly")), ("no", _("No"))],
    )
    text = forms.CharField(
        label=_("What is still missing"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, required=False
    )
    satisfaction = forms.TypedChoiceField(
        label=_("How content are you? (5 is best)"),
        widget=Pick,
        choices=[(str(n), str(n)) for n in range(1, 6)],
        coerce=int,
        required=False,
        empty_value=None,
    )

    def arguments(self) -> dict[str, Any]:
        found = dict(self.cleaned_data)
        is_enough = found["verdict"] == "enough"
        return found | {"verdict": "partly" if is_enough else found["verdict"], "is_enough": is_enough}


class CallForm(VerbForm):
    reached = forms.TypedChoiceField(label=_("Reached?"), choices=YES_NO, widget=Pick, coerce=lambda v: v == "true")
    text = forms.CharField(label=_("What was said"), widget=BIG, max_length=2000, required=False)


class NamePersonForm(VerbForm):
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Organisation"))
    person = forms.ModelChoiceField(User.objects.none(), label=_("Person"))
    as_arbiter = forms.BooleanField(label=_("as arbiter"), required=False)

    def prepare(self) -> None:
        handlers = Role.objects.filter(place_id=self.case.place_id, kind=Role.Kind.HANDLER)
        self.fields["organisation"].queryset = self.organisations()
        self.fields["person"].queryset = User.objects.filter(pk__in=handlers.values("user_id"))


class ExternalRefForm(VerbForm):
    system = forms.SlugField(label=_("System"), max_length=30)
    number = forms.CharField(label=_("Number"), max_length=60)
    state = forms.CharField(label=_("State there"), max_length=60, required=False)


class PromiseForm(VerbForm):
    text = forms.CharField(label=_("What is promised"), max_length=300)
    due_on = forms.DateField(label=_("By when"), widget=DateInput())


class FileForm(VerbForm):
    upload = forms.FileField(label=_("File"))


class RaiseForm(SentOnce):
    """A problem, in the words of who has it."""

    enterprise = forms.ModelChoiceField(Enterprise.objects.none(), label=_("Enterprise"))
    text = forms.CharField(label=_("What is the problem?"), widget=forms.Textarea(attrs={"rows": 5}), max_length=20_000)
    wanted_result = forms.CharField(label=_("What would solve it, by when?"), max_length=300, required=False)
    category = forms.ModelChoiceField(
        Category.objects.none(), label=_("What is it about?"), required=False, empty_label=_("not sure")
    )
    contact_name = forms.CharField(label=_("Whom should we ask?"), max_length=80, required=False)
    contact_phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    is_confidential = forms.BooleanField(
        label=_("Confidential"),
        required=False,
        help_text=_("Only you, the desk that receives it and persons it names will see it. Only you can lift that."),
    )

    def __init__(self, *args: Any, role: Role, enterprises: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = Category.objects.filter(place_id=role.place_id)
        if role.kind == Role.Kind.ENTERPRISE:
            del self.fields["enterprise"], self.fields["contact_name"], self.fields["contact_phone"]
        else:
            self.fields["enterprise"].queryset = enterprises
