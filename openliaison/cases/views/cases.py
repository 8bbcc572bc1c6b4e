"""The list of cases, one case, and what is done with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from openliaison.accounts.models import Role
from openliaison.cases import selectors, services
from openliaison.cases.forms import CaseFilter
from openliaison.cases.models import Case, CaseFile, Entry, Promise
from openliaison.cases.verbs import DOORS, Door
from openliaison.core import files
from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.now import now
from openliaison.core.pages import Column, ListPage
from openliaison.core.scope import Scope
from openliaison.register.models import Enterprise

from .access import ACTING, EVERYBODY, find_case
from .page import context, worded


@roles(*EVERYBODY)
def case_list(request: HttpRequest) -> HttpResponse:
    """The cases this person may see; confidential ones stay out of exports."""
    filters = CaseFilter(request.GET, request=request)
    rows = selectors.list_rows(request.scope, request.GET, now())
    page = ListPage(request, rows, _columns(request.scope), default_sort="-created_at", filters=filters, name="cases")
    if kind := request.GET.get("export"):
        page.rows = rows.filter(is_confidential=False).prefetch_related("external_refs")
        return page.export(kind, "cases", now())
    shown = {"list": page, "page": page.page, "form": filters, "at": now()}
    return render(request, "cases/case_list.html", shown)


def _columns(scope: Scope) -> list[Column]:
    """Whose case it is needs no column for the enterprise itself."""
    is_own = scope.is_enterprise
    return [
        Column("number", _("Number"), lambda c: c.number, "number"),
        Column("title", _("Case"), lambda c: c.label),
        Column("enterprise", _("Enterprise"), lambda c: c.enterprise.label, "enterprise__name", is_extra=is_own),
        Column("place", _("Township"), lambda c: c.enterprise.locality.label, "locality_path", is_extra=True),
        Column("category", _("Category"), lambda c: c.category.label if c.category else "", "category__position"),
        Column("lead", _("Who has it"), lambda c: c.lead.label if c.lead else "", "lead__name"),
        Column("status", _("State"), lambda c: c.get_outcome_display() or c.get_status_display(), "status"),
        Column("due", _("Due"), lambda c: c.due_at, "due_at", nulls_last=True),
        Column("raised", _("Raised"), lambda c: c.submitted_at, "submitted_at", is_extra=True, nulls_last=True),
        Column("closed", _("Closed"), lambda c: c.closed_at, "closed_at", is_extra=True, nulls_last=True),
        Column("channel", _("How it came"), lambda c: c.get_channel_display(), "channel", is_extra=True),
        Column("redo", _("Sent back"), lambda c: c.redo_count, "redo_count", is_number=True, is_extra=True),
        Column("content", _("Content (1–5)"), lambda c: c.satisfaction, "satisfaction", is_number=True, is_extra=True),
    ]


@roles(*EVERYBODY)
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """One case: conversation, clock, who holds it, what one can do."""
    found = find_case(request, case_id)
    if not found.is_confidential and request.scope.role not in ("ol_enterprise", "ol_officer", "ol_handler"):
        request.outside_read_of = found.enterprise_id
    return render(request, "cases/case.html", context(request, found))


@roles(*ACTING)
def act(request: HttpRequest, case_id: int, verb: str) -> HttpResponse:
    """Use one verb on a case; the form comes back with its words where it was refused."""
    if verb not in DOORS:
        raise Http404
    found, door = find_case(request, case_id), DOORS[verb]
    if request.method != "POST":
        return redirect(f"/cases/{case_id}/?tab={verb}#act")
    form = door.form(request.POST, request.FILES, case=found, role=request.role)
    if form.is_valid():
        try:
            use(door, found, request.role, form)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, door.done)
            return redirect("cases:case", case_id)
    found = find_case(request, case_id)
    return render(request, "cases/case.html", context(request, found, worded(form, verb), verb), status=422)


@transaction.atomic
def use(door: Door, found: Case, role: Role, form: Any) -> None:
    """Call the verb's service, and keep the files that came with the words."""
    arguments = form.arguments()
    if door.service is services.make_promise:
        arguments |= {"enterprise": found.enterprise}
    door.service(case=found, by=role, at=now(), **arguments)
    entry = Entry.objects.filter(client_key=form.cleaned_data["client_key"]).first() if form.uploads else None
    for upload in form.uploads:
        is_internal = door.service is services.note_case
        services.attach_file(case=found, upload=upload, entry=entry, internal=is_internal, by=role, at=now())


@roles(*EVERYBODY)
def of_enterprise(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """Fragment: the latest cases of an enterprise, and the promises that are open."""
    get_object_or_404(Enterprise.objects.visible_to(request.scope), pk=enterprise_id)
    rows = Case.objects.visible_to(request.scope).filter(enterprise_id=enterprise_id).defer("search")
    rows = rows.select_related("lead", "category").order_by("-created_at")
    promises = Promise.objects.visible_to(request.scope).open().filter(enterprise_id=enterprise_id)
    listed = promises.select_related("organisation", "enterprise").order_by("due_on", "pk")[:5]
    context = {
        "rows": rows[:8],
        "promises": [(p, selectors.promise_look(p, request.scope)) for p in listed],
        "enterprise_id": enterprise_id,
        "at": now(),
    }
    return render(request, "cases/of_enterprise.html", context)


@roles(*EVERYBODY)
def attachment(request: HttpRequest, file_id: str) -> HttpResponse:
    """One file of a case this person may see."""
    return files.serve(get_object_or_404(CaseFile.objects.visible_to(request.scope), pk=file_id))
