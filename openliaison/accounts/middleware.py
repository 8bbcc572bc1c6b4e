"""Requests of other systems: a token instead of a session, under /api/ alone."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from openliaison.core.now import now

from . import tokens
from .errors import TokenRefused, TooManyAttempts
from .services.door import address_of

API = "/api/"
BEARER = "bearer "


class TokenMiddleware:
    """Takes `Authorization: Bearer …` as who asks; a session that comes along counts for nothing then.

    `request.api_token` is the token or None; `request.token_fault` says why one did not open (status, text).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.api_token = request.token_fault = None  # type: ignore[attr-defined]
        given = request.headers.get("Authorization", "")
        if request.path.startswith(API) and given.lower().startswith(BEARER):
            self._take(request, given[len(BEARER) :].strip())
        return self.get_response(request)

    def _take(self, request: HttpRequest, secret: str) -> None:
        try:
            token = tokens.read_token(secret, address=address_of(request), at=now())
        except TooManyAttempts as error:
            request.user, request.token_fault = AnonymousUser(), (429, str(error))  # type: ignore[attr-defined]
        except TokenRefused as error:
            request.user, request.token_fault = AnonymousUser(), (401, str(error))  # type: ignore[attr-defined]
        else:
            request.user, request.api_token = token.role.user, token  # type: ignore[attr-defined]
