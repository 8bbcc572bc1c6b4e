"""Health, language, errors."""

from __future__ import annotations

import sys
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import Error, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from .access import everybody, public
from .models import SavedView

WORKER_SILENT_SECONDS = 60


class SavedViewForm(forms.ModelForm):
    class Meta:
        model = SavedView
        fields = ["page", "name", "query"]


@public
def health(request: HttpRequest) -> HttpResponse:
    """200 once database, worker and web are up; 503 names what is missing."""
    missing = []
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(*) from procrastinate_workers where last_heartbeat > now() - make_interval(secs => %s)",
                [WORKER_SILENT_SECONDS],
            )
            if cursor.fetchone()[0] == 0:
                missing.append("worker")
    except Error:
        missing.append("database")
    return JsonResponse({"ok": not missing, "missing": missing}, status=503 if missing else 200)


@public
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie and go back to the page."""
    response = redirect(_own_page(request))
    if request.POST.get("language") in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            request.POST["language"],
            max_age=365 * 86_400,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


ERROR_ICONS = {400: "help-circle", 403: "lock", 404: "search", 500: "alert-triangle", 503: "alert-triangle"}
RETRY_SECONDS = 10


@everybody()
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep a list as it is filtered and sorted, under a name; the same name again overwrites."""
    form = SavedViewForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        SavedView.objects.update_or_create(
            person=request.user, page=data["page"], name=data["name"], defaults={"query": data["query"]}
        )
        messages.success(request, _("The view “%(name)s” is saved.") % {"name": data["name"]})
    else:
        messages.error(request, _("The view was not saved: give it a name of at most 60 characters."))
    return redirect(_own_page(request))


@everybody()
@require_POST
def drop_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Take one of one's own saved views away."""
    view = get_object_or_404(SavedView.objects.visible_to(request.scope), pk=view_id)
    view.delete()
    messages.success(request, _("The view “%(name)s” is gone.") % {"name": view.name})
    return redirect(_own_page(request))


def _own_page(request: HttpRequest) -> str:
    """Where the form says it came from, if that is a page of ours."""
    target = request.POST.get("next", "/")
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if is_ours else "/"


def _error(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    if is_program(request):
        return JsonResponse({"error": text, "fields": {}}, status=status)
    context = {"title": title, "text": text, "status": status, "icon_name": ERROR_ICONS[status]}
    return render(request, "core/error.html", context, status=status)


def is_program(request: HttpRequest) -> bool:
    """Whether a program reads the answer: another system, or the phone's outbox. It gets JSON, never a page."""
    return request.path.startswith("/api/") or "X-Device" in request.headers


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _error(request, 400, _("This request was not understood"), _("Go back, reload the page and try again."))


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    text = _("This page is for other roles. Switch the role at the top right if you hold another one.")
    return _error(request, 403, _("Not for this role"), text)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    text = _("It does not exist, or it is not for you to see. Search for it, or go back to your desk.")
    return _error(request, 404, _("Nothing here"), text)


def server_error(request: HttpRequest) -> HttpResponse:
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return _database_away(request)
    text = _("The fault is ours and has been noted. Nothing was half saved. Try again in a minute.")
    return _error(request, 500, _("Something broke"), text)


def _database_away(request: HttpRequest) -> HttpResponse:
    """Restarting, or too slow just now: whoever asks again in a moment is served."""
    text = _("The database is away for a moment. Nothing was half saved. Try again in a minute.")
    response = _error(request, 503, _("One moment"), text)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    text = _("The page was open too long or in another window. Go back, reload it and send it again.")
    return _error(request, 403, _("Please send it once more"), text)
