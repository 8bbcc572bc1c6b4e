"""Contacts, sites and group ties of an enterprise."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.now import now

from .. import rules, services
from ..forms import ContactForm, EndForm, NewContactForm, NewSiteForm, SiteForm, TieForm
from ..models import Contact, GroupTie, Site
from .doors import DESK, TEAM, form_page, home, row_of_file, steered, written


@roles(*TEAM)
def add_contact(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    found = written(request, enterprise_id)
    form = NewContactForm(request.POST or None)
    return form_page(
        request,
        found,
        form,
        lambda: services.add_contact(enterprise=found, by=request.role, at=now(), **form.cleaned_data),
        title=_("A person to speak to"),
        button=_("Add"),
        done=_("Added."),
    )


@roles(*TEAM)
def edit_contact(request: HttpRequest, contact_id: int) -> HttpResponse:
    row = row_of_file(request, Contact, contact_id)
    form = ContactForm(request.POST or None, row=row)
    return form_page(
        request,
        row.enterprise,
        form,
        lambda: services.change_contact(contact=row, by=request.role, at=now(), **form.cleaned_data),
        title=_("Correct a contact"),
        button=_("Save"),
        done=_("Saved."),
    )


@roles(*TEAM)
def end_contact(request: HttpRequest, contact_id: int) -> HttpResponse:
    row = row_of_file(request, Contact, contact_id)
    form = EndForm(request.POST or None, today=request.scope.today)
    return form_page(
        request,
        row.enterprise,
        form,
        lambda: services.end_contact(contact=row, by=request.role, at=now(), **form.cleaned_data),
        title=_("%(name)s no longer has this function") % {"name": row.name},
        lead=_("The name stays in the history with the last day."),
        button=_("End it"),
        done=_("Ended; it stays in the history."),
    )


@roles(*TEAM)
@require_POST
def make_main_contact(request: HttpRequest, contact_id: int) -> HttpResponse:
    row = row_of_file(request, Contact, contact_id)
    try:
        services.make_main_contact(contact=row, by=request.role, at=now())
        messages.success(request, _("%(name)s is the main contact now.") % {"name": row.name})
    except Refused as error:
        messages.error(request, str(error))
    return redirect(home(request, row.enterprise))


@roles(*TEAM)
def add_site(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    found = written(request, enterprise_id)
    form = NewSiteForm(request.POST or None, place=found.place)
    return form_page(
        request,
        found,
        form,
        lambda: services.add_site(enterprise=found, by=request.role, at=now(), **form.cleaned_data),
        title=_("A place where it works"),
        button=_("Add"),
        done=_("Added."),
    )


@roles(*TEAM)
def edit_site(request: HttpRequest, site_id: int) -> HttpResponse:
    row = row_of_file(request, Site, site_id)
    form = SiteForm(request.POST or None, row=row, place=row.enterprise.place)
    return form_page(
        request,
        row.enterprise,
        form,
        lambda: services.change_site(site=row, by=request.role, at=now(), **form.cleaned_data),
        title=_("Correct a site"),
        button=_("Save"),
        done=_("Saved."),
    )


@roles(*TEAM)
def close_site(request: HttpRequest, site_id: int) -> HttpResponse:
    row = row_of_file(request, Site, site_id)
    form = EndForm(request.POST or None, today=request.scope.today)
    return form_page(
        request,
        row.enterprise,
        form,
        lambda: services.close_site(site=row, by=request.role, at=now(), **form.cleaned_data),
        title=_("%(name)s is closed") % {"name": row.label},
        lead=_("The site stays in the history with the last day."),
        button=_("Close it"),
        done=_("Closed; it stays in the history."),
    )


@roles(*DESK)
def add_tie(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """The enterprise belongs to another, or another to it."""
    found = steered(request, enterprise_id)
    form = TieForm(request.POST or None, enterprise=found)
    return form_page(
        request,
        found,
        form,
        lambda: services.add_tie(by=request.role, at=now(), **form.arguments()),
        title=_("What belongs together"),
        button=_("Add"),
        done=_("Added."),
    )


@roles(*DESK)
def end_tie(request: HttpRequest, enterprise_id: int, tie_id: int) -> HttpResponse:
    """Seen from one of the two, to which it leads back."""
    row = get_object_or_404(GroupTie.objects.visible_to(request.scope).select_related("parent", "child"), pk=tie_id)
    found = {row.parent_id: row.parent, row.child_id: row.child}.get(enterprise_id)
    if found is None or not any(rules.may_steer(request.role, e) for e in (row.parent, row.child)):
        raise PermissionDenied
    form = EndForm(request.POST or None, today=request.scope.today)
    return form_page(
        request,
        found,
        form,
        lambda: services.end_tie(tie=row, by=request.role, at=now(), **form.cleaned_data),
        title=_("%(child)s no longer belongs to %(parent)s") % {"child": row.child.label, "parent": row.parent.label},
        button=_("End it"),
        done=_("Ended; it stays in the history."),
    )
