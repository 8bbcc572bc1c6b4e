"""Pages of stationing: where it stands, officers, terms."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.now import now
from openliaison.core.pages import ListPage
from openliaison.register import services as register

from . import columns, selectors
from .forms import OfficerFilters, TermFilters

LATEST = 5
MOST_PICKED = 1000


@roles("ol_area", "ol_leader")
def stationing(request: HttpRequest) -> HttpResponse:
    """Where it stands today, and the latest proposals."""
    context: dict[str, Any] = {"now": selectors.standing(request.scope, request.place)}
    if request.scope.role == "ol_area":
        context["proposals"] = selectors.proposals(request.scope)[:LATEST]
    return render(request, "visits/stationing/stationing.html", context)


@roles("ol_area", "ol_leader")
def officers(request: HttpRequest) -> HttpResponse:
    """Every officer of the area by name, with what they carry."""
    filters = OfficerFilters(request.GET)
    is_valid = filters.is_valid()
    rows = selectors.officers(request.scope, request.place, filters.wanted)
    rows = rows if is_valid else rows.none()
    page = ListPage(
        request, rows, columns.of_officers(), default_sort="user__display_name", filters=filters, name="officers"
    )
    if kind := request.GET.get("export"):
        return page.export(kind, "officers", now())
    loads = selectors.loads(request.place, request.scope.today)
    context = {"list": page, "page": page.page, "filters": filters, "loads": loads}
    return render(request, "visits/stationing/officers.html", context, status=200 if is_valid else 422)


@roles("ol_area")
def terms(request: HttpRequest) -> HttpResponse:
    """Terms that end soon or are over: renew, hand over, or end."""
    filters = TermFilters(request.GET)
    is_valid = filters.is_valid()
    rows = selectors.ending(request.scope, request.place, filters.wanted)
    page = ListPage(
        request,
        rows if is_valid else rows.none(),
        columns.of_terms(),
        default_sort="term_until",
        filters=filters,
        name="terms",
    )
    if kind := request.GET.get("export"):
        return page.export(kind, "terms", now())
    context = {"list": page, "page": page.page, "filters": filters}
    return render(request, "visits/stationing/terms.html", context, status=200 if is_valid else 422)


@roles("ol_area")
@require_POST
def renew_terms(request: HttpRequest) -> HttpResponse:
    """Another usual term for the ticked ones, or for all that the filter finds."""
    filters = TermFilters(request.POST)
    wanted = filters.wanted if "all" in request.POST else {}
    rows = selectors.ending(request.scope, request.place, wanted)
    if "all" not in request.POST:
        rows = rows.filter(pk__in=picked(request))
    try:
        done = register.renew_terms(links=rows[:MOST_PICKED], by=request.role, at=now())
        n = len(done.done)
        messages.success(request, ngettext("%(n)s term renewed.", "%(n)s terms renewed.", n) % {"n": n})
        for link, reason in done.refused[:LATEST]:
            messages.warning(request, f"{link.enterprise.label}: {reason}")
    except Refused as error:
        messages.error(request, str(error))
    return redirect("visits:terms")


def picked(request: HttpRequest) -> list[int]:
    """The ticked rows of a list."""
    return [int(p) for p in request.POST.getlist("pick") if p.isascii() and p.isdigit() and len(p) < 18]
