"""The numbers that other systems give the same matters: out and in by one template, so that nobody retypes."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from openliaison.cases import services
from openliaison.cases.external import HEADS, MOST_ROWS, Row, read_rows, rows_out
from openliaison.cases.forms import ExternalFileForm
from openliaison.cases.models import Case
from openliaison.core import exports
from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.now import now


@roles("ol_area")
def external_refs(request: HttpRequest) -> HttpResponse:
    """Download the template with what is known, fill it in, send it back; all rows are taken or none."""
    if kind := request.GET.get("export"):
        return _template(request, kind)
    form = ExternalFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            taken = _take(request, read_rows(form.cleaned_data["upload"]))
        except Refused as error:
            form.add_error("upload", str(error))
        else:
            messages.success(request, _("%(n)s numbers are kept.") % {"n": taken})
            return redirect("cases:external_refs")
    return render(request, "cases/external.html", {"form": form}, status=422 if form.errors else 200)


def _template(request: HttpRequest, kind: str) -> HttpResponse:
    cases = Case.objects.visible_to(request.scope).open().filter(is_confidential=False)  # type: ignore[attr-defined]
    rows = (
        cases.select_related("enterprise")
        .prefetch_related("external_refs")
        .defer("search")
        .order_by("number")[:MOST_ROWS]
    )
    sheet = exports.Sheet(name="external-numbers", about=[], heads=list(HEADS), rows=rows_out(rows))
    return exports.answer(sheet, kind, at=now(), is_example=request.place.is_example)  # type: ignore[attr-defined]


@transaction.atomic
def _take(request: HttpRequest, rows: list[Row]) -> int:
    cases = Case.objects.visible_to(request.scope)  # type: ignore[attr-defined]
    known = {c.number: c for c in cases.filter(number__in=[row.case for row in rows]).defer("search")}
    for row in rows:
        if row.case not in known:
            raise Refused(_("Line %(line)s: there is no case %(number)s.") % {"line": row.line, "number": row.case})
        words = {"system": row.system, "number": row.number, "state": row.state}
        services.refer_externally(case=known[row.case], by=request.role, at=now(), **words)  # type: ignore[attr-defined]
    return len(rows)
