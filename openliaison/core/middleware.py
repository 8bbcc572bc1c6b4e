"""What every request passes through: language, headers, read log, scope."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.locale import LocaleMiddleware
from django.utils import timezone
from django.utils.translation import gettext as _

from . import reads
from .now import now
from .scope import enter

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

Handler = Callable[[HttpRequest], HttpResponse]
HEALTH = "/healthz"  # answers without a transaction: it is what says that the database is away

CONTENT_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)


class LanguageMiddleware(LocaleMiddleware):
    """Django's own, by cookie and then by what the browser asks for."""


class SecurityHeadersMiddleware:
    """No inline scripts or styles anywhere; nothing personal is kept in shared caches. Outermost: errors too."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == HEALTH:
            request.COOKIES = {}  # whoever asks is nobody: a session could not be read without the database
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        response.headers.setdefault("Permissions-Policy", "geolocation=(), microphone=(), camera=(self)")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        user = getattr(request, "user", None)  # none where a request was refused before anybody asked who it is
        if user and user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response


class BodyLimitMiddleware:
    """Refuses what no page takes before a byte of it is read, so that nobody fills the disk."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        is_phone = "X-Device" in request.headers
        most = settings.MOST_PHONE_MB if is_phone else settings.MOST_BODY_MB
        if not length.isdigit() or int(length) <= most * 1024 * 1024:
            return self.get_response(request)
        text = _("At most %(most)s MB are taken at once. Send smaller or fewer files.") % {"most": most}
        if is_phone:
            return JsonResponse({"error": text, "fields": {}}, status=413)
        return HttpResponse(text, status=413, content_type="text/plain")


class ReadLogMiddleware:
    """After the answer: note who from outside its team read an enterprise's file."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        enterprise_id = getattr(request, "outside_read_of", None)
        if enterprise_id and response.status_code == 200:
            reads.write(scope=request.scope, enterprise_id=enterprise_id, at=now())  # type: ignore[attr-defined]
        return response


class ScopeMiddleware:
    """Innermost: one transaction per request, behind the walls of the role the person acts in."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.scope = request.role = request.place = None  # type: ignore[attr-defined]
        if request.path == HEALTH:
            return self.get_response(request)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"set local statement_timeout = '{settings.STATEMENT_TIMEOUT}'")
            if request.user.is_authenticated:
                self._take_role(request, cursor)
            response = self.get_response(request)
            if hasattr(response, "render") and callable(response.render):
                response.render()
            if response.status_code >= 500:
                transaction.set_rollback(True)
        timezone.deactivate()
        if connection.in_atomic_block:  # a test's own transaction goes on: it keeps the role it had
            with connection.cursor() as cursor:
                cursor.execute("reset role")
        return response

    def _take_role(self, request: HttpRequest, cursor: CursorWrapper) -> None:
        token = getattr(request, "api_token", None)
        role = token.role if token else request.user.role_in(request.session, at=now())
        if role is None:
            return
        request.role, request.place = role, role.place  # type: ignore[attr-defined]
        request.scope = role.scope(now())  # type: ignore[attr-defined]
        timezone.activate(role.place.zone)
        enter(request.scope, cursor)  # type: ignore[attr-defined]

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        transaction.set_rollback(True)
