"""Data requests: asked of one enterprise or many, answered on one page, read and exported by who asked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.now import now
from openliaison.core.pages import Column, ListPage

from .. import booking_rules, burden_selectors, data_questions, data_selectors, finding
from ..forms import EnterpriseFilter
from ..forms.data_request import AnswerForm, AskDataForm, DataFilter
from ..models import Booking, Enterprise
from ..services import data_requests
from .doors import attempt

ASKERS = ("ol_officer", "ol_area", "ol_handler", "ol_inspector")
SEERS = (*ASKERS, "ol_leader", "ol_analyst")
SHOWN = 200


# ── Asking ───────────────────────────────────────────────────


@roles(*ASKERS)
def ask(request: HttpRequest) -> HttpResponse:
    """Build the questions, see how long they take and what is on file, ask one enterprise or many."""
    rows = _chosen(request)
    some = list(rows[: data_requests.MOST_AT_ONCE + 1])
    if not some:
        return render(request, "register/burden/data_whom.html", {"filters": _filters(request)})
    form = AskDataForm(_sent(request), place=request.place, today=request.scope.today)  # type: ignore[attr-defined]
    context = {
        "form": form,
        "some": some[:5],
        "found": len(some),
        "is_too_many": len(some) > data_requests.MOST_AT_ONCE,
        "most": data_requests.MOST_AT_ONCE,
        "enterprise": some[0] if len(some) == 1 else None,
        "kept": _kept(request),
    }
    if request.method != "POST":
        return render(request, "register/burden/data_ask.html", context | {"counted": None})
    if "count" in request.POST:  # how it stands so far; nothing is sent
        context |= _counted(request, some, form)
        name = "data_count.html" if request.headers.get("HX-Request") else "data_ask.html"
        return render(request, f"register/burden/{name}", context)
    if form.is_valid():
        answer = _ask_one(request, some[0], form) if len(some) == 1 else _ask_many(request, some, form)
        if answer is not None:
            return answer
    return render(request, "register/burden/data_ask.html", context | _counted(request, some, form), status=422)


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _ask_one(request: HttpRequest, enterprise: Enterprise, form: AskDataForm) -> HttpResponse | None:
    made: list[Booking] = []
    told = {"enterprise": enterprise, "by": request.role, "at": now()}  # type: ignore[attr-defined]
    if not attempt(form, lambda: made.append(data_requests.ask_data(**told, **form.arguments()))):
        return None
    messages.success(request, _("Asked. The enterprise answers on one page, or says “not at this time”."))
    return redirect("register:data_request", made[0].pk)


def _ask_many(request: HttpRequest, some: list[Enterprise], form: AskDataForm) -> HttpResponse | None:
    made: list[data_requests.Asked] = []
    told = {"enterprises": some, "by": request.role, "at": now()}  # type: ignore[attr-defined]
    if not attempt(form, lambda: made.append(data_requests.ask_data_of_many(**told, **form.arguments()))):
        return None
    result = made[0]
    context = {"result": result, "left_out": result.left_out[:SHOWN]}
    return render(request, "register/burden/data_asked.html", context)


def _counted(request: HttpRequest, some: list[Enterprise], form: AskDataForm) -> dict[str, Any]:
    """Minutes so far, what is on file, and the stop sign; of many only the minutes, each is checked when it is sent."""
    scope, minutes = request.scope, form.count()  # type: ignore[attr-defined]
    found: dict[str, Any] = {"counted": minutes, "sign": None, "held": []}
    if len(some) != 1 or minutes is None:
        return found
    enterprise = some[0]
    held = data_questions.on_file(enterprise, form.chosen, scope, scope.today)
    sign = burden_selectors.stop_sign(
        enterprise=enterprise,
        on=scope.today,
        minutes=minutes,
        organisation=request.role.organisation,  # type: ignore[attr-defined]
        is_at_door=False,
    )
    return found | {"sign": sign, "held": list(held.values())}


# ── Whom ─────────────────────────────────────────────────────


def _asked(request: HttpRequest) -> QueryDict:
    return request.POST if request.method == "POST" else request.GET


def _filters(request: HttpRequest) -> EnterpriseFilter:
    return EnterpriseFilter(_asked(request), request=request)


def _chosen(request: HttpRequest) -> Any:
    """The enterprise that is named, the ticked ones, or with `all` those that the filter finds."""
    asked, scope, place = _asked(request), request.scope, request.place  # type: ignore[attr-defined]
    found: dict[str, Any] = {"pick": finding.NOTHING}
    one = asked.get("enterprise", "")
    if one.isascii() and one.isdigit() and len(one) < 18:
        found = {"pick": [one]}
    elif "all" in asked:
        wanted = asked.copy()
        wanted.pop("pick", None)
        found = EnterpriseFilter(wanted, request=request).wanted
    elif asked.getlist("pick"):
        found = {"pick": _filters(request).wanted["pick"]}
    rows = finding.enterprises(scope, place, found)
    if scope.role == "ol_officer":
        rows = finding.enterprises(scope, place, found | {"serving": finding.MINE})
    return rows.select_related("place", "locality").order_by("name", "pk")


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    names = (*EnterpriseFilter.base_fields, "all", "enterprise")
    return [(k, v) for k, values in _asked(request).lists() if k in names for v in values if v]


# ── One request ──────────────────────────────────────────────


@roles("ol_enterprise", *SEERS)
def data_request(request: HttpRequest, booking_id: int) -> HttpResponse:
    """The enterprise answers on one page; who asked reads the answers there."""
    scope = request.scope  # type: ignore[attr-defined]
    row = get_object_or_404(data_selectors.requests(scope), pk=booking_id)
    form = None
    if scope.is_enterprise and row.state in data_requests.ANSWERABLE:
        known = data_selectors.known(row, scope)
        form = AnswerForm(_sent(request), booking=row, today=scope.today, known=known)
    if request.method == "POST":
        if form is None:
            return _cannot(request, row)
        told = {"booking": row, "by": request.role, "at": now()}  # type: ignore[attr-defined]
        if form.is_valid() and attempt(form, lambda: data_requests.answer_data(**told, **form.arguments())):
            messages.success(request, _("Thank you. Who asked has your answers; what is a fact stands in your file."))
            return redirect("register:data_request", row.pk)
    context = {
        "b": row,
        "form": form,
        "answers": data_questions.in_words(row.questions, (row.answers or {}).get("values", {}), row.enterprise),
        "verbs": booking_rules.allowed(row, request.role, now()),  # type: ignore[attr-defined]
        "has_sheet": not scope.is_enterprise and row.sheet and row.sheet != row.client_key,
    }
    return render(request, "register/burden/data_request.html", context, status=422 if form and form.errors else 200)


def _cannot(request: HttpRequest, row: Booking) -> HttpResponse:
    """Answered in the meantime, or no longer wanted."""
    try:
        told = {"booking": row, "answers": {}, "as_of": request.scope.today}  # type: ignore[attr-defined]
        data_requests.answer_data(**told, by=request.role, at=now())  # type: ignore[attr-defined]
    except Refused as error:
        messages.error(request, str(error))
    return redirect("register:data_request", row.pk)


# ── Lists ────────────────────────────────────────────────────


@roles(*SEERS)
def data_list(request: HttpRequest) -> HttpResponse:
    """Every data request of this person's side."""
    scope = request.scope  # type: ignore[attr-defined]
    filters = DataFilter(request.GET)
    page = ListPage(
        request,
        data_selectors.requests(scope, filters.wanted),
        _columns(),
        "-requested_at",
        filters=filters,
        name="data-requests",
    )
    if kind := request.GET.get("export"):
        return page.export(kind, "data-requests", now())
    context = {"list": page, "page": page.page, "filters": filters, "may_ask": scope.role in ASKERS}
    return render(request, "register/burden/data_list.html", context)


def _columns() -> list[Column]:
    return [
        Column("purpose", _("Purpose"), lambda b: b.label),
        Column("enterprise", _("Enterprise"), lambda b: b.enterprise.label),
        Column("organisation", _("Asked by"), lambda b: _who(b)),
        Column("asked", _("Asked on"), lambda b: b.requested_at, "requested_at"),
        Column("wanted", _("Wanted by"), lambda b: b.place.day(b.starts_at), "starts_at"),
        Column("minutes", _("Minutes"), lambda b: b.minutes, "minutes", is_number=True),
        Column("state", _("State"), lambda b: b.get_state_display(), "state"),
        Column("answered", _("Answered on"), lambda b: b.answered_at, "answered_at", is_extra=True, nulls_last=True),
    ]


def _who(row: Booking) -> str:
    return row.organisation.label if row.organisation else row.requested_by.label


@roles(*SEERS)
def data_sheet(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """The answers of all enterprises that were asked the same, one row each."""
    rows = data_selectors.requests(request.scope)  # type: ignore[attr-defined]
    told = data_selectors.sheet(rows, sheet_id)
    if told is None:
        raise Http404
    page = ListPage(request, rows.filter(sheet=sheet_id), _sheet_columns(told), "enterprise__name")
    if kind := request.GET.get("export"):
        return page.export(kind, "data-answers", now())
    shown = [(row, [(name, told.answer(row, name)) for name in told.names if name in page.shown]) for row in page.page]
    context = {"list": page, "page": page.page, "told": told, "rows": shown}
    return render(request, "register/burden/data_sheet.html", context)


def _sheet_columns(told: data_selectors.Sheet) -> list[Column]:
    asked = [
        Column(name, data_questions.labelled(entry), lambda b, name=name: told.answer(b, name))  # type: ignore[misc]
        for name, entry in told.entries.items()
    ]
    return [
        Column("enterprise", _("Enterprise"), lambda b: b.enterprise.label, "enterprise__name"),
        Column("number", _("Official number"), lambda b: b.enterprise.number, is_extra=True),
        Column("place", _("Place"), lambda b: b.enterprise.locality.label, is_extra=True),
        Column("state", _("State"), lambda b: b.get_state_display(), "state"),
        *asked,
        Column("as_of", _("As of"), lambda b: (b.answers or {}).get("as_of", ""), is_extra=True),
    ]
