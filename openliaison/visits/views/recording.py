"""Writing a contact down: one screen, or one tap; and taking the tap back."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.now import now
from openliaison.register.models import Contact, Enterprise, served_by_me
from openliaison.visits import selectors, services
from openliaison.visits.forms import VisitForm
from openliaison.visits.forms.record import BLOCKS, typed
from openliaison.visits.models import Visit


@roles("ol_officer")
def record(request: HttpRequest) -> HttpResponse:
    """A visit on one screen. Without an enterprise: the page on which one is chosen."""
    chosen = request.POST.get("enterprise") or request.GET.get("enterprise") or ""
    if not chosen:
        return _choose(request)
    served = Enterprise.objects.visible_to(request.scope).filter(pk__in=served_by_me(request.scope))
    rows = served.select_related("locality", "place")
    found = get_object_or_404(rows, pk=int(chosen) if chosen.isdigit() and len(chosen) < 18 else 0)
    if request.POST.get("add") in BLOCKS:
        return _one_more(request, found)
    form = _form(request, found)
    is_valid = form.is_bound and form.is_valid()
    if is_valid:
        try:
            visit = _record(request, found, form)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The contact with %(name)s is recorded.") % {"name": found.label})
            return redirect("visits:visit", visit.pk)
    context = {"form": form, "enterprise": found}
    return render(request, "visits/record.html", context, status=422 if form.is_bound else 200)


def _choose(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:100]
    rows = selectors.mine(request.scope, text)[:50]
    return render(request, "visits/choose.html", {"rows": rows, "text": text})


def _one_more(request: HttpRequest, found: Enterprise) -> HttpResponse:
    """The form with one block more, as it was typed; files have to be chosen again."""
    asked = typed(request.POST, request.POST["add"])
    form = VisitForm(**_offered(request, found), **asked)
    context = {"form": form, "enterprise": found, "grown": request.POST["add"], "files_lost": bool(request.FILES)}
    return render(request, "visits/record.html", context)


def _form(request: HttpRequest, found: Enterprise) -> VisitForm:
    if request.method == "POST":
        return VisitForm(request.POST, request.FILES, **_offered(request, found))
    offered = _offered(request, found)
    today = request.place.day(now())
    booked = [b for b in offered["bookings"] if request.place.day(b.starts_at) == today]
    asked = request.GET.get("booking", "")
    initial = selectors.as_last_time(found, request.scope)
    if asked or len(booked) == 1:
        initial["booking"] = asked or booked[0].pk
    return VisitForm(initial=initial, **offered)


def _offered(request: HttpRequest, found: Enterprise) -> dict:
    return {
        "role": request.role,
        "contacts": Contact.objects.visible_to(request.scope).current().filter(enterprise=found),
        "bookings": selectors.to_fulfil(found, request.scope, now()),
        "questions": selectors.questions(found, request.scope),
    }


def _record(request: HttpRequest, found: Enterprise, form: VisitForm) -> Visit:
    data = form.cleaned_data
    return services.record_visit(
        enterprise=found,
        mode=data["mode"],
        met=data["met"],
        booking=data.get("booking"),
        notes=data["notes"],
        minutes=data["minutes"],
        visited_at=data["visited_at"],
        nothing_new="nothing_new" in request.POST,
        problems=form.problems(),
        commitments=form.commitments(),
        facts=data["facts"],
        pictures=data["pictures"],
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


@roles("ol_officer")
@require_POST
def undo(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Take back a record of nothing new that was pressed by mistake."""
    found = get_object_or_404(Visit.objects.visible_to(request.scope), pk=visit_id)
    try:
        services.withdraw_visit(visit=found, by=request.role, at=now())
        messages.success(request, _("Taken back: the contact with %(name)s counts nowhere.") % {"name": _name(found)})
    except Refused as error:
        messages.error(request, str(error))
    return redirect("desks:home")


def _name(visit: Visit) -> str:
    return visit.enterprise.label


@roles("ol_area")
@require_POST
def ask(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """The desk asks the officers of an enterprise to get in touch."""
    found = get_object_or_404(Enterprise.objects.visible_to(request.scope), pk=enterprise_id)
    rows = Visit.objects.visible_to(request.scope).standing()
    last = rows.filter(enterprise=found).order_by("-at").first()
    days = selectors.days_since(last.at if last else found.created_at, request.place, now())
    try:
        services.ask_for_contact(enterprise=found, by=request.role, at=now(), days=days)
        messages.success(request, _("The officer of %(name)s has it on the list.") % {"name": found.label})
    except Refused as error:
        messages.error(request, str(error))
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if back and is_ours else "desks:home")
