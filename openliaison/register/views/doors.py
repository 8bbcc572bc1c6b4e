"""What the register's pages share: finding the row, one form on a page, the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, resolve, reverse

from openliaison.core.errors import Refused

from .. import rules
from ..errors import ChangedMeanwhile
from ..forms import OverwriteForm
from ..forms.people import FIND
from ..models import Enterprise

READERS = ("ol_officer", "ol_area", "ol_handler", "ol_leader", "ol_inspector", "ol_analyst")
TEAM = ("ol_officer", "ol_area", "ol_enterprise")
DESK = ("ol_area",)


def seen(request: HttpRequest, enterprise_id: int) -> Enterprise:
    """An enterprise that this person may see."""
    rows = Enterprise.objects.visible_to(request.scope).select_related("locality", "place", "merged_into")  # type: ignore[attr-defined]
    return get_object_or_404(rows, pk=enterprise_id)


def written(request: HttpRequest, enterprise_id: int) -> Enterprise:
    """An enterprise in whose file this person may write."""
    found = seen(request, enterprise_id)
    if not rules.may_write(request.role, found, request.scope.today):  # type: ignore[attr-defined]
        raise PermissionDenied
    return found


def steered(request: HttpRequest, enterprise_id: int) -> Enterprise:
    """An enterprise of this coordinator's area."""
    found = seen(request, enterprise_id)
    if not rules.may_steer(request.role, found):  # type: ignore[attr-defined]
        raise PermissionDenied
    return found


def row_of_file(request: HttpRequest, model: Any, pk: int) -> Any:
    """A contact, site or fact in whose file this person may write."""
    row = get_object_or_404(model.objects.visible_to(request.scope), pk=pk)  # type: ignore[attr-defined]
    row.enterprise = written(request, row.enterprise_id)
    return row


def home(request: HttpRequest, enterprise: Enterprise) -> str:
    """Where a change in a file leads back to."""
    if request.scope.is_enterprise:  # type: ignore[attr-defined]
        return reverse("register:own_file")
    return reverse("register:enterprise", args=[enterprise.pk])


def can_open(request: HttpRequest, name: str, *args: Any) -> str:
    """The address of another room's page, if it exists and lets this person in; else ""."""
    try:
        url = reverse(name, args=args)
    except NoReverseMatch:
        return ""
    allowed = getattr(resolve(url).func, "allowed_roles", ())
    return url if request.scope.role in allowed else ""  # type: ignore[attr-defined]


def form_page(
    request: HttpRequest,
    enterprise: Enterprise,
    form: Form,
    call: Callable[[], Any],
    *,
    title: str,
    button: str,
    done: str,
    lead: str = "",
    is_grave: bool = False,
) -> HttpResponse:
    """One form, one verb: show it, or call and go back; what is refused is said above the form (422)."""
    if request.method == "POST" and form.is_valid() and attempt(form, call):
        messages.success(request, done)
        return redirect(home(request, enterprise))
    context = {
        "enterprise": enterprise,
        "form": form,
        "title": title,
        "lead": lead,
        "button": button,
        "is_grave": is_grave,
        "back": home(request, enterprise),
    }
    is_refused = request.method == "POST" and FIND not in request.POST
    return render(request, "register/form.html", context, status=422 if is_refused else 200)


def attempt(form: Form, call: Callable[[], Any]) -> bool:
    """Whether the call went through; what it refused stands in the form, with the row as it is now."""
    try:
        call()
    except Refused as error:
        if isinstance(error, ChangedMeanwhile) and isinstance(form, OverwriteForm):
            form.look_again(error.row)
        form.add_error(None, str(error))
        return False
    return True
