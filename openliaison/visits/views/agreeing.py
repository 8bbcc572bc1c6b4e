"""The enterprise's word on a record, and the officer's correction."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.now import now
from openliaison.register.models import Contact
from openliaison.visits import selectors, services
from openliaison.visits.forms import CorrectionForm, ObjectionForm
from openliaison.visits.models import Visit

from .reading import visit_actions, visit_page


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


@roles("ol_enterprise")
@require_POST
def objection(request: HttpRequest, visit_id: int) -> HttpResponse:
    """The enterprise says that one thing is wrong."""
    context = visit_page(request, visit_id)
    form = ObjectionForm(request.POST)
    if form.is_valid():
        try:
            services.object_to_visit(visit=context["visit"], by=request.role, at=now(), **form.cleaned_data)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your words stand beside the record; the officer is asked to mend it."))
            return redirect("visits:visit", visit_id)
    context |= visit_actions(request, context["visit"]) | {"objection": form}
    return render(request, "visits/visit.html", context, status=422)


@roles("ol_officer")
def correct(request: HttpRequest, visit_id: int) -> HttpResponse:
    """The officer mends the record; what it said before is kept."""
    rows = selectors.seen(request.scope).select_related("place").filter(officer_id=request.scope.user_id)
    found = get_object_or_404(rows, pk=visit_id)
    contacts = Contact.objects.visible_to(request.scope).current().filter(enterprise=found.enterprise_id)
    form = CorrectionForm(request.POST or None, visit=found, contacts=contacts)
    if form.is_valid():
        try:
            services.correct_visit(visit=found, by=request.role, at=now(), **form.cleaned_data)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Corrected. What it said before is kept; the enterprise is asked again."))
            return redirect("visits:visit", found.pk)
    context = {"form": form, "visit": found}
    return render(request, "visits/correct.html", context, status=422 if form.errors else 200)
