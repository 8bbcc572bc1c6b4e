"""The people of a place: the administrator's to change, the coordinator's to read."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.now import now
from openliaison.core.pages import Column, ListPage

from . import services
from .forms import AddRoleForm, EditRoleForm, PeopleFilter
from .models import Role, User
from .services.invitations import STAFF_KINDS


@roles("ol_admin", "ol_area")
def people(request: HttpRequest) -> HttpResponse:
    """Everybody of the place, with their roles."""
    filters = PeopleFilter(request.GET, place=request.place)
    page = ListPage(request, _people(request, filters), _columns(), "display_name", filters=filters, name="people")
    if kind := request.GET.get("export"):
        return page.export(kind, "people", now())
    return render(request, "accounts/people.html", {"list": page, "page": page.page, "filters": filters})


def _people(request: HttpRequest, filters: PeopleFilter) -> QuerySet:
    held = Role.objects.filter(place=request.place)
    wanted = filters.cleaned_data if filters.is_valid() else {}
    matching = held.filter(user_id=OuterRef("id"))
    if kind := wanted.get("kind"):
        matching = matching.filter(kind=kind)
    if organisation := wanted.get("organisation"):
        matching = matching.filter(organisation=organisation)
    rows = User.objects.visible_to(request.scope).filter(Exists(matching))
    if state := wanted.get("state"):
        rows = rows.filter(is_active=state == "active")
    if text := wanted.get("q", "").strip():
        named = Q(display_name__icontains=text) | Q(display_name_en__icontains=text)
        rows = rows.filter(named | Q(username__icontains=text) | Q(phone__contains=text))
    roles_ = held.select_related("organisation", "locality", "place").order_by("id")
    return rows.prefetch_related(Prefetch("roles", roles_, to_attr="held"))


def _columns() -> list[Column]:
    return [
        Column("name", _("Full name"), lambda u: u.label, "display_name"),
        Column("username", _("User name"), lambda u: u.username, "username"),
        Column("roles", _("Roles"), lambda u: "; ".join(f"{r.label} · {r.organisation_label}" for r in u.held)),
        Column("phone", _("Phone"), lambda u: u.phone, is_extra=True),
        Column("email", _("E-mail"), lambda u: u.email, is_extra=True),
        Column("seen", _("Last log-in"), lambda u: u.last_login, "last_login", nulls_last=True),
        Column("state", _("State"), lambda u: _("may log in") if u.is_active else _("account closed"), "is_active"),
    ]


def _person(request: HttpRequest, user_id: int) -> User:
    held = Role.objects.filter(place=request.place, user_id=OuterRef("id"))
    return get_object_or_404(User.objects.visible_to(request.scope).filter(Exists(held)), pk=user_id)


@roles("ol_admin", "ol_area")
def person(request: HttpRequest, user_id: int) -> HttpResponse:
    """One person: roles with their dates; what the administrator may do."""
    found = _person(request, user_id)
    is_admin = request.scope.role == "ol_admin"
    form = AddRoleForm(request.POST or None, place=request.place, kinds=STAFF_KINDS) if is_admin else None
    if form and request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if data["kind"] == Role.Kind.HANDLER:
            data["locality"] = None
        services.add_role(user=found, by=request.role, at=now(), **data)
        messages.success(request, _("%(name)s has the role from now on.") % {"name": found.label})
        return redirect("accounts:person", found.pk)
    today = request.place.day(now())
    context = {
        "person": found,
        "held": [(r, r.is_valid(today)) for r in found.roles_held],
        "form": form,
        "may_reset": services.may_reset(request.role, found) and found.is_active,
    }
    return render(request, "accounts/person.html", context, status=422 if form and form.errors else 200)


@roles("ol_admin")
def edit_role(request: HttpRequest, role_id: int) -> HttpResponse:
    """Area, organisation and dates of one role."""
    role = get_object_or_404(Role.objects.filter(place=request.place).select_related("user", "place"), pk=role_id)
    names = ("organisation", "locality", "starts_on", "ends_on")
    initial = {name: getattr(role, name) for name in names}
    form = EditRoleForm(request.POST or None, place=request.place, kind=_kind(role), initial=initial)
    if role.enterprise_id:
        del form.fields["organisation"], form.fields["locality"]
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_role(role=role, by=request.role, at=now(), **form.cleaned_data)
        except Refused as error:
            form.add_error("ends_on", str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:person", role.user_id)
    context = {"form": form, "role_edited": role}
    return render(request, "accounts/role.html", context, status=422 if form.errors else 200)


def _kind(role: Role) -> str:
    return "" if role.enterprise_id else role.kind


@roles("ol_admin")
@require_POST
def reactivate(request: HttpRequest, user_id: int) -> HttpResponse:
    found = _person(request, user_id)
    services.reactivate_person(user=found, by=request.role, at=now())
    messages.success(request, _("%(name)s can log in again.") % {"name": found.label})
    return redirect("accounts:person", found.pk)
