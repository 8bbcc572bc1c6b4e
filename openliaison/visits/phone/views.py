"""The doors of the phone."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from openliaison.core.now import now
from openliaison.core.receipts import KeyUsed
from openliaison.visits.models import FactConflict

from . import pack as packs
from . import services
from .conflicts import pairs
from .devices import note_wiped
from .door import Changed, answer, phone_door
from .shapes import Item, fit, parse


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
