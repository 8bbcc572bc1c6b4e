"""Time asked of enterprises: the enterprise's own page, an office's own, the area by office, and the lines."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openliaison.core import exports, formatting
from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.now import now
from openliaison.core.pages import Column, ListPage

from .. import burden_selectors, ledger
from ..forms.burden import LinesFilter, OfficesFilter, read_month
from ..models import BurdenEntry, Enterprise
from ..services import burden
from .doors import DESK, can_open, steered

OFFICES = ("ol_handler", "ol_inspector")
AREA_WIDE = ("ol_area", "ol_leader", "ol_analyst")
FILE = "asked-time"


@roles("ol_enterprise")
def our_time(request: HttpRequest) -> HttpResponse:
    """What was asked of us in a month, by body, against the ceiling; each line opens its thing."""
    scope = request.scope  # type: ignore[attr-defined]
    month = read_month(request.GET.get("month", ""), scope.today)
    told = ledger.our_time(scope, scope.enterprise_id, request.place, month)  # type: ignore[attr-defined]
    things = _things(request, told.lines)
    context = {
        "told": told,
        "lines": [(line, things.get(line.pk, "")) for line in told.lines],
        "kinds": dict(BurdenEntry.Kind.choices),
        "is_now": month == scope.today.replace(day=1),
    }
    return render(request, "register/burden/our_time.html", context)


def _things(request: HttpRequest, lines: list[BurdenEntry]) -> dict[int, str]:
    """Where each line's booking, visit or question is read; left out where this person may not."""
    bookings = ledger.bookings(request.scope, lines)  # type: ignore[attr-defined]
    found = {}
    for line in lines:
        if booking := bookings.get(line.source):
            name = "register:data_request" if booking.kind == "data" else "register:booking"
            found[line.pk] = can_open(request, name, booking.pk)
        elif line.kind == BurdenEntry.Kind.QUESTION:
            found[line.pk] = can_open(request, "cases:by_entry", line.source)
        elif line.kind == BurdenEntry.Kind.VISIT:
            found[line.pk] = can_open(request, "visits:by_key", line.source)
    return found


# ── Lines ────────────────────────────────────────────────────


@roles("ol_officer", *AREA_WIDE, *OFFICES)
def lines(request: HttpRequest) -> HttpResponse:
    """Every line of the ledger that this person sees."""
    scope = request.scope  # type: ignore[attr-defined]
    filters = LinesFilter(request.GET, place=request.place, is_one_office=scope.role in OFFICES)  # type: ignore[attr-defined]
    rows = ledger.narrowed(ledger.lines(scope), filters.wanted, scope, request.place)  # type: ignore[attr-defined]
    page = ListPage(request, rows, _line_columns(), "-on", filters=filters, name="asked-time")
    if kind := request.GET.get("export"):
        return page.export(kind, FILE, now())
    shown = list(page.page.object_list)
    things = _things(request, shown)
    context = {
        "list": page,
        "page": page.page,
        "filters": filters,
        "rows": [(line, things.get(line.pk, "")) for line in shown],
    }
    return render(request, "register/burden/lines.html", context)


def _line_columns() -> list[Column]:
    return [
        Column("on", _("Day"), lambda line: line.on, "on"),
        Column("enterprise", _("Enterprise"), lambda line: line.enterprise.label),
        Column("organisation", _("Asked by"), lambda line: _office(line)),
        Column("kind", _("Purpose"), lambda line: line.get_kind_display(), "kind"),
        Column("what", _("What"), lambda line: line.label),
        Column("minutes", _("Minutes"), lambda line: line.minutes, "minutes", is_number=True),
    ]


def _office(line: BurdenEntry) -> str:
    return line.organisation.label if line.organisation else _("the desk")


# ── By office ────────────────────────────────────────────────


@roles(*AREA_WIDE)
def offices(request: HttpRequest) -> HttpResponse:
    """What each office asked, by name; never as a ranking."""
    scope, place = request.scope, request.place  # type: ignore[attr-defined]
    filters = OfficesFilter(request.GET, place=place, today=scope.today)
    wanted = filters.wanted
    rows = ledger.narrowed(BurdenEntry.objects.visible_to(scope), wanted, scope, place)
    limits = ledger.ceilings_of(place, wanted["until"], scope.today)
    is_month = wanted["since"].replace(day=1) == wanted["until"].replace(day=1)
    found = ledger.by_office(rows)
    context = {
        "filters": filters,
        "wanted": wanted,
        "offices": [(office, _lines_url(office.code, wanted)) for office in found],
        "minutes": sum(office.minutes for office in found),
        "all_url": _lines_url("", wanted),
        "limits": limits,
        "over": ledger.over_ceiling(rows, limits.minutes) if is_month and not wanted["kind"] else None,
        "kinds": dict(BurdenEntry.Kind.choices),
    }
    if kind := request.GET.get("export"):
        return _export(request, kind, found, wanted)
    return render(request, "register/burden/offices.html", context)


def _lines_url(code: str, wanted: dict[str, Any]) -> str:
    query = {
        "organisation": code,
        "kind": wanted["kind"] or "",
        "place": wanted["place"] or "",
        "since": wanted["since"].isoformat(),
        "until": wanted["until"].isoformat(),
    }
    return f"{reverse('register:time_lines')}?{urlencode({k: v for k, v in query.items() if v})}"


def _export(request: HttpRequest, kind: str, found: list[ledger.Office], wanted: dict[str, Any]) -> HttpResponse:
    kinds = BurdenEntry.Kind.choices
    sheet = exports.Sheet(
        name=f"{FILE}-by-office",
        about=[
            (_("Place"), request.place.label),  # type: ignore[attr-defined]
            (_("Made at"), formatting.instant(now(), "long")),
            (_("Span"), f"{wanted['since']} – {wanted['until']}"),
            (_("Purpose"), str(dict(kinds).get(wanted["kind"] or "", _("any")))),
            (_("Where"), wanted["place"] or _("everywhere")),
        ],
        heads=[_("Office"), _("Minutes"), _("Lines"), _("Enterprises"), *(str(label) for _key, label in kinds)],
        rows=[
            [
                office.organisation.label if office.organisation else _("the desk"),
                office.minutes,
                office.lines,
                office.enterprises,
                *(office.by_kind.get(key, 0) for key, _label in kinds),
            ]
            for office in found
        ],
    )
    return exports.answer(sheet, kind, at=now(), is_example=request.place.is_example)  # type: ignore[attr-defined]


# ── An office's own ──────────────────────────────────────────


@roles(*OFFICES)
def asked_by_us(request: HttpRequest) -> HttpResponse:
    """What our office asked of each enterprise in a month, and what it may still ask."""
    scope = request.scope  # type: ignore[attr-defined]
    month = read_month(request.GET.get("month", ""), scope.today)
    limits = ledger.ceilings_of(request.place, month, scope.today)  # type: ignore[attr-defined]
    page = ListPage(request, ledger.asked_by_us(scope, month), _own_columns(limits), "name")
    if kind := request.GET.get("export"):
        return page.export(kind, FILE, now())
    context = {
        "list": page,
        "page": page.page,
        "rows": [(row, ledger.left(row, limits)) for row in page.page],
        "months": ledger.months(BurdenEntry.objects.visible_to(scope), scope.today),
        "month": month,
        "last": burden_selectors.month_of(month)[1],
        "limits": limits,
    }
    return render(request, "register/burden/asked_by_us.html", context)


def _own_columns(limits: burden_selectors.Ceilings) -> list[Column]:
    return [
        Column("name", _("Enterprise"), lambda row: row.label, "name"),
        Column("place", _("Place"), lambda row: row.locality.label, "locality_path"),
        Column("own", _("Our minutes"), lambda row: row.own, "own", is_number=True),
        Column("taken", _("Minutes of all bodies"), lambda row: row.taken, "taken", is_number=True),
        Column("left", _("We may still ask"), lambda row: ledger.left(row, limits), is_number=True),
    ]


# ── The desk's word ──────────────────────────────────────────


@roles(*DESK)
@require_POST
def ask_to_wait(request: HttpRequest, enterprise_id: int) -> HttpResponse:
    """Everybody who serves the enterprise or means to come is asked to wait."""
    found: Enterprise = steered(request, enterprise_id)
    try:
        until: date = burden.ask_to_wait(enterprise=found, by=request.role, at=now())  # type: ignore[attr-defined]
        told = {"name": found.label, "day": formatting.day(until)}
        messages.success(request, _("All who mean to come to %(name)s are asked to wait until %(day)s.") % told)
    except Refused as error:
        messages.error(request, str(error))
    return redirect(reverse("desks:home"))
