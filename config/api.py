"""The API: one router per room, every refusal a sentence, and a page that describes it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Router
from ninja.errors import HttpError, ValidationError

from openliaison.accounts.api import router as accounts
from openliaison.cases.api import router as cases
from openliaison.core.access import public
from openliaison.core.api import Door
from openliaison.core.api import router as core
from openliaison.core.errors import Refused
from openliaison.register.api import router as register
from openliaison.visits.api import router as visits

from . import api_docs

PREFIX = "/api/v1/"
ROUTERS: dict[str, Router] = {
    "core": core,
    "accounts": accounts,
    "register": register,
    "cases": cases,
    "visits": visits,
}
# What a service refuses, by the house's names of refusals; everything else is a 422.
STATUSES = {"NotAllowed": 403, "AlreadyDone": 409, "KeyUsed": 409, "TooLate": 409, "TooEarly": 409}

api = NinjaAPI(title="OpenLiaison", version="1", urls_namespace="api", docs_url=None, openapi_url=None)
for _router in ROUTERS.values():
    api.add_router("", _router)


def fault(request: HttpRequest, status: int, text: str, fields: dict[str, list[str]] | None = None) -> HttpResponse:
    return api.create_response(request, {"error": text, "fields": fields or {}}, status=status)


@api.exception_handler(Refused)
def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return fault(request, STATUSES.get(type(error).__name__, 422), str(error))


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    response = fault(request, error.status_code, str(error))
    if error.status_code == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return fault(request, 404, _("It does not exist, or it is not for you to see."))


@api.exception_handler(PermissionDenied)
def _denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return fault(request, 403, _("This is for other roles."))


@api.exception_handler(ValidationError)
def _unclear(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields: dict[str, list[str]] = {}
    for found in error.errors:
        # ("body", "body", "text") → "text"; ("query", "limit") → "limit"
        where = [str(part) for part in found["loc"] if part not in ("body", "query", "path", "file")]
        fields.setdefault(".".join(where) or "body", []).append(str(found["msg"]))
    listed = "; ".join(f"{name}: {' '.join(texts)}" for name, texts in fields.items())
    return fault(request, 422, _("Correct this and send it again: %(faults)s") % {"faults": listed}, fields)


@api.exception_handler(Exception)
def _ours(request: HttpRequest, error: Exception) -> HttpResponse:
    """A fault of ours goes on to the site's own handler, which undoes the transaction and says nothing of it."""
    raise error


@public
def openapi(request: HttpRequest) -> HttpResponse:
    """The description for machines."""
    return JsonResponse(schema())


@public
def docs(request: HttpRequest) -> HttpResponse:
    """The description for people, without a script."""
    return render(request, "core/api.html", {"rooms": api_docs.rooms(schema()), "prefix": PREFIX})


def schema() -> dict[str, Any]:
    return api.get_openapi_schema(path_prefix=PREFIX)


def doors() -> dict[str, tuple[str, Door]]:
    """URL name → method and door of every operation."""
    found = {}
    for router in ROUTERS.values():
        for view in router.path_operations.values():
            for operation in view.operations:
                found[operation.url_name] = (operation.methods[0], operation.auth_param)
    return found


def _patterns() -> list[URLPattern]:
    """The operations' URLs; each view carries who gets in, as the pages' views do."""
    known = doors()
    patterns = [p for p in api.urls[0] if p.name in known]
    for pattern in patterns:
        pattern.callback.methods, door = (known[pattern.name][0],), known[pattern.name][1]
        pattern.callback.allowed_roles = door.allowed_roles
    return patterns


urlpatterns = [path("v1/", (_patterns(), "ninja", "api"))]
