"""Pages of one's tokens: made, shown once, revoked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from openliaison.core.access import everybody
from openliaison.core.errors import Refused
from openliaison.core.forms import Pick, PickMany
from openliaison.core.now import now

from . import tokens
from .models import ApiToken

LIVES = [(30, _lazy("30 days")), (90, _lazy("90 days")), (365, _lazy("a year"))]


class TokenForm(forms.Form):
    name = forms.CharField(label=_lazy("Which system will use it?"), max_length=60)
    scopes = forms.MultipleChoiceField(label=_lazy("What may it do?"), choices=[], widget=PickMany)
    days = forms.TypedChoiceField(label=_lazy("For how long?"), choices=LIVES, widget=Pick, coerce=int, initial=90)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = tokens.scope_choices()


@everybody()
@never_cache
def token_list(request: HttpRequest) -> HttpResponse:
    """One's own tokens, and a form for a new one; a fresh token is shown on this answer only."""
    form, secret = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            _token, secret = tokens.make_token(by=request.role, at=now(), **form.cleaned_data)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            form = TokenForm()
    context = {"form": form, "secret": secret, "rows": _own(request), "at": now()}
    return render(request, "accounts/token_list.html", context, status=422 if form.errors else 200)


@everybody()
@require_POST
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    token = get_object_or_404(_own(request), pk=token_id)
    tokens.revoke_token(token=token, by=request.role, at=now())
    messages.success(request, _("The token “%(name)s” no longer opens anything.") % {"name": token.name})
    return redirect("accounts:token_list")


def _own(request: HttpRequest) -> Any:
    rows = ApiToken.objects.visible_to(request.scope).filter(user=request.user)
    return rows.select_related("role__organisation", "role__locality", "role__place")
