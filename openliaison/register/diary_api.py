"""The diary by API: requests for enterprises' time, answers, joint visits. The same services as the pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema, Status

from openliaison.core.api import Page, Stretch, faults, paged, reads, writes
from openliaison.core.now import now
from openliaison.core.scope import AREA, ENTERPRISE, HANDLER, INSPECTOR, LEADER, OFFICER, STAFF

from . import booking_rules as rules
from . import diary_selectors as selectors
from .models import Booking, Enterprise
from .services import diary, joint

router = Router(tags=["register"])
ASKERS = (OFFICER, AREA, HANDLER, LEADER, INSPECTOR)
ANSWERERS = (ENTERPRISE, AREA)


class BookingRow(Schema):
    id: int
    client_key: UUID
    enterprise_id: int
    organisation: str | None = Field(description="Code of the office that asks; null where a person does.")
    kind: str
    purpose: str
    purpose_en: str
    basis: str
    starts_at: datetime = Field(description="Of a data request: by when the answer is wanted.")
    minutes: int
    people: int
    state: str = Field(description="not_now: not at this time; nothing else is told.")
    instead: str = Field(description="What the enterprise would do instead.")
    instead_at: datetime | None
    instead_note: str
    joined: int | None = Field(description="The joint visit of which it is a part.")
    requested_at: datetime
    answered_at: datetime | None


class BookingOut(BookingRow):
    verbs: list[str] = Field(description="What you may do with it now.")


class BookingQuery(Stretch):
    state: str = ""
    kind: str = ""
    enterprise: int | None = None
    since: datetime | None = Field(None, description="On or after this instant.")
    until: datetime | None = Field(None, description="Before this instant.")


class BookingIn(Schema):
    client_key: UUID | None = Field(None, description="Your own key: sent twice, it is one request.")
    enterprise_id: int
    kind: Literal["service", "study", "inspection"]
    purpose: str = Field(min_length=1, max_length=300)
    purpose_en: str = Field("", max_length=300)
    basis: str = Field("", max_length=200)
    is_urgent: bool = False
    starts_at: datetime
    minutes: int = Field(60, ge=1, le=480)
    people: int = Field(1, ge=1, le=50)
    off_hours: bool = False
    over_reason: str = Field("", max_length=300, description="Needed where the stop sign stands.")


class OtherTimeIn(Schema):
    instead_at: datetime
    note: str = Field("", max_length=300)


class NotNowIn(Schema):
    instead: Literal["by_phone", "in_writing", "together", "officer"]
    note: str = Field("", max_length=300, description="Who asked reads it.")
    is_refusal: bool = Field(description="Only the coordinator learns it.")
    reason: str = Field("", max_length=300, description="Only the coordinator reads it.")


class HeldIn(Schema):
    minutes: int = Field(ge=1, le=480)


class JointIn(Schema):
    client_key: UUID | None = None
    bookings: list[int] = Field(min_length=2, max_length=20)
    starts_at: datetime
    minutes: int | None = Field(None, ge=1, le=480)


@router.get(
    "/bookings",
    response={200: Page[BookingRow]} | faults(422),
    auth=reads("register", *STAFF, ENTERPRISE),
    url_name="bookings",
)
def bookings(request: HttpRequest, query: Query[BookingQuery]) -> Page[BookingRow]:
    """Requests for enterprises' time, as far as one sees them, the latest first."""
    exact = {k: getattr(query, k) for k in ("state", "kind", "enterprise") if getattr(query, k)}
    rows = selectors.listed(request.scope, exact, now())
    if query.since:
        rows = rows.filter(starts_at__gte=query.since)
    if query.until:
        rows = rows.filter(starts_at__lt=query.until)
    return paged(rows.order_by("-starts_at", "pk"), query, lambda row: BookingRow(**_fields(row)))


@router.post(
    "/bookings",
    response={201: BookingOut} | faults(404, 409, 422),
    auth=writes("register", *ASKERS),
    url_name="booking_request",
)
def booking_request(request: HttpRequest, body: BookingIn) -> Status:
    """Ask an enterprise for its time. Where the stop sign stands, `over_reason` is needed."""
    rows = Enterprise.objects.visible_to(request.scope).select_related("place", "merged_into")
    enterprise = get_object_or_404(rows, pk=body.enterprise_id)
    given = body.model_dump(exclude={"enterprise_id"})
    made = diary.request_booking(enterprise=enterprise, by=request.role, at=now(), **given)
    return Status(201, _shown(request, made))


@router.get(
    "/bookings/{int:booking_id}",
    response={200: BookingOut} | faults(404),
    auth=reads("register", *STAFF, ENTERPRISE),
    url_name="booking",
)
def booking(request: HttpRequest, booking_id: int) -> BookingOut:
    """One request, and what you may do with it."""
    return _shown(request, _found(request, booking_id))


@router.post(
    "/bookings/{int:booking_id}/accept",
    response={200: BookingOut} | faults(404, 409, 422),
    auth=writes("register", *ANSWERERS),
    url_name="booking_accept",
)
def booking_accept(request: HttpRequest, booking_id: int) -> BookingOut:
    """The enterprise says yes."""
    row = _found(request, booking_id)
    return _shown(request, diary.accept_booking(booking=row, by=request.role, at=now()))


@router.post(
    "/bookings/{int:booking_id}/other-time",
    response={200: BookingOut} | faults(404, 409, 422),
    auth=writes("register", *ANSWERERS),
    url_name="booking_other_time",
)
def booking_other_time(request: HttpRequest, booking_id: int, body: OtherTimeIn) -> BookingOut:
    """The enterprise proposes another time."""
    row = _found(request, booking_id)
    return _shown(request, diary.move_booking(booking=row, by=request.role, at=now(), **body.model_dump()))


@router.post(
    "/bookings/{int:booking_id}/not-now",
    response={200: BookingOut} | faults(404, 409, 422),
    auth=writes("register", *ANSWERERS),
    url_name="booking_not_now",
)
def booking_not_now(request: HttpRequest, booking_id: int, body: NotNowIn) -> BookingOut:
    """Not at this time. Whether it is a refusal, and why, is told to the coordinator alone."""
    row = _found(request, booking_id)
    said = {"booking": row, "instead": body.instead, "note": body.note, "by": request.role, "at": now()}
    done = diary.refuse_booking(reason=body.reason, **said) if body.is_refusal else diary.move_booking(**said)
    return _shown(request, done)


@router.post(
    "/bookings/{int:booking_id}/take",
    response={200: BookingOut} | faults(404, 409, 422),
    auth=writes("register", *ASKERS),
    url_name="booking_take",
)
def booking_take(request: HttpRequest, booking_id: int) -> BookingOut:
    """Who asked takes the time that the enterprise proposed."""
    row = _found(request, booking_id)
    return _shown(request, diary.take_other_time(booking=row, by=request.role, at=now()))


@router.post(
    "/bookings/{int:booking_id}/cancel",
    response={200: BookingOut} | faults(404, 409),
    auth=writes("register", *ASKERS),
    url_name="booking_cancel",
)
def booking_cancel(request: HttpRequest, booking_id: int) -> BookingOut:
    """Who asked no longer needs it."""
    row = _found(request, booking_id)
    return _shown(request, diary.cancel_booking(booking=row, by=request.role, at=now()))


@router.post(
    "/bookings/{int:booking_id}/held",
    response={200: BookingOut} | faults(404, 409, 422),
    auth=writes("register", *ASKERS),
    url_name="booking_held",
)
def booking_held(request: HttpRequest, booking_id: int, body: HeldIn) -> BookingOut:
    """It took place, and took so many minutes."""
    row = _found(request, booking_id)
    return _shown(request, diary.hold_booking(booking=row, minutes=body.minutes, by=request.role, at=now()))


@router.post(
    "/joint-visits",
    response={201: BookingOut} | faults(404, 409, 422),
    auth=writes("register", *ANSWERERS),
    url_name="joint_visit",
)
def joint_visit(request: HttpRequest, body: JointIn) -> Status:
    """Several requests become one visit: the desk proposes it, the enterprise settles it."""
    rows = [_found(request, pk) for pk in body.bookings]
    given = body.model_dump(exclude={"bookings"})
    return Status(201, _shown(request, joint.join_bookings(bookings=rows, by=request.role, at=now(), **given)))


@router.post(
    "/joint-visits/{int:booking_id}/apart",
    response={200: list[BookingOut]} | faults(404, 409),
    auth=writes("register", *ANSWERERS),
    url_name="joint_visit_apart",
)
def joint_visit_apart(request: HttpRequest, booking_id: int) -> list[BookingOut]:
    """Each request stands again as it stood before."""
    host = _found(request, booking_id)
    return [_shown(request, row) for row in joint.part_bookings(booking=host, by=request.role, at=now())]


def _found(request: HttpRequest, booking_id: int) -> Booking:
    return get_object_or_404(selectors.one(request.scope, booking_id))


def _shown(request: HttpRequest, row: Booking) -> BookingOut:
    return BookingOut(verbs=rules.allowed(row, request.role, now()), **_fields(row))


def _fields(row: Booking) -> dict[str, Any]:
    office = row.organisation.code if row.organisation else None
    names = BookingRow.model_fields.keys() - {"organisation", "joined"}
    return {name: getattr(row, name) for name in names} | {"organisation": office, "joined": row.joined_id}
