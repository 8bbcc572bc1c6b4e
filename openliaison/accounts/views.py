"""The door: log-in and out, switching roles, invitations; and the people of a place."""

from __future__ import annotations

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from openliaison.core.access import everybody, public, roles
from openliaison.core.errors import Refused
from openliaison.core.now import now

from . import demo, services
from .forms import InviteForm, JoinForm, LogInForm, NewPasswordForm
from .models import Invitation, Role, User

STAFF_KINDS = [k for k in Role.Kind.values if k != Role.Kind.ENTERPRISE]


@public
@never_cache
@sensitive_post_parameters("password")
def log_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("desks:home")
    form = LogInForm(request.POST or None, initial={"next": request.GET.get("next", "")})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            user = services.log_in(
                request, username=form.cleaned_data["username"], password=form.cleaned_data["password"], at=now()
            )
            if user:
                login(request, user)
                return redirect(_safe(request, form.cleaned_data["next"]))
            form.add_error(None, _("Name or password is wrong."))
        except Refused as error:
            form.add_error(None, str(error))
            status = 429
    logins = demo.logins() if settings.IS_DEMO else []
    return render(request, "accounts/log_in.html", {"form": form, "logins": logins}, status=status)


@everybody()
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("accounts:login")


@everybody()
@require_POST
def switch_role(request: HttpRequest) -> HttpResponse:
    role_id = request.POST.get("role", "")
    if not role_id.isdigit() or not request.user.roles.valid(now().date()).filter(pk=role_id).exists():
        messages.error(request, _("You do not hold this role."))
    else:
        services.switch_role(request.session, user=request.user, role_id=int(role_id), at=now())
    return redirect("desks:home")


@everybody()
@sensitive_post_parameters()
def me(request: HttpRequest) -> HttpResponse:
    """My own account: name, roles, a new password."""
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            validate_password(form.cleaned_data["password"], request.user)
        except ValidationError as error:
            form.add_error("password", error)
        else:
            services.change_password(user=request.user, password=form.cleaned_data["password"], at=now())
            update_session_auth_hash(request, request.user)
            messages.success(request, _("The new password is set."))
            return redirect("accounts:me")
    return render(request, "accounts/me.html", {"form": form})


@public
@never_cache
@sensitive_post_parameters()
def join(request: HttpRequest, token: str) -> HttpResponse:
    """What a one-time link opens: join, or choose a new password."""
    try:
        invitation = services.read_invitation(token, now())
    except Refused as error:
        return render(request, "accounts/link_refused.html", {"reason": str(error)}, status=410)
    is_reset = invitation.purpose == Invitation.Purpose.RESET
    form_class = NewPasswordForm if is_reset else JoinForm
    form = form_class(request.POST or None, initial={"display_name": invitation.display_name})
    if request.method == "POST" and form.is_valid():
        data = {k: v for k, v in form.cleaned_data.items() if k != "again"}
        try:
            user = services.accept_invitation(token=token, at=now(), **data)
        except Refused as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            form.add_error("password", error)
        else:
            login(request, user)
            return redirect("desks:home")
    return render(request, "accounts/join.html", {"form": form, "invitation": invitation, "is_reset": is_reset})


@roles("ol_admin")
def people(request: HttpRequest) -> HttpResponse:
    """Everybody of the place, with their roles."""
    rows = Role.objects.filter(place=request.place).select_related("user", "organisation", "locality")
    wanted = request.GET.get("q", "").strip()
    if wanted:
        rows = rows.filter(user__display_name__icontains=wanted) | rows.filter(user__username__icontains=wanted)
    return render(
        request,
        "accounts/people.html",
        {"rows": rows.order_by("kind", "user__display_name")[:200], "wanted": wanted},
    )


@roles("ol_admin", "ol_area")
def invite(request: HttpRequest) -> HttpResponse:
    """Invite a colleague: the link and its QR code are shown once."""
    kinds = STAFF_KINDS if request.scope.role == "ol_admin" else [Role.Kind.OFFICER, Role.Kind.HANDLER]
    form = InviteForm(request.POST or None, place=request.place, kinds=kinds)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        role = Role(
            place=request.place, kind=data["kind"], organisation=data["organisation"], locality=data["locality"]
        )
        token = services.invite(role=role, by=request.role, at=now(), display_name=data["display_name"])
        return show_invitation(request, token, data["display_name"])
    return render(request, "accounts/invite.html", {"form": form})


@roles("ol_admin")
@require_POST
def new_password_link(request: HttpRequest, user_id: int) -> HttpResponse:
    user = get_object_or_404(User, pk=user_id, roles__place=request.place)
    token = services.invite_to_new_password(user=user, place=request.place, by=request.role, at=now())
    return show_invitation(request, token, user.label)


@roles("ol_admin")
@require_POST
def deactivate(request: HttpRequest, user_id: int) -> HttpResponse:
    user = get_object_or_404(User, pk=user_id, roles__place=request.place)
    services.deactivate_person(user=user, by=request.role, at=now())
    messages.success(request, _("%(name)s can no longer log in.") % {"name": user.label})
    return redirect("accounts:people")


def show_invitation(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """The paper with link and QR code; the token cannot be shown again."""
    link = request.build_absolute_uri(reverse("accounts:join", args=[token]))
    code = segno.make(link, error="m").svg_data_uri(scale=5)
    return render(request, "accounts/invitation.html", {"link": link, "code": code, "name": name})


def _safe(request: HttpRequest, target: str) -> str:
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if target and is_ours else reverse("desks:home")
