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
from .handover_people import FIND, Choices, PersonField, deputies_of, offered, searched
from .models import Handover
from .open_work import OpenWork

KINDS = {
    "links": _("Enterprises served"),
    "cases": _("Cases that came through them"),
    "confidential": _("Confidential cases"),
    "promises": _("Promises given"),
    "tasks": _("Tasks"),
}


def people_with_work(place: Place, today: date) -> QuerySet:
    """Everybody of the staff, those who left included: work may still hang on them."""
    return User.objects.filter(roles__place=place, roles__enterprise_id=None).distinct().order_by("display_name")


class ChoosePersonForm(forms.Form):
    person = PersonField(User.objects.none(), label=_("Whose work"))

    def __init__(self, data: Any = None, *, place: Place, today: date, **kwargs: Any) -> None:
        sent = data or {}
        super().__init__(data if sent.get("person") and FIND not in sent else None, **kwargs)
        people, text = people_with_work(place, today), searched(sent)
        field: Any = self.fields["person"]
        field.queryset = people
        choices, is_cut = offered(people, text, also=str(sent.get("person", "")))
        field.show(choices, text, is_cut=is_cut)


class HandoverForm(SentOnce):
    """The general successor, exceptions by kind and by enterprise, and the last day of an absence."""

    kind = forms.ChoiceField(
        label=_("For how long"), choices=Handover.Kind.choices, widget=Pick, initial=Handover.Kind.LEAVE
    )
    successor = PersonField(User.objects.none(), label=_("Goes to"))
    starts_on = forms.DateField(label=_("First day of the absence"), required=False, widget=DateInput())
    ends_on = forms.DateField(label=_("Last day of the absence"), required=False, widget=DateInput())

    def __init__(
        self, data: Any = None, *, person: User, place: Place, today: date, work: OpenWork, **kwargs: Any
    ) -> None:
        sent = data or {}
        if FIND in sent:  # shown anew with what was typed, unchecked
            kwargs["initial"], data = dict(sent.items()), None
        super().__init__(data, **kwargs)
        self.work, self.today = work, today
        people, text = open_work.successors(person, place, today), searched(sent)
        first = deputies_of(person, place, today)
        choices, is_cut = offered(people, text, first=first, also=str(sent.get("successor", "")))
        field: Any = self.fields["successor"]
        field.queryset = people
        field.show(choices, text, is_cut=is_cut, takes_over_from=person.pk)
        for key in KINDS:
            if getattr(work, key):
                self.fields[f"kind_{key}"] = self._exception(KINDS[key], people, choices)
        for enterprise in work.enterprises:
            self.fields[f"enterprise_{enterprise.pk}"] = self._exception(enterprise.label, people, choices)

    @staticmethod
    def _exception(label: Any, people: QuerySet, choices: Choices) -> PersonField:
        found = PersonField(people, label=label, required=False, empty_label=_("as above"))
        found.show(choices)
        return found

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

    cover = PersonField(User.objects.none(), label=_("Who covers for you"))
    starts_on = forms.DateField(label=_("First day"), widget=DateInput())
    ends_on = forms.DateField(label=_("Last day"), widget=DateInput())

    def __init__(self, data: Any = None, *, officer: User, place: Place, today: date, **kwargs: Any) -> None:
        sent = data or {}
        typed = dict(sent.items()) if FIND in sent else {}
        super().__init__(None if typed else data, initial={"starts_on": today, **typed}, **kwargs)
        people, text = open_work.successors(officer, place, today), searched(sent)
        first = deputies_of(officer, place, today)
        choices, is_cut = offered(people, text, first=first, also=str(sent.get("cover", "")))
        field: Any = self.fields["cover"]
        field.queryset = people
        field.show(choices, text, is_cut=is_cut)
        self.today = today

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("starts_on") and data["starts_on"] < self.today:
            self.add_error("starts_on", _("Choose today or a later day."))
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", _("The last day lies before the first."))
        return data
