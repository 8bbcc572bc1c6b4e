"""What lists of cases and promises are filtered by."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from openliaison.accounts.models import Organisation
from openliaison.cases.models import Case, Category, Promise
from openliaison.core.forms import DateInput
from openliaison.core.models import Locality

ANY = ("", _("any"))


class _Filter(forms.Form):
    """Filters of a list: the usual ones at once, the others one tap away."""

    usual: tuple[str, ...] = ()

    @property
    def front(self) -> list[BoundField]:
        return [f for f in self.visible_fields() if f.name in self.usual]

    @property
    def back(self) -> list[BoundField]:
        return [f for f in self.visible_fields() if f.name not in self.usual]

    @property
    def uses_back(self) -> bool:
        return any(f.value() for f in self.back)


class CaseFilter(_Filter):
    """Filters of the list of cases; a choice that is not there filters nothing."""

    usual = ("q", "status", "due", "category")

    q = forms.CharField(
        label=_("Number, words of title or text"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    status = forms.ChoiceField(
        label=_("State"), required=False, choices=[ANY, ("open", _("all open")), *Case.Status.choices]
    )
    due = forms.ChoiceField(
        label=_("What is due"),
        required=False,
        choices=[
            ANY,
            ("overdue", _("overdue")),
            ("today", _("due today")),
            ("week", _("due this week")),
            ("enterprise", _("the enterprise is to answer")),
            ("objected", _("objection to rule on")),
            ("extension", _("more time asked")),
            ("referral", _("to refer up?")),
            ("withdrawal", _("withdrawal asked")),
        ],
    )
    category = forms.ChoiceField(label=_("Category"), required=False)
    lead = forms.ChoiceField(label=_("Lead"), required=False)
    place = forms.ChoiceField(label=_("Township"), required=False)
    outcome = forms.ChoiceField(label=_("How it ended"), required=False, choices=[ANY, *Case.Outcome.choices])
    channel = forms.ChoiceField(label=_("How it came"), required=False, choices=[ANY, *Case.Channel.choices])
    redo = forms.ChoiceField(label=_("Sent back"), required=False, choices=[ANY, ("1", _("at least once"))])
    mine = forms.ChoiceField(label=_("Whose"), required=False, choices=[ANY, ("1", _("mine"))])
    enterprise = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="f_%s", **kwargs)
        place = request.place  # type: ignore[attr-defined]
        choices = {
            "category": [(c.code, c.label) for c in Category.objects.filter(place=place)],
            "lead": [(o.code, o.label) for o in Organisation.objects.filter(place=place).exclude(kind="desk")],
            "place": [(x.code, x.label) for x in Locality.objects.filter(place=place, level__in=["township", "park"])],
        }
        for name, listed in choices.items():
            self.fields[name].choices = [ANY, *listed]  # type: ignore[attr-defined]
        if request.scope.is_enterprise:  # type: ignore[attr-defined]
            for name in ("place", "channel", "mine", "redo"):
                del self.fields[name]


class PromiseFilter(_Filter):
    usual = ("q", "state", "side", "organisation")
    q = forms.CharField(
        label=_("Words or enterprise"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ANY,
            ("open", _("open")),
            ("due", _("due soon")),
            ("late", _("late")),
            ("kept", _("kept")),
            ("kept_in_time", _("kept in time")),
            ("kept_late", _("kept late")),
            ("broken", _("not kept")),
            ("withdrawn", _("withdrawn")),
            ("disowned", _("not theirs, says the office")),
        ],
    )
    side = forms.ChoiceField(label=_("Whose"), required=False, choices=[ANY, *Promise.Side.choices])
    organisation = forms.ChoiceField(label=_("Office"), required=False)
    mine = forms.ChoiceField(label=_("Which"), required=False, choices=[ANY, ("1", _("mine"))])
    since = forms.DateField(label=_("Due on or after"), required=False, widget=DateInput())
    until = forms.DateField(label=_("Due on or before"), required=False, widget=DateInput())
    moved = forms.ChoiceField(label=_("Day"), required=False, choices=[ANY, ("1", _("moved to another day"))])
    enterprise = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="f_%s", **kwargs)
        offices = Organisation.objects.filter(place=request.place)  # type: ignore[attr-defined]
        self.fields["organisation"].choices = [ANY, *((o.code, o.label) for o in offices)]  # type: ignore[attr-defined]
        if request.scope.is_enterprise:  # type: ignore[attr-defined]
            del self.fields["mine"]

    def wanted(self) -> dict[str, Any]:
        """What the list is narrowed to; a choice that is not there narrows nothing."""
        self.is_valid()
        return self.cleaned_data
