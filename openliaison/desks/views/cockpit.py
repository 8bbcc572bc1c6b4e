"""The leader's and analyst's cockpit, its brief on paper, and the rows behind every number."""

from __future__ import annotations

from typing import Any

from babel.dates import format_date
from django.db.models import DurationField, ExpressionWrapper, F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from openliaison.cases.models import Case
from openliaison.core import formatting
from openliaison.core.access import roles
from openliaison.core.now import now
from openliaison.core.pages import Column, ListPage
from openliaison.desks.charts import Chart, line_chart
from openliaison.desks.forms import DEFAULT_DAYS, RowsForm, SpanForm
from openliaison.desks.selectors import leader, rows
from openliaison.desks.selectors.clocks import clocked
from openliaison.desks.selectors.needing import officers_of
from openliaison.desks.selectors.rows import ROWS, Ask, Rows
from openliaison.desks.selectors.tasks import open_tasks

READERS = ("ol_leader", "ol_analyst", "ol_area")


def cockpit(request: HttpRequest, form: SpanForm, days: int, *, status: int = 200) -> HttpResponse:
    """The cockpit as a page."""
    context = _numbers(request, days) | {"form": form, "tasks": open_tasks(request.scope)[:6]}
    return render(request, "desks/leader.html", context, status=status)


@roles(*READERS)
def brief(request: HttpRequest) -> HttpResponse:
    """The cockpit on paper."""
    form = SpanForm(request.GET)
    is_valid = form.is_valid()
    days = form.cleaned_data["days"] if is_valid else DEFAULT_DAYS
    return render(request, "desks/brief.html", _numbers(request, days), status=200 if is_valid else 422)


def _numbers(request: HttpRequest, days: int) -> dict[str, Any]:
    ask = Ask(request.scope, request.place, now(), days=days)
    found = leader.cockpit(ask)
    months = [(m, rows.url("settled", month=f"{m.first:%Y-%m}")) for m in found.months]
    return {"cockpit": found, "chart": _chart(found), "months": months, "days": days, "at": ask.at}


def _chart(found: leader.Cockpit) -> Chart:
    labels = [format_date(m.first, "MMM", locale=formatting.locale()) for m in found.months]
    shown = [text if n % 2 == 0 else "" for n, text in enumerate(reversed(labels))][::-1]
    series = [
        ("worst", [m.spread.worst_tenth for m in found.months]),
        ("median", [m.spread.median for m in found.months]),
    ]
    return line_chart(series, shown)


@roles("ol_officer", "ol_area", "ol_handler", "ol_leader", "ol_analyst")
def behind(request: HttpRequest, key: str) -> HttpResponse:
    """The rows that a number counts."""
    if not rows.is_for(key, request.scope.role):
        raise Http404
    named, at = ROWS[key], now()
    form = RowsForm(
        request.GET, place=request.place, path_from=request.scope.path_from, kind=named.kind, is_span=named.is_span
    )
    is_valid = form.is_valid()
    base = Ask(request.scope, request.place, at)
    found = named.find(form.ask(base)) if is_valid else named.find(base).none()
    page = _case_page(request, found, named, form) if named.kind == "case" else _enterprise_page(request, found, form)
    if (kind := request.GET.get("export")) and is_valid:
        if named.kind == "case":
            page.rows = page.rows.filter(is_confidential=False)
        return page.export(kind, key, at)
    context = {"list": page, "page": page.page, "rows": named, "key": key, "form": form, "at": at}
    if named.kind == "case":
        context["clocked"] = clocked(page.page, request.place, at)
    elif request.scope.role == "ol_area":
        context["officers"] = officers_of([e.pk for e in page.page], base)
    template = "desks/rows_cases.html" if named.kind == "case" else "desks/rows_enterprises.html"
    return render(request, template, context, status=200 if is_valid else 422)


def _case_page(request: HttpRequest, found: QuerySet, named: Rows, form: RowsForm) -> ListPage:
    took = ExpressionWrapper(F("closed_at") - F("submitted_at"), output_field=DurationField())
    found = found.select_related("enterprise__locality", "lead", "category").annotate(took=took)
    sort = "-closed_at" if named.is_span else "due_at"
    return ListPage(request, found, _case_columns(named.is_span), sort, filters=form, name="desk-cases")


def _case_columns(is_closed: bool) -> list[Column]:
    return [
        Column("number", _("Number"), lambda c: c.number, "number"),
        Column("title", _("Case"), lambda c: c.label),
        Column("enterprise", _("Enterprise"), lambda c: c.enterprise.label, "enterprise__name"),
        Column("category", _("Category"), lambda c: c.category.label if c.category else "", is_extra=True),
        Column("lead", _("Who has it"), lambda c: c.lead.label if c.lead else _("the desk"), "lead__name"),
        Column("status", _("State"), _state, "status"),
        Column("due", _("Due"), lambda c: c.due_at, "due_at", is_extra=is_closed, nulls_last=True),
        Column("closed", _("Closed"), lambda c: c.closed_at, "closed_at", is_extra=not is_closed, nulls_last=True),
        Column("took", _("Took, days of the calendar"), _took, "took", True, not is_closed, nulls_last=True),
        Column("mark", _("Mark"), lambda c: c.satisfaction, "satisfaction", True, True, nulls_last=True),
    ]


def _state(case: Case) -> str:
    return case.get_outcome_display() or case.get_status_display()


def _took(case: Any) -> int | None:
    return case.took.days if case.took is not None else None


def _enterprise_page(request: HttpRequest, found: QuerySet, form: RowsForm) -> ListPage:
    columns = [
        Column("name", _("Enterprise"), lambda e: e.label, "name"),
        Column("number", _("Number"), lambda e: e.number, "number", is_extra=True),
        Column("locality", _("Where"), lambda e: e.locality.label, "locality__name"),
        Column("last", _("Last contact"), lambda e: e.last_at, "last_at"),
    ]
    listed = rows.with_last_contact(found).order_by()
    return ListPage(request, listed, columns, default_sort="last_at", filters=form, name="desk-enterprises")
