"""The enterprise's diary: what is wanted of it, and its answers, one question a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.now import now

from .. import booking_rules as rules
from .. import diary_selectors as selectors
from ..forms.diary import HeldForm, JoinForm, NotNowForm, OtherTimeForm
from ..models import Booking, Refusal
from ..services import diary, joint
from .doors import READERS, attempt, can_open

ENTERPRISE = "ol_enterprise"
ANSWERERS = (ENTERPRISE, "ol_area")
ASKERS = ("ol_officer", "ol_area", "ol_handler", "ol_leader", "ol_inspector")


@roles(ENTERPRISE)
def our_diary(request: HttpRequest) -> HttpResponse:
    """What is wanted of us, what is agreed, what it cost us this month."""
    context = selectors.our_diary(request.scope, request.place, now()) | {"at": now()}
    return render(request, "register/diary/ours.html", context)


@roles(ENTERPRISE, *READERS)
def booking(request: HttpRequest, booking_id: int) -> HttpResponse:
    """One request: who wants what when, how it stands, what one may do now."""
    row = found(request, booking_id)
    verbs = rules.allowed(row, request.role, now())
    refusal = Refusal.objects.visible_to(request.scope).filter(booking=row).first()
    context = {
        "b": row,
        "verbs": verbs,
        "is_ours": request.scope.is_enterprise,
        "is_asker": rules.ASKER in rules.capacities(row, request.role, now()),
        "parts": row.parts.select_related("organisation", "requested_by").order_by("pk"),
        "refusal": refusal,
        "has_begun": row.is_at_door and row.starts_at <= now(),
        "other_time_is_past": row.instead_at is not None and row.instead_at <= now(),
        "joinable": "join" in verbs and len(selectors.joinable(request.scope, row.enterprise_id, now())) > 1,
        "data_url": can_open(request, "register:data_request", row.pk) if row.kind == Booking.Kind.DATA else "",
        "may_ask": bool(rules.KINDS.get(request.role.kind)),
        "at": now(),
    }
    return render(request, "register/diary/booking.html", context)


@roles(*ANSWERERS)
@require_POST
def accept(request: HttpRequest, booking_id: int) -> HttpResponse:
    row = found(request, booking_id)
    done = _("Accepted. Who asked has been told.")
    return _press(request, row, lambda: diary.accept_booking(booking=row, by=request.role, at=now()), done)


@roles(*ANSWERERS)
def other_time(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Another time, proposed by the enterprise."""
    row = found(request, booking_id)
    local = row.starts_at.astimezone(request.place.zone)
    initial = {"day": local.date() + selectors.WEEK, "clock": f"{local:%H:%M}"}
    form = OtherTimeForm(request.POST or None, zone=request.place.zone, initial=initial)
    return _ask(
        request,
        row,
        form,
        lambda: diary.move_booking(
            booking=row,
            instead_at=form.cleaned_data["starts_at"],
            note=form.cleaned_data["note"],
            by=request.role,
            at=now(),
        ),
        question=_("When would it suit you?"),
        button=_("Propose this time"),
        done=_("Your proposal has gone to who asked. Nothing is agreed until they take it."),
    )


@roles(*ANSWERERS)
def not_now(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Not at this time; whether it is refused is told to the desk alone."""
    row = found(request, booking_id)
    form = NotNowForm(request.POST or None)
    return _ask(
        request,
        row,
        form,
        lambda: _not_now(request, row, form.cleaned_data),
        question=_("Not at this time: what instead?"),
        lead=_("Who asked learns “not at this time” and what you would do instead. Nothing else."),
        button=_("Send"),
        done=_("Sent. Who asked learns “not at this time” and what you would do instead."),
    )


def _not_now(request: HttpRequest, row: Booking, data: dict[str, Any]) -> Booking:
    said = {"instead": data["instead"], "note": data["note"], "by": request.role, "at": now()}  # type: ignore[attr-defined]
    if data["is_refusal"] == "yes":
        return diary.refuse_booking(booking=row, reason=data["reason"], **said)
    return diary.move_booking(booking=row, **said)


@roles(*ANSWERERS)
def put_together(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Several requests of one enterprise become one visit."""
    row = found(request, booking_id)
    among = selectors.joinable(request.scope, row.enterprise_id, now())
    fixed = [
        b for b in among if b.state == Booking.State.ACCEPTED and abs(b.starts_at - row.starts_at) <= selectors.WEEK
    ]
    local = (fixed or [row])[0].starts_at.astimezone(request.place.zone)
    near = [str(b.pk) for b in among if abs(b.starts_at - row.starts_at) <= selectors.WEEK]
    initial = {"bookings": near, "day": local.date(), "clock": f"{local:%H:%M}"}
    form = JoinForm(request.POST or None, among=among, zone=request.place.zone, initial=initial)
    is_ours = request.scope.is_enterprise
    return _ask(
        request,
        row,
        form,
        lambda: joint.join_bookings(
            bookings=form.cleaned_data["bookings"],
            starts_at=form.cleaned_data["starts_at"],
            minutes=form.cleaned_data["minutes"],
            client_key=form.cleaned_data["client_key"],
            by=request.role,
            at=now(),
        ),
        question=_("Which requests become one visit?"),
        lead=_("They come once, together. Each is told with whom."),
        button=_("Put together") if is_ours else _("Propose the joint visit"),
        done=_("One joint visit. Everybody is told.") if is_ours else _("Proposed. The enterprise is asked."),
    )


@roles(*ASKERS)
@require_POST
def take(request: HttpRequest, booking_id: int) -> HttpResponse:
    """One tap: the time that the enterprise proposed."""
    row = found(request, booking_id)
    done = _("Agreed. The enterprise has been told.")
    return _press(request, row, lambda: diary.take_other_time(booking=row, by=request.role, at=now()), done)


@roles(*ASKERS)
def cancel(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Ask once, then take the request back."""
    row = found(request, booking_id)
    return _ask(
        request,
        row,
        Form(_posted(request)),
        lambda: diary.cancel_booking(booking=row, by=request.role, at=now()),
        question=_("You no longer need this time?"),
        lead=_("The enterprise is told that nobody comes for it."),
        button=_("Cancel the request"),
        done=_("Cancelled. The enterprise has been told."),
        is_grave=True,
    )


@roles(*ASKERS)
def held(request: HttpRequest, booking_id: int) -> HttpResponse:
    """It took place, and took so long."""
    row = found(request, booking_id)
    form = HeldForm(request.POST or None, initial={"minutes": row.minutes})
    return _ask(
        request,
        row,
        form,
        lambda: diary.hold_booking(booking=row, minutes=form.cleaned_data["minutes"], by=request.role, at=now()),
        question=_("It took place"),
        lead=_("The minutes go into the ledger of what is asked of enterprises."),
        button=_("Save"),
        done=_("Noted."),
    )


@roles(*ANSWERERS)
def apart(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Ask once, then take a joint visit apart."""
    row = found(request, booking_id)
    return _ask(
        request,
        row,
        Form(_posted(request)),
        lambda: joint.part_bookings(booking=row, by=request.role, at=now()),
        question=_("Take the joint visit apart?"),
        lead=_("Each request stands again as before, at its own time. Each body is told."),
        button=_("Take it apart"),
        done=_("Each request stands alone again."),
    )


@roles(ENTERPRISE, *READERS)
def sheet(request: HttpRequest, booking_id: int) -> HttpResponse:
    """The joint visit on one sheet to print: who comes, what for, when, how long."""
    row = found(request, booking_id)
    parts = row.parts.select_related("organisation", "requested_by").order_by("pk")
    return render(request, "register/diary/sheet.html", {"b": row, "parts": parts})


# ── What these pages share ───────────────────────────────────


def found(request: HttpRequest, booking_id: int) -> Booking:
    """A booking that this person may see."""
    return get_object_or_404(selectors.one(request.scope, booking_id))  # type: ignore[attr-defined]


def _posted(request: HttpRequest) -> Any:
    """What was sent, also where it is empty: a button without fields."""
    return request.POST if request.method == "POST" else None


def _press(request: HttpRequest, row: Booking, call: Callable[[], Any], done: str) -> HttpResponse:
    try:
        call()
        messages.success(request, done)
    except Refused as error:
        messages.error(request, str(error))
    return redirect("register:booking", row.pk)


def _ask(
    request: HttpRequest,
    row: Booking,
    form: Form,
    call: Callable[[], Any],
    *,
    question: str,
    button: str,
    done: str,
    lead: str = "",
    is_grave: bool = False,
) -> HttpResponse:
    """One question about a request: show it, or call and go back; what is refused is said above the form (422)."""
    made: list[Any] = []
    if request.method == "POST" and form.is_valid() and attempt(form, lambda: made.append(call())):
        messages.success(request, done)
        where = made[0] if isinstance(made[0], Booking) and made[0].kind == Booking.Kind.JOINT else row
        return redirect("register:booking", where.pk)
    context = {"b": row, "form": form, "question": question, "lead": lead, "button": button, "is_grave": is_grave}
    status = 422 if request.method == "POST" else 200
    return render(request, "register/diary/ask.html", context, status=status)
