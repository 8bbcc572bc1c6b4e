"""An enterprise's people: who can log in for it, and inviting more of them by a sheet of paper."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from openliaison.accounts import papers
from openliaison.accounts import services as accounts
from openliaison.accounts.models import Invitation, Role
from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.forms import SentOnce
from openliaison.core.now import now
from openliaison.register.models import Contact, Enterprise, served_by_me


class InvitePersonForm(SentOnce):
    """One of the contacts on file, or somebody by name."""

    contact = forms.ModelChoiceField(
        Contact.objects.none(), label=_("Contact on file"), required=False, empty_label=_("somebody else")
    )
    display_name = forms.CharField(
        label=_("Full name"), max_length=60, required=False, help_text=_("Only where it is none of the contacts.")
    )
    is_enterprise_admin = forms.BooleanField(label=_("May invite colleagues of the enterprise"), required=False)

    def __init__(self, *args: Any, contacts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["contact"]
        field.queryset = contacts
        field.label_from_instance = lambda c: f"{c.name} · {c.function_label}" if c.function else c.name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("contact") and not data.get("display_name"):
            self.add_error("display_name", _("Choose a contact or write the person's name."))
        return data


@roles("ol_officer", "ol_area")
def invite_people(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """Who can log in for an enterprise, and a sheet for one more."""
    enterprise = _ours(request, enterprise_id)
    contacts = Contact.objects.visible_to(request.scope).current().filter(enterprise=enterprise)
    people = Role.objects.filter(enterprise_id=enterprise.pk).select_related("user").order_by("id")
    form = InvitePersonForm(
        request.POST or None, contacts=contacts, initial={"is_enterprise_admin": not people.exists()}
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = _invite(request, enterprise, form.cleaned_data)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            return papers.hand_out(*made)
    open_ = Invitation.objects.visible_to(request.scope).filter(enterprise_id=enterprise.pk).in_state("open", now())
    context = {"enterprise": enterprise, "people": people, "form": form, "open": open_}
    return render(request, "desks/invite_people.html", context, status=422 if form.errors else 200)


def _ours(request: HttpRequest, enterprise_id: int) -> Enterprise:
    """The desk's in its area, an officer's where they serve."""
    found = get_object_or_404(Enterprise.objects.visible_to(request.scope), pk=enterprise_id, merged_into=None)
    if request.scope.role == "ol_officer":
        is_ours = served_by_me(request.scope).filter(enterprise_id=found.pk).exists()
    else:
        is_ours = request.scope.path_from <= found.locality_path < request.scope.path_to
    if not is_ours:
        raise Http404
    return found


def _invite(request: HttpRequest, enterprise: Enterprise, data: dict[str, Any]) -> tuple[Invitation, str]:
    contact = data["contact"]
    role = Role(
        place=request.place,
        kind=Role.Kind.ENTERPRISE,
        enterprise_id=enterprise.pk,
        enterprise_name=enterprise.name,
        enterprise_name_en=enterprise.name_en,
        contact_id=contact.pk if contact else None,
        is_enterprise_admin=data["is_enterprise_admin"],
    )
    return accounts.invite(
        role=role,
        by=request.role,
        at=now(),
        display_name=contact.name if contact else data["display_name"],
        client_key=data["client_key"],
    )
