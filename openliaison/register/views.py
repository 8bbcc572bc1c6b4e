"""Pages of the register."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openliaison.core.access import roles
from openliaison.core.codes import code_label
from openliaison.core.errors import Refused
from openliaison.core.models import Locality, ReadLog
from openliaison.core.now import now
from openliaison.core.pages import Column, ListPage

from . import search, selectors, services
from .models import Contact, Enterprise, Fact, Link, Site

READERS = ("ol_officer", "ol_area", "ol_handler", "ol_leader", "ol_inspector", "ol_analyst")


@roles(*READERS)
def enterprise_list(request: HttpRequest) -> HttpResponse:
    """Every enterprise of the place by name, place and industry."""
    page = ListPage(request, _filtered(request), _columns(request), default_sort="name")
    if kind := request.GET.get("export"):
        return page.export(kind, "enterprises", now())
    context = {
        "list": page,
        "page": page.page,
        "townships": Locality.objects.filter(place=request.place, level__in=["county", "township", "park"]),
        "statuses": Enterprise.Status.choices,
        "scheme": request.place.industry_scheme,
    }
    return render(request, "register/enterprise_list.html", context)


def _filtered(request: HttpRequest) -> QuerySet:
    wanted = request.GET
    rows = Enterprise.objects.visible_to(request.scope).filter(merged_into=None)
    links = Link.objects.filter(kind="officer", ends_on=None).select_related("user")
    rows = rows.select_related("locality").prefetch_related(Prefetch("links", links, to_attr="officers"))
    if wanted.get("q"):
        rows = search.matching(rows, wanted["q"])
    if wanted.get("place"):
        inside = Locality.objects.filter(place=request.place, code=wanted["place"]).first()
        rows = rows.filter(locality_path__startswith=inside.path) if inside else rows.none()
    if wanted.get("industry"):
        rows = rows.filter(industry__startswith=wanted["industry"].strip())
    if wanted.get("status"):
        rows = rows.filter(status=wanted["status"])
    if wanted.get("mine"):
        rows = rows.filter(pk__in=selectors.my_enterprises(request.scope))
    if wanted.get("unserved"):
        rows = rows.exclude(links__kind="officer", links__ends_on=None)
    return rows


def _columns(request: HttpRequest) -> list[Column]:
    scheme = request.place.industry_scheme
    return [
        Column("name", _("Enterprise"), lambda e: e.label, "name"),
        Column("number", _("Number"), lambda e: e.number, "number"),
        Column("locality", _("Place"), lambda e: e.locality.label, "locality__name"),
        Column("industry", _("Industry"), lambda e: f"{e.industry} {code_label(scheme, e.industry)}", "industry"),
        Column("officer", _("Liaison officer"), lambda e: ", ".join(link.user.label for link in e.officers)),
        Column("status", _("State"), lambda e: e.get_status_display(), "status"),
    ]


@roles(*READERS)
def enterprise(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """One enterprise: who it is, who serves it, what is held and from where."""
    found = get_object_or_404(
        Enterprise.objects.visible_to(request.scope).select_related("locality", "place", "merged_into"),
        pk=enterprise_id,
    )
    if not selectors.is_of_team(request.scope, found):
        request.outside_read_of = found.pk
    return render(request, "register/enterprise.html", _file(request, found))


@roles("ol_enterprise")
def own_file(request: HttpRequest) -> HttpResponse:
    """What the county holds about us, from where, and who read it."""
    found = get_object_or_404(Enterprise.objects.visible_to(request.scope).select_related("locality", "place"))
    context = _file(request, found)
    context["reads"] = ReadLog.objects.visible_to(request.scope).select_related("person")[:50]
    return render(request, "register/own_file.html", context)


def _file(request: HttpRequest, found: Enterprise) -> dict[str, object]:
    scope = request.scope
    links = Link.objects.visible_to(scope).active(scope.today).filter(enterprise=found)
    return {
        "enterprise": found,
        "industry": code_label(found.place.industry_scheme, found.industry),
        "facts": selectors.held_facts(found, scope, scope.today),
        "contacts": Contact.objects.visible_to(scope).filter(enterprise=found),
        "sites": Site.objects.visible_to(scope).filter(enterprise=found),
        "team": links.exclude(kind="handler").select_related("user"),
        "may_record": scope.role in ("ol_officer", "ol_area") and _is_ours(request, found),
    }


def _is_ours(request: HttpRequest, found: Enterprise) -> bool:
    if request.scope.role == "ol_area":
        return found.locality_path.startswith(request.scope.path_from)
    return found.pk in selectors.my_enterprises(request.scope)


@roles("ol_officer", "ol_area", "ol_enterprise")
@require_POST
def confirm_fact(request: HttpRequest, fact_id: int) -> HttpResponse:
    fact = get_object_or_404(Fact.objects.visible_to(request.scope), pk=fact_id)
    try:
        services.confirm_fact(fact=fact, by=request.role, at=now())
        messages.success(request, _("Confirmed as of today."))
    except Refused as error:
        messages.error(request, str(error))
    if request.scope.is_enterprise:
        return redirect("register:own_file")
    return redirect("register:enterprise", fact.enterprise_id)
