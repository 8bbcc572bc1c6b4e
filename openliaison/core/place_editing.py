"""What the administrator changes of a place on screen: days, clock lengths, settings, words.

Everything changed here is marked as edited and wins over a later load of the place's files. A change of a length or
a setting is a row of its own from a day on: what held before stays on file, and so do the due times of that time.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from . import journal
from .calendars import WEEKDAYS
from .errors import Refused
from .models import CalendarDay, ClockLimit, Place, Setting

RECOMPUTE = "cases.recompute_due"  # the room above brings this job, where it has one
COLUMNS = ("day", "kind", "name", "name_en", "source")
MOST_ROWS = 400
LONGEST = {"name": 100, "name_en": 100, "source": 200}


class NotAccepted(Refused):
    """The change cannot be made; the text names every fault."""


def is_ordinary(day: CalendarDay) -> bool:
    """Whether a day is what its place in the week makes it anyway."""
    if day.kind == CalendarDay.Kind.PROVISIONAL:
        return False
    return day.kind == _usual_kind(day.place, day.day)


def _usual_kind(place: Place, day: date) -> str:
    in_force = [h for h in place.hours if date.fromisoformat(h["valid_from"]) <= day] or place.hours[:1]
    works = WEEKDAYS[day.weekday()] in max(in_force, key=lambda h: h["valid_from"])["week"]
    return CalendarDay.Kind.WORK if works else CalendarDay.Kind.OFF


@transaction.atomic
def set_day(*, place: Place, day: date, by: Any, at: datetime, **fields: Any) -> CalendarDay:
    """Make a day a holiday or a working day, whatever the files say."""
    row, _new = CalendarDay.objects.update_or_create(place=place, day=day, defaults=fields | {"edited_at": at})
    journal.record(row, "calendar_day_set", by=by, at=at, day=day, kind=row.kind)
    _recompute_due(place)
    return row


@transaction.atomic
def clear_day(*, day: CalendarDay, by: Any, at: datetime) -> CalendarDay:
    """Make a day ordinary again. The row stays, so that a later load does not bring the exception back."""
    day.kind, day.name, day.name_en = _usual_kind(day.place, day.day), "", ""
    day.edited_at = at
    day.save(update_fields=["kind", "name", "name_en", "edited_at"])
    journal.record(day, "calendar_day_cleared", by=by, at=at, day=day.day)
    _recompute_due(day.place)
    return day


@dataclass(frozen=True)
class DayRow:
    day: date
    kind: str
    name: str
    name_en: str
    source: str


def read_year(text: str, year: int) -> list[DayRow]:
    """The days of one year from a CSV text with the columns of calendar.csv.

    Raises:
        NotAccepted: one line per fault.
    """
    reader = csv.DictReader(text.splitlines())
    lacking = [c for c in COLUMNS[:2] if c not in (reader.fieldnames or [])]
    if lacking:
        raise NotAccepted(
            _("Line 1: the column %(names)s is missing. The first line reads: %(header)s")
            % {"names": ", ".join(lacking), "header": ",".join(COLUMNS)}
        )
    rows, faults = [], []
    for raw in reader:
        row, fault = _read_day(raw, year)
        if fault:
            faults.append(_("Line %(n)s: %(fault)s") % {"n": reader.line_num, "fault": fault})
        elif row:
            rows.append(row)
    faults += _repeated(rows)
    if not rows and not faults:
        faults.append(_("The file holds no days."))
    if len(rows) > MOST_ROWS:
        faults.append(_("A year has no more than %(n)s days.") % {"n": MOST_ROWS})
    if faults:
        raise NotAccepted("\n".join(faults[:20]))
    return rows


def _read_day(raw: dict[str, str | None], year: int) -> tuple[DayRow | None, str]:
    cells = {name: (raw.get(name) or "").strip() for name in COLUMNS}
    try:
        day = date.fromisoformat(cells["day"])
    except ValueError:
        return None, _("“%(cell)s” is not a date such as 2027-01-31.") % {"cell": cells["day"]}
    if day.year != year:
        return None, _("%(day)s is not in %(year)s.") % {"day": day, "year": year}
    if cells["kind"] not in CalendarDay.Kind.values:
        kinds = ", ".join(CalendarDay.Kind.values)
        return None, _("“%(cell)s” is none of %(kinds)s.") % {"cell": cells["kind"], "kinds": kinds}
    too_long = [name for name, most in LONGEST.items() if len(cells[name]) > most]
    if too_long:
        return None, _("The text in %(name)s is too long.") % {"name": ", ".join(too_long)}
    return DayRow(day, cells["kind"], cells["name"], cells["name_en"], cells["source"]), ""


def _repeated(rows: Iterable[DayRow]) -> list[str]:
    seen: set[date] = set()
    twice = [row.day for row in rows if row.day in seen or seen.add(row.day)]  # type: ignore[func-returns-value]
    return [_("%(day)s stands there twice; remove one line.") % {"day": day} for day in twice]


@transaction.atomic
def load_year(*, place: Place, year: int, text: str, by: Any, at: datetime) -> int:
    """Take the days of one year from a CSV text; returns how many.

    Raises:
        NotAccepted: the file has faults; nothing is changed.
    """
    rows = read_year(text, year)
    CalendarDay.objects.bulk_create(
        [CalendarDay(place=place, edited_at=at, **vars(row)) for row in rows],
        update_conflicts=True,
        unique_fields=["place", "day"],
        update_fields=["kind", "name", "name_en", "source", "edited_at"],
    )
    journal.record(place, "calendar_year_loaded", by=by, at=at, year=year, days=len(rows))
    _recompute_due(place)
    return len(rows)


@transaction.atomic
def change_limit(
    *, place: Place, key: str, amount: Decimal, unit: str, valid_from: date, by: Any, at: datetime, source: str = ""
) -> ClockLimit:
    """Let a clock run longer or shorter from a day on.

    Raises:
        NotAccepted: a day gone by: what was due then stays as it was.
    """
    _require_ahead(place, valid_from, at)
    row, _new = ClockLimit.objects.update_or_create(
        place=place,
        key=key,
        valid_from=valid_from,
        defaults={"amount": amount, "unit": unit, "source": source, "edited_at": at},
    )
    journal.record(row, "clock_limit_changed", by=by, at=at, key=key, amount=amount, unit=unit, valid_from=valid_from)
    _recompute_due(place)
    return row


@transaction.atomic
def change_setting(*, place: Place, key: str, value: Any, valid_from: date, by: Any, at: datetime) -> Setting:
    """Give a setting another value from a day on.

    Raises:
        NotAccepted: a day gone by, or a value of another shape than the one that holds.
    """
    _require_ahead(place, valid_from, at)
    known = Setting.objects.filter(place=place, key=key).order_by("valid_from").last()
    if known is None:
        raise NotAccepted(_("The place's files know no setting “%(key)s”.") % {"key": key})
    if fault := _other_shape(known.value, value):
        raise NotAccepted(fault)
    row, _new = Setting.objects.update_or_create(
        place=place, key=key, valid_from=valid_from, defaults={"value": value, "edited_at": at}
    )
    journal.record(row, "setting_changed", by=by, at=at, key=key, value=str(value), valid_from=valid_from)
    return row


def _other_shape(known: Any, value: Any) -> str:
    """What is wrong with a value, measured by the one that holds; "" where nothing is."""
    number = (int, float)
    if isinstance(known, bool) or isinstance(value, bool):
        return "" if isinstance(value, bool) and isinstance(known, bool) else _("It must be true or false.")
    if isinstance(known, number):
        if not isinstance(value, number):
            return _("It must be a number.")
        return "" if value >= 0 else _("It must not be below zero.")
    if type(known) is not type(value):
        return _("It must keep its shape: a list stays a list, a group of names stays one.")
    if isinstance(known, dict) and set(known) != set(value):
        return _("The names must stay: %(names)s.") % {"names": ", ".join(known)}
    if isinstance(known, dict):
        return next((fault for k in known if (fault := _other_shape(known[k], value[k]))), "")
    if isinstance(known, list) and known:
        return next((fault for item in value if (fault := _other_shape(known[0], item))), "")
    return ""


def _require_ahead(place: Place, valid_from: date, at: datetime) -> None:
    if valid_from < place.day(at):
        raise NotAccepted(_("A change holds from today or a later day; what is gone by stays as it was."))


@transaction.atomic
def change_words(*, place: Place, language: str, words: dict[str, str], by: Any, at: datetime) -> Place:
    """Give what the place calls things other words, in one language; an empty one takes the change back at the next
    load of its files.
    """
    place = Place.objects.select_for_update().get(pk=place.pk)
    edited = place.words.get("edited", {})
    known = place.words.get(language, {})
    changed = {k: v for k, v in words.items() if v and v != known.get(k)}
    kept = {k: v for k, v in edited.get(language, {}).items() if words.get(k) != ""}
    edited = edited | {language: kept | changed}
    place.words = place.words | {language: known | changed, "edited": edited}
    place.save(update_fields=["words"])
    journal.record(place, "words_changed", by=by, at=at, language=language, words=str(changed))
    return place


def _recompute_due(place: Place) -> None:
    """Due times of open cases follow the new calendar or lengths, where the room of cases brings that job."""
    if RECOMPUTE in app.tasks:
        app.configure_task(RECOMPUTE).defer(place_id=place.pk)
