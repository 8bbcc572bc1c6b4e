"""The four clocks of a case, from its story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from .calendar import Calendar, Limit
from .running import ClockState, Gap, Mark, run


@dataclass(frozen=True)
class Event:
    """One thing that happened to a case: `kind` as in docs/reference/clock.md, `value` where it has one."""

    at: datetime
    kind: str
    ref: str = ""
    value: float | date | None = None


@dataclass(frozen=True)
class CaseLimits:
    contact: Limit
    assignment: Limit
    reply: Limit
    solution: Limit
    pause_cap: Limit


_ENDS = {"closed"}


def case_clocks(
    calendar: Calendar, limits: CaseLimits, events: Sequence[Event], now: datetime, *, is_explained: bool = True
) -> dict[str, ClockState]:
    """The clocks of a case that have started: contact, assignment, reply, solution.

    Args:
        events: in order of time, the first "submitted". Kinds: submitted, contacted, assigned, answered, asked,
            answer, objected, ruled, extension (value: working days), replied, rejected, planned (value: date),
            due_again, closed, reopened; others are ignored. A reply that wants the case referred up is a
            "referral": it answers, but solves nothing, and the solution clock runs on.
        is_explained: whether the states carry their stretches.

    Returns:
        by name; "solution" is the one that runs since the last reopening.
    """
    start = next(e.at for e in events if e.kind == "submitted")
    asked = _gaps(events, {"asked"}, {"answer", "closed"}, "waiting")
    marks = [Mark(g.start, g.end, "tossed") for g in _gaps(events, {"objected"}, {"ruled", "closed"}, "")]
    common: dict[str, Any] = {"pause_cap": limits.pause_cap, "marks": marks, "is_explained": is_explained}
    stops = {
        "contact": _first(events, {"contacted", "answered", "asked", "replied", "referral"} | _ENDS),
        "assignment": _first(events, {"assigned"} | _ENDS),
        "reply": _first(events, {"answered", "replied", "referral"} | _ENDS),
    }
    found = {
        name: run(calendar, getattr(limits, name), start, now, stop=stops[name], is_explained=is_explained)
        for name in ("contact", "assignment")
    }
    assigned = _first(events, {"assigned"})
    if assigned:
        found["reply"] = run(calendar, limits.reply, assigned, now, stop=stops["reply"], gaps=asked, **common)
    found["solution"] = _solution(calendar, limits, events, now, asked, common)
    return found


def _solution(
    calendar: Calendar,
    limits: CaseLimits,
    events: Sequence[Event],
    now: datetime,
    asked: Sequence[Gap],
    common: dict[str, Any],
) -> ClockState:
    """From submission, or from the last reopening with a fresh clock; a reply stops it unless it is rejected."""
    opened = [i for i, e in enumerate(events) if e.kind in ("submitted", "reopened")][-1]
    own = events[opened:]
    start = own[0].at
    replied = _gaps(own, {"replied", "due_again"}, {"rejected", "closed", "planned"}, "replied")
    extension = next((Limit(float(e.value or 0), "wd") for e in own if e.kind == "extension"), None)  # type: ignore[arg-type]
    plan = [e for e in own if e.kind == "planned"]
    held = _reply_that_stands(own)
    last_plan = plan[-1].value if plan and not _rejected_after(own, plan[-1].at) else None
    return run(
        calendar,
        limits.solution,
        start,
        now,
        stop=held,
        gaps=[g for g in (*asked, *replied) if (g.end is None or g.end > start) and (held is None or g.start < held)],
        extension=extension,
        due_on=last_plan if isinstance(last_plan, date) else None,
        **common,
    )


def _reply_that_stands(events: Sequence[Event]) -> datetime | None:
    """The last reply that was not rejected or sent back, or the end of the case without one."""
    standing = None
    for event in events:
        if event.kind in ("replied", "due_again"):
            standing = event.at
        elif event.kind in ("rejected", "planned"):
            standing = None
        elif event.kind == "closed" and standing is None:
            standing = event.at
    return standing


def _rejected_after(events: Sequence[Event], at: datetime) -> bool:
    return any(e.kind == "rejected" and e.at > at for e in events)


def _gaps(events: Sequence[Event], opens: set[str], closes: set[str], reason: str) -> list[Gap]:
    """Spans from each event in `opens` to the next in `closes` (or another in `opens`)."""
    found: list[Gap] = []
    begun: Event | None = None
    for event in events:
        if begun and (event.kind in closes or event.kind in opens):
            found.append(Gap(begun.at, event.at, reason, begun.ref))
            begun = None
        if event.kind in opens:
            begun = event
    if begun:
        found.append(Gap(begun.at, None, reason, begun.ref))
    return found


def _first(events: Sequence[Event], kinds: set[str]) -> datetime | None:
    return next((e.at for e in events if e.kind in kinds), None)
