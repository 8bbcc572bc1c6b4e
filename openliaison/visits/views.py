"""Pages of visits."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openliaison.cases.models import Case, Promise
from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.now import now
from openliaison.core.pages import Column, ListPage
from openliaison.core.scope import Scope
from openliaison.register.models import Contact, Enterprise, served_by_me

from . import selectors, services
from .forms import VisitFilters, VisitForm
from .models import Visit

READERS = ("ol_officer", "ol_area", "ol_leader", "ol_analyst", "ol_enterprise")


@roles("ol_officer")
def record(request: HttpRequest) -> HttpResponse:
    """A visit on one screen. Without an enterprise: the page on which one is chosen."""
    chosen = request.POST.get("enterprise") or request.GET.get("enterprise") or ""
    if not chosen:
        return _choose(request)
    served = Enterprise.objects.visible_to(request.scope).filter(pk__in=served_by_me(request.scope))
    rows = served.select_related("locality", "place")
    found = get_object_or_404(rows, pk=int(chosen) if chosen.isdigit() and len(chosen) < 18 else 0)
    form = _form(request, found)
    if request.method == "POST" and form.is_valid():
        try:
            visit = _record(request, found, form.cleaned_data)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The contact with %(name)s is recorded.") % {"name": found.label})
            return redirect("visits:visit", visit.pk)
    context = {"form": form, "enterprise": found}
    return render(request, "visits/record.html", context, status=422 if form.errors else 200)


def _choose(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:100]
    rows = selectors.mine(request.scope, text)[:50]
    return render(request, "visits/choose.html", {"rows": rows, "text": text})


def _form(request: HttpRequest, found: Enterprise) -> VisitForm:
    return VisitForm(
        request.POST or None,
        request.FILES or None,
        role=request.role,
        contacts=Contact.objects.visible_to(request.scope).current().filter(enterprise=found),
        questions=selectors.questions(found, request.scope),
        initial=selectors.as_last_time(found, request.scope),
    )


def _record(request: HttpRequest, found: Enterprise, data: dict[str, Any]) -> Visit:
    problem = services.Problem(
        data["problem"],
        data["category"],
        data["wanted_result"],
        is_confidential=data["is_confidential"],
        uploads=data["uploads"],
    )
    promised = services.Commitment(data["promise"], data["promise_due"], data["promise_side"] or Promise.Side.COUNTY)
    return services.record_visit(
        enterprise=found,
        mode=data["mode"],
        met=data["met"],
        notes=data["notes"],
        minutes=data["minutes"],
        visited_at=data["visited_at"],
        nothing_new="nothing_new" in request.POST,
        problems=[problem] if data["problem"].strip() else [],
        commitments=[promised] if data["promise"] else [],
        facts=data["facts"],
        client_key=data["client_key"],
        by=request.role,
        at=now(),
    )


@roles("ol_officer")
@require_POST
def nothing_new(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """One tap: I was in contact, nothing new. The same key twice is one record."""
    found = get_object_or_404(Enterprise.objects.visible_to(request.scope), pk=enterprise_id)
    try:
        services.record_visit(
            enterprise=found,
            nothing_new=True,
            mode=request.POST.get("mode", Visit.Mode.VISIT),
            client_key=_key(request.POST.get("client_key", "")),
            by=request.role,
            at=now(),
        )
        messages.success(
            request, _("Recorded: contact with %(name)s, nothing new. It is on file for today.") % {"name": found.label}
        )
    except Refused as error:
        messages.error(request, str(error))
    return redirect("desks:home")


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        raise services.Incomplete(_("This form is damaged. Open the page again.")) from None


@roles("ol_area")
@require_POST
def ask(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """The desk asks the officers of an enterprise to get in touch."""
    found = get_object_or_404(Enterprise.objects.visible_to(request.scope), pk=enterprise_id)
    last = Visit.objects.visible_to(request.scope).filter(enterprise=found).order_by("-at").first()
    days = selectors.days_since(last.at if last else found.created_at, request.place, now())
    try:
        services.ask_for_contact(enterprise=found, by=request.role, at=now(), days=days)
        messages.success(request, _("The officer of %(name)s has it on the list.") % {"name": found.label})
    except Refused as error:
        messages.error(request, str(error))
    return redirect("desks:home")


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
    ]


def _visit(request: HttpRequest, visit_id: int) -> dict[str, Any]:
    found = get_object_or_404(selectors.listed(request.scope, {}), pk=visit_id)
    if request.scope.role in ("ol_area", "ol_leader", "ol_analyst"):
        request.outside_read_of = found.enterprise_id
    cases = Case.objects.visible_to(request.scope).filter(visit_id=found.pk).select_related("lead")
    may_see_met = request.scope.role != "ol_analyst" and found.met_id
    return {"visit": found, "cases": cases, "met": found.met if may_see_met else None}


@roles(*READERS)
def visit(request: HttpRequest, visit_id: int) -> HttpResponse:
    """One visit, and what came of it."""
    return render(request, "visits/visit.html", _visit(request, visit_id))


@roles(*READERS)
def note(request: HttpRequest, visit_id: int) -> HttpResponse:
    """The note of a visit to print."""
    return render(request, "visits/note.html", _visit(request, visit_id))


@roles("ol_enterprise")
@require_POST
def confirm(request: HttpRequest, visit_id: int) -> HttpResponse:
    """The enterprise says that the record is right."""
    found = get_object_or_404(Visit.objects.visible_to(request.scope), pk=visit_id)
    try:
        services.confirm_visit(visit=found, by=request.role, at=now())
        messages.success(request, _("Thank you: the record is confirmed."))
    except Refused as error:
        messages.error(request, str(error))
    return redirect("visits:visit", found.pk)
