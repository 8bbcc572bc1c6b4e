"""The list of visits, one visit, its note on paper, its pictures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from openliaison.cases.models import Case, Promise
from openliaison.cases.selectors import promise_look
from openliaison.core import files
from openliaison.core.access import roles
from openliaison.core.now import now
from openliaison.core.pages import Column, ListPage
from openliaison.core.scope import Scope
from openliaison.visits import selectors, services
from openliaison.visits.forms import ObjectionForm, VisitFilters
from openliaison.visits.models import Correction, Visit, VisitFile

READERS = ("ol_officer", "ol_area", "ol_leader", "ol_analyst", "ol_enterprise")


@roles(*READERS)
def visit_list(request: HttpRequest) -> HttpResponse:
    """Visits and calls, the latest first."""
    filters = VisitFilters(request.GET)
    is_valid = filters.is_valid()
    rows = selectors.listed(request.scope, filters.cleaned_data)
    page = ListPage(request, rows, _columns(request.scope), default_sort="-at", filters=filters, name="visits")
    if (kind := request.GET.get("export")) and is_valid:
        return page.export(kind, "visits", now())
    context = {"list": page, "page": page.page, "filters": filters}
    return render(request, "visits/visit_list.html", context, status=200 if is_valid else 422)


def _columns(scope: Scope) -> list[Column]:
    """The enterprise sees at once what it has confirmed; whose contact it was needs no column for it."""
    is_own = scope.is_enterprise
    return [
        Column("at", _("When"), lambda v: v.at, "at"),
        Column("enterprise", _("Enterprise"), lambda v: v.enterprise.label, "enterprise__name", is_extra=is_own),
        Column("mode", _("How"), lambda v: v.get_mode_display(), "mode"),
        Column("officer", _("Officer"), lambda v: v.officer.label, "officer__display_name"),
        Column("notes", _("Notes"), lambda v: v.body or _("nothing new")),
        Column("minutes", _("Minutes"), lambda v: v.minutes, "minutes", is_number=True, is_extra=True, nulls_last=True),
        Column(
            "confirmed", _("Confirmed"), lambda v: v.confirmed_at, "confirmed_at", is_extra=not is_own, nulls_last=True
        ),
        Column("objection", _("What is wrong"), lambda v: v.objection, is_extra=True),
    ]


def visit_page(request: HttpRequest, visit_id: int) -> dict[str, Any]:
    """What one visit's page and its note show."""
    scope = request.scope
    found = get_object_or_404(selectors.seen(scope).select_related("enterprise__place", "place"), pk=visit_id)
    if scope.role in ("ol_area", "ol_leader", "ol_analyst"):
        request.outside_read_of = found.enterprise_id
    promises = Promise.objects.visible_to(scope).filter(visit_id=found.pk).select_related("organisation", "enterprise")
    corrections = Correction.objects.visible_to(scope).filter(visit=found).select_related("made_by")
    may_see_met = scope.role != "ol_analyst" and found.met_id
    return {
        "visit": found,
        "cases": Case.objects.visible_to(scope).defer("search").filter(visit_id=found.pk).select_related("lead"),
        "promises": [(p, promise_look(p, scope)) for p in promises],
        "learned": selectors.learned(found, scope),
        "pictures": list(VisitFile.objects.visible_to(scope).filter(visit=found)),
        "corrections": list(corrections),
        "met": found.met if may_see_met else None,
        "is_mine": scope.role == "ol_officer" and found.officer_id == scope.user_id,
    }


@roles(*READERS)
def visit(request: HttpRequest, visit_id: int) -> HttpResponse:
    """One visit, and what came of it."""
    context = visit_page(request, visit_id)
    return render(request, "visits/visit.html", context | visit_actions(request, context["visit"]))


def visit_actions(request: HttpRequest, found: Visit) -> dict[str, Any]:
    """What the reader may still do with it."""
    until = found.recorded_at + timedelta(minutes=services.undo_minutes(request.place, now()))
    is_fresh = found.nothing_new and not found.withdrawn_at and not found.confirmed_at and now() <= until
    return {"may_undo": is_fresh, "objection": ObjectionForm()}


@roles(*READERS)
def note(request: HttpRequest, visit_id: int) -> HttpResponse:
    """The note of a visit to print and to confirm."""
    path = reverse("visits:visit", args=[visit_id])
    link = settings.PUBLIC_URL.rstrip("/") + path if settings.PUBLIC_URL else request.build_absolute_uri(path)
    code = segno.make(link, error="m").svg_data_uri(scale=3, border=2)
    return render(request, "visits/note.html", visit_page(request, visit_id) | {"link": link, "code": code})


@roles(*READERS)
def picture(request: HttpRequest, file_id: UUID) -> FileResponse:
    """A picture or paper of a visit."""
    found = get_object_or_404(VisitFile.objects.visible_to(request.scope), pk=file_id)
    if request.scope.role in ("ol_area", "ol_leader"):
        request.outside_read_of = found.enterprise_id
    return files.serve(found)
