"""How every door of the phone lets in, and how it refuses: always JSON, under a status a program can act on."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from openliaison.core.errors import Refused
from openliaison.core.now import now
from openliaison.core.scope import OFFICER
from openliaison.visits.models import Device

from .devices import OthersDevice, meet_device
from .shapes import Unfit

View = Callable[..., HttpResponse]
# What services refuse, by the house's names of refusals; everything else is for the person to mend: 422.
STATUSES = {"NotAllowed": 403, "AlreadyDone": 409, "KeyUsed": 409, "TooLate": 409, "TooEarly": 409, "OthersDevice": 409}
WHY = {"KeyUsed": "key_used", "OthersDevice": "device_used"}


class Changed(Refused):
    """Something else stands by now; `now` says what, to be shown beside the phone's word."""

    def __init__(self, text: str, now: dict[str, Any], why: str = "changed") -> None:
        super().__init__(text)
        self.now, self.why = now, why


def answer(status: int, **content: Any) -> JsonResponse:
    return JsonResponse(content, status=status, json_dumps_params={"ensure_ascii": False})


def phone_door(method: str, *, even_revoked: bool = False) -> Callable[[View], View]:
    """A door for an officer's phone, by one method.

    Args:
        even_revoked: also for a phone that was told to wipe.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if refusal := _turned_away(request, method):
                return refusal
            try:
                if (device := _device(request)).revoked_at and not even_revoked:
                    return answer(410, wipe=True, why=_("This phone was revoked: what it keeps is deleted."))
                request.device = device  # type: ignore[attr-defined]
                return view(request, *args, **kwargs)
            except Refused as error:
                return refused(error)
            except RequestDataTooBig:
                return answer(413, error=_("This is too much at once. Send smaller pieces."), fields={})
            except Http404:
                return answer(404, error=_("It does not exist, or it is not for you to see."), fields={})

        door.allowed_roles = frozenset([OFFICER])  # type: ignore[attr-defined]
        door.answers_json = True  # type: ignore[attr-defined]
        return door

    return decorate


def refused(error: Refused) -> JsonResponse:
    """A refusal in the house's shape."""
    if isinstance(error, Changed):
        return answer(409, error=str(error), why=error.why, now=error.now, fields={})
    if isinstance(error, Unfit):
        return answer(422, error=str(error), fields=error.fields)
    kind = type(error).__name__
    status = STATUSES.get(kind, 422)
    more = {"why": WHY.get(kind, "changed"), "now": {}} if status == 409 else {}
    return answer(status, error=str(error), fields={}, **more)


def _turned_away(request: HttpRequest, method: str) -> JsonResponse | None:
    scope = request.scope  # type: ignore[attr-defined]
    if scope is None and not request.user.is_authenticated:
        return answer(401, error=_("You are no longer logged in. Log in; nothing on this phone is lost."), fields={})
    if scope is None or scope.role != OFFICER:
        text = _("This is for liaison officers. Switch to that role; if yours has ended, show this phone to the desk.")
        return answer(403, error=text, fields={})
    if request.headers.get("X-Person", str(scope.user_id)) != str(scope.user_id):
        text = _("Somebody else is logged in here. It is kept until its own person logs in again.")
        return answer(403, error=text, why="other_person", fields={})
    if request.method != method:
        response = answer(405, error=_("This door takes %(method)s only.") % {"method": method}, fields={})
        response.headers["Allow"] = method
        return response
    return None


def _device(request: HttpRequest) -> Device:
    try:
        device_id = UUID(request.headers.get("X-Device", ""))
    except ValueError:
        raise Unfit({"X-Device": _("The phone's own number is missing. Reload the page.")}) from None
    agent = request.headers.get("User-Agent", "")
    return meet_device(device_id=device_id, agent=agent, by=request.role, at=now())  # type: ignore[attr-defined]


__all__ = ["Changed", "OthersDevice", "answer", "phone_door", "refused"]
