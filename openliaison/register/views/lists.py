"""The list of enterprises, and what is done to many at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from openliaison.core.access import roles
from openliaison.core.codes import code_label
from openliaison.core.now import now
from openliaison.core.pages import Column, ListPage

from .. import finding, selectors, services
from ..forms import AssignForm, EnterpriseFilter
from ..forms import officer_options as options_of
from ..forms.people import WHO
from ..models import Enterprise, Link
from .doors import DESK, READERS, attempt

SHOWN_REFUSED = 200


@roles(*READERS)
def enterprise_list(request: HttpRequest) -> HttpResponse:
    """Every enterprise of the place by name, place and industry."""
    filters = EnterpriseFilter(request.GET, request=request)
    page = ListPage(
        request, _rows(request, filters), _columns(request), default_sort="name", filters=filters, name="enterprises"
    )
    if kind := request.GET.get("export"):
        if _ticked_nothing(request.GET):
            messages.warning(request, _("No row is ticked. Tick some, or “all that the filter finds”."))
            return redirect("register:enterprise_list")
        return page.export(kind, "enterprises", now())
    context = {"list": page, "page": page.page, "filters": filters, "scheme": request.place.industry_scheme}
    return render(request, "register/enterprise_list.html", context)


def _ticked_nothing(asked: QueryDict) -> bool:
    return "ticked" in asked and "all" not in asked and not asked.getlist("pick")


def _rows(request: HttpRequest, filters: EnterpriseFilter) -> Any:
    rows = finding.enterprises(request.scope, request.place, filters.wanted)
    rows = finding.with_officers(rows, request.scope)
    return finding.with_staff(rows, request.scope) if "staff" in request.GET.getlist("col") else rows


def _columns(request: HttpRequest) -> list[Column]:
    scheme = request.place.industry_scheme
    return [
        Column("name", _("Enterprise"), lambda e: e.label, "name"),
        Column("number", _("Official number"), lambda e: e.number, "number"),
        Column("locality", _("Place"), lambda e: e.locality.label, "locality_path"),
        Column(
            "industry", _("Industry"), lambda e: f"{e.industry} {code_label(scheme, e.industry)}".strip(), "industry"
        ),
        Column("officer", _("Liaison officer"), lambda e: _served(e, Link.Kind.OFFICER)),
        Column("status", _("State"), lambda e: e.get_status_display(), "status"),
        Column("name_en", _("Name in English"), lambda e: e.name_en, "name_en", is_extra=True),
        Column("street", _("Street"), lambda e: e.street, is_extra=True),
        Column("deputy", _("Deputy"), lambda e: _served(e, Link.Kind.DEPUTY), is_extra=True),
        Column("staff", _("Staff"), _staff, is_extra=True, is_number=True),
        Column("source", _("Source"), lambda e: e.source or _("entered by hand"), "source", is_extra=True),
        Column("created_at", _("In the register since"), lambda e: e.created_at, "created_at", is_extra=True),
    ]


def _served(enterprise: Any, kind: str) -> str:
    return ", ".join(link.user.label for link in enterprise.serving if link.kind == kind)


def _staff(enterprise: Any) -> int | None:
    return next((fact.value for fact in enterprise.staff_facts), None)


@roles(*DESK)
def assign_many(request: HttpRequest) -> HttpResponse:
    """Ticked rows, or all that the filter finds: choose who serves them, then see who could not be given."""
    asked = request.POST if request.method == "POST" else request.GET
    rows = _chosen(request, asked)
    form = AssignForm(request.POST or None, prefix="to", place=request.place, today=request.scope.today)
    found = rows.count()
    if request.method == "POST" and form.is_valid():
        result: list[Any] = []
        if attempt(form, lambda: result.append(_assign(request, rows, form))):
            return _assigned(request, result[0], form)
    context = {"form": form, "kept": _kept(asked), "found": found, "some": rows[:5]}
    return render(request, "register/assign.html", context, status=422 if form.is_bound else 200)


@roles(*DESK)
def officer_options(request: HttpRequest) -> HttpResponse:
    """The officers whose name, office or place holds the words, as options of a list."""
    text = request.GET.get(WHO, "")[:60].strip()
    found = selectors.offered_officers(request.place, request.scope.today, text)
    return render(request, "register/officer_options.html", {"options": options_of(found, text)})


def _assign(request: HttpRequest, rows: Any, form: AssignForm) -> services.Assigned:
    most = rows.select_related("place")[: services.MOST_AT_ONCE + 1]
    return services.station_many(enterprises=most, by=request.role, at=now(), **form.cleaned_data)


def _assigned(request: HttpRequest, result: services.Assigned, form: AssignForm) -> HttpResponse:
    context = {"result": result, "officer": form.cleaned_data["officer"].user, "shown": result.refused[:SHOWN_REFUSED]}
    return render(request, "register/assigned.html", context)


def _chosen(request: HttpRequest, asked: QueryDict) -> Any:
    """The ticked rows; with `all` those that the filter finds."""
    wanted = asked.copy()
    if "all" in wanted:
        wanted.pop("pick", None)
    filters = EnterpriseFilter(wanted, request=request)
    if "all" not in wanted and not wanted.getlist("pick"):
        return Enterprise.objects.none()
    found = filters.wanted if "all" in wanted else {"pick": filters.wanted["pick"]}
    return finding.enterprises(request.scope, request.place, found).order_by("name", "pk")


def _kept(asked: QueryDict) -> list[tuple[str, str]]:
    names = (*EnterpriseFilter.base_fields, "all")
    return [(k, v) for k, values in asked.lists() if k in names for v in values if v]
