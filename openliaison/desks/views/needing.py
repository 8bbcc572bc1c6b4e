"""Who needs a visit now, over the area."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from openliaison.core.access import roles
from openliaison.core.now import now
from openliaison.core.pages import Column, ListPage
from openliaison.desks.forms import NeedingForm
from openliaison.desks.selectors import needing
from openliaison.desks.selectors.needing import Needing
from openliaison.desks.selectors.rows import Ask


@roles("ol_area", "ol_leader")
def needing_list(request: HttpRequest) -> HttpResponse:
    """Who needs a visit now and why, the most needing first; the next step beside each."""
    form = NeedingForm(request.GET, place=request.place, path_from=request.scope.path_from, today=request.scope.today)
    is_valid = form.is_valid()
    ask = Ask(request.scope, request.place, now())
    found = needing.needing(form.ask(ask), form.cleaned_data.get("reason", "")) if is_valid else []
    by_id = {n.enterprise.pk: n for n in found}
    rows = needing.as_rows(found, ask)
    page = ListPage(request, rows, _columns(by_id), "place_in_order", filters=form, name="needing")
    if (kind := request.GET.get("export")) and is_valid:
        needing.with_officers(found, ask)
        return page.export(kind, "needing", now())
    context = {
        "list": page,
        "page": page.page,
        "form": form,
        "needing": needing.with_officers([by_id[e.pk] for e in page.page], ask),
        "most": needing.MOST,
        "is_cut": len(found) == needing.MOST,
        "may_act": request.scope.role == "ol_area",
        "at": now(),
    }
    return render(request, "desks/needing.html", context, status=200 if is_valid else 422)


def _columns(by_id: dict[int, Needing]) -> list[Column]:
    def told(e: Any) -> str:
        return _("; ").join(r.text for r in by_id[e.pk].reasons)

    def officers(e: Any) -> str:
        return _(", ").join(u.label for u in by_id[e.pk].officers)

    return [
        Column("name", _("Enterprise"), lambda e: e.label, "name"),
        Column("locality", _("Where"), lambda e: e.locality.label, "locality__name", is_extra=True),
        Column("why", _("Why"), told, "place_in_order"),
        Column("last", _("Last contact"), lambda e: by_id[e.pk].last_at),
        Column("officers", _("Who goes there"), officers),
    ]
