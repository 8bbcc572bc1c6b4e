"""One fact of an enterprise: its history, a new value, confirmed or taken back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.now import now

from .. import facts, rules, selectors, services
from ..errors import Incomplete
from ..forms import FactForm, RetractForm
from ..models import Enterprise, Fact, FactDefinition
from .doors import READERS, TEAM, attempt, form_page, home, row_of_file, seen, written


@roles(*READERS, "ol_enterprise")
def fact(request: HttpRequest, enterprise_id: int, key: str) -> HttpResponse:
    """Every value that was ever on file for one fact, and the form for a new one."""
    found = seen(request, enterprise_id)
    entry = _entry(found, key)
    may_write = _may_write(request, found, entry)
    if not selectors.is_of_team(request.scope, found):
        request.outside_read_of = found.pk  # type: ignore[attr-defined]
    form = _form(request, found, entry) if may_write else None
    return render(request, "register/fact.html", _page(request, found, entry, form))


@roles(*TEAM)
@require_POST
def record_fact(request: HttpRequest, enterprise_id: int, key: str) -> HttpResponse:
    """A new value; the one before stays in the history."""
    found = written(request, enterprise_id)
    entry = _entry(found, key)
    form = _form(request, found, entry)
    if form.is_valid() and attempt(form, lambda: _record(request, found, entry, form)):
        messages.success(request, _("Recorded: %(label)s.") % {"label": entry.label})
        return redirect(f"{home(request, found)}#held")
    return render(request, "register/fact.html", _page(request, found, entry, form), status=422)


def _record(request: HttpRequest, found: Enterprise, entry: FactDefinition, form: FactForm) -> Fact:
    return services.record_fact(enterprise=found, key=entry.key, by=request.role, at=now(), **form.arguments())  # type: ignore[attr-defined]


def _entry(found: Enterprise, key: str) -> FactDefinition:
    try:
        return facts.definition(found.place_id, key)
    except Incomplete:
        raise Http404 from None


def _may_write(request: HttpRequest, found: Enterprise, entry: FactDefinition) -> bool:
    """A value that a rule works out is not typed."""
    is_open = found.merged_into_id is None and entry.holder != "derived"
    return is_open and rules.may_write(request.role, found, request.scope.today)  # type: ignore[attr-defined]


def _form(request: HttpRequest, found: Enterprise, entry: FactDefinition) -> FactForm:
    scope = request.scope  # type: ignore[attr-defined]
    stands = Fact.objects.visible_to(scope).current().filter(enterprise=found, key=entry.key).first()
    return FactForm(
        request.POST or None,
        definition=entry,
        place=found.place,
        today=scope.today,
        is_own=scope.is_enterprise,
        current=stands.value if stands else None,
    )


def _page(request: HttpRequest, found: Enterprise, entry: FactDefinition, form: FactForm | None) -> dict[str, Any]:
    scope = request.scope  # type: ignore[attr-defined]
    history = selectors.fact_history(found, entry.key, scope, scope.today)
    current = next((h for h in history if not h.fact.superseded_at and not h.fact.retracted_at), None)
    return {
        "enterprise": found,
        "entry": entry,
        "history": history,
        "current": current,
        "form": form,
        "back": home(request, found),
    }


@roles(*TEAM)
@require_POST
def confirm_fact(request: HttpRequest, fact_id: int) -> HttpResponse:
    """Still right: fresh again from today."""
    found = row_of_file(request, Fact, fact_id)
    try:
        services.confirm_fact(fact=found, by=request.role, at=now())
        messages.success(request, _("Confirmed as of today."))
    except Refused as error:
        messages.error(request, str(error))
    return redirect(f"{home(request, found.enterprise)}#held")


@roles(*TEAM)
def retract_fact(request: HttpRequest, fact_id: int) -> HttpResponse:
    """Take a wrong value back, with the reason."""
    found = row_of_file(request, Fact, fact_id)
    form = RetractForm(request.POST or None)
    entry = _entry(found.enterprise, found.key)
    return form_page(
        request,
        found.enterprise,
        form,
        lambda: services.retract_fact(fact=found, by=request.role, at=now(), **form.cleaned_data),
        title=_("Take back: %(label)s") % {"label": entry.label},
        lead=_("The value stays in the history, marked as taken back; the one before it stands again."),
        button=_("Take it back"),
        done=_("Taken back."),
        is_grave=True,
    )
