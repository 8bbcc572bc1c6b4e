"""Visits: read, and recorded by the same service as page and phone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status
from pydantic import AwareDatetime

from openliaison.accounts.models import Organisation
from openliaison.cases.models import Category
from openliaison.core.api import Page, Stretch, faults, paged, reads, writes
from openliaison.core.now import now
from openliaison.core.receipts import once
from openliaison.core.scope import AREA, ENTERPRISE, LEADER, OFFICER
from openliaison.register.models import Booking, Contact, Enterprise

from . import needs, services
from .models import Visit

router = Router(tags=["visits"])
READERS = (OFFICER, AREA, LEADER, ENTERPRISE)


class VisitOut(Schema):
    id: int
    client_key: UUID
    enterprise_id: int
    officer: str
    mode: str
    at: datetime
    minutes: int | None
    nothing_new: bool
    notes: str
    notes_en: str
    recorded_at: datetime
    confirmed_at: datetime | None
    booking_id: int | None
    objection: str = Field(description="The enterprise's words: one thing is wrong.")
    objected_at: datetime | None
    withdrawn_at: datetime | None = Field(description="Taken back by its officer: it counts nowhere.")


class ProblemIn(Schema):
    text: str = Field(max_length=20_000)
    title: str = Field("", max_length=120)
    category: str = Field("", description="Code of the category.")
    wanted_result: str = Field("", max_length=300)
    is_confidential: bool = False


class CommitmentIn(Schema):
    text: str = Field(max_length=300)
    due_on: date
    side: Literal["county", "enterprise"] = "county"
    organisation: str = Field("", description="Code of the office that is to keep it; one's own where it is left out.")


class VisitIn(Schema):
    client_key: UUID | None = Field(None, description="Made by the sender: the same visit sent twice is recorded once.")
    enterprise_id: int
    mode: Literal["visit", "call", "online"] = "visit"
    visited_at: AwareDatetime | None = Field(None, description="With its offset; now where it is left out.")
    minutes: int | None = Field(None, ge=1, le=600)
    contact_id: int | None = Field(None, description="Whom one spoke to.")
    booking_id: int | None = Field(None, description="The accepted booking that the visit fulfils.")
    nothing_new: bool = False
    notes: str = Field("", max_length=20_000)
    notes_en: str = Field("", max_length=20_000)
    problems: list[ProblemIn] = Field([], max_length=20)
    commitments: list[CommitmentIn] = Field([], max_length=20)
    facts: dict[str, Any] = Field({}, description="Fact key → value, learned at the visit.")


class ReasonOut(Schema):
    key: str = Field(description="promise_late, overdue, never, silent, …: the names of the weights in `next_visit`.")
    text: str
    weight: int
    url: str = Field(description="The page with the rows behind it.")


class NextVisitOut(Schema):
    enterprise_id: int
    name: str
    group: str = Field(description="now; spare: visited too often and nothing urgent; quiet: no reason.")
    weight: int
    last_at: datetime | None
    seen_this_week: int = Field(description="The most visits at the door in any seven days around today.")
    reasons: list[ReasonOut]


class VisitQuery(Stretch):
    enterprise_id: int | None = None
    mode: Literal["", "visit", "call", "online"] = ""
    since: AwareDatetime | None = None
    with_withdrawn: bool = Field(False, description="Also records that their officer took back.")


class ObjectionIn(Schema):
    text: str = Field(min_length=1, max_length=1000)


class CorrectionIn(Schema):
    reason: str = Field(min_length=1, max_length=300, description="The enterprise reads it.")
    notes: str = Field("", max_length=20_000)
    mode: Literal["visit", "call", "online"]
    visited_at: AwareDatetime
    minutes: int | None = Field(None, ge=1, le=600)
    contact_id: int | None = None


@router.get("/visits", response={200: Page[VisitOut]} | faults(422), auth=reads("visits", *READERS), url_name="visits")
def visits(request: HttpRequest, query: Query[VisitQuery]) -> Page[VisitOut]:
    """Visits and calls, the latest first."""
    rows = Visit.objects.visible_to(request.scope)
    if query.enterprise_id:
        rows = rows.filter(enterprise_id=query.enterprise_id)
    if not query.with_withdrawn:
        rows = rows.standing()
    if query.mode:
        rows = rows.filter(mode=query.mode)
    if query.since:
        rows = rows.filter(at__gte=query.since)
    return paged(rows.select_related("officer").order_by("-at", "pk"), query, _visit)


@router.get(
    "/visits/next", response={200: list[NextVisitOut]} | faults(), auth=reads("visits", OFFICER), url_name="next"
)
def next_visits(request: HttpRequest) -> list[NextVisitOut]:
    """One's own enterprises in the order in which they need somebody, each with its reasons."""
    return [_next(one) for one in needs.of_officer(request.scope, request.place, now())]


def _next(one: needs.Standing) -> NextVisitOut:
    reasons = [ReasonOut(key=r.key, text=r.text, weight=r.weight, url=r.url) for r in needs.words(one.visit)]
    return NextVisitOut(
        enterprise_id=one.enterprise.pk,
        name=one.enterprise.label,
        group=one.visit.group,
        weight=one.visit.weight,
        last_at=one.last_at,
        seen_this_week=one.seen_this_week,
        reasons=reasons,
    )


@router.get(
    "/visits/{int:visit_id}", response={200: VisitOut} | faults(404), auth=reads("visits", *READERS), url_name="visit"
)
def visit(request: HttpRequest, visit_id: int) -> VisitOut:
    """One visit."""
    return _visit(_found(request, visit_id))


@router.post(
    "/visits",
    response={200: VisitOut, 201: VisitOut} | faults(404, 409, 422),
    auth=writes("visits", OFFICER),
    url_name="visit_record",
)
def visit_record(request: HttpRequest, body: VisitIn) -> Status:
    """Record a visit and what came of it, all or nothing. 201 when new, 200 when it was recorded before."""
    sent = body.model_dump(mode="json", exclude={"client_key"})
    pk, is_new = once(
        "visits.visit",
        client_key=body.client_key,
        body=sent,
        by=request.role,
        at=now(),
        make=lambda: _record(request, body),
    )
    return Status(201 if is_new else 200, _visit(_found(request, pk)))


@router.post(
    "/visits/{int:visit_id}/withdraw",
    response={200: VisitOut} | faults(404, 409, 422),
    auth=writes("visits", OFFICER),
    url_name="visit_withdraw",
)
def visit_withdraw(request: HttpRequest, visit_id: int) -> VisitOut:
    """Take back a record of nothing new within minutes: it stays on file and counts nowhere."""
    return _visit(services.withdraw_visit(visit=_found(request, visit_id), by=request.role, at=now()))


@router.post(
    "/visits/{int:visit_id}/correct",
    response={200: VisitOut} | faults(404, 409, 422),
    auth=writes("visits", OFFICER),
    url_name="visit_correct",
)
def visit_correct(request: HttpRequest, visit_id: int, body: CorrectionIn) -> VisitOut:
    """Mend what a record says; what it said before is kept, and the enterprise is asked anew."""
    found = _found(request, visit_id)
    met = _contact(request, found.enterprise, body.contact_id)
    given = body.model_dump(exclude={"contact_id"})
    return _visit(services.correct_visit(visit=found, met=met, by=request.role, at=now(), **given))


@router.post(
    "/visits/{int:visit_id}/confirm",
    response={200: VisitOut} | faults(404, 409, 422),
    auth=writes("visits", ENTERPRISE),
    url_name="visit_confirm",
)
def visit_confirm(request: HttpRequest, visit_id: int) -> VisitOut:
    """The enterprise says that a record is right."""
    return _visit(services.confirm_visit(visit=_found(request, visit_id), by=request.role, at=now()))


@router.post(
    "/visits/{int:visit_id}/objection",
    response={200: VisitOut} | faults(404, 409, 422),
    auth=writes("visits", ENTERPRISE),
    url_name="visit_objection",
)
def visit_objection(request: HttpRequest, visit_id: int, body: ObjectionIn) -> VisitOut:
    """The enterprise says what is wrong with a record; its officer is asked to mend it."""
    found = _found(request, visit_id)
    return _visit(services.object_to_visit(visit=found, text=body.text, by=request.role, at=now()))


def _record(request: HttpRequest, body: VisitIn) -> Visit:
    enterprise = get_object_or_404(Enterprise.objects.visible_to(request.scope), pk=body.enterprise_id)
    return services.record_visit(
        enterprise=enterprise,
        by=request.role,
        at=now(),
        mode=body.mode,
        visited_at=body.visited_at,
        minutes=body.minutes,
        met=_contact(request, enterprise, body.contact_id),
        nothing_new=body.nothing_new,
        notes=body.notes,
        notes_en=body.notes_en,
        problems=[_problem(request, p) for p in body.problems],
        booking=_booking(request, enterprise, body.booking_id),
        commitments=[_commitment(request, c) for c in body.commitments],
        facts=body.facts,
        client_key=body.client_key,
    )


def _contact(request: HttpRequest, enterprise: Enterprise, contact_id: int | None) -> Contact | None:
    if contact_id is None:
        return None
    found = Contact.objects.visible_to(request.scope).filter(enterprise=enterprise, pk=contact_id).first()
    if found is None:
        raise services.Incomplete(_("%(name)s has no such contact.") % {"name": enterprise.label})
    return found


def _booking(request: HttpRequest, enterprise: Enterprise, booking_id: int | None) -> Booking | None:
    if booking_id is None:
        return None
    found = Booking.objects.visible_to(request.scope).filter(enterprise=enterprise, pk=booking_id).first()
    if found is None:
        raise services.Incomplete(_("%(name)s has no such appointment.") % {"name": enterprise.label})
    return found


def _commitment(request: HttpRequest, given: CommitmentIn) -> services.Commitment:
    office = None
    if given.organisation:
        office = Organisation.objects.filter(place=request.place, code=given.organisation).first()
        if office is None:
            raise services.Incomplete(_("There is no office “%(code)s”.") % {"code": given.organisation})
    return services.Commitment(given.text, given.due_on, given.side, office)


def _problem(request: HttpRequest, given: ProblemIn) -> services.Problem:
    category = None
    if given.category:
        category = Category.objects.visible_to(request.scope).filter(code=given.category).first()
        if category is None:
            raise services.Incomplete(_("There is no category “%(code)s”.") % {"code": given.category})
    return services.Problem(category=category, **given.model_dump(exclude={"category"}))


def _found(request: HttpRequest, visit_id: int) -> Visit:
    rows = Visit.objects.visible_to(request.scope).select_related("officer", "enterprise")
    return get_object_or_404(rows, pk=visit_id)


def _visit(row: Visit) -> VisitOut:
    return VisitOut(
        id=row.pk,
        client_key=row.client_key,
        enterprise_id=row.enterprise_id,
        officer=row.officer.label,
        mode=row.mode,
        at=row.at,
        minutes=row.minutes,
        nothing_new=row.nothing_new,
        notes=row.notes,
        notes_en=row.notes_en,
        recorded_at=row.recorded_at,
        confirmed_at=row.confirmed_at,
        booking_id=row.booking_id,
        objection=row.objection,
        objected_at=row.objected_at,
        withdrawn_at=row.withdrawn_at,
    )
