"""How long a session lasts: an idle limit and an absolute one, both kept by the server."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse

from openliaison.core.now import now

STARTED, SEEN, ENDED = "started_at", "seen_at", "ended"
NOTED_EVERY_SECONDS = 60  # being seen is written down once a minute, not at every page


class SessionLimitsMiddleware:
    """Ends a session after a time without a request, and after a working day in any case."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if SESSION_KEY in request.session:
            self._look_at(request, int(now().timestamp()))
        return self.get_response(request)

    def _look_at(self, request: HttpRequest, at: int) -> None:
        session = request.session
        started, seen = session.get(STARTED, at), session.get(SEEN, at)
        if at - seen > settings.SESSION_IDLE_SECONDS or at - started > settings.SESSION_COOKIE_AGE:
            logout(request)
            request.session[ENDED] = True
        elif STARTED not in session or at - seen >= NOTED_EVERY_SECONDS:
            session[STARTED], session[SEEN] = started, at
