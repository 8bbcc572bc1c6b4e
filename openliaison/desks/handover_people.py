"""Choosing a person in a hand-over: a short list, and where they are many a search above it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse_lazy

from openliaison.accounts.models import User
from openliaison.core.models import Place
from openliaison.register.models import Link

WHO, FIND = "who", "find"  # the words searched for, and the button that searches without a script
MOST_OFFERED = 50
Choices = list[tuple[Any, str]]


class PeoplePick(forms.Select):
    """A list; where it is cut, the search that renews it."""

    template_name = "desks/people_pick.html"
    url = reverse_lazy("desks:people_options")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text, self.has_search = "", False

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        found = super().get_context(name, value, attrs)
        return found | {"text": self.text, "has_search": self.has_search, "url": self.url}


class PersonField(forms.ModelChoiceField):
    """Any person of the queryset is taken; only those that were found are shown."""

    widget = PeoplePick

    def label_from_instance(self, obj: User) -> str:
        return obj.label

    def show(self, choices: Choices, text: str = "", *, is_cut: bool = False, takes_over_from: int = 0) -> None:
        self.widget.choices = [("", self.empty_label or "—"), *choices]
        self.widget.text, self.widget.has_search = text, is_cut or bool(text)
        if takes_over_from:
            self.widget.url = f"{PeoplePick.url}?for={takes_over_from}"


def offered(people: QuerySet, text: str = "", *, first: Iterable[User] = (), also: str = "") -> tuple[Choices, bool]:
    """The people to show, and whether there are more.

    Args:
        first: those who come before all others, if they are among the people.
        also: the number of a person who is shown in any case.
    """
    found = list(_named(people, text)[: MOST_OFFERED + 1])
    is_cut = len(found) > MOST_OFFERED
    chosen = people.filter(pk=int(also)) if also.isascii() and also.isdigit() and len(also) < 18 else people.none()
    known = {user.pk: user for user in (*chosen, *people.filter(pk__in=[u.pk for u in first]), *found[:MOST_OFFERED])}
    return [(pk, user.label) for pk, user in known.items()], is_cut


def deputies_of(person: User, place: Place, today: date) -> list[User]:
    """Who is deputy where this person is officer: the first to think of."""
    links = Link.objects.active(today).filter(place=place)
    served = links.filter(user=person, kind=Link.Kind.OFFICER).values("enterprise_id")
    deputy = links.filter(kind=Link.Kind.DEPUTY, enterprise_id__in=served)
    return list(User.objects.filter(pk__in=deputy.values("user_id")).order_by("display_name")[:MOST_OFFERED])


def _named(people: QuerySet, text: str) -> QuerySet:
    for word in text.split()[:5]:
        people = people.filter(Q(display_name__icontains=word) | Q(display_name_en__icontains=word))
    return people


def searched(data: Any) -> str:
    """The words of the search as they were sent."""
    return str((data or {}).get(WHO, ""))[:60].strip()
