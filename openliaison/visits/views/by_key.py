"""A visit by its key, for rooms beneath that know no more of it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from openliaison.core.access import roles
from openliaison.visits.models import Visit


@roles("ol_officer", "ol_area", "ol_leader", "ol_analyst", "ol_enterprise")
def by_key(request: HttpRequest, key_id: UUID) -> HttpResponse:
    """Leads on to the visit's page."""
    found = get_object_or_404(Visit.objects.visible_to(request.scope), client_key=key_id)  # type: ignore[attr-defined]
    return redirect("visits:visit", found.pk)
