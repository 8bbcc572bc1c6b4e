"""Before a meeting: the briefing card for the phone, the one-page dossier for paper."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from openliaison.core.access import roles
from openliaison.core.now import now
from openliaison.desks.selectors import dossier as selectors
from openliaison.desks.selectors.rows import Ask
from openliaison.register.models import Enterprise
from openliaison.register.selectors import is_of_team

READERS = ("ol_officer", "ol_area", "ol_leader", "ol_analyst")


def _card(request: HttpRequest, enterprise_id: int) -> selectors.Briefing:
    rows = Enterprise.objects.visible_to(request.scope).select_related("locality", "place")
    found = get_object_or_404(rows, pk=enterprise_id)
    if not is_of_team(request.scope, found):
        request.outside_read_of = found.pk
    return selectors.briefing(found, Ask(request.scope, request.place, now()))


@roles(*READERS)
def briefing(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """The card before the door: three things to know, then problems, promises, people, what to ask."""
    context = {"card": _card(request, enterprise_id), "at": now()}
    return render(request, "desks/briefing.html", context)


@roles(*READERS)
def dossier(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """One page before a visit, each line with its source."""
    card = _card(request, enterprise_id)
    points, facts, sources = selectors.footnotes(card)
    context = {"card": card, "points": points, "facts": facts, "sources": list(enumerate(sources, 1)), "at": now()}
    return render(request, "desks/dossier.html", context)
