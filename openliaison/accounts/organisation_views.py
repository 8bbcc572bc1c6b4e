"""The organisations of a place: departments, township offices, banks, upper bodies."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.now import now
from openliaison.core.pages import Column, ListPage

from . import services
from .forms import NewOrganisationForm, OrganisationFilter, OrganisationForm
from .models import Organisation


@roles("ol_admin", "ol_area")
def organisations(request: HttpRequest) -> HttpResponse:
    filters = OrganisationFilter(request.GET)
    rows = Organisation.objects.visible_to(request.scope).filter(place=request.place)
    if filters.is_valid() and (text := filters.cleaned_data["q"].strip()):
        rows = rows.filter(Q(name__icontains=text) | Q(name_en__icontains=text) | Q(code__icontains=text))
    rows = rows.select_related("parent", "locality")
    page = ListPage(request, rows, _columns(), "name", filters=filters, name="organisations")
    if kind := request.GET.get("export"):
        return page.export(kind, "organisations", now())
    context = {"list": page, "page": page.page, "filters": filters, "may_edit": request.scope.role == "ol_admin"}
    return render(request, "accounts/organisations.html", context)


def _columns() -> list[Column]:
    return [
        Column("name", _("Name of the organisation"), lambda o: o.label, "name"),
        Column("code", _("Short code"), lambda o: o.code, "code", is_extra=True),
        Column("parent", _("Stands beneath"), lambda o: o.parent.label if o.parent else "", "parent__name"),
        Column("locality", _("Area"), lambda o: o.locality.label if o.locality else "", "locality__name"),
        Column("phone", _("Phone"), lambda o: o.phone, "phone"),
        Column("edited", _("Edited on screen"), lambda o: o.edited_at, "edited_at", nulls_last=True),
    ]


@roles("ol_admin")
def organisation(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Edit one organisation."""
    found = get_object_or_404(Organisation, pk=organisation_id, place=request.place)
    form = OrganisationForm(request.POST or None, instance=found, place=request.place)
    if request.method == "POST" and form.is_valid():
        found = Organisation.objects.get(pk=found.pk)
        try:
            services.edit_organisation(organisation=found, by=request.role, at=now(), **form.cleaned_data)
        except Refused as error:
            form.add_error("parent", str(error))
        else:
            messages.success(request, _("Saved. It wins over the place's files from now on."))
            return redirect("accounts:organisations")
    context = {"form": form, "organisation": found}
    return render(request, "accounts/organisation.html", context, status=422 if form.errors else 200)


@roles("ol_admin")
def add_organisation(request: HttpRequest) -> HttpResponse:
    form = NewOrganisationForm(request.POST or None, place=request.place)
    if request.method == "POST" and form.is_valid():
        services.add_organisation(place=request.place, by=request.role, at=now(), **form.cleaned_data)
        messages.success(request, _("%(name)s is on the list.") % {"name": form.cleaned_data["name"]})
        return redirect("accounts:organisations")
    context = {"form": form, "organisation": None}
    return render(request, "accounts/organisation.html", context, status=422 if form.errors else 200)
