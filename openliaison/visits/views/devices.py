"""Phones that keep briefings: one's own, and for the desk those of its officers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.now import now
from openliaison.core.pages import Column, ListPage
from openliaison.core.scope import AREA, OFFICER
from openliaison.visits.models import Device
from openliaison.visits.phone import devices as phones
from openliaison.visits.phone.pack import KEEP_DAYS

STATES = {
    "keeps": _lazy("keeps briefings"),
    "silent": _lazy("silent: deletes at its next opening"),
    "revoked": _lazy("revoked, not yet in contact"),
    "wiped": _lazy("has deleted everything"),
}
LOOKS = {
    "keeps": ("ok", "circle-check"),
    "silent": ("due", "clock"),
    "revoked": ("over", "alert-triangle"),
    "wiped": ("none", "circle-minus"),
}


class DeviceFilters(forms.Form):
    """Whose phones, in which state."""

    q = forms.CharField(label=_lazy("Person"), required=False, max_length=60)
    state = forms.ChoiceField(label=_lazy("State"), required=False)
    person = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("any")), *((k, str(v)) for k, v in STATES.items())]


@roles(OFFICER, AREA)
def devices(request: HttpRequest) -> HttpResponse:
    """Phones with what they keep; one button deletes it at their next contact."""
    filters = DeviceFilters(request.GET)
    is_valid = filters.is_valid()
    rows = _narrowed(phones.devices(request.scope), filters.cleaned_data)
    page = ListPage(request, rows, _columns(request), default_sort="-synced_at", filters=filters, name="devices")
    if (kind := request.GET.get("export")) and is_valid:
        return page.export(kind, "phones", now())
    for row in page.page:
        row.state = state(row)
        row.look, row.icon = LOOKS[row.state]
        row.state_label = STATES[row.state]
    context = {"list": page, "page": page.page, "filters": filters, "keep_days": KEEP_DAYS}
    return render(request, "visits/devices.html", context, status=200 if is_valid else 422)


def state(row: Device) -> str:
    """Whether it still keeps something, as far as the server can know."""
    if row.wiped_at and row.wiped_at >= row.synced_at:
        return "wiped"
    if row.revoked_at:
        return "revoked"
    return "silent" if row.synced_at < now() - timedelta(days=KEEP_DAYS) else "keeps"


def _of_state(name: str) -> Q:
    """The rows that `state` would call so."""
    wiped = Q(wiped_at__isnull=False, wiped_at__gte=F("synced_at"))  # a null is no yes: so that its negation holds
    limit = now() - timedelta(days=KEEP_DAYS)
    return {
        "wiped": wiped,
        "revoked": ~wiped & Q(revoked_at__isnull=False),
        "silent": ~wiped & Q(revoked_at=None, synced_at__lt=limit),
        "keeps": ~wiped & Q(revoked_at=None, synced_at__gte=limit),
    }[name]


def _narrowed(rows: QuerySet, wanted: dict[str, Any]) -> QuerySet:
    if text := wanted.get("q"):
        rows = rows.filter(Q(user__display_name__icontains=text) | Q(user__username__icontains=text))
    if wanted.get("person"):
        rows = rows.filter(user_id=wanted["person"])
    return rows.filter(_of_state(wanted["state"])) if wanted.get("state") else rows


def _columns(request: HttpRequest) -> list[Column]:
    found = [
        Column("name", pgettext("device", "Phone"), lambda d: d.name, "name"),
        Column("synced", pgettext("device", "Last contact"), lambda d: d.synced_at, "synced_at"),
        Column("first_seen", _("Known since"), lambda d: d.first_seen_at, "first_seen_at"),
        Column("state", _("State"), lambda d: str(STATES[state(d)])),
        Column("revoked", pgettext("device", "Revoked"), lambda d: d.revoked_at),
    ]
    if request.scope.role == AREA:  # type: ignore[attr-defined]
        found.insert(0, Column("person", _("Person"), lambda d: d.user.label, "user__display_name"))
    return found


@roles(OFFICER, AREA)
@require_POST
def revoke_device(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """Have a phone delete what it keeps."""
    found = get_object_or_404(phones.devices(request.scope), pk=device_id)
    try:
        phones.revoke_device(device=found, by=request.role, at=now())
        messages.success(
            request, _("Revoked: “%(name)s” deletes what it keeps at its next contact.") % {"name": found.name}
        )
    except Refused as error:
        messages.error(request, str(error))
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if is_ours else "visits:devices")
