"""A place's calendar as the engine's clock wants it."""

from __future__ import annotations

from datetime import date, time

from openliaison.engine.clock import Calendar, WorkingHours

from .models import CalendarDay, Place

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def calendar(place: Place) -> Calendar:
    """The working time of a place, from its hours and its calendar of days."""
    days = dict(CalendarDay.objects.filter(place=place).values_list("day", "kind"))
    hours = [WorkingHours(date.fromisoformat(h["valid_from"]), _week(h["week"])) for h in place.hours]
    return Calendar(place.zone, hours, days, {day.year for day in days})


def _week(week: dict[str, list[str]]) -> dict[int, list[tuple[time, time]]]:
    return {WEEKDAYS.index(day): [_interval(text) for text in spans] for day, spans in week.items()}


def _interval(text: str) -> tuple[time, time]:
    start, end = text.split("-")
    return time.fromisoformat(start), time.fromisoformat(end)
