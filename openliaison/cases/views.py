"""Pages of cases and promises."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openliaison.accounts.models import Organisation, Role
from openliaison.core import files
from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.now import now
from openliaison.core.pages import Column, ListPage
from openliaison.register import search
from openliaison.register.models import Enterprise, served_by_me

from . import rules, selectors, services
from .forms import RaiseForm, decline_reasons
from .models import Case, CaseFile, Category, Promise
from .verbs import DOORS

EVERYBODY = ("ol_officer", "ol_area", "ol_handler", "ol_leader", "ol_enterprise", "ol_analyst")
ACTING = ("ol_officer", "ol_area", "ol_handler", "ol_leader", "ol_enterprise")
# In which order a page offers verbs; the first that is allowed is the open tab.
FRONT = (
    "confirm", "answer_question", "rule", "rule_extension", "refer_up", "assign", "return_from_above", "reply",
    "answer", "ask", "finish_piece", "confirm_withdrawal", "close_silent", "reopen", "message", "note",
)  # fmt: skip


@roles(*EVERYBODY)
def case_list(request: HttpRequest) -> HttpResponse:
    """The cases this person may see, the next due first."""
    rows = selectors.list_rows(request.scope, request.GET, now())
    page = ListPage(request, rows, _columns(), default_sort="-created_at")
    if kind := request.GET.get("export"):
        page.rows = rows.filter(is_confidential=False)
        return page.export(kind, "cases", now())
    context = {
        "list": page,
        "page": page.page,
        "statuses": [("open", _("open")), *Case.Status.choices],
        "categories": Category.objects.filter(place=request.place),
        "at": now(),
    }
    return render(request, "cases/case_list.html", context)


def _columns() -> list[Column]:
    return [
        Column("number", _("Number"), lambda c: c.number, "number"),
        Column("title", _("Case"), lambda c: c.label),
        Column("enterprise", _("Enterprise"), lambda c: c.enterprise.label, "enterprise__name"),
        Column("category", _("Category"), lambda c: c.category.label if c.category else "", "category__position"),
        Column("lead", _("Who has it"), lambda c: c.lead.label if c.lead else "", "lead__name"),
        Column("status", _("State"), lambda c: c.get_outcome_display() or c.get_status_display(), "status"),
        Column("due", _("Due"), lambda c: c.due_at, "due_at"),
    ]


def _case(request: HttpRequest, case_id: int) -> Case:
    rows = Case.objects.visible_to(request.scope)
    return get_object_or_404(
        rows.select_related("place", "enterprise__locality", "enterprise__place", "lead", "category", "duplicate_of"),
        pk=case_id,
    )


@roles(*EVERYBODY)
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """One case: conversation, clock, who holds it, what one can do."""
    found = _case(request, case_id)
    if not found.is_confidential and request.scope.role not in ("ol_enterprise", "ol_officer", "ol_handler"):
        request.outside_read_of = found.enterprise_id
    return render(request, "cases/case.html", _page(request, found))


def _page(request: HttpRequest, found: Case, form: Any = None, verb: str = "") -> dict[str, Any]:
    scope, at = request.scope, now()
    allowed = [v for v in rules.allowed(found, request.role, at) if v in DOORS and _makes_sense(found, v)]
    front = [v for v in FRONT if v in allowed][:5]
    chosen = verb or request.GET.get("tab", "")
    chosen = chosen if chosen in allowed else (front[0] if front else "")
    if form is None and chosen:
        form = DOORS[chosen].form(case=found, role=request.role)
    tabs = [(v, DOORS[v].label) for v in dict.fromkeys([*front, *([chosen] if chosen else [])])]
    return {
        "case": found,
        "stages": _stages(found),
        "lines": selectors.conversation(found, scope),
        "files": selectors.loose_files(found, scope),
        "clock": selectors.clock_panel(found, at),
        "cos": Organisation.objects.filter(pk__in=found.co_handlers),
        "promises": _with_looks(Promise.objects.visible_to(scope).filter(case=found), scope),
        "refs": found.external_refs.all() if scope.role != "ol_enterprise" else [],
        "tabs": tabs,
        "more": [(v, DOORS[v].label, DOORS[v].icon) for v in DOORS if v in allowed and v not in dict(tabs)],
        "verb": chosen,
        "door": DOORS.get(chosen),
        "form": form,
        "capacities": rules.capacities(found, request.role, at),
        "decline_text": dict(decline_reasons(found)).get(found.decline_reason, ""),
        "at": at,
    }


def _makes_sense(found: Case, verb: str) -> bool:
    """Verbs that the table allows but for which there is nothing to do are not offered."""
    is_referral = found.reply_kind == Case.ReplyKind.REFERRED
    checks = {
        "refer_up": lambda: is_referral,
        "refuse_referral": lambda: is_referral,
        "confirm": lambda: not is_referral,
        "close_silent": lambda: not is_referral,
        "rule": lambda: found.objections.filter(ruled_at=None).exists(),
        "rule_extension": lambda: found.extensions.filter(ruled_at=None).exists(),
        "request_extension": lambda: not found.extensions.exists(),
        "confirm_withdrawal": lambda: found.withdrawal_asked_at is not None,
        "request_withdrawal": lambda: found.withdrawal_asked_at is None,
        "name_person": lambda: found.is_confidential,
        "lift_confidentiality": lambda: found.is_confidential,
    }
    return checks[verb]() if verb in checks else True


def _stages(found: Case) -> list[dict[str, Any]]:
    """The progress line."""
    reached = [
        (_("Raised"), found.submitted_at),
        (_("Assigned"), found.assigned_at),
        (_("In hand"), found.answered_at),
        (_("Replied"), found.replied_at),
        (_("Closed"), found.closed_at),
    ]
    position = {"draft": -1, "submitted": 0, "assigned": 1, "in_hand": 2, "waiting_enterprise": 2, "replied": 3}
    now_at = position.get(found.status, 4 if found.status == "closed" else 3)
    return [
        {"label": label, "at": at, "is_done": i < now_at, "is_now": i == now_at}
        for i, (label, at) in enumerate(reached)
    ]


def _with_looks(rows: QuerySet, scope: Any) -> list[tuple[Promise, str]]:
    return [(p, selectors.promise_look(p, scope)) for p in rows.select_related("organisation", "enterprise", "made_by")]


@roles(*ACTING)
def act(request: HttpRequest, case_id: int, verb: str) -> HttpResponse:
    """Use one verb on a case; without JavaScript the form is a page of its own."""
    if verb not in DOORS:
        raise Http404
    found = _case(request, case_id)
    door = DOORS[verb]
    if request.method != "POST":
        return redirect(f"/cases/{case_id}/?tab={verb}#act")
    form = door.form(request.POST, request.FILES, case=found, role=request.role)
    if form.is_valid():
        try:
            _call(door, found, request.role, form)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Done: %(verb)s.") % {"verb": door.label})
            return redirect("cases:case", case_id)
    found = _case(request, case_id)
    return render(request, "cases/case.html", _page(request, found, form, verb), status=422)


def _call(door: Any, found: Case, role: Role, form: Any) -> None:
    arguments = form.arguments()
    if door.service is services.make_promise:
        arguments |= {"enterprise": found.enterprise}
    door.service(case=found, by=role, at=now(), **arguments)


@roles("ol_officer", "ol_area", "ol_enterprise")
def raise_case(request: HttpRequest) -> HttpResponse:
    """Raise a case: for one's own enterprise, or on behalf of one that told it."""
    role = request.role
    form = RaiseForm(
        request.POST or None,
        role=role,
        enterprises=_may_speak_for(request),
        initial={"enterprise": request.GET.get("enterprise")},
    )
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        own = Enterprise.objects.visible_to(request.scope).filter(pk=request.scope.enterprise_id).first()
        enterprise = data.pop("enterprise", None) or own
        channel = "enterprise" if request.scope.is_enterprise else "phone"
        try:
            opened = services.open_case(
                enterprise=enterprise,
                channel=channel,
                by=role,
                at=now(),
                as_draft="draft" in request.POST and request.scope.is_enterprise,
                **data,
            )
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Case %(number)s is with the desk.") % {"number": opened.number})
            return redirect("cases:case", opened.pk)
    return render(request, "cases/raise.html", {"form": form}, status=422 if form.errors else 200)


def _may_speak_for(request: HttpRequest) -> QuerySet:
    rows = Enterprise.objects.visible_to(request.scope).filter(merged_into=None)
    if request.scope.role == "ol_officer":
        return rows.filter(pk__in=served_by_me(request.scope))
    wanted = request.GET.get("enterprise") or request.POST.get("enterprise") or ""
    if wanted.isdigit():
        return rows.filter(pk=int(wanted))
    rows = rows.filter(locality_path__startswith=request.scope.path_from)
    if text := request.GET.get("q"):
        rows = search.matching(rows, text)
    return rows.order_by("name")[:200]


@roles(*EVERYBODY)
def of_enterprise(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """Fragment: the latest cases of an enterprise."""
    rows = Case.objects.visible_to(request.scope).filter(enterprise_id=enterprise_id)
    rows = rows.select_related("lead", "category").order_by("-created_at")
    return render(request, "cases/of_enterprise.html", {"rows": rows[:8], "enterprise_id": enterprise_id, "at": now()})


@roles(*EVERYBODY)
def attachment(request: HttpRequest, file_id: str) -> HttpResponse:
    """One file of a case this person may see."""
    return files.serve(get_object_or_404(CaseFile.objects.visible_to(request.scope), pk=file_id))


@roles(*EVERYBODY)
def case_paper(request: HttpRequest, case_id: int) -> HttpResponse:
    """The case file to print."""
    found = _case(request, case_id)
    return render(request, "cases/paper.html", _page(request, found))


@roles("ol_officer", "ol_area", "ol_handler", "ol_leader", "ol_enterprise")
def promise_list(request: HttpRequest) -> HttpResponse:
    """Promises of both sides: open ones by date, then what became of the others."""
    rows = Promise.objects.visible_to(request.scope)
    state = request.GET.get("state", "open")
    rows = rows.filter(state=state) if state in Promise.State.values else rows
    listed = _with_looks(rows.order_by("due_on")[:200], request.scope)
    context = {"rows": listed, "states": Promise.State.choices, "state": state}
    return render(request, "cases/promise_list.html", context)


@roles("ol_officer", "ol_area", "ol_handler", "ol_enterprise")
@require_POST
def settle_promise(request: HttpRequest, promise_id: int) -> HttpResponse:
    """Kept, not kept, or withdrawn with a reason."""
    promise = get_object_or_404(Promise.objects.visible_to(request.scope), pk=promise_id)
    reason, what = request.POST.get("reason", ""), request.POST.get("what", "")
    try:
        if what == "withdrawn":
            services.withdraw_promise(promise=promise, reason=reason, by=request.role, at=now())
        else:
            is_kept = what == "kept"
            services.keep_promise(promise=promise, is_kept=is_kept, reason=reason, by=request.role, at=now())
        messages.success(request, _("Noted."))
    except Refused as error:
        messages.error(request, str(error))
    return redirect("cases:promise_list")
