"""Who may open which page of cases, and how a case is found."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from openliaison.cases.models import Case, Handling

EVERYBODY = ("ol_officer", "ol_area", "ol_handler", "ol_leader", "ol_enterprise", "ol_analyst")
ACTING = ("ol_officer", "ol_area", "ol_handler", "ol_leader", "ol_enterprise")


def find_case(request: HttpRequest, case_id: int) -> Case:
    rows = Case.objects.visible_to(request.scope).defer("search")  # type: ignore[attr-defined]
    joined = rows.select_related(
        "place", "enterprise__locality", "enterprise__place", "lead", "category", "duplicate_of", "raised_by", "arbiter"
    )
    if request.scope.role in Handling.rule(request.scope):  # type: ignore[attr-defined]
        joined = joined.prefetch_related("handlings", "objections")
    found: Case = get_object_or_404(joined, pk=case_id)
    return found
