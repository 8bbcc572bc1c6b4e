"""One enterprise's file: as staff see it, and as the enterprise sees it itself."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from openliaison.accounts.models import Organisation, Role
from openliaison.core.access import roles
from openliaison.core.codes import code_label
from openliaison.core.models import ReadLog
from openliaison.core.now import now

from .. import rules, selectors, services
from ..forms import IdentityForm, NewEnterpriseForm
from ..models import Contact, Enterprise, Merge, Site
from .doors import DESK, READERS, attempt, can_open, form_page, seen, steered

# What other rooms know of an enterprise, each asked for by its address and shown where it exists.
FRAGMENTS = (
    "register:diary_of",
    "cases:of_enterprise",
    "visits:of_enterprise",
    "policies:of_enterprise",
    "factors:of_enterprise",
    "market:of_enterprise",
    "production:of_enterprise",
    "safety:of_enterprise",
)
MOST_READS = 50


@roles(*READERS)
def enterprise(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """One enterprise: who it is, who serves it, what is held and from where."""
    found = seen(request, enterprise_id)
    if not selectors.is_of_team(request.scope, found):
        request.outside_read_of = found.pk  # type: ignore[attr-defined]
    return render(request, "register/enterprise.html", _file(request, found) | _staff_part(request, found))


@roles("ol_enterprise")
def own_file(request: HttpRequest) -> HttpResponse:
    """What the county holds about us, from where, and who read it."""
    rows = Enterprise.objects.visible_to(request.scope).select_related("locality", "place", "merged_into")
    found = get_object_or_404(rows)
    context = _file(request, found) | {
        "reads": _reads(request),
        "people_url": can_open(request, "accounts:invitations"),
        "raise_url": can_open(request, "cases:raise"),
    }
    return render(request, "register/own_file.html", context)


def _file(request: HttpRequest, found: Enterprise) -> dict[str, Any]:
    scope = request.scope  # type: ignore[attr-defined]
    topics = selectors.facts_by_topic(found, scope, scope.today)
    contacts = list(Contact.objects.visible_to(scope).filter(enterprise=found))
    sites = list(Site.objects.visible_to(scope).filter(enterprise=found).select_related("locality").order_by("name"))
    return {
        "enterprise": found,
        "industry": code_label(found.place.industry_scheme, found.industry),
        "topics": topics,
        "has_facts": any(t.held for t in topics),
        "missing": sum(len(t.missing) for t in topics),
        "stale": sum(not f.is_fresh for t in topics for f in t.held),
        "contacts": [c for c in contacts if c.ends_on is None],
        "former_contacts": [c for c in contacts if c.ends_on],
        "sites": [s for s in sites if s.closed_on is None],
        "closed_sites": [s for s in sites if s.closed_on],
        "team": selectors.team(found, scope, scope.today),
        "may_write": found.merged_into_id is None and rules.may_write(request.role, found, scope.today),  # type: ignore[attr-defined]
        "may_steer": False,
    }


def _staff_part(request: HttpRequest, found: Enterprise) -> dict[str, Any]:
    scope = request.scope  # type: ignore[attr-defined]
    merges = Merge.objects.visible_to(scope).filter(undone_at=None).select_related("taken", "merged_by")
    fragments = [(name, can_open(request, name, found.pk)) for name in FRAGMENTS]
    return {
        "above": selectors.group_above(found, scope),
        "beneath": selectors.group_beneath(found, scope),
        "sees_group": scope.role != "ol_handler",
        "merges": merges.filter(kept=found) if scope.role == "ol_area" else [],
        "may_steer": rules.may_steer(request.role, found),  # type: ignore[attr-defined]
        "fragments": [(name.partition(":")[0], url) for name, url in fragments if url],
        "visit_url": can_open(request, "visits:record"),
        "raise_url": can_open(request, "cases:raise"),
        "data_url": can_open(request, "register:data_new"),
        "briefing_url": can_open(request, "desks:briefing", found.pk),
    }


def _reads(request: HttpRequest) -> list[dict[str, Any]]:
    """Who from outside opened the file, in which role and from which office."""
    rows = list(ReadLog.objects.visible_to(request.scope).select_related("person")[:MOST_READS])  # type: ignore[attr-defined]
    offices = Organisation.objects.in_bulk({r.organisation_id for r in rows if r.organisation_id})
    kinds = {database: Role.Kind(kind).label for kind, database in Role.DATABASE_ROLE.items()}
    return [
        {"at": r.at, "who": r.person.label, "as": kinds.get(r.role, ""), "office": offices.get(r.organisation_id)}
        for r in rows
    ]


@roles(*DESK)
def add_enterprise(request: HttpRequest) -> HttpResponse:
    """An enterprise by hand. Look-alikes on file are shown first; one says that it is none of them."""
    form = NewEnterpriseForm(request.POST or None, place=request.place, scope=request.scope)
    alike: list[selectors.Alike] = []
    if request.method == "POST" and form.is_valid():
        data = {k: v for k, v in form.cleaned_data.items() if k != "is_new"}
        if not form.cleaned_data["is_new"]:
            alike = selectors.look_alikes(request.place, request.scope, data["name"], data["name_en"])
        made: list[Enterprise] = []
        if not alike and attempt(form, lambda: made.append(_add(request, data))):
            return redirect("register:enterprise", made[0].pk)
    context = {"form": form, "alike": alike}
    return render(request, "register/add_enterprise.html", context, status=422 if request.method == "POST" else 200)


def _add(request: HttpRequest, data: dict[str, Any]) -> Enterprise:
    return services.add_enterprise(place=request.place, by=request.role, at=now(), **data)  # type: ignore[attr-defined]


@roles(*DESK)
def edit_identity(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """Correct name, number, place, industry or state."""
    found = steered(request, enterprise_id)
    form = IdentityForm(request.POST or None, row=found, place=request.place, scope=request.scope)
    return form_page(
        request,
        found,
        form,
        lambda: services.change_identity(enterprise=found, by=request.role, at=now(), **form.cleaned_data),
        title=_("Who it is"),
        button=_("Save"),
        done=_("Saved. The journal keeps what stood there before."),
    )
