"""The pages that the browser may keep: shell, service worker, manifest. Nothing personal is in any of them."""

from __future__ import annotations

from hashlib import sha256
from json import dumps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import translation
from django.views.decorators.cache import never_cache

from openliaison.core.access import public
from openliaison.core.now import now
from openliaison.core.scope import OFFICER

from .words import ICONS, looks, words

LANGUAGES = {"zh": "zh-hans", "en": "en"}
STYLES = (
    "vendor/tabler/tabler.min.css",
    "core/tokens.css",
    "core/app.css",
    "visits/visits.css",
    "visits/phone/phone.css",
)
# What page and service worker share, in the order in which it is read.
SHARED = ("vendor/idb/idb.js", *(f"visits/phone/{name}.js" for name in ("store", "keeping", "sending")))
PAGES = tuple(
    f"visits/phone/{name}.js"
    for name in ("dom", "times", "photos", "drafts", "items", "today", "briefing", "parts", "visit", "answer", "outbox")
    + ("me", "shell")
)
PICTURE = "core/mark.svg"


@public
def shell(request: HttpRequest) -> HttpResponse:
    """The one page of the phone: drawn by its scripts from what the device keeps, the same for everybody."""
    return _kept(HttpResponse(_shell()))


@public
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that opens the shell where there is no signal; a new release is a new version of it."""
    context = {
        "version": version(),
        "kept": [
            "/phone/",
            "/phone/no-signal",
            "/phone/manifest.webmanifest",
            *_addresses((*STYLES, *SHARED, *PAGES, PICTURE)),
        ],
        "scripts": [static(name) for name in (*SHARED, "visits/phone/worker.js")],
    }
    text = render_to_string("visits/phone/sw.js", {"context": dumps(context)})
    return _kept(HttpResponse(text, content_type="text/javascript; charset=utf-8"))


@public
def no_signal(request: HttpRequest) -> HttpResponse:
    """What everybody else sees where there is no signal, in both languages."""
    return _kept(render(request, "visits/phone/no_signal.html", {"styles": _addresses(STYLES[:3])}))


@public
def manifest(request: HttpRequest) -> HttpResponse:
    """The browser may keep the pages. Nobody is asked to install anything: that is what display "browser" says."""
    about = {
        "name": "OpenLiaison",
        "short_name": "OpenLiaison",
        "start_url": "/phone/",
        "scope": "/",
        "display": "browser",
        "background_color": "#f5f5f2",
        "theme_color": "#ffffff",
        "icons": [{"src": static(PICTURE), "sizes": "any", "type": "image/svg+xml"}],
    }
    return _kept(JsonResponse(about, content_type="application/manifest+json"))


@public
@never_cache
def me(request: HttpRequest) -> HttpResponse:
    """Who is logged in, and the key for sending: asked before anything leaves the phone."""
    scope = request.scope  # type: ignore[attr-defined]
    about = {
        "person": scope.user_id if scope else None,
        "is_officer": bool(scope and scope.role == OFFICER),
        "token": get_token(request),
        "server_time": now().isoformat(),
    }
    return JsonResponse(about)


def version() -> str:
    """Changes with every file and word that the shell is made of."""
    parts = [_shell(), *_addresses((*STYLES, *SHARED, *PAGES, "visits/phone/worker.js", PICTURE))]
    return sha256("\n".join(parts).encode()).hexdigest()[:16]


def _shell() -> str:
    with translation.override("zh-hans"):
        context = {
            "styles": _addresses(STYLES),
            "scripts": _addresses((*SHARED, *PAGES)),
            "icons": ICONS,
            "config": _config(),
        }
        return render_to_string("visits/phone/shell.html", context)


def _config() -> dict[str, Any]:
    found: dict[str, Any] = {"words": {}, "looks": {}}
    for short, code in LANGUAGES.items():
        with translation.override(code):
            found["words"][short] = words()
            found["looks"][short] = looks()
    return found


def _addresses(names: tuple[str, ...]) -> list[str]:
    return [static(name) for name in names]


def _kept(response: HttpResponse) -> HttpResponse:
    """The service worker keeps it; the browser asks each time whether there is a newer one."""
    response.headers["Cache-Control"] = "no-cache"
    return response
