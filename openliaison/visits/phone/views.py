"""The doors of the phone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from openliaison.core.now import now
from openliaison.core.receipts import KeyUsed
from openliaison.visits.errors import AlreadyDone
from openliaison.visits.models import FactConflict
from openliaison.visits.services import settle_conflict

from . import pack as packs
from . import services
from .conflicts import pairs
from .devices import note_wiped
from .door import Changed, answer, phone_door
from .shapes import Item, SettleBody, Unfit, fit, parse


@phone_door("GET")
def pack(request: HttpRequest) -> HttpResponse:
    """All that the phone keeps; 304 while nothing changed."""
    at = now()
    content = packs.pack(request.scope, request.role, at)
    tag = packs.etag(content)
    if request.headers.get("If-None-Match") == tag:
        response: HttpResponse = HttpResponse(status=304)
    else:
        response = answer(200, **content, server_time=at.isoformat())
    response.headers["ETag"] = tag
    response.headers["X-Server-Time"] = at.isoformat()
    return response


@phone_door("POST")
def sync(request: HttpRequest) -> HttpResponse:
    """One item of the outbox."""
    item = fit(Item, parse(request.body))
    sender = services.Sender(request.role, request.scope, now())
    try:
        taken = services.TAKE[item.kind](item, sender)
    except KeyUsed as error:
        raise Changed(str(error), _standing(item, sender), why="key_used") from None
    return answer(201 if taken.is_new else 200, **_result(item, taken, sender))


def _standing(item: Item, sender: services.Sender) -> dict[str, Any]:
    """What came under the key before, if this person may see it."""
    visit = services.visit_of(item.client_key, sender.scope)
    if visit is None or visit.officer_id != sender.role.user_id:
        return {}
    told = {"at": visit.at.isoformat(), "mode": visit.get_mode_display(), "text": visit.body}
    return {"kind": "visit", "id": visit.pk, "url": f"/visits/{visit.pk}/", **told}


def _result(item: Item, taken: services.Taken, sender: services.Sender) -> dict[str, Any]:
    result: dict[str, Any] = {
        "id": taken.row_id,
        "url": None,
        "enterprise_id": item.body.get("enterprise_id"),
        "conflicts": [],
        "clock_off_minutes": services.saved_at(item, sender).off_minutes,
    }
    if item.kind == "answer":
        return result | {"url": f"/cases/{taken.row_id}/"}
    if item.kind == "promise":
        return result | {"url": "/cases/promises/"}
    return result | _of_visit(item, sender)


def _of_visit(item: Item, sender: services.Sender) -> dict[str, Any]:
    visit = services.visit_of(item.client_key, sender.scope)
    if visit is None:  # its officer has changed since
        return {"id": None, "message": _("It was taken in. You no longer serve this enterprise and do not see it.")}
    rows = FactConflict.objects.visible_to(sender.scope).filter(visit=visit, state=FactConflict.State.OPEN)
    listed = pairs(rows.select_related("enterprise__place", "visit__officer"), sender.scope)
    return {"id": visit.pk, "url": f"/visits/{visit.pk}/", "conflicts": [pair.as_json() for pair in listed]}


@phone_door("POST", even_revoked=True)
def wiped(request: HttpRequest) -> HttpResponse:
    """The phone has deleted what it kept."""
    note_wiped(device=request.device, by=request.role, at=now())
    return HttpResponse(status=204)


@phone_door("POST")
def file(request: HttpRequest, photo: UUID) -> HttpResponse:
    """A picture of a visit, after the visit, under the number that the phone gave it."""
    upload, key = request.FILES.get("file"), _uuid(request.POST.get("visit", ""))
    if upload is None:
        raise Unfit({"file": _("The picture is missing.")})
    if key is None:
        raise Unfit({"visit": _("It is not said to which visit it belongs.")})
    sender = services.Sender(request.role, request.scope, now())
    kept, is_new = services.take_file(photo, key, upload, sender)
    return answer(201 if is_new else 200, id=str(kept))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@phone_door("POST")
def settle(request: HttpRequest, conflict_id: int) -> HttpResponse:
    """Choose between the visit's word and the register's."""
    rows = FactConflict.objects.visible_to(request.scope).select_related("enterprise__place", "visit__officer")
    found = get_object_or_404(rows, pk=conflict_id)
    body = fit(SettleBody, parse(request.body))
    try:
        row = settle_conflict(conflict=found, take=body.take, by=request.role, at=now())
    except AlreadyDone as error:
        raise Changed(str(error), pairs([rows.get(pk=conflict_id)], request.scope)[0].as_json()) from None
    shown = pairs([rows.get(pk=conflict_id)], request.scope)[0].as_json()
    if row.state == FactConflict.State.OPEN:
        raise Changed(_("The register has learned a third word since. Look again and choose."), shown)
    return answer(200, **shown)
