"""Pages of visits."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openliaison.cases.models import Case
from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.now import now
from openliaison.core.pages import Column, ListPage
from openliaison.register.models import Contact, Enterprise, served_by_me

from . import services
from .forms import VisitForm
from .models import Visit


@roles("ol_officer")
def record(request: HttpRequest) -> HttpResponse:
    """A visit on one screen; "Nothing new" needs no word."""
    enterprises = Enterprise.objects.visible_to(request.scope).filter(pk__in=served_by_me(request.scope))
    form = VisitForm(
        request.POST or None,
        role=request.role,
        enterprises=enterprises,
        contacts=Contact.objects.visible_to(request.scope).current().filter(enterprise__in=enterprises),
        initial={"enterprise": request.GET.get("enterprise")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            visit = _record(request, form.cleaned_data)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The visit to %(name)s is recorded.") % {"name": visit.enterprise.label})
            return redirect("visits:visit", visit.pk)
    return render(request, "visits/record.html", {"form": form}, status=422 if form.errors else 200)


def _record(request: HttpRequest, data: dict) -> Visit:
    problems = []
    if data["problem"]:
        problems = [
            services.Problem(
                data["problem"], data["category"], data["wanted_result"], is_confidential=data["is_confidential"]
            )
        ]
    commitments = [services.Commitment(data["promise"], data["promise_due"])] if data["promise"] else []
    return services.record_visit(
        enterprise=data["enterprise"],
        mode=data["mode"],
        met=data["met"],
        notes=data["notes"],
        nothing_new="nothing_new" in request.POST,
        problems=problems,
        commitments=commitments,
        client_key=data["client_key"],
        by=request.role,
        at=now(),
    )


@roles("ol_officer")
@require_POST
def nothing_new(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """One tap: I was in contact, nothing new."""
    found = get_object_or_404(Enterprise.objects.visible_to(request.scope), pk=enterprise_id)
    key = request.POST.get("client_key", "")
    try:
        services.record_visit(
            enterprise=found,
            nothing_new=True,
            by=request.role,
            at=now(),
            mode=request.POST.get("mode", "visit") if request.POST.get("mode") in Visit.Mode.values else "visit",
            client_key=uuid.UUID(key) if key else None,
        )
        messages.success(request, _("Nothing new at %(name)s: recorded.") % {"name": found.label})
    except (Refused, ValueError) as error:
        messages.error(request, str(error))
    return redirect("desks:home")


@roles("ol_officer", "ol_area", "ol_leader")
def visit_list(request: HttpRequest) -> HttpResponse:
    """Visits and calls, the latest first."""
    rows = Visit.objects.visible_to(request.scope).select_related("enterprise", "officer")
    if request.GET.get("mode") in Visit.Mode.values:
        rows = rows.filter(mode=request.GET["mode"])
    if request.GET.get("q"):
        rows = rows.filter(enterprise__name__icontains=request.GET["q"])
    columns = [
        Column("at", _("When"), lambda v: v.at, "at"),
        Column("enterprise", _("Enterprise"), lambda v: v.enterprise.label, "enterprise__name"),
        Column("mode", _("How"), lambda v: v.get_mode_display(), "mode"),
        Column("officer", _("Officer"), lambda v: v.officer.label, "officer__display_name"),
        Column("notes", _("Notes"), lambda v: v.body),
    ]
    page = ListPage(request, rows, columns, default_sort="-at")
    if kind := request.GET.get("export"):
        return page.export(kind, "visits", now())
    return render(request, "visits/visit_list.html", {"list": page, "page": page.page, "modes": Visit.Mode.choices})


@roles("ol_officer", "ol_area", "ol_leader", "ol_enterprise")
def visit(request: HttpRequest, visit_id: int) -> HttpResponse:
    """One visit, and what came of it."""
    rows = Visit.objects.visible_to(request.scope).select_related("enterprise", "officer", "met")
    found = get_object_or_404(rows, pk=visit_id)
    cases = Case.objects.visible_to(request.scope).filter(visit_id=found.pk)
    return render(request, "visits/visit.html", {"visit": found, "cases": cases})
