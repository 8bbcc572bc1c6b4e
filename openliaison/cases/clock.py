"""A case's clocks: its story and its place's numbers, given to the engine."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from openliaison.core import places
from openliaison.core.calendars import calendar
from openliaison.core.models import Place
from openliaison.engine import clock as engine
from openliaison.engine.clock import Calendar, CaseLimits, ClockState, Event, Limit

from .models import Case, Entry

StoryLine = tuple[datetime, str, int, dict[str, Any]]

# Which clocks can fall due in a state, and so stand in lists.
WATCHED = {
    Case.Status.SUBMITTED: ("contact", "assignment", "solution"),
    Case.Status.ASSIGNED: ("contact", "reply", "solution"),
    Case.Status.IN_HAND: ("reply", "solution"),
    Case.Status.REFERRED_UP: ("solution",),
    Case.Status.PLANNED: ("solution",),
    Case.Status.WAITING: ("reply", "solution"),  # once the pauses are used up
}
_VALUES = {Entry.Kind.EXTENSION_GRANTED: "extension"}


def clocks(case: Case, at: datetime, *, days: Calendar | None = None) -> dict[str, ClockState]:
    """The clocks that have started, as they stand at an instant; empty for a draft."""
    if case.submitted_at is None:
        return {}
    limits = places.limits(case.place, case.place.day(case.submitted_at))
    return reckon(case, days or calendar(case.place), limits, _lines(case), at)


def reckon(
    case: Case,
    days: Calendar,
    limits: dict[str, places.LimitRow],
    lines: Iterable[StoryLine],
    at: datetime,
    *,
    is_explained: bool = True,
) -> dict[str, ClockState]:
    """The clocks of a submitted case whose story and place's numbers are at hand already.

    Args:
        lines: (at, kind, id, detail) of its entries, in order.
    """
    assert case.submitted_at is not None
    events, until = _events(case, lines), max(at, case.submitted_at)
    return engine.case_clocks(days, _limits(case, limits), events, until, is_explained=is_explained)


def refresh(case: Case, at: datetime) -> None:
    """Set what lists sort by: the due instants as they stand after the last event."""
    if case.submitted_at is None:
        return
    limits = places.limits(case.place, case.place.day(case.submitted_at))
    set_dues(case, reckon(case, calendar(case.place), limits, _lines(case), at, is_explained=False))


def set_dues(case: Case, found: dict[str, ClockState]) -> None:
    """Take over from the clocks what the case's row keeps of them."""
    if not found:
        return
    solution = found["solution"]
    case.solution_due_at = solution.due_at
    if case.solved_in_time is None and case.status == Case.Status.CLOSED:
        case.solved_in_time = solution.was_in_time
    running = [(found[n].due_at, n) for n in watched(case) if _runs(found, n)]
    case.due_at, case.due_clock = min(running, default=(None, ""))
    case.due_is_provisional = bool(case.due_clock) and found[case.due_clock].is_provisional


def watched(case: Case) -> tuple[str, ...]:
    """The clocks that can fall due in the case's state; a referral that the desk has not confirmed runs on."""
    if case.status == Case.Status.REPLIED and case.reply_kind == Case.ReplyKind.REFERRED:
        return ("solution",)
    return WATCHED.get(Case.Status(case.status), ())


def due_after(place: Place, start: datetime, key: str, at: datetime) -> datetime:
    """When the place's clock `key` that starts at `start` is due."""
    row = places.limit(place, key, place.day(at))
    return calendar(place).due(start, Limit(float(row.amount), row.unit))  # type: ignore[arg-type]


def end_of_working_day(place: Place, at: datetime) -> datetime:
    """The end of the working day of `at`, or of the next one where it is over."""
    days = calendar(place)
    today = days.end_of_day(days.local_day(at))
    if today > at:
        return today
    return days.end_of_day(days.local_day(days.add_working(at, 1)))


def may_ask_extension(case: Case, at: datetime) -> bool:
    """Whether the solution is due at least one working day from now."""
    return due_after(case.place, at, "extension_before", at) <= clocks(case, at)["solution"].due_at


def _runs(found: dict[str, ClockState], name: str) -> bool:
    return name in found and found[name].stopped_at is None and not found[name].is_paused


def _limits(case: Case, rows: dict[str, places.LimitRow]) -> CaseLimits:
    def limit(key: str) -> Limit:
        return Limit(float(rows[key].amount), rows[key].unit)  # type: ignore[arg-type]

    category = case.category
    common = case.is_common
    return CaseLimits(
        contact=limit("contact"),
        assignment=limit("assignment"),
        reply=Limit(category.reply_days, "wd") if category else limit("reply"),
        solution=limit("solution_common") if common else _solution(category, limit("solution")),
        pause_cap=limit("pause_cap"),
    )


def _solution(category: object, default: Limit) -> Limit:
    days = getattr(category, "solution_days", None)
    return Limit(days, "wd") if days else default


def _lines(case: Case) -> Iterable[StoryLine]:
    return case.entries.order_by("at", "id").values_list("at", "kind", "id", "detail")


def _events(case: Case, lines: Iterable[StoryLine]) -> list[Event]:
    """The story for the engine. Contact is what the case's row says: a call, a message, or being told in person."""
    found = [Event(at, _kind(kind, detail), str(pk), _value(kind, detail)) for at, kind, pk, detail in lines]
    if case.contacted_at:
        found.append(Event(case.contacted_at, "contacted"))
        found.sort(key=lambda e: e.at)
    return found


def _kind(kind: str, detail: dict[str, Any]) -> str:
    if kind == Entry.Kind.CONTACTED:
        return "said"
    is_referral = kind == Entry.Kind.REPLIED and detail.get("reply_kind") == Case.ReplyKind.REFERRED
    return "referral" if is_referral else _VALUES.get(kind, kind)


def _value(kind: str, detail: dict[str, Any]) -> float | date | None:
    if kind == Entry.Kind.EXTENSION_GRANTED:
        return float(detail["days"])
    if kind == Entry.Kind.PLANNED:
        return date.fromisoformat(str(detail["planned_on"]))
    return None
