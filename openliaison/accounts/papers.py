"""The sheet that hands over a one-time link: shown once, from a cookie of the browser that made it."""

from __future__ import annotations

from dataclasses import dataclass

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from .models import Invitation

COOKIE = "paper"
KEPT_SECONDS = 15 * 60  # long enough to print and to change the language; the server keeps the hash alone


@dataclass(frozen=True)
class Paper:
    link: str
    code: str  # the QR code as a data: address


def hand_out(invitation: Invitation, token: str) -> HttpResponse:
    """On to the sheet of an invitation just made."""
    path = reverse("accounts:paper", args=[invitation.pk])
    response = redirect(path)
    if token:
        response.set_signed_cookie(
            COOKIE,
            token,
            salt=f"invitation {invitation.pk}",
            max_age=KEPT_SECONDS,
            path=path,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def paper(request: HttpRequest, invitation: Invitation) -> Paper | None:
    """Link and QR code; None where this browser did not make the link, or too long ago."""
    token = request.get_signed_cookie(COOKIE, "", salt=f"invitation {invitation.pk}", max_age=KEPT_SECONDS)
    if not token:
        return None
    path = reverse("accounts:join", args=[token])
    link = settings.PUBLIC_URL.rstrip("/") + path if settings.PUBLIC_URL else request.build_absolute_uri(path)
    return Paper(link, segno.make(link, error="m").svg_data_uri(scale=5, border=4))
