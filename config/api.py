"""The API: one router per room, every refusal a sentence, and a page that describes it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from ninja import NinjaAPI, Router

from openliaison.accounts import tokens
from openliaison.accounts.api import router as accounts
from openliaison.cases.api import router as cases
from openliaison.cases.promise_api import router as promises
from openliaison.core import api_docs, api_faults
from openliaison.core.access import public
from openliaison.core.api import Door
from openliaison.core.api import router as core
from openliaison.register.api import router as register
from openliaison.register.burden_api import router as burden
from openliaison.register.diary_api import router as diary
from openliaison.visits.api import router as visits
from openliaison.visits.stationing.api import router as stationing

PREFIX = "/api/v1/"
ROUTERS: dict[str, Router] = {
    "core": core,
    "accounts": accounts,
    "register": register,
    "burden": burden,
    "diary": diary,
    "cases": cases,
    "promises": promises,
    "visits": visits,
    "stationing": stationing,
}
api = NinjaAPI(title="OpenLiaison", version="1", urls_namespace="api", docs_url=None, openapi_url=None)
for _router in ROUTERS.values():
    api.add_router("", _router)
api_faults.answer(api)


@public
def openapi(request: HttpRequest) -> HttpResponse:
    """The description for machines."""
    return JsonResponse(schema())


@public
def docs(request: HttpRequest) -> HttpResponse:
    """The description for people, without a script."""
    rooms = [(room, tokens.ROOMS[room], operations) for room, operations in api_docs.rooms(schema()).items()]
    return render(request, "core/api.html", {"rooms": rooms, "prefix": PREFIX})


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
