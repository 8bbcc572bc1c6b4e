"""Everyone's home: what should I do now, and why."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openliaison.cases import services as cases
from openliaison.cases.models import Case
from openliaison.core.access import everybody, roles
from openliaison.core.errors import Refused
from openliaison.core.now import now
from openliaison.desks.forms import DEFAULT_DAYS, AssignForm, SpanForm
from openliaison.desks.selectors import coordinator, enterprise, handler, officer, running
from openliaison.desks.selectors.rows import Ask
from openliaison.desks.selectors.tasks import open_tasks
from openliaison.register.models import Enterprise

from .cockpit import cockpit


def asked_by(request: HttpRequest, **narrowed: object) -> Ask:
    return Ask(request.scope, request.place, now(), **narrowed)


@everybody()
def home(request: HttpRequest) -> HttpResponse:
    """The home of the role in which the person acts."""
    return _HOMES[request.scope.role](request)


def _officer(request: HttpRequest) -> HttpResponse:
    return render(request, "desks/officer.html", officer.my_day(request.scope, request.place, now()))


def _coordinator(request: HttpRequest) -> HttpResponse:
    return render(request, "desks/coordinator.html", coordinator.my_desk(asked_by(request)))


def _handler(request: HttpRequest) -> HttpResponse:
    return render(request, "desks/handler.html", handler.my_cases(asked_by(request)))


def _enterprise(request: HttpRequest) -> HttpResponse:
    found = get_object_or_404(Enterprise.objects.visible_to(request.scope).select_related("locality"))
    context = enterprise.our_page(asked_by(request)) | {"enterprise": found}
    return render(request, "desks/enterprise.html", context)


def _inspector(request: HttpRequest) -> HttpResponse:
    return render(request, "desks/inspector.html", {"tasks": open_tasks(request.scope)[:20], "at": now()})


def _administrator(request: HttpRequest) -> HttpResponse:
    context = running.state(request.scope, request.place, now())
    return render(request, "desks/administrator.html", context | {"tasks": open_tasks(request.scope)[:8], "at": now()})


def _leader(request: HttpRequest) -> HttpResponse:
    form = SpanForm(request.GET if "days" in request.GET else {"days": DEFAULT_DAYS})
    is_valid = form.is_valid()
    days = form.cleaned_data["days"] if is_valid else DEFAULT_DAYS
    return cockpit(request, form, days, status=200 if is_valid else 422)


_HOMES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "ol_officer": _officer,
    "ol_area": _coordinator,
    "ol_handler": _handler,
    "ol_leader": _leader,
    "ol_analyst": _leader,
    "ol_enterprise": _enterprise,
    "ol_inspector": _inspector,
    "ol_admin": _administrator,
}


@roles("ol_area")
@require_POST
def assign(request: HttpRequest, case_id: int) -> HttpResponse:
    """One click: the suggested lead takes the case, unless somebody decided in between."""
    case = get_object_or_404(Case.objects.visible_to(request.scope), pk=case_id)
    form = AssignForm(request.POST, place=request.place)
    if not form.is_valid():
        messages.error(request, _("Choose the lead on the case's own page."))
        return redirect(f"/cases/{case.pk}/?tab=assign#act")
    lead = form.cleaned_data["lead"]
    try:
        cases.assign_case(case=case, lead=lead, by=request.role, at=now(), expected_lead=None)
        messages.success(
            request,
            _("Case %(number)s is with %(lead)s. Open it to change that.")
            % {"number": case.number, "lead": lead.label},
        )
    except Refused as error:
        messages.error(request, str(error))
    return redirect("desks:home")
