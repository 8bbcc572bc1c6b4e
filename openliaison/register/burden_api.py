"""Asked time and data requests by API: the ledger, the load of an enterprise, questions asked and answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema, Status

from openliaison.core.api import Page, Stretch, faults, paged, reads, writes
from openliaison.core.now import now
from openliaison.core.scope import AREA, ENTERPRISE, HANDLER, INSPECTOR, OFFICER, STAFF

from . import burden_selectors, data_selectors, ledger
from .models import Booking, BurdenEntry, Enterprise
from .services import data_requests

router = Router(tags=["register"])
ASKERS = (OFFICER, AREA, HANDLER, INSPECTOR)


class LineOut(Schema):
    id: int
    enterprise_id: int
    organisation: str | None = Field(description="Code of the office that asked; null: the desk.")
    kind: str
    what: str
    what_en: str
    on: date
    minutes: int


class LineQuery(Stretch):
    enterprise: int | None = None
    organisation: str = Field("", description="Code of an office; “-” is the desk.")
    kind: str = ""
    since: date | None = Field(None, description="On or after this day.")
    until: date | None = Field(None, description="On or before this day.")


class LoadOut(Schema):
    enterprise_id: int
    on: date
    visits_7_days: int = Field(description="The most visits within any seven days that hold the day, whoever comes.")
    visits_month: int
    minutes_month: int = Field(description="Of all bodies together.")
    minutes_month_of_yours: int
    most_minutes: int
    most_minutes_of_one: int


class LoadQuery(Schema):
    on: date | None = None


class QuestionIn(Schema):
    key: str = Field("", max_length=60, description="Of the catalogue; or else a label and a type.")
    label: str = Field("", max_length=200, examples=["Staff planned for next year"])
    type: Literal["", "bool", "int", "decimal", "date", "enum", "text"] = Field("", examples=["int"])
    choices: list[str] = Field([], max_length=20)


class AskIn(Schema):
    client_key: UUID | None = Field(None, description="Your own key: sent twice, it is one request.")
    enterprise_id: int
    purpose: str = Field(min_length=1, max_length=300)
    purpose_en: str = Field("", max_length=300)
    wanted_by: date
    questions: list[QuestionIn] = Field(min_length=1, max_length=20)
    over_reason: str = Field("", max_length=300, description="Needed where the stop sign stands.")


class AnswerIn(Schema):
    answers: dict[str, Any] = Field(description="By the catalogue's key, or the id of an own question (q1, q2 …).")
    as_of: date


class RequestOut(Schema):
    id: int
    client_key: UUID
    sheet: UUID | None = Field(description="The same of all enterprises asked at once.")
    enterprise_id: int
    organisation: str | None
    purpose: str
    purpose_en: str
    minutes: int = Field(description="Counted from the questions.")
    wanted_by: date
    state: str
    requested_at: datetime
    questions: list[dict[str, Any]]
    answers: dict[str, Any] | None
    answered_at: datetime | None


class RequestQuery(Stretch):
    state: str = ""
    sheet: UUID | None = None


@router.get(
    "/asked-time",
    response={200: Page[LineOut]} | faults(422),
    auth=reads("register", *STAFF, ENTERPRISE),
    url_name="asked_time",
)
def asked_time(request: HttpRequest, query: Query[LineQuery]) -> Page[LineOut]:
    """The ledger of asked time as far as you see it, the latest first."""
    wanted = query.model_dump(exclude={"limit", "offset"})
    rows = ledger.narrowed(ledger.lines(request.scope), wanted, request.scope, request.place)  # type: ignore[attr-defined]
    return paged(rows.order_by("-on", "-pk"), query, _line)


def _line(row: BurdenEntry) -> LineOut:
    return LineOut(
        id=row.pk,
        enterprise_id=row.enterprise_id,
        organisation=row.organisation.code if row.organisation else None,
        kind=row.kind,
        what=row.what,
        what_en=row.what_en,
        on=row.on,
        minutes=row.minutes,
    )


@router.get(
    "/enterprises/{int:enterprise_id}/load",
    response={200: LoadOut} | faults(404, 422),
    auth=reads("register", *STAFF),
    url_name="enterprise_load",
)
def load(request: HttpRequest, enterprise_id: int, query: Query[LoadQuery]) -> LoadOut:
    """How much of an enterprise's time is taken around a day, and the ceilings. Who took it is not told."""
    rows = Enterprise.objects.visible_to(request.scope).select_related("place")  # type: ignore[attr-defined]
    found = get_object_or_404(rows, pk=enterprise_id)
    on = query.on or request.scope.today  # type: ignore[attr-defined]
    taken = burden_selectors.load(found.pk, on)
    limits = ledger.ceilings_of(found.place, on, request.scope.today)  # type: ignore[attr-defined]
    return LoadOut(
        enterprise_id=found.pk,
        on=on,
        visits_7_days=taken.visits_7_days,
        visits_month=taken.visits_month,
        minutes_month=taken.minutes_month,
        minutes_month_of_yours=taken.minutes_month_of(request.role.organisation),  # type: ignore[attr-defined]
        most_minutes=limits.minutes,
        most_minutes_of_one=limits.minutes_of_one,
    )


@router.get(
    "/data-requests",
    response={200: Page[RequestOut]} | faults(422),
    auth=reads("register", *STAFF, ENTERPRISE),
    url_name="data_requests",
)
def data_list(request: HttpRequest, query: Query[RequestQuery]) -> Page[RequestOut]:
    """Data requests that you see, with their answers, the latest first."""
    rows = data_selectors.requests(request.scope, query.model_dump(include={"state", "sheet"}))  # type: ignore[attr-defined]
    return paged(rows.order_by("-requested_at", "-pk"), query, _shown)


@router.post(
    "/data-requests",
    response={201: RequestOut} | faults(404, 409, 422),
    auth=writes("register", *ASKERS),
    url_name="data_ask",
)
def data_ask(request: HttpRequest, body: AskIn) -> Status:
    """Ask an enterprise for data. What is on file is refused with where to take it from."""
    rows = Enterprise.objects.visible_to(request.scope).select_related("place", "merged_into")  # type: ignore[attr-defined]
    enterprise = get_object_or_404(rows, pk=body.enterprise_id)
    given = body.model_dump(exclude={"enterprise_id"})
    made = data_requests.ask_data(enterprise=enterprise, by=request.role, at=now(), **given)  # type: ignore[attr-defined]
    return Status(201, _shown(made))


@router.get(
    "/data-requests/{int:booking_id}",
    response={200: RequestOut} | faults(404),
    auth=reads("register", *STAFF, ENTERPRISE),
    url_name="data_request",
)
def data_request(request: HttpRequest, booking_id: int) -> RequestOut:
    return _shown(_found(request, booking_id))


@router.post(
    "/data-requests/{int:booking_id}/answer",
    response={200: RequestOut} | faults(404, 409, 422),
    auth=writes("register", ENTERPRISE),
    url_name="data_answer",
)
def data_answer(request: HttpRequest, booking_id: int, body: AnswerIn) -> RequestOut:
    """The enterprise answers; what the catalogue knows becomes facts. The same answers twice are one answer."""
    found = _found(request, booking_id)
    return _shown(data_requests.answer_data(booking=found, by=request.role, at=now(), **body.model_dump()))  # type: ignore[attr-defined]


def _found(request: HttpRequest, booking_id: int) -> Booking:
    return get_object_or_404(data_selectors.requests(request.scope), pk=booking_id)  # type: ignore[attr-defined]


def _shown(row: Booking) -> RequestOut:
    return RequestOut(
        id=row.pk,
        client_key=row.client_key,
        sheet=row.sheet,
        enterprise_id=row.enterprise_id,
        organisation=row.organisation.code if row.organisation else None,
        purpose=row.purpose,
        purpose_en=row.purpose_en,
        minutes=row.minutes,
        wanted_by=row.place.day(row.starts_at),
        state=row.state,
        requested_at=row.requested_at,
        questions=row.questions,
        answers=row.answers,
        answered_at=row.answered_at,
    )
