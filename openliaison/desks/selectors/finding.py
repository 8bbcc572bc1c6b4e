"""Search from the head bar: enterprises, cases, people, each as far as the asking person may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from openliaison.accounts.models import Role
from openliaison.cases.models import Case
from openliaison.cases.selectors import list_rows
from openliaison.core.scope import ADMIN, ENTERPRISE, Scope
from openliaison.register import search
from openliaison.register.models import Enterprise

MOST = 12  # of a group; beyond it the group says so and opens its list


@dataclass(frozen=True)
class Found:
    """What was found, by group."""

    enterprises: list[Enterprise]
    cases: list[Case]
    people: list[Role]

    @property
    def count(self) -> int:
        return len(self.enterprises) + len(self.cases) + len(self.people)


def find(scope: Scope, text: str, at: datetime) -> Found:
    """The first of each group; a business row is never found by somebody who may not see it."""
    return Found(
        enterprises=list(_enterprises(scope, text)[: MOST + 1]) if scope.role != ADMIN else [],
        cases=list(_cases(scope, text, at)[: MOST + 1]),
        people=list(_people(scope, text)[: MOST + 1]) if scope.role != ENTERPRISE else [],
    )


def _enterprises(scope: Scope, text: str) -> QuerySet:
    rows = Enterprise.objects.visible_to(scope).filter(merged_into=None)
    return search.matching(rows, text).defer("search").select_related("locality").order_by("name")


def _cases(scope: Scope, text: str, at: datetime) -> QuerySet:
    """Confidential cases are found by nobody: a word that hits would give them away."""
    return list_rows(scope, {"q": text}, at).filter(is_confidential=False).order_by("-created_at")


def _people(scope: Scope, text: str) -> QuerySet:
    """Officials by name or office; never people of enterprises."""
    rows = Role.objects.in_office(scope.today).filter(place_id=scope.place_id, enterprise_id=None)
    named = Q(user__display_name__icontains=text) | Q(user__display_name_en__icontains=text)
    office = Q(organisation__name__icontains=text) | Q(organisation__name_en__icontains=text)
    return rows.filter(named | office).select_related("user", "organisation", "locality").order_by("user__display_name")
