"""What people type about a case: one small form per verb."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from openliaison.accounts.models import Organisation, Role, User
from openliaison.cases.models import Case, Category, Promise
from openliaison.core.forms import DateInput, Pick, SentOnce
from openliaison.core.now import now
from openliaison.core.places import setting

YES_NO = [("true", _("yes")), ("false", _("no"))]
BIG = forms.Textarea(attrs={"rows": 4})
SMALL = forms.Textarea(attrs={"rows": 2})


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """Any number of files; what they are is judged by their content when they are kept."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(one, initial) for one in given if one]


class PersonField(forms.ModelChoiceField):
    """A person of an office, named with the office."""

    def label_from_instance(self, person: User) -> str:
        office = self.offices.get(person.pk, "")
        return f"{person.label} · {office}" if office else person.label

    offices: dict[int, str] = {}


class VerbForm(SentOnce):
    """A verb on a case; `case` and `role` say what may be chosen."""

    is_keyed = True  # the service takes a form once by its key

    def __init__(self, *args: Any, case: Case, role: Role, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.role = case, role
        self.prepare()

    def prepare(self) -> None:
        """Fill choices from case and role."""

    def organisations(self) -> QuerySet:
        return Organisation.objects.filter(place_id=self.case.place_id).exclude(kind__in=["desk"])

    def offer_persons(self, name: str = "person") -> None:
        """The people of the offices, for a confidential case; no such field in another."""
        if not self.case.is_confidential:
            del self.fields[name]
            return
        roles = Role.objects.in_office(self.case.place.day(now())).filter(
            place_id=self.case.place_id, kind=Role.Kind.HANDLER
        )
        offices = {r.user_id: r.organisation.label for r in roles.select_related("organisation") if r.organisation}
        field = self.fields[name]
        field.offices, field.queryset, field.required = offices, User.objects.filter(pk__in=offices), True  # type: ignore[attr-defined]

    @property
    def uploads(self) -> list[UploadedFile]:
        return self.cleaned_data.get("files") or []

    def arguments(self) -> dict[str, Any]:
        """What the service is called with."""
        left_out = {"files"} | (set() if self.is_keyed else {"client_key"})
        return {k: v for k, v in self.cleaned_data.items() if k not in left_out}


class TextForm(VerbForm):
    text = forms.CharField(label=_("Text"), widget=BIG, max_length=5000)
    files = FilesField(label=_("Files"), required=False)


class ReasonForm(VerbForm):
    reason = forms.CharField(label=_("Reason"), widget=BIG, max_length=2000)


class OptionalTextForm(VerbForm):
    text = forms.CharField(label=_("Words with it"), widget=SMALL, max_length=2000, required=False)


class NothingForm(VerbForm):
    """A verb that needs no words."""


class AssignForm(VerbForm):
    lead = forms.ModelChoiceField(Organisation.objects.none(), label=_("Lead"), empty_label=_("choose the office"))
    person = PersonField(User.objects.none(), label=_("Person (the case is confidential)"), required=False)
    category = forms.ModelChoiceField(Category.objects.none(), label=_("Category"), required=False)
    co_handlers = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label=_("Co-handlers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    seen_lead = forms.CharField(widget=forms.HiddenInput, required=False)

    def prepare(self) -> None:
        self.fields["lead"].queryset = self.organisations()
        self.fields["category"].queryset = Category.objects.filter(place_id=self.case.place_id)
        self.initial.setdefault("category", self.case.category_id)
        suggested = self.case.category.organisation_id if self.case.category else None
        self.initial.setdefault("lead", suggested if self.case.lead_id is None else None)
        self.initial.setdefault("seen_lead", self.case.lead_id or "")
        self.offer_persons()
        if self.case.is_confidential:
            del self.fields["co_handlers"]
        else:
            self.fields["co_handlers"].queryset = self.organisations()

    def arguments(self) -> dict[str, Any]:
        found = super().arguments()
        seen = found.pop("seen_lead")
        expected = Organisation.objects.filter(pk=seen).first() if seen.isdigit() else None
        return found | {"expected_lead": expected}


class CoHandlerForm(VerbForm):
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Organisation"))
    person = PersonField(User.objects.none(), label=_("Person (the case is confidential)"), required=False)

    def prepare(self) -> None:
        self.fields["organisation"].queryset = self.organisations()
        self.offer_persons()


class RulingForm(VerbForm):
    lead = forms.ModelChoiceField(Organisation.objects.none(), label=_("Who leads from now on"))
    person = PersonField(User.objects.none(), label=_("Person (the case is confidential)"), required=False)
    stays = forms.TypedChoiceField(
        label=_("Does the co-handler that objected keep its part?"),
        choices=YES_NO,
        widget=Pick,
        coerce=lambda v: v == "true",
        required=False,
        empty_value=True,
    )
    text = forms.CharField(label=_("Reason of the ruling"), widget=BIG, max_length=2000)

    def prepare(self) -> None:
        self.fields["lead"].queryset = self.organisations()
        self.initial.setdefault("lead", self.case.lead_id)
        self.offer_persons()
        objection = self.case.objections.filter(ruled_at=None).first()
        if objection is None or objection.organisation_id == self.case.lead_id:
            del self.fields["stays"]


class DeclineForm(VerbForm):
    reason = forms.ChoiceField(label=_("Reason, shown to the enterprise"))
    text = forms.CharField(label=_("What the enterprise can do instead"), widget=BIG, max_length=2000, required=False)

    def prepare(self) -> None:
        self.fields["reason"].choices = decline_reasons(self.case)


def decline_reasons(case: Case) -> list[tuple[str, str]]:
    key = "en" if (get_language() or "").startswith("en") else "zh"
    return [(r["key"], r[key]) for r in setting(case.place, "decline_reasons", case.place.day(now()))]


class DuplicateForm(VerbForm):
    of = forms.ModelChoiceField(Case.objects.none(), label=_("The first case"))
    text = forms.CharField(label=_("Reason, shown to the enterprise"), widget=SMALL, max_length=2000, required=False)

    def prepare(self) -> None:
        others = Case.objects.visible_to(self.role.scope(now())).filter(enterprise_id=self.case.enterprise_id)
        self.fields["of"].queryset = others.exclude(pk=self.case.pk).exclude(outcome="duplicate")


class CategoryForm(VerbForm):
    is_keyed = False
    category = forms.ModelChoiceField(Category.objects.none(), label=_("Category"))
    is_common = forms.BooleanField(label=_("Common problem: 30 working days"), required=False)

    def prepare(self) -> None:
        self.fields["category"].queryset = Category.objects.filter(place_id=self.case.place_id)
        self.initial.setdefault("category", self.case.category_id)
        self.initial.setdefault("is_common", self.case.is_common)


class ExtensionForm(VerbForm):
    days = forms.IntegerField(label=_("Working days more"), min_value=1)
    reason = forms.CharField(label=_("Reason, shown to the enterprise"), widget=BIG, max_length=2000)


class RuleExtensionForm(VerbForm):
    is_granted = forms.TypedChoiceField(label=_("Grant it?"), choices=YES_NO, widget=Pick, coerce=lambda v: v == "true")
    text = forms.CharField(label=_("Reason"), widget=SMALL, max_length=2000, required=False)


class ReplyForm(TextForm):
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
    planned_on = forms.DateField(label=_("Day, if it is solved by a date"), widget=DateInput(), required=False)
    field_order = ["text", "reply_kind", "planned_on", "files"]

    def clean(self) -> dict[str, Any]:
        """A date left over from another choice of kind is passed over."""
        found = super().clean() or self.cleaned_data
        if found.get("reply_kind") != "planned":
            found["planned_on"] = None
        return found


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
        found = super().arguments()
        is_enough = found["verdict"] == "enough"
        return found | {"verdict": "partly" if is_enough else found["verdict"], "is_enough": is_enough}


class ReopenForm(TextForm):
    """Who was silent needs one tap only."""

    def prepare(self) -> None:
        if self.case.outcome == Case.Outcome.SILENT:
            self.fields["text"].required = False


class CallForm(VerbForm):
    reached = forms.TypedChoiceField(label=_("Reached?"), choices=YES_NO, widget=Pick, coerce=lambda v: v == "true")
    text = forms.CharField(label=_("What was said"), widget=BIG, max_length=2000, required=False)


class NamePersonForm(VerbForm):
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Organisation"))
    person = PersonField(User.objects.none(), label=_("Person"))
    as_arbiter = forms.BooleanField(label=_("as arbiter of a second return"), required=False)

    def prepare(self) -> None:
        self.fields["organisation"].queryset = self.organisations()
        if self.case.is_confidential:
            self.offer_persons()


class ExternalRefForm(VerbForm):
    is_keyed = False
    system = forms.SlugField(label=_("System"), max_length=30, help_text=_("such as 12345"))
    number = forms.CharField(label=_("Number"), max_length=60)
    state = forms.CharField(label=_("State there"), max_length=60, required=False)


class PromiseForm(VerbForm):
    text = forms.CharField(label=_("What is promised"), max_length=300)
    due_on = forms.DateField(label=_("By when"), widget=DateInput())
    side = forms.ChoiceField(label=_("Whose promise is it?"), widget=Pick, choices=Promise.Side.choices, required=False)
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Which office promises"), required=False)

    def prepare(self) -> None:
        """Offices and enterprises promise for themselves; others write down who promised."""
        if self.role.kind == Role.Kind.ENTERPRISE or self.role.organisation_id:
            del self.fields["side"], self.fields["organisation"]
            return
        self.fields["organisation"].queryset = Organisation.objects.filter(place_id=self.case.place_id)
        self.initial.setdefault("side", Promise.Side.COUNTY)
        self.initial.setdefault("organisation", self.case.lead_id)

    def arguments(self) -> dict[str, Any]:
        return {k: v for k, v in super().arguments().items() if v not in ("", None)}


class FileForm(VerbForm):
    is_keyed = False
    upload = forms.FileField(label=_("File"))


class ExternalFileForm(forms.Form):
    upload = forms.FileField(label=_("The filled table, as CSV"), widget=forms.FileInput(attrs={"accept": ".csv"}))
