"""A case by one line of its story, for rooms beneath that know no more of it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from openliaison.cases.models import Entry
from openliaison.core.access import roles


@roles("ol_officer", "ol_area", "ol_handler", "ol_leader", "ol_analyst", "ol_enterprise")
def by_entry(request: HttpRequest, key_id: UUID) -> HttpResponse:
    """Leads on to the case's page."""
    found = get_object_or_404(Entry.objects.visible_to(request.scope), client_key=key_id)  # type: ignore[attr-defined]
    return redirect("cases:case", found.case_id)
