"""The register of promises of both sides; one promise, and what is done with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openliaison.cases import promise_verbs, selectors
from openliaison.cases.forms import PROMISE_FORMS, PromiseFilter
from openliaison.cases.models import Promise
from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.now import now
from openliaison.core.pages import Column, ListPage
from openliaison.core.states import look

READING = ("ol_officer", "ol_area", "ol_handler", "ol_leader", "ol_enterprise", "ol_analyst")
SETTLING = ("ol_officer", "ol_area", "ol_handler", "ol_enterprise")
MOST_PRINTED = 500


@roles(*READING)
def promise_list(request: HttpRequest) -> HttpResponse:
    """Promises of both sides: open ones by date, then what became of the others."""
    return _listed(request, "cases/promise_list.html")


@roles(*READING)
def promise_paper(request: HttpRequest) -> HttpResponse:
    """The register as it is filtered, on paper."""
    return _listed(request, "cases/promise_paper.html")


def _listed(request: HttpRequest, template: str) -> HttpResponse:
    scope, filters = request.scope, PromiseFilter(request.GET, request=request)
    rows = selectors.promise_rows(scope, filters.wanted())
    page = ListPage(request, rows, _columns(request), default_sort="due_on", filters=filters, name="promises")
    if kind := request.GET.get("export"):
        page.rows = rows.filter(is_confidential=False)
        return page.export(kind, "promises", now())
    days = selectors.soon_days(request.place, scope.today)
    found = page.page if template.endswith("list.html") else page.ordered.filter(is_confidential=False)[:MOST_PRINTED]
    shown = {
        "list": page,
        "page": page.page,
        "form": filters,
        "rows": [(p, selectors.promise_look(p, scope, days)) for p in found],
        "shares": [] if scope.is_enterprise else selectors.kept_shares(scope, rows),
        "may_remind": scope.role == "ol_area",
        "today": scope.today,
        "most": MOST_PRINTED,
    }
    return render(request, template, shown)


def _columns(request: HttpRequest) -> list[Column]:
    return [
        Column("text", _("Promise"), lambda p: p.label),
        Column("by", _("By whom"), lambda p: (p.organisation or p.enterprise).label, "organisation__name"),
        Column("enterprise", _("Enterprise"), lambda p: p.enterprise.label, "enterprise__name"),
        Column("due", _("Due"), lambda p: p.due_on, "due_on"),
        Column("state", _("State"), lambda p: _state(p, request.scope), "state"),
        Column("reason", _("What was done, or why not"), lambda p: p.settled_reason, is_extra=True),
        Column("first", _("First date"), lambda p: p.promised_on, is_extra=True),
        Column("settled", _("Settled"), lambda p: p.settled_at, "settled_at", is_extra=True, nulls_last=True),
        Column("made", _("Made"), lambda p: p.made_at, "made_at", is_extra=True),
    ]


def _state(promise: Promise, scope: Any) -> str:
    return str(look(selectors.promise_look(promise, scope)).label)


def _found(request: HttpRequest, promise_id: int) -> Promise:
    rows = Promise.objects.visible_to(request.scope).select_related(
        "organisation", "enterprise__place", "place", "made_by", "settled_by", "case"
    )
    return get_object_or_404(rows, pk=promise_id)


def _page(request: HttpRequest, promise: Promise, refused: Any = None) -> dict[str, Any]:
    scope = request.scope
    days = selectors.soon_days(request.place, scope.today)
    may_act = scope.role in SETTLING
    doors = promise_verbs.doors(promise, request.role, now()) if may_act else []
    forms = [
        (
            door,
            refused if refused is not None and refused.what == door.name else PROMISE_FORMS[door.name](promise=promise),
        )
        for door in doors
    ]
    return {
        "promise": promise,
        "look": selectors.promise_look(promise, scope, days),
        "forms": forms,
        "refused": refused,
    }


@roles(*READING)
def promise(request: HttpRequest, promise_id: int) -> HttpResponse:
    """One promise: who, to whom, by when, what became of it, and what the reader may do."""
    return render(request, "cases/promise.html", _page(request, _found(request, promise_id)))


@roles(*SETTLING)
@require_POST
def settle_promise(request: HttpRequest, promise_id: int) -> HttpResponse:
    """Kept, not kept, withdrawn, moved, "not so", "not ours", another office, reminded."""
    found, what = _found(request, promise_id), request.POST.get("what", "")
    if what not in PROMISE_FORMS:
        messages.error(request, _("Say what became of the promise."))
        return redirect("cases:promise", found.pk)
    form = PROMISE_FORMS[what](request.POST, promise=found)
    if form.is_valid():
        try:
            promise_verbs.use(what, promise=found, by=request.role, at=now(), **form.cleaned_data)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, promise_verbs.DONE[what])
            return _back(request, found)
    form.what = what  # type: ignore[attr-defined]
    return render(request, "cases/promise.html", _page(request, found, form), status=422)


def _back(request: HttpRequest, found: Promise) -> HttpResponse:
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back) if back and is_ours else redirect("cases:promise", found.pk)
