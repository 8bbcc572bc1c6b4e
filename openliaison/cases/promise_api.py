"""Promises by API: the register of both sides and every verb, by the same services and walls as the pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from openliaison.accounts.models import Organisation
from openliaison.core.api import Page, Stretch, faults, paged, reads, writes
from openliaison.core.now import now
from openliaison.core.receipts import once
from openliaison.core.scope import AREA, ENTERPRISE, HANDLER, LEADER, OFFICER
from openliaison.register.models import Enterprise

from . import selectors, services
from .errors import Incomplete
from .models import Promise

router = Router(tags=["cases"])
READERS = (OFFICER, AREA, HANDLER, LEADER, ENTERPRISE)
PROMISING = (OFFICER, AREA, HANDLER, ENTERPRISE)


class PromiseOut(Schema):
    id: int
    enterprise_id: int
    case_id: int | None
    side: str
    organisation: str | None
    text: str
    text_en: str
    made_at: datetime
    due_on: date
    first_due_on: date | None = Field(description="The day promised first, where another was agreed since.")
    moved_reason: str
    visit_id: int | None
    state: str
    settled_at: datetime | None
    settled_reason: str = Field(description="What was done, or why it was not kept or is withdrawn.")
    disowned_at: datetime | None = Field(description="Since when the office says that it is not its promise.")
    disowned_reason: str
    disputed_at: datetime | None
    disputed_reason: str


class PromiseIn(Schema):
    client_key: UUID | None = None
    enterprise_id: int
    text: str = Field(min_length=1, max_length=300)
    text_en: str = Field("", max_length=300)
    due_on: date
    side: Literal["county", "enterprise"] = "county"
    organisation: str = Field("", description="Code of the office that is to keep it; one's own where it is left out.")


class PromiseSettled(Schema):
    state: Literal["kept", "broken", "withdrawn"]
    reason: str = Field("", max_length=300)


class PromiseMoved(Schema):
    due_on: date
    reason: str = Field(min_length=1, max_length=300)


class PromiseWords(Schema):
    reason: str = Field(min_length=1, max_length=300)


class PromiseHanded(Schema):
    organisation: str = Field(description="Code of the office that is to keep it.")


class PromiseQuery(Stretch):
    state: Literal[
        "", "open", "due", "late", "kept", "kept_in_time", "kept_late", "broken", "withdrawn", "disowned"
    ] = ""
    enterprise: int | None = None
    side: Literal["", "county", "enterprise"] = ""
    organisation: str = ""
    since: date | None = Field(None, description="Due on this day or later.")
    until: date | None = Field(None, description="Due on this day or before.")


@router.get(
    "/promises", response={200: Page[PromiseOut]} | faults(422), auth=reads("cases", *READERS), url_name="promises"
)
def promises(request: HttpRequest, query: Query[PromiseQuery]) -> Page[PromiseOut]:
    """Promises of both sides, the next due first. A token reads those of confidential cases only as the enterprise."""
    rows = selectors.promise_rows(request.scope, query.model_dump(exclude={"limit", "offset"}))
    if request.api_token is not None and not request.scope.is_enterprise:
        rows = rows.filter(is_confidential=False)
    return paged(rows.order_by("due_on", "pk"), query, _promise)


@router.post(
    "/promises",
    response={200: PromiseOut, 201: PromiseOut} | faults(404, 409, 422),
    auth=writes("cases", *PROMISING),
    url_name="promise_make",
)
def promise_make(request: HttpRequest, body: PromiseIn) -> Status:
    """Promise something outside a case; within one use the case's verb."""
    pk, is_new = once(
        "cases.promise",
        client_key=body.client_key,
        body=body.model_dump(mode="json", exclude={"client_key"}),
        by=request.role,
        at=now(),
        make=lambda: _promised(request, body),
    )
    return Status(201 if is_new else 200, _promise(_found(request, pk)))


def _promised(request: HttpRequest, body: PromiseIn) -> Promise:
    enterprise = get_object_or_404(Enterprise.objects.visible_to(request.scope), pk=body.enterprise_id)
    words = body.model_dump(exclude={"enterprise_id", "organisation"})
    office = _office(request, body.organisation) if body.organisation else None
    return services.make_promise(enterprise=enterprise, organisation=office, by=request.role, at=now(), **words)


@router.post(
    "/promises/{int:promise_id}/settle",
    response={200: PromiseOut} | faults(404, 409, 422),
    auth=writes("cases", *PROMISING),
    url_name="promise_settle",
)
def promise_settle(request: HttpRequest, promise_id: int, body: PromiseSettled) -> PromiseOut:
    """Kept (with what was done), not kept, or withdrawn with a reason."""
    given = _given(request, promise_id) | {"reason": body.reason}
    if body.state == Promise.State.WITHDRAWN:
        return _promise(services.withdraw_promise(**given))
    return _promise(services.keep_promise(is_kept=body.state == Promise.State.KEPT, **given))


@router.post(
    "/promises/{int:promise_id}/move",
    response={200: PromiseOut} | faults(404, 409, 422),
    auth=writes("cases", *PROMISING),
    url_name="promise_move",
)
def promise_move(request: HttpRequest, promise_id: int, body: PromiseMoved) -> PromiseOut:
    """Note another day that was agreed; the first one stays on file and in the measures."""
    return _promise(services.move_promise(**_given(request, promise_id), **body.model_dump()))


@router.post(
    "/promises/{int:promise_id}/dispute",
    response={200: PromiseOut} | faults(404, 409, 422),
    auth=writes("cases", *PROMISING),
    url_name="promise_dispute",
)
def promise_dispute(request: HttpRequest, promise_id: int, body: PromiseWords) -> PromiseOut:
    """The side to which it was promised says "not so": it is open again."""
    return _promise(services.dispute_promise(**_given(request, promise_id), reason=body.reason))


@router.post(
    "/promises/{int:promise_id}/disown",
    response={200: PromiseOut} | faults(404, 409, 422),
    auth=writes("cases", HANDLER),
    url_name="promise_disown",
)
def promise_disown(request: HttpRequest, promise_id: int, body: PromiseWords) -> PromiseOut:
    """The office for which somebody else promised says that it is not its promise."""
    return _promise(services.disown_promise(**_given(request, promise_id), reason=body.reason))


@router.post(
    "/promises/{int:promise_id}/hand",
    response={200: PromiseOut} | faults(404, 409, 422),
    auth=writes("cases", OFFICER, AREA, HANDLER),
    url_name="promise_hand",
)
def promise_hand(request: HttpRequest, promise_id: int, body: PromiseHanded) -> PromiseOut:
    """Name another office that keeps it."""
    given = _given(request, promise_id)
    return _promise(services.hand_promise(**given, organisation=_office(request, body.organisation)))


@router.post(
    "/promises/{int:promise_id}/remind",
    response={200: PromiseOut} | faults(404, 409, 422),
    auth=writes("cases", AREA),
    url_name="promise_remind",
)
def promise_remind(request: HttpRequest, promise_id: int) -> PromiseOut:
    """The desk reminds who keeps it, once a day."""
    return _promise(services.remind_promise(**_given(request, promise_id)))


def _given(request: HttpRequest, promise_id: int) -> dict[str, Any]:
    return {"promise": _found(request, promise_id), "by": request.role, "at": now()}


def _found(request: HttpRequest, promise_id: int) -> Promise:
    rows = Promise.objects.visible_to(request.scope).select_related("organisation", "enterprise__place")
    return get_object_or_404(rows, pk=promise_id)


def _office(request: HttpRequest, code: str) -> Organisation:
    found = Organisation.objects.filter(place=request.place, code=code).first()
    if found is None:
        raise Incomplete(_("There is no office “%(code)s”.") % {"code": code[:60]})
    return found


def _promise(row: Promise) -> PromiseOut:
    named = {name: getattr(row, name) for name in PromiseOut.model_fields if name != "organisation"}
    return PromiseOut(**named, organisation=row.organisation.code if row.organisation else None)
