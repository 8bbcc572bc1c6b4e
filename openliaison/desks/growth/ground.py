"""What a place offers to grow on: localities, offices with their people, calendar, catalogues. Read once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from random import Random

from django.contrib.auth.hashers import make_password
from django.db.models import Count

from openliaison.accounts.models import Organisation, Role, User
from openliaison.cases.models import Category
from openliaison.core import codes, places
from openliaison.core.calendars import calendar
from openliaison.core.errors import Refused
from openliaison.core.models import Locality, Place
from openliaison.register.models import FactDefinition, Link

from . import names

# The example's own officers carry more than `officer_load` allows, so that their pages are seen under load.
OWN_OFFICERS_LOAD = 40
INDUSTRIES = ("C", "C", "C", "F", "G", "E", "A", "I", "M")  # sections, as often as they stand here
NO_PASSWORD = make_password(None)


class Ground:
    """A place as the growth sees it.

    Raises:
        Refused: the place lacks what cases need: a desk, offices, categories.
    """

    def __init__(self, place: Place, rng: Random, at: datetime) -> None:
        self.place, self.rng, self.at = place, rng, at
        self.today: date = place.day(at)
        self.calendar = calendar(place)
        self.limits = cache(lambda day: places.limits(place, day))
        self.definitions = {d.key: d for d in FactDefinition.objects.filter(place=place)}
        self.categories = list(Category.objects.filter(place=place).select_related("organisation"))
        self.towns = self._towns()
        self.industries = self._industries()
        self.declines = [r["key"] for r in places.setting(place, "decline_reasons", self.today) if r["key"] != "repeat"]
        self.load = int(places.setting(place, "officer_load", self.today)["most"])
        self.desks = _by_path(Role.objects.filter(place=place, kind=Role.Kind.COORDINATOR, user__is_active=True))
        self.leaders = _by_path(Role.objects.filter(place=place, kind=Role.Kind.LEADER, user__is_active=True))
        self.clerks = self._clerks()
        self.offices = [o for o in Organisation.objects.filter(place=place, pk__in=self.clerks) if o.kind != "desk"]
        if not (self.desks and self.categories and len(self.offices) > 1):
            raise Refused(
                f"{place.code}: cases need a coordinator, two offices and categories; load the example first."
            )

    def _towns(self) -> list[tuple[Locality, Locality]]:
        """(township, its county) of the whole place; the counties themselves where there are no townships."""
        rows = list(Locality.objects.filter(place=self.place).select_related("parent"))
        inner = {row.parent_id for row in rows}
        return [(row, row.parent or row) for row in rows if row.pk not in inner]

    def _industries(self) -> dict[str, list[str]]:
        """Codes without any beneath them, by section."""
        tree = codes.tree(self.place.industry_scheme)
        inner = {c.parent for c in tree.values()}
        found: dict[str, list[str]] = {}
        for code in tree.values():
            if code.code not in inner and code.section in INDUSTRIES:
                found.setdefault(code.section, []).append(code.code)
        return found

    def _clerks(self) -> dict[int, list[Role]]:
        """The handlers of every office that leads a category; one is invented where an office has none."""
        found: dict[int, list[Role]] = {}
        rows = Role.objects.filter(place=self.place, kind=Role.Kind.HANDLER, user__is_active=True)
        for role in rows.select_related("user").order_by("pk"):
            found.setdefault(role.organisation_id or 0, []).append(role)
        for category in self.categories:
            office = category.organisation
            if office and office.pk not in found:
                found[office.pk] = [self.invent(f"{office.code}_clerk", Role.Kind.HANDLER, organisation=office)]
        return found

    def invent(self, username: str, kind: str, **role: object) -> Role:
        """A person who cannot log in, in one role."""
        name, name_en = names.person(self.rng)
        user, _is_new = User.objects.get_or_create(
            username=username,
            defaults={"display_name": name, "display_name_en": name_en, "password": NO_PASSWORD},
        )
        return Role.objects.create(user=user, place=self.place, kind=kind, **role)

    def desk(self, path: str) -> tuple[str, list[Role]]:
        """The nearest desk above a path and its people; the place's root and everybody where there is none."""
        return _nearest(self.desks, path) or (self.place.root_path, [r for rs in self.desks.values() for r in rs])

    def leader(self, path: str) -> Role | None:
        found = _nearest(self.leaders, path)
        return found[1][0] if found else None

    def office_of(self, category: Category, rng: Random) -> Organisation:
        return category.organisation or rng.choice(self.offices)

    def other_office(self, than: Iterable[int], rng: Random) -> Organisation:
        return rng.choice([o for o in self.offices if o.pk not in set(than)])

    def room_for_enterprises(self) -> dict[str, list[int]]:
        """By county path: the example's officers, each as often as they can take one more."""
        officers = Role.objects.filter(place=self.place, kind=Role.Kind.OFFICER, user__is_active=True)
        held = dict(
            Link.objects.filter(place=self.place, kind=Link.Kind.OFFICER, ends_on=None)
            .values_list("user_id")
            .annotate(Count("pk"))
        )
        found: dict[str, list[int]] = {}
        for role in officers.filter(user__is_demo=True).select_related("locality").order_by("pk"):
            free = OWN_OFFICERS_LOAD - held.get(role.user_id, 0)
            found.setdefault(role.locality.path if role.locality else "", []).extend([role.user_id] * max(free, 0))
        return found


def _by_path(roles: Iterable[Role]) -> dict[str, list[Role]]:
    found: dict[str, list[Role]] = {}
    for role in roles.select_related("user", "locality").order_by("pk"):  # type: ignore[attr-defined]
        if role.locality:
            found.setdefault(role.locality.path, []).append(role)
    return found


def _nearest(by_path: dict[str, list[Role]], path: str) -> tuple[str, list[Role]] | None:
    above = [p for p in by_path if path.startswith(p)]
    return (max(above, key=len), by_path[max(above, key=len)]) if above else None
