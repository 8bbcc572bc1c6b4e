"""Promises of both sides, and settling them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openliaison.cases import selectors, services
from openliaison.cases.forms import PromiseFilter
from openliaison.cases.models import Promise
from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.now import now
from openliaison.core.pages import Column, ListPage

READING = ("ol_officer", "ol_area", "ol_handler", "ol_leader", "ol_enterprise", "ol_analyst")
SETTLING = ("ol_officer", "ol_area", "ol_handler", "ol_enterprise")


@roles(*READING)
def promise_list(request: HttpRequest) -> HttpResponse:
    """Promises of both sides: open ones by date, then what became of the others."""
    filters = PromiseFilter(request.GET, request=request)
    rows = selectors.promise_rows(request.scope, request.GET)
    page = ListPage(request, rows, _columns(request), default_sort="due_on", filters=filters, name="promises")
    if kind := request.GET.get("export"):
        page.rows = rows.filter(is_confidential=False)
        return page.export(kind, "promises", now())
    shown = {
        "list": page,
        "page": page.page,
        "form": filters,
        "rows": [(p, selectors.promise_look(p, request.scope)) for p in page.page],
        "shares": [] if request.scope.is_enterprise else selectors.kept_shares(request.scope, rows),
        "may_settle": request.scope.role in SETTLING,
    }
    return render(request, "cases/promise_list.html", shown)


def _columns(request: HttpRequest) -> list[Column]:
    return [
        Column("text", _("Promise"), lambda p: p.label),
        Column("by", _("By whom"), lambda p: (p.organisation or p.enterprise).label, "organisation__name"),
        Column("enterprise", _("Enterprise"), lambda p: p.enterprise.label, "enterprise__name"),
        Column("due", _("Due"), lambda p: p.due_on, "due_on"),
        Column("state", _("State"), lambda p: _state(p, request.scope), "state"),
        Column("reason", _("Reason"), lambda p: p.settled_reason, is_extra=True),
        Column("made", _("Made"), lambda p: p.made_at, "made_at", is_extra=True),
    ]


def _state(promise: Promise, scope: Any) -> str:
    return _("late") if selectors.promise_look(promise, scope) == "promise.late" else promise.get_state_display()


@roles(*SETTLING)
@require_POST
def settle_promise(request: HttpRequest, promise_id: int) -> HttpResponse:
    """Kept, not kept, or withdrawn with a reason."""
    promise = get_object_or_404(Promise.objects.visible_to(request.scope), pk=promise_id)
    reason, what = request.POST.get("reason", "")[:300], request.POST.get("what", "")
    try:
        if what == "withdrawn":
            services.withdraw_promise(promise=promise, reason=reason, by=request.role, at=now())
        else:
            is_kept = what == "kept"
            services.keep_promise(promise=promise, is_kept=is_kept, reason=reason, by=request.role, at=now())
        messages.success(request, _("Noted: the other side sees it."))
    except Refused as error:
        messages.error(request, str(error))
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if back and is_ours else "cases:promise_list")
