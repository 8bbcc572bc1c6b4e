"""Whose work goes to whom, and for how long."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from openliaison.accounts.models import User
from openliaison.core.forms import DateInput, Pick, SentOnce
from openliaison.core.models import Place

from . import open_work
from .models import Handover
from .open_work import OpenWork

KINDS = {
    "links": _("Enterprises served"),
    "cases": _("Cases that came through them"),
    "confidential": _("Confidential cases"),
    "promises": _("Promises given"),
    "tasks": _("Tasks"),
}


class _Person(forms.ModelChoiceField):
    def label_from_instance(self, obj: User) -> str:
        return obj.label


def people_with_work(place: Place, today: date) -> QuerySet:
    """Everybody of the staff, those who left included: work may still hang on them."""
    return User.objects.filter(roles__place=place, roles__enterprise_id=None).distinct().order_by("display_name")


class ChoosePersonForm(forms.Form):
    person = _Person(User.objects.none(), label=_("Whose work"))

    def __init__(self, *args: Any, place: Place, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people_with_work(place, today)


class HandoverForm(SentOnce):
    """The general successor, exceptions by kind and by enterprise, and the last day of an absence."""

    kind = forms.ChoiceField(
        label=_("For how long"), choices=Handover.Kind.choices, widget=Pick, initial=Handover.Kind.LEAVE
    )
    successor = _Person(User.objects.none(), label=_("Goes to"))
    starts_on = forms.DateField(label=_("First day of the absence"), required=False, widget=DateInput())
    ends_on = forms.DateField(label=_("Last day of the absence"), required=False, widget=DateInput())

    def __init__(self, *args: Any, person: User, place: Place, today: date, work: OpenWork, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.work, self.today = work, today
        people = open_work.successors(person, place, today)
        self.fields["successor"].queryset = people
        for key in KINDS:
            if getattr(work, key):
                self.fields[f"kind_{key}"] = self._exception(KINDS[key], people)
        for enterprise in work.enterprises:
            self.fields[f"enterprise_{enterprise.pk}"] = self._exception(enterprise.label, people)

    @staticmethod
    def _exception(label: Any, people: QuerySet) -> _Person:
        return _Person(people, label=label, required=False, empty_label=_("as above"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == Handover.Kind.ABSENCE:
            data["starts_on"] = data.get("starts_on") or self.today
            if not data.get("ends_on"):
                self.add_error("ends_on", _("Say until when the absence lasts."))
            elif data["ends_on"] < data["starts_on"]:
                self.add_error("ends_on", _("The last day lies before the first."))
        return data

    @property
    def by_kind(self) -> dict[str, User]:
        return {key: who for key in KINDS if (who := self.cleaned_data.get(f"kind_{key}"))}

    @property
    def by_enterprise(self) -> dict[int, User]:
        names = ((e.pk, f"enterprise_{e.pk}") for e in self.work.enterprises)
        return {pk: who for pk, name in names if (who := self.cleaned_data.get(name))}

    def main_fields(self) -> list[Any]:
        return [self[name] for name in ("kind", "successor", "starts_on", "ends_on")]

    def kind_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("kind_")]

    def enterprise_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("enterprise_")]


class CoverForm(SentOnce):
    """Who covers for me, from when to when."""

    cover = _Person(User.objects.none(), label=_("Who covers for you"))
    starts_on = forms.DateField(label=_("First day"), widget=DateInput())
    ends_on = forms.DateField(label=_("Last day"), widget=DateInput())

    def __init__(self, *args: Any, officer: User, place: Place, today: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"starts_on": today}, **kwargs)
        self.fields["cover"].queryset = open_work.successors(officer, place, today)
        self.today = today

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("starts_on") and data["starts_on"] < self.today:
            self.add_error("starts_on", _("Choose today or a later day."))
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", _("The last day lies before the first."))
        return data
