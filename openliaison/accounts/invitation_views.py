"""Invitations: made, listed, printed, taken back, renewed."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.now import now
from openliaison.core.pages import Column, ListPage

from . import papers, services
from .forms import STATES, InvitationFilter, InviteColleagueForm, InviteForm
from .models import Invitation, Role, User

INVITERS = ("ol_admin", "ol_area", "ol_officer", "ol_enterprise")


def _require_inviter(request: HttpRequest) -> None:
    """An enterprise's people invite nobody, unless they administer it."""
    if not services.may_invite_as(request.role):
        raise PermissionDenied


@roles(*INVITERS)
def invitations(request: HttpRequest) -> HttpResponse:
    """The links I may see: open, used, run out, taken back."""
    _require_inviter(request)
    filters = InvitationFilter(request.GET)
    page = ListPage(request, _rows(request, filters), _columns(), "-created_at", filters=filters, name="invitations")
    if kind := request.GET.get("export"):
        return page.export(kind, "invitations", now())
    at = now()
    context = {
        "list": page,
        "page": page.page,
        "filters": filters,
        "rows": [(row, row.state(at)) for row in page.page],
        "may_invite_here": request.scope.role in ("ol_admin", "ol_enterprise"),
        "colleagues": _colleagues(request) if request.scope.is_enterprise else [],
    }
    return render(request, "accounts/invitations.html", context)


def _colleagues(request: HttpRequest) -> QuerySet:
    """The other people of one's own enterprise, who may forget their passwords."""
    held = Role.objects.visible_to(request.scope).filter(enterprise_id=request.scope.enterprise_id)
    return held.exclude(user=request.user).filter(user__is_active=True).select_related("user")


def _rows(request: HttpRequest, filters: InvitationFilter) -> QuerySet:
    rows = Invitation.objects.visible_to(request.scope)
    wanted = filters.cleaned_data if filters.is_valid() else {}
    if state := wanted.get("state"):
        rows = rows.in_state(state, now())
    if kind := wanted.get("kind"):
        rows = rows.filter(kind=kind)
    if text := wanted.get("q", "").strip():
        rows = rows.filter(Q(display_name__icontains=text) | Q(enterprise_name__icontains=text))
    return rows.select_related("organisation", "locality", "created_by")


def _columns() -> list[Column]:
    words = dict(STATES)
    return [
        Column("name", _("Full name"), lambda i: i.display_name, "display_name"),
        Column("role", _("What for"), lambda i: i.as_what, "kind"),
        Column("for", _("For"), lambda i: i.for_whom),
        Column("by", _("Made by"), lambda i: i.created_by.label if i.created_by else "", "created_by__display_name"),
        Column("made", _("Made on"), lambda i: i.created_at, "created_at"),
        Column("expires", _("Runs out"), lambda i: i.expires_at, "expires_at"),
        Column("state", _("State"), lambda i: str(words[i.state(now())])),
    ]


@roles("ol_admin", "ol_enterprise")
def invite(request: HttpRequest) -> HttpResponse:
    """Invite a colleague: staff by the administrator, an enterprise's people by its administrator."""
    _require_inviter(request)
    if request.scope.is_enterprise:
        form = InviteColleagueForm(request.POST or None)
    else:
        form = InviteForm(request.POST or None, place=request.place, kinds=services.may_invite_as(request.role))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.invite(
                role=_role(request, form.cleaned_data),
                by=request.role,
                at=now(),
                display_name=form.cleaned_data["display_name"],
                client_key=form.cleaned_data["client_key"],
            )
        except Refused as error:
            form.add_error(None, str(error))
        else:
            return papers.hand_out(*made)
    return render(request, "accounts/invite.html", {"form": form}, status=422 if request.method == "POST" else 200)


def _role(request: HttpRequest, data: dict) -> Role:
    """As what to invite; nothing is saved yet."""
    if request.scope.is_enterprise:
        return Role(
            place=request.place,
            kind=Role.Kind.ENTERPRISE,
            enterprise_id=request.role.enterprise_id,
            enterprise_name=request.role.enterprise_name,
            enterprise_name_en=request.role.enterprise_name_en,
            is_enterprise_admin=data["is_enterprise_admin"],
        )
    is_handler = data["kind"] == Role.Kind.HANDLER
    locality = None if is_handler else data["locality"]
    return Role(place=request.place, kind=data["kind"], organisation=data["organisation"], locality=locality)


@roles(*INVITERS)
@never_cache
def paper(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """The sheet to hand over. Only the browser that made the link can show it, for a quarter of an hour."""
    rows = Invitation.objects.visible_to(request.scope).select_related("organisation", "locality", "place")
    found = get_object_or_404(rows, pk=invitation_id)
    sheet = papers.paper(request, found)
    context = {"invitation": found, "paper": sheet, "state": found.state(now())}
    return render(request, "accounts/paper.html" if sheet else "accounts/paper_gone.html", context)


@roles(*INVITERS)
@require_POST
def revoke(request: HttpRequest, invitation_id: int) -> HttpResponse:
    _require_inviter(request)
    found = get_object_or_404(Invitation.objects.visible_to(request.scope), pk=invitation_id)
    try:
        services.revoke_invitation(invitation=found, by=request.role, at=now())
        messages.success(request, _("The link for %(name)s no longer opens.") % {"name": found.display_name})
    except Refused as error:
        messages.error(request, str(error))
    return redirect("accounts:invitations")


@roles(*INVITERS)
@require_POST
def renew(request: HttpRequest, invitation_id: int) -> HttpResponse:
    _require_inviter(request)
    found = get_object_or_404(Invitation.objects.visible_to(request.scope), pk=invitation_id)
    try:
        made = services.renew_invitation(invitation=found, by=request.role, at=now())
    except Refused as error:
        messages.error(request, str(error))
        return redirect("accounts:invitations")
    return papers.hand_out(*made)


@roles(*INVITERS)
@require_POST
def new_password_link(request: HttpRequest, user_id: int) -> HttpResponse:
    """A link to a new password: for whom, the service decides."""
    rows = User.objects.visible_to(request.scope).filter(roles__place=request.place).distinct()
    user = get_object_or_404(rows, pk=user_id)
    try:
        made = services.invite_to_new_password(user=user, place=request.place, by=request.role, at=now())
    except Refused as error:
        messages.error(request, str(error))
        return redirect("accounts:invitations" if services.may_invite_as(request.role) else "accounts:me")
    return papers.hand_out(*made)
