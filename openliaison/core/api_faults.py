"""How the API refuses: always `{"error": a sentence, "fields": {…}}`, under a status that a program can act on."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from .errors import Refused

# What a service refuses, by the house's names of refusals; everything else is a 422.
STATUSES = {"NotAllowed": 403, "AlreadyDone": 409, "KeyUsed": 409, "TooLate": 409, "TooEarly": 409}
WRAPPERS = ("body", "query", "path", "file", "form")  # first words of where a fault was found


def answer(api: NinjaAPI) -> None:
    """Let the API answer every refusal in the house's shape."""

    def fault(request: HttpRequest, status: int, text: str, fields: dict[str, list[str]] | None = None) -> HttpResponse:
        return api.create_response(request, {"error": text, "fields": fields or {}}, status=status)

    @api.exception_handler(Refused)
    def refused(request: HttpRequest, error: Refused) -> HttpResponse:
        return fault(request, STATUSES.get(type(error).__name__, 422), str(error))

    @api.exception_handler(HttpError)
    def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
        response = fault(request, error.status_code, str(error))
        if error.status_code == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        return response

    @api.exception_handler(Http404)
    def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
        return fault(request, 404, _("It does not exist, or it is not for you to see."))

    @api.exception_handler(PermissionDenied)
    def denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
        return fault(request, 403, _("This is for other roles."))

    @api.exception_handler(ValidationError)
    def unclear(request: HttpRequest, error: ValidationError) -> HttpResponse:
        fields = _by_field(error)
        listed = "; ".join(f"{name}: {' '.join(texts)}" for name, texts in fields.items())
        return fault(request, 422, _("Correct this and send it again: %(faults)s") % {"faults": listed}, fields)

    @api.exception_handler(Exception)
    def ours(request: HttpRequest, error: Exception) -> HttpResponse:
        """Goes on to the site's own handler, which undoes the transaction and says nothing of it."""
        raise error


def _by_field(error: ValidationError) -> dict[str, list[str]]:
    """Field → sentences: ("body", "body", "text") is "text", ("query", "limit") is "limit"."""
    found: dict[str, list[str]] = {}
    for one in error.errors:
        where = [str(part) for part in one["loc"] if part not in WRAPPERS]
        found.setdefault(".".join(where) or "body", []).append(str(one["msg"]))
    return found
