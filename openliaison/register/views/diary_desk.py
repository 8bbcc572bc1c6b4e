"""The coordinator's diary of the area: the week, what nobody answered, refusals, what might go together."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.now import now

from .. import diary_selectors as selectors
from ..forms.diary import JoinForm
from ..models import Enterprise
from ..services import joint
from .doors import DESK, steered


@roles(*DESK)
def week(request: HttpRequest) -> HttpResponse:
    """One week of the area, those visited most first, and what waits for the desk."""
    scope, place, at = request.scope, request.place, now()
    monday = _monday(request.GET.get("week", ""), scope.today)
    one = _enterprise(request)
    one_id = one.pk if one else 0
    text = request.GET.get("q", "").strip()[:100]
    context = {
        "week": selectors.week_of(scope, place, monday, text, one_id),
        "one": one,
        "text": text,
        "previous": monday - selectors.WEEK,
        "next": monday + selectors.WEEK,
        "today": scope.today,
        "unanswered": selectors.unanswered(scope, place, at, one_id),
        "over": selectors.over_the_sign(scope, at, one_id),
        "refusals": selectors.refusals(scope, at, one_id),
        "proposals": selectors.joint_proposals(scope, at, enterprise_id=one_id),
        "at": at,
    }
    return render(request, "register/diary/week.html", context)


def _monday(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today
    day = min(max(day, today - timedelta(days=1500)), today + timedelta(days=1500))
    return day - timedelta(days=day.weekday())


def _enterprise(request: HttpRequest) -> Enterprise | None:
    given = request.GET.get("enterprise", "")
    if not (given.isascii() and given.isdigit() and len(given) < 18):
        return None
    return Enterprise.objects.visible_to(request.scope).filter(pk=int(given)).first()  # type: ignore[attr-defined]


@roles(*DESK)
@require_POST
def join(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """One button: what was proposed becomes a joint visit, and is put to the enterprise."""
    enterprise = steered(request, enterprise_id)
    among = selectors.joinable(request.scope, enterprise.pk, now())
    form = JoinForm(request.POST, among=among, zone=request.place.zone)
    if not form.is_valid():
        messages.error(request, _("Something changed meanwhile. Look at the requests again."))
        return redirect("register:diary_week")
    try:
        host = joint.join_bookings(
            bookings=form.cleaned_data["bookings"],
            starts_at=form.cleaned_data["starts_at"],
            minutes=form.cleaned_data["minutes"],
            client_key=form.cleaned_data["client_key"],
            by=request.role,
            at=now(),
        )
    except Refused as error:
        messages.error(request, str(error))
        return redirect("register:diary_week")
    messages.success(request, _("Proposed. %(name)s is asked.") % {"name": enterprise.label})
    return redirect("register:booking", host.pk)
