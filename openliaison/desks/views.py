"""The homes, the bell, search and help."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from openliaison.cases.models import Case, Promise
from openliaison.cases.selectors import due_look, promise_look
from openliaison.core.access import everybody, roles
from openliaison.core.models import ReadLog, Task
from openliaison.core.now import now
from openliaison.core.places import setting
from openliaison.register import search as register_search
from openliaison.register.models import Contact, Enterprise, Link
from openliaison.register.selectors import held_facts, is_of_team
from openliaison.visits.models import Visit

from . import selectors


@everybody()
def home(request: HttpRequest) -> HttpResponse:
    """Everyone's home: what should I do now, and why."""
    return _HOMES.get(request.scope.role, _plain_home)(request)


def _officer_home(request: HttpRequest) -> HttpResponse:
    context = selectors.my_day(request.scope, request.place, now())
    context["promises"] = [(p, promise_look(p, request.scope)) for p in context["promises"]]
    return render(request, "desks/officer.html", context)


def _coordinator_home(request: HttpRequest) -> HttpResponse:
    scope, at = request.scope, now()
    rows = Case.objects.visible_to(scope).select_related("enterprise__locality", "category__organisation", "lead")
    context = {
        "tiles": selectors.desk_counts(scope, request.place, at),
        "new": rows.filter(status="submitted").order_by("submitted_at")[:20],
        "objected": rows.filter(objections__isnull=False, objections__ruled_at=None)[:10],
        "overdue": rows.overdue(at).order_by("due_at")[:10],
        "tasks": selectors.open_tasks(scope)[:8],
        "at": at,
    }
    return render(request, "desks/coordinator.html", context)


def _handler_home(request: HttpRequest) -> HttpResponse:
    return render(request, "desks/handler.html", selectors.handler_counts(request.scope, now()) | {"at": now()})


def _leader_home(request: HttpRequest) -> HttpResponse:
    scope, at = request.scope, now()
    context = {
        "figures": selectors.figures(scope, at),
        "stuck": selectors.stuck(scope, at),
        "tasks": selectors.open_tasks(scope)[:8],
        "at": at,
    }
    return render(request, "desks/leader.html", context)


def _enterprise_home(request: HttpRequest) -> HttpResponse:
    scope, at = request.scope, now()
    context = selectors.our_page(scope, at)
    context["enterprise"] = get_object_or_404(Enterprise.objects.visible_to(scope).select_related("locality"))
    context["promises"] = [(p, promise_look(p, scope)) for p in context["promises"]]
    context["reads"] = ReadLog.objects.visible_to(scope).select_related("person")[:5]
    officers = Link.objects.visible_to(scope).active(scope.today).filter(kind="officer").select_related("user")
    context["officers"] = officers
    context["at"] = at
    return render(request, "desks/enterprise.html", context)


def _plain_home(request: HttpRequest) -> HttpResponse:
    return render(request, "desks/plain.html", {"tasks": selectors.open_tasks(request.scope)[:20]})


_HOMES = {
    "ol_officer": _officer_home,
    "ol_area": _coordinator_home,
    "ol_handler": _handler_home,
    "ol_leader": _leader_home,
    "ol_analyst": _leader_home,
    "ol_enterprise": _enterprise_home,
}


@roles("ol_officer", "ol_area", "ol_leader")
def briefing(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """The card before the door: open problems, promises, what is missing, the last visits."""
    scope, at = request.scope, now()
    found = get_object_or_404(
        Enterprise.objects.visible_to(scope).select_related("locality", "place"), pk=enterprise_id
    )
    if not is_of_team(scope, found):
        request.outside_read_of = found.pk
    cases = Case.objects.visible_to(scope).open().filter(enterprise=found).select_related("lead")
    promises = Promise.objects.visible_to(scope).open().filter(enterprise=found).select_related("organisation")
    facts = held_facts(found, scope, scope.today)
    context = {
        "enterprise": found,
        "cases": [(c, due_look(c.due_at, at)) for c in cases],
        "promises": [(p, promise_look(p, scope)) for p in promises],
        "visits": Visit.objects.visible_to(scope).filter(enterprise=found).select_related("officer")[:3],
        "contacts": Contact.objects.visible_to(scope).current().filter(enterprise=found),
        "stale": [f for f in facts if not f.is_fresh],
        "at": at,
    }
    return render(request, "desks/briefing.html", context)


@everybody()
def bell(request: HttpRequest) -> HttpResponse:
    """What I was asked and told; the latest hundred."""
    rows = Task.objects.visible_to(request.scope)
    show = request.GET.get("show", "open")
    rows = rows.filter(done_at=None) if show == "open" else rows
    return render(request, "desks/bell.html", {"tasks": rows.order_by("-created_at")[:100], "show": show, "at": now()})


@everybody()
@require_POST
def tick(request: HttpRequest, task_id: str) -> HttpResponse:
    """Read or done: off my list. With `go`, on to what it is about."""
    task = get_object_or_404(Task.objects.visible_to(request.scope), pk=task_id)
    task.read_at = task.read_at or now()
    if task.kind == Task.Kind.NOTICE or "done" in request.POST:
        task.done_at = task.done_at or now()
    task.save(update_fields=["read_at", "done_at"])
    is_ours = url_has_allowed_host_and_scheme(task.url, None)
    return redirect(task.url if "go" in request.POST and is_ours else "desks:bell")


@everybody()
def search(request: HttpRequest) -> HttpResponse:
    """Enterprises and cases this person may see, from the head bar."""
    text = request.GET.get("q", "").strip()[:100]
    enterprises, cases = Enterprise.objects.none(), Case.objects.none()
    if text:
        enterprises = Enterprise.objects.visible_to(request.scope).filter(merged_into=None)
        enterprises = register_search.matching(enterprises, text).select_related("locality")[:20]
        cases = Case.objects.visible_to(request.scope).filter(is_confidential=False)
        cases = (cases.filter(number__contains=text) | cases.filter(title__icontains=text)).select_related("enterprise")
    context = {"text": text, "enterprises": enterprises, "cases": cases[:20]}
    return render(request, "desks/search.html", context)


@roles("ol_area")
def not_contacted(request: HttpRequest) -> HttpResponse:
    """Enterprises nobody has visited or called for longer than the place allows."""
    days = int(setting(request.place, "contact_every_days", now().date()))
    rows = selectors.not_contacted(request.scope, now() - timedelta(days=days)).select_related("locality")
    return render(request, "desks/not_contacted.html", {"rows": rows[:200], "count": rows.count(), "days": days})


@everybody()
def more(request: HttpRequest) -> HttpResponse:
    """The whole menu, for phones."""
    return render(request, "desks/more.html", {})


@everybody()
def help_page(request: HttpRequest) -> HttpResponse:
    """How this desk works."""
    return render(request, "desks/help.html", {})
