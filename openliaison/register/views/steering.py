"""What the coordinator decides about an enterprise: who serves it, and which two are one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openliaison.core import formatting
from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.now import now

from .. import finding, followers, selectors, services
from ..forms import EndStationingForm, LeaderForm, ServeForm
from ..models import Enterprise, Link, Merge
from .doors import DESK, form_page, home, steered

MOST_OTHERS = 12


@roles(*DESK)
def station(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """Officer, deputy or cover for one enterprise, from a day on."""
    found = steered(request, enterprise_id)
    form = ServeForm(request.POST or None, place=request.place, today=request.scope.today)
    return form_page(
        request,
        found,
        form,
        lambda: _station(request, found, form),
        title=_("Who serves it"),
        button=_("Station"),
        done=_("Stationed."),
    )


def _station(request: HttpRequest, found: Enterprise, form: ServeForm) -> None:
    services.station(enterprise=found, by=request.role, at=now(), **form.cleaned_data)  # type: ignore[attr-defined]
    services.tell_officer(form.cleaned_data["officer"], [found], at=now())


@roles(*DESK)
def end_stationing(request: HttpRequest, link_id: int) -> HttpResponse:
    """The last day of an officer, deputy, cover or leader responsible with an enterprise, and why."""
    link = get_object_or_404(Link.objects.visible_to(request.scope).select_related("user"), pk=link_id)
    found = steered(request, link.enterprise_id)
    form = EndStationingForm(request.POST or None, today=request.scope.today)
    return form_page(
        request,
        found,
        form,
        lambda: services.end_stationing(link=link, by=request.role, at=now(), **form.cleaned_data),
        title=_end_title(link),
        lead=_("The last day is included; it may lie ahead."),
        button=_("End it"),
        done=_("Ended; it stays in the history."),
    )


def _end_title(link: Link) -> str:
    is_leader = link.kind == Link.Kind.LEADER
    title = _("%(name)s is no longer responsible for it") if is_leader else _("%(name)s no longer serves it")
    return title % {"name": link.user.label if link.user else ""}


@roles(*DESK)
@require_POST
def renew_term(request: HttpRequest, link_id: int) -> HttpResponse:
    """One press: another usual term for an officer or deputy."""
    link = get_object_or_404(Link.objects.visible_to(request.scope), pk=link_id)
    found = steered(request, link.enterprise_id)
    try:
        row = services.renew_term(link=link, by=request.role, at=now())
        messages.success(
            request, _("The term runs until %(day)s now.") % {"day": formatting.day(row.term_until, "year")}
        )
    except Refused as error:
        messages.error(request, str(error))
    return redirect(home(request, found))


@roles(*DESK)
def name_leader(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """Which leader is responsible for one enterprise."""
    found = steered(request, enterprise_id)
    form = LeaderForm(request.POST or None, place=request.place, today=request.scope.today)
    return form_page(
        request,
        found,
        form,
        lambda: services.name_leader(enterprise=found, by=request.role, at=now(), **form.cleaned_data),
        title=_("Leader responsible"),
        lead=_("Who was responsible before ends the day before. A leader is not one of those who visit."),
        button=_("Name"),
        done=_("Named; the leader has been told."),
    )


@roles(*DESK)
def merge(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """Which other one is the same? Look-alikes first, and a search."""
    found = steered(request, enterprise_id)
    text = request.GET.get("q", "").strip()
    others: list[Any] = []
    if text:
        rows = finding.enterprises(request.scope, request.place, {"q": text}).exclude(pk=found.pk)
        others = list(rows.select_related("locality").order_by("name", "pk")[:MOST_OTHERS])
    alike = selectors.look_alikes(request.place, request.scope, found.name, found.name_en, but=found.pk)
    context = {"enterprise": found, "text": text, "others": others, "alike": [a.enterprise for a in alike]}
    return render(request, "register/merge.html", context)


@roles(*DESK)
def merge_two(request: HttpRequest, enterprise_id: int, other_id: int) -> HttpResponse:
    """The two side by side; one is kept, the other is taken into it."""
    pair = [steered(request, enterprise_id), steered(request, other_id)]
    refused = ""
    if request.method == "POST":
        kept = next((e for e in pair if str(e.pk) == request.POST.get("kept")), None)
        taken = next((e for e in pair if e is not kept), pair[1])
        if kept is None:
            refused = _("Say which of the two is kept.")
        else:
            try:
                services.merge_enterprises(kept=kept, taken=taken, by=request.role, at=now())
            except Refused as error:
                refused = str(error)
            else:
                messages.success(request, _("%(name)s is part of this file now.") % {"name": taken.label})
                return redirect("register:enterprise", kept.pk)
    context = {"pair": [_side(request, e) for e in pair], "enterprise": pair[0], "refused": refused}
    return render(request, "register/merge_two.html", context, status=422 if refused else 200)


def _side(request: HttpRequest, one: Enterprise) -> dict[str, Any]:
    """One column of the comparison."""
    scope = request.scope  # type: ignore[attr-defined]
    return {
        "enterprise": one,
        "counts": selectors.counts(one, scope),
        "others": followers.how_many(one, scope),
        "facts": selectors.held_facts(one, scope, scope.today),
        "team": selectors.team(one, scope, scope.today).now,
    }


@roles(*DESK)
def unmerge(request: HttpRequest, merge_id: int) -> HttpResponse:
    """Ask once, then take the two apart again."""
    row = get_object_or_404(Merge.objects.visible_to(request.scope).select_related("kept", "taken"), pk=merge_id)
    refused = ""
    if request.method == "POST":
        try:
            services.unmerge(merge=row, by=request.role, at=now())
        except Refused as error:
            refused = str(error)
        else:
            messages.success(request, _("%(name)s stands by itself again.") % {"name": row.taken.label})
            return redirect("register:enterprise", row.taken_id)
    context = {
        "question": _("Take %(taken)s out of %(kept)s again?") % {"taken": row.taken.label, "kept": row.kept.label},
        "consequence": refused
        or _("All that moved goes back. What was added since stays with %(kept)s.") % {"kept": row.kept.label},
        "yes": _("Take them apart"),
        "form": "",
        "back": reverse("register:enterprise", args=[row.kept_id]),
    }
    return render(request, "core/confirm.html", context, status=422 if refused else 200)
