"""What every desk has: the bell, search, the whole menu, help."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openliaison.core.access import everybody
from openliaison.core.formatting import locale
from openliaison.core.models import Task
from openliaison.core.now import now
from openliaison.core.pages import ROWS_A_PAGE
from openliaison.desks.selectors import finding
from openliaison.desks.selectors import tasks as selectors

HELP = {
    "ol_officer": "officer",
    "ol_area": "coordinator",
    "ol_handler": "handler",
    "ol_leader": "leader",
    "ol_analyst": "analyst",
    "ol_enterprise": "enterprise",
    "ol_inspector": "inspector",
    "ol_admin": "administrator",
}


@everybody()
def bell(request: HttpRequest) -> HttpResponse:
    """What I was asked and told."""
    show = request.GET.get("show", "open")
    show = show if show in selectors.SHOWN else "open"
    rows = selectors.listed(request.scope, show)
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    shown = [("open", _("not done yet")), ("notices", _("notices")), ("all", _("all"))]
    return render(request, "desks/bell.html", {"page": page, "show": show, "shown": shown, "at": now()})


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
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Everything is read; notices are done with it, tasks stay until they are."""
    unread = Task.objects.visible_to(request.scope).filter(read_at=None)
    count = unread.filter(done_at=None).count()
    unread.filter(kind=Task.Kind.NOTICE, done_at=None).update(done_at=now())
    unread.update(read_at=now())
    messages.success(request, _("%(n)s marked as read. What you are asked to do stays.") % {"n": count})
    return redirect("desks:bell")


@everybody()
def search(request: HttpRequest) -> HttpResponse:
    """Enterprises, cases and people this person may see, from the head bar."""
    text = request.GET.get("q", "").strip()
    is_long = len(text) > 100
    context: dict[str, Any] = {"text": text[:100], "is_long": is_long, "most": finding.MOST}
    if text and not is_long:
        context["found"] = finding.find(request.scope, text, now())
    return render(request, "desks/search.html", context, status=422 if is_long else 200)


@everybody()
def more(request: HttpRequest) -> HttpResponse:
    """The whole menu, for phones."""
    return render(request, "desks/more.html", {})


@everybody()
def help_page(request: HttpRequest) -> HttpResponse:
    """How this desk works, in the reader's language."""
    language = "en" if locale() == "en" else "zh"
    content = f"desks/help/{HELP[request.scope.role]}.{language}.html"
    return render(request, "desks/help.html", {"content": content, "words": f"desks/help/words.{language}.html"})
