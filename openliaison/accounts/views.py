"""The door: log-in and out, switching roles, one's own account, what a one-time link opens."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from openliaison.core.access import everybody, public
from openliaison.core.errors import Refused
from openliaison.core.now import now

from . import demo, services
from .errors import NotAllowed, TooManyAttempts
from .forms import ChangePasswordForm, JoinForm, LogInForm, NewPasswordForm, ProfileForm
from .models import Invitation, User
from .sessions import ENDED, SEEN, STARTED


@public
@never_cache
@sensitive_post_parameters("password")
def log_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return _inside(request)
    form = LogInForm(request.POST or None, initial={"next": request.GET.get("next", "")})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                if user := _known_person(request, form):
                    _open_session(request, user)
                    return redirect(_safe(request, form.cleaned_data["next"]))
            except TooManyAttempts as error:
                form.add_error(None, str(error))
                status = 429
    context = {
        "form": form,
        "logins": demo.logins() if settings.IS_DEMO else [],
        "has_ended": request.session.pop(ENDED, False),
    }
    return render(request, "accounts/log_in.html", context, status=status)


def _inside(request: HttpRequest) -> HttpResponse:
    """Somebody is logged in already: to the desk, unless no role of theirs is valid any more."""
    if request.scope is None:
        return render(request, "accounts/no_role.html", status=403)
    return redirect(_safe(request, request.GET.get("next", "")))


def _known_person(request: HttpRequest, form: LogInForm) -> User | None:
    data = form.cleaned_data
    user = services.log_in(request, username=data["username"], password=data["password"], at=now())
    if user is None:
        form.add_error(None, _("Name or password is wrong. Check both and try again."))
    return user


def _open_session(request: HttpRequest, user: User) -> None:
    login(request, user)
    request.session[STARTED] = request.session[SEEN] = int(now().timestamp())


@public
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect(_safe(request, request.POST.get("next", ""), otherwise="accounts:login"))


@everybody()
@require_POST
def switch_role(request: HttpRequest) -> HttpResponse:
    role_id = request.POST.get("role", "")
    try:
        services.switch_role(request.session, user=request.user, role_id=int(role_id or 0), at=now())
    except (ValueError, NotAllowed):
        messages.error(request, _("You do not hold this role."))
    return redirect("desks:home")


@everybody()
def me(request: HttpRequest) -> HttpResponse:
    """My own account: who I am, my roles, my password, my sessions."""
    return _me(request)


def _me(request: HttpRequest, status: int = 200, **forms: Form) -> HttpResponse:
    today = request.place.day(now())
    context: dict[str, Any] = {
        "profile": ProfileForm(instance=request.user),
        "password": ChangePasswordForm(),
        "held": [(r, r.is_valid(today)) for r in request.user.roles_held],
        "may_invite": bool(services.may_invite_as(request.role)),
    }
    return render(request, "accounts/me.html", context | forms, status=status)


@everybody()
@require_POST
def edit_profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST, instance=request.user)
    if not form.is_valid():
        request.user.refresh_from_db()
        return _me(request, status=422, profile=form)
    form.save()
    messages.success(request, _("Saved."))
    return redirect("accounts:me")


@everybody()
@require_POST
@sensitive_post_parameters()
def change_password(request: HttpRequest) -> HttpResponse:
    form = ChangePasswordForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            services.change_password(
                session=request.session, user=request.user, old=data["old"], password=data["password"], at=now()
            )
        except TooManyAttempts as error:
            logout(request)
            messages.error(request, str(error))
            return redirect("accounts:login")
        except Refused as error:
            form.add_error("old", str(error))
        except ValidationError as error:
            form.add_error("password", error)
        else:
            update_session_auth_hash(request, request.user)
            messages.success(request, _("The new password is set. Elsewhere you are logged out."))
            return redirect("accounts:me")
    return _me(request, status=422, password=form)


@everybody()
@require_POST
def log_out_everywhere(request: HttpRequest) -> HttpResponse:
    services.log_out_everywhere(user=request.user, at=now())
    update_session_auth_hash(request, request.user)
    messages.success(request, _("You are logged out on every other device."))
    return redirect("accounts:me")


@public
@never_cache
@sensitive_post_parameters()
def join(request: HttpRequest, token: str) -> HttpResponse:
    """What a one-time link opens: join, or choose a new password."""
    if request.user.is_authenticated:
        return render(request, "accounts/join_as_other.html", {"back": request.path}, status=409)
    try:
        invitation = services.read_invitation(token, now())
    except Refused as error:
        return render(request, "accounts/link_refused.html", {"reason": str(error)}, status=410)
    is_reset = invitation.purpose == Invitation.Purpose.RESET
    form_class = NewPasswordForm if is_reset else JoinForm
    form = form_class(request.POST or None, initial={"display_name": invitation.display_name})
    if request.method == "POST" and form.is_valid() and (user := _accept(token, form)):
        _open_session(request, user)
        return redirect("desks:home")
    context = {"form": form, "invitation": invitation, "is_reset": is_reset, "place": invitation.place}
    return render(request, "accounts/join.html", context, status=422 if request.method == "POST" else 200)


def _accept(token: str, form: Form) -> User | None:
    data = {k: v for k, v in form.cleaned_data.items() if k != "again"}
    try:
        return services.accept_invitation(token=token, at=now(), **data)
    except Refused as error:
        form.add_error("username" if "username" in form.fields else None, str(error))
    except ValidationError as error:
        form.add_error("password", error)
    return None


def _safe(request: HttpRequest, target: str, otherwise: str = "desks:home") -> str:
    """Where to go next: only to a page of ours."""
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if target and is_ours else reverse(otherwise)
