"""Those who ask for an enterprise's time: the form, their list, the diary beside an enterprise, the calendar file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.now import now
from openliaison.core.pages import Column, ListPage

from .. import booking_rules as rules
from .. import diary_selectors as selectors
from .. import icalendar
from ..forms.diary import AskForm, BookingFilters
from ..models import Booking, Enterprise
from ..services import diary
from .diary import ASKERS, ENTERPRISE
from .doors import READERS, seen


@roles(*ASKERS)
def ask(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """Ask for a visit. The stop sign stands before the form is sent off, and can be passed with a reason."""
    enterprise = seen(request, enterprise_id)
    form = _form(request, enterprise)
    sign, is_off = None, "off_hours" in request.POST
    if request.method == "POST" and form.is_valid():
        try:
            made = diary.request_booking(enterprise=enterprise, by=request.role, at=now(), **form.arguments())
        except diary.Stopped as stopped:
            sign = stopped.sign
        except diary.OffHours as error:
            is_off = True
            form.add_error("clock", str(error))
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%(name)s is asked. You are told its answer.") % {"name": enterprise.label})
            return redirect("register:booking", made.pk)
    form.fields["over_reason"].required = sign is not None  # so that the page says it is needed
    context = {
        "enterprise": enterprise,
        "form": form,
        "sign": sign,
        "is_off": is_off,
        "has_reason": bool(sign or request.POST.get("over_reason")),
        "weeks": selectors.weeks_ahead(enterprise, request.scope.today),
        "answer_days": int(selectors.answer_days(request.place, now())),
    }
    return render(request, "register/diary/ask_visit.html", context, status=422 if request.method == "POST" else 200)


def _form(request: HttpRequest, enterprise: Enterprise) -> AskForm:
    kinds = [k for k in rules.KINDS[request.role.kind] if k != Booking.Kind.DATA]  # type: ignore[attr-defined]
    try:
        diary.need_may_ask(enterprise, kinds[0], request.role, now())  # type: ignore[attr-defined]
    except Refused as error:
        raise PermissionDenied(str(error)) from error
    place = request.place  # type: ignore[attr-defined]
    return AskForm(
        request.POST or None,
        kinds=kinds,
        slots=selectors.slots(place, request.scope.today),  # type: ignore[attr-defined]
        zone=place.zone,
        initial={"day": selectors.free_day(enterprise, request.role, now()), "clock": "09:00"}  # type: ignore[attr-defined]
        | _again(request, enterprise),
    )


def _again(request: HttpRequest, enterprise: Enterprise) -> dict[str, Any]:
    """What an earlier request said, where one asks anew."""
    given = request.GET.get("again", "")
    if not (given.isascii() and given.isdigit() and len(given) < 18):
        return {}
    row = selectors.one(request.scope, int(given)).filter(enterprise=enterprise).first()  # type: ignore[attr-defined]
    return {} if row is None else {k: getattr(row, k) for k in ("kind", "purpose", "basis", "minutes", "people")}


@roles(*READERS)
def booking_list(request: HttpRequest) -> HttpResponse:
    """Requests for enterprises' time, as far as this person sees them."""
    filters = BookingFilters(request.GET)
    is_valid = filters.is_valid()
    rows = selectors.listed(request.scope, filters.cleaned_data, now())
    page = ListPage(request, rows, _columns(request), default_sort="-starts_at", filters=filters, name="bookings")
    if (kind := request.GET.get("export")) and is_valid:
        return page.export(kind, "bookings", now())
    context = {"list": page, "page": page.page, "filters": filters, "may_ask": request.role.kind in rules.KINDS}
    return render(request, "register/diary/list.html", context, status=200 if is_valid else 422)


def _columns(request: HttpRequest) -> list[Column]:
    return [
        Column("starts_at", _("When"), lambda b: b.starts_at, "starts_at"),
        Column("enterprise", _("Enterprise"), lambda b: b.enterprise.label, "enterprise__name"),
        Column("kind", _("Purpose"), lambda b: b.get_kind_display(), "kind"),
        Column("purpose", _("What it is about"), lambda b: b.label),
        Column("asker", _("Who asks"), lambda b: b.asker, "organisation__name"),
        Column("minutes", _("Minutes"), lambda b: b.minutes, "minutes", is_number=True),
        Column("state", _("State"), lambda b: b.get_state_display(), "state"),
        Column("instead", _("Instead"), lambda b: b.get_instead_display(), is_extra=True),
        Column("requested_at", _("Asked on"), lambda b: b.requested_at, "requested_at", is_extra=True),
        Column("people", _("How many come"), lambda b: b.people, "people", is_number=True, is_extra=True),
        Column("locality", _("Place"), lambda b: b.enterprise.locality.label, "locality_path", is_extra=True),
        Column("basis", _("Basis"), lambda b: b.basis, is_extra=True),
    ]


@roles(*READERS)
def diary_of(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """Who comes to one enterprise, as a card beside its file; asked for by its address."""
    enterprise = seen(request, enterprise_id)
    context = {
        "enterprise": enterprise,
        "bookings": selectors.of_enterprise(request.scope, enterprise.pk, now()),
        "may_ask": _may_ask(request, enterprise),
        "weeks": selectors.weeks_ahead(enterprise, request.scope.today, weeks=2),
    }
    return render(request, "register/diary/of_enterprise.html", context)


def _may_ask(request: HttpRequest, enterprise: Enterprise) -> bool:
    kinds = rules.KINDS.get(request.role.kind, ())  # type: ignore[attr-defined]
    try:
        diary.need_may_ask(enterprise, kinds[0] if kinds else "", request.role, now())  # type: ignore[attr-defined]
    except Refused:
        return False
    return True


@roles(ENTERPRISE, *ASKERS)
def ics(request: HttpRequest) -> HttpResponse:
    """One's accepted bookings as a file for a calendar programme."""
    rows = selectors.mine(request.scope, now())[:500]
    host = f"{request.scheme}://{request.get_host()}"
    events = [_event(row, host, request.scope.is_enterprise) for row in rows]
    text = icalendar.calendar_text(events, name=_("Visits"), at=now())
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="visits.ics"'
    return answer


def _event(row: Booking, host: str, is_ours: bool) -> icalendar.Event:
    mark = "演示数据 · invented\n" if row.place.is_example else ""
    others = f"{row.enterprise.locality.label} {row.enterprise.street}".strip()
    return icalendar.Event(
        uid=str(row.client_key),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        summary=f"{row.asker if is_ours else row.enterprise.label} · {row.get_kind_display()}",
        location="" if is_ours else f"{row.enterprise.label}, {others}",
        description=f"{mark}{row.label}",
        url=host + reverse("register:booking", args=[row.pk]),
    )
