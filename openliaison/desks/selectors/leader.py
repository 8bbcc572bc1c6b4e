"""The cockpit: few numbers, where it is stuck and who can free it, how it moves."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from openliaison.accounts.models import Organisation
from openliaison.cases.models import Case, running
from openliaison.core import formatting
from openliaison.core.calendars import calendar
from openliaison.core.models import Locality
from openliaison.engine.caseload import Month, Share, Spread, months_until, share, spread, trend, working_day_numbers
from openliaison.visits.selectors import contact_days

from . import rows
from .clocks import Clocked, clocked
from .rows import Ask

SPANS = (30, 90, 365)
MONTHS = 12
STUCK_SHOWN = 8


@dataclass(frozen=True)
class Part:
    """A number beneath a figure, which opens its rows."""

    count: int | str
    text: str
    url: str = ""
    look: str = ""


@dataclass(frozen=True)
class Figure:
    """A number with what it means; `url` opens the rows it counts or is drawn from."""

    key: str
    label: str
    value: str
    unit: str
    url: str
    definition: str
    parts: list[Part]


@dataclass(frozen=True)
class Cockpit:
    figures: list[Figure]
    stuck: list[tuple[Clocked, str]]
    offices: list[dict[str, Any]]
    calm: int  # offices with open cases and none overdue or due
    townships: Townships
    months: list[Month]
    span: Spread


def cockpit(ask: Ask) -> Cockpit:
    lengths = closed_lengths(ask.but(month=None, days=_year_back(ask)))
    first = ask.span[0].astimezone(ask.place.zone).date()
    whole = spread(_weights((length, n) for day, length, n in lengths if day >= first))
    offices = by_office(ask)
    calm = [o for o in offices if not o["over"] and not o["soon"]]
    return Cockpit(
        figures=figures(ask, whole),
        stuck=stuck(ask),
        offices=[o for o in offices if o not in calm],
        calm=len(calm),
        townships=by_township(ask),
        months=trend(lengths, months_until(ask.place.day(ask.at), MONTHS)),
        span=whole,
    )


def _year_back(ask: Ask) -> int:
    """Days back to the first of the trend's first month, or to the span's beginning."""
    today = ask.place.day(ask.at)
    return max((today - months_until(today, MONTHS)[0]).days, ask.days)


def _weights(pairs: Any) -> Counter[float]:
    weights: Counter[float] = Counter()
    for length, n in pairs:
        weights[length] += n
    return weights


def closed_lengths(ask: Ask) -> list[tuple[date, float, int]]:
    """Day of closing, working days since it was raised, how many such cases."""
    zone = ask.place.zone
    found = rows.find("settled", ask).annotate(
        raised=TruncDate("submitted_at", tzinfo=zone), ended=TruncDate("closed_at", tzinfo=zone)
    )
    counted = list(found.order_by().values_list("raised", "ended").annotate(Count("pk")))
    if not counted:
        return []
    days = calendar(ask.place)
    first, last = min(r for r, _e, _n in counted), max(e for _r, e, _n in counted)
    numbers = working_day_numbers(first, last, lambda day: days.kind(day) == "work")
    return [(ended, numbers[ended] - numbers[raised], n) for raised, ended, n in counted]


# Figures


COUNTED = (
    "open",
    "overdue",
    "settled",
    "solved",
    "silent",
    "timed",
    "in-time",
    "reached",
    "content",
    "standing",
    "contacted",
)
Numbers = dict[str, int]


def figures(ask: Ask, whole: Spread) -> list[Figure]:
    """The few numbers, each with its definition, its parts and the rows behind them."""
    n = {key: rows.count(key, ask) for key in COUNTED}
    return [
        _open(n),
        _solved(n, ask.days),
        _length(whole, ask.days),
        _in_time(n, ask.days),
        _content(n, ask.days),
        _in_touch(n, contact_days(ask.place, ask.at)),
    ]


def _open(n: Numbers) -> Figure:
    overdue = Part(n["overdue"], _("cases overdue"), rows.url("overdue"), "over" if n["overdue"] else "")
    definition = str(rows.ROWS["open"].definition)
    return Figure("open", _("Open cases"), formatting.number(n["open"]), "", rows.url("open"), definition, [overdue])


def _solved(n: Numbers, days: int) -> Figure:
    parts = [
        _part(n, "solved", _("cases solved"), days),
        _part(n, "settled", _("cases closed"), days),
        _part(n, "silent", _("without an answer"), days),
    ]
    definition = _(
        "Solved ÷ closed in the span, without not accepted and duplicates. Those who never answered stay in."
    )
    found = share(n["solved"], n["settled"])
    return _share_figure("settled", _("Solved, says the enterprise"), found, days, definition, parts)


def _length(whole: Spread, days: int) -> Figure:
    slowest = rows.url("settled", sort="-took", days=days)
    definition = _(
        "Working days from the day a case was raised to the day it was closed, of all closed in the span. "
        "The slowest tenth took at least as long as the second number says."
    )
    return Figure(
        "days",
        _("Days until closed"),
        _days(whole.median),
        _("working days, the middle one"),
        rows.url("settled", days=days),
        definition,
        [Part(_days(whole.worst_tenth), _("days and more: the slowest tenth"), slowest)],
    )


def _in_time(n: Numbers, days: int) -> Figure:
    parts = [
        _part(n, "in-time", _("cases in time"), days),
        _part(n, "timed", _("cases with a result"), days),
    ]
    definition = _(
        "First result before the solution was due ÷ closed in the span with a result. "
        "The clock pauses only while the enterprise is asked."
    )
    return _share_figure("timed", _("In time"), share(n["in-time"], n["timed"]), days, definition, parts)


def _content(n: Numbers, days: int) -> Figure:
    parts = [
        _part(n, "content", _("enterprises content"), days),
        _part(n, "reached", _("gave a mark"), days),
        _part(n, "settled", _("cases closed"), days),
    ]
    definition = _(
        "A mark of 4 or 5 of 5 ÷ enterprises that gave one. Beside it: how many of the closed said anything."
    )
    return _share_figure("reached", _("Content"), share(n["content"], n["reached"]), days, definition, parts)


def _in_touch(n: Numbers, every: int) -> Figure:
    parts = [
        Part(n["contacted"], _("in touch"), rows.url("contacted")),
        Part(n["standing"] - n["contacted"], _("not reached"), rows.url("not-contacted")),
    ]
    definition = _(
        "Enterprises visited, called or met online within the days the place sets ÷ all that are not closed."
    )
    label = _("In touch within %(n)s days") % {"n": every}
    return _share_figure("standing", label, share(n["contacted"], n["standing"]), 0, definition, parts)


def _part(n: Numbers, key: str, text: str, days: int) -> Part:
    return Part(n[key], text, rows.url(key, days=days))


def _share_figure(key: str, label: str, found: Share, days: int, definition: str, parts: list[Part]) -> Figure:
    """A share in percent over the rows of `key`; a dash where there is nothing to divide by."""
    value, unit = ("–", "") if found.percent is None else (str(found.percent), "%")
    return Figure(key, label, value, unit, rows.url(key, days=days), definition, parts)


def _days(value: float | None) -> str:
    if value is None:
        return "–"
    return formatting.number(value, 0 if value == int(value) else 1)


# Where it is stuck


def stuck(ask: Ask) -> list[tuple[Clocked, str]]:
    """Overdue cases, the oldest first, each with who can free it."""
    found = rows.find("overdue", ask).select_related("enterprise", "lead").order_by("due_at")[:STUCK_SHOWN]
    asked = set(rows.find("extensions", ask).values_list("pk", flat=True))
    return [(c, freed_by(c.case, c.case.pk in asked)) for c in clocked(found, ask.place, ask.at)]


def freed_by(case: Case, asks_time: bool) -> str:
    """Who can free a case that is stuck, and how."""
    if case.status == Case.Status.SUBMITTED:
        return _("The desk: name a lead")
    if case.status == Case.Status.REFERRED_UP:
        return _("The level above: ask for its answer")
    if asks_time:
        return _("The desk: rule on more time")
    if case.status == Case.Status.WAITING:
        return _("The enterprise: an answer, which its officer or the desk may write down")
    if case.return_count >= 2:
        return _("You or the arbiter: it was returned twice")
    if case.answered_at is None:
        return _("The lead: a first answer, what and by when")
    return _("The lead: a result, or a question to the enterprise")


def by_office(ask: Ask) -> list[dict[str, Any]]:
    """Offices with open cases: how many are overdue, due within a day, open; those in need first."""
    over, soon = Q(due_at__lte=ask.at), Q(due_at__gt=ask.at, due_at__lte=ask.at + rows.SOON)
    found = rows.find("open", ask).order_by().values("lead_id")
    found = found.annotate(
        open=Count("pk"),
        over=Count("pk", filter=running() & over),
        soon=Count("pk", filter=running() & soon),
        oldest=Min("due_at", filter=running() & over),
    )
    listed = sorted(found, key=lambda r: (-r["over"], -r["soon"], -r["open"]))
    known = Organisation.objects.in_bulk([r["lead_id"] for r in listed if r["lead_id"]])
    return [_office(r, known.get(r["lead_id"])) for r in listed]


def _office(row: dict[str, Any], office: Organisation | None) -> dict[str, Any]:
    code = office.code if office else rows.THE_DESK
    look = "over" if row["over"] else "due" if row["soon"] else "ok"
    urls = {
        "over_url": rows.url("overdue", lead=code),
        "soon_url": rows.url("due-soon", lead=code),
        "open_url": rows.url("open", lead=code),
    }
    return row | urls | {"office": office, "look": look}


@dataclass(frozen=True)
class Tile:
    """One township on the map."""

    locality: Locality
    open: int
    overdue: int
    row: int
    column: int
    url: str
    overdue_url: str
    name: str


@dataclass(frozen=True)
class Townships:
    tiles: list[Tile]
    has_positions: bool
    elsewhere: int  # open cases of the area in none of them

    @property
    def columns(self) -> int:
        return max((t.column for t in self.tiles), default=1)


def by_township(ask: Ask) -> Townships:
    """Open and overdue cases of each locality directly beneath the area."""
    below = list(Locality.objects.filter(place=ask.place, parent__path=ask.scope.path_from).order_by("path"))
    open_, over = _by_path(rows.find("open", ask)), _by_path(rows.find("overdue", ask))
    has_positions = bool(below) and all(x.grid_row and x.grid_col for x in below)
    wide = max(1, round(len(below) ** 0.5 + 0.49))
    tiles = []
    for n, x in enumerate(below):
        row, column = (x.grid_row, x.grid_col) if has_positions else (n // wide + 1, n % wide + 1)
        counts = (_beneath(open_, x), _beneath(over, x))
        links = (rows.url("open", inside=x.code), rows.url("overdue", inside=x.code))
        tiles.append(Tile(x, *counts, row or 1, column or 1, *links, _short(x)))
    return Townships(tiles, has_positions, sum(open_.values()) - sum(t.open for t in tiles))


def _by_path(found: QuerySet) -> dict[str, int]:
    return dict(found.order_by().values_list("locality_path").annotate(Count("pk")))


def _beneath(counts: dict[str, int], locality: Locality) -> int:
    return sum(n for path, n in counts.items() if path.startswith(locality.path))


def _short(locality: Locality) -> str:
    """The name without its kind, for a small square."""
    for ending in ("满族乡", "镇", "乡", "街道", " Town", " Township", " Subdistrict"):
        if locality.label.endswith(ending) and len(locality.label) > len(ending) + 1:
            return locality.label.removesuffix(ending)
    return locality.label
