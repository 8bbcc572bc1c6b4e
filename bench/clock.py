"""The working-time clock beside two peers: a loop over minutes, and workalendar by days.

All three are asked for the due instant of the same limits; where they can answer at all, the answers must agree.
"""

from __future__ import annotations

import argparse
import csv
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from openliaison.engine.clock import Calendar, CaseLimits, Event, Limit, WorkingHours, case_clocks

from .tables import rate, short, show, timed

PLACE = Path(__file__).resolve().parents[1] / "places" / "tieling"
ZONE = ZoneInfo("Asia/Shanghai")
DAY = [(time(8, 30), time(12)), (time(13), time(17, 30))]
LIMITS = CaseLimits(Limit(2, "wh"), Limit(2, "wh"), Limit(3, "wd"), Limit(15, "wd"), Limit(10, "wd"))


def days_off() -> dict[date, str]:
    with (PLACE / "calendar.csv").open(encoding="utf-8") as file:
        return {date.fromisoformat(row["day"]): row["kind"] for row in csv.DictReader(file)}


def calendar(days: dict[date, str]) -> Calendar:
    week = {day: DAY for day in range(5)}
    return Calendar(ZONE, [WorkingHours(date(2000, 1, 1), week)], days, {day.year for day in days})  # type: ignore[arg-type]


def starts(count: int, seed: int = 1) -> list[datetime]:
    """Instants in the working hours of working days of 2025 and 2026, to the minute."""
    rng, ours = Random(seed), calendar(days_off())
    first = datetime(2025, 1, 6, 0, 30, tzinfo=UTC)
    span = ours.working_between(first, datetime(2026, 11, 20, 9, 30, tzinfo=UTC))
    return [ours.add_working(first, 60 * rng.randint(1, span // 60 - 1)) for _ in range(count)]


def by_minutes(start: datetime, minutes: int, days: dict[date, str]) -> datetime:
    """The naive way: one minute after the other, asking of each whether it is worked."""
    at = start
    while minutes:
        local = at.astimezone(ZONE)
        kind = days.get(local.date())
        is_day = kind == "work" or (kind != "off" and local.weekday() < 5)
        if is_day and any(a <= local.time() < b for a, b in DAY):
            minutes -= 1
        at += timedelta(minutes=1)
    return at


def workalendar_of(days: dict[date, str]) -> Any:
    """A workalendar calendar with the place's days."""
    from workalendar.core import Calendar as Base

    class Place(Base):
        def is_working_day(self, day: date, extra_working_days: Any = None, extra_holidays: Any = None) -> bool:
            kind = days.get(day)
            return kind == "work" or (kind != "off" and day.weekday() < 5)

    return Place()


def by_workalendar(start: datetime, working_days: int, peer: Any) -> datetime:
    """Whole working days on; workalendar knows no hours, so that the time of day stays."""
    local = start.astimezone(ZONE)
    day = peer.add_working_days(local.date(), working_days)
    return datetime.combine(day, local.time(), tzinfo=ZONE).astimezone(UTC)


def differences(found: list[datetime], wanted: list[datetime]) -> int:
    return sum(a != b for a, b in zip(found, wanted, strict=True))


def story(start: datetime) -> list[Event]:
    """Eight events: assigned, a question and its answer, a reply sent back, a second one."""
    hours = (0, 1, 9, 33, 60, 120, 200, 260)
    kinds = ("submitted", "assigned", "asked", "answer", "answered", "replied", "rejected", "replied")
    return [Event(start + timedelta(hours=h), kind) for h, kind in zip(hours, kinds, strict=True)]


def run(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench clock", description=__doc__)
    parser.add_argument("--count", type=int, default=20_000, help="due instants of ours; the peers do fewer")
    count = parser.parse_args(argv).count
    days, ours = days_off(), calendar(days_off())
    many, few, some = starts(count), starts(max(count // 200, 5)), starts(max(count // 10, 5))
    limit, seconds = Limit(15, "wd"), 15 * 8 * 3600
    rows, wrong = [], 0

    def row(name: str, done: int, call: Any, agrees: str) -> None:
        middle, spread = rate(done, timed(call))
        rows.append((name, short(middle), spread, agrees))

    row("due instant, ours", len(many), lambda: [ours.due(at, limit) for at in many], "–")
    bad = differences([by_minutes(at, seconds // 60, days) for at in few], [ours.due(at, limit) for at in few])
    wrong += bad
    row("due instant, minute loop", len(few), lambda: [by_minutes(at, seconds // 60, days) for at in few],
        f"{len(few) - bad} of {len(few)}")  # fmt: skip
    peer = workalendar_of(days)
    # A start at a seam of the day (12:00 or 17:30) is the same instant of work as the next interval's first.
    plain = [at for at in some if at.astimezone(ZONE).time() not in (time(12), time(17, 30))]
    bad = differences([by_workalendar(at, 15, peer) for at in plain], [ours.due(at, limit) for at in plain])
    wrong += bad
    row("due instant, workalendar (whole days only)", len(plain),
        lambda: [by_workalendar(at, 15, peer) for at in plain], f"{len(plain) - bad} of {len(plain)}")  # fmt: skip
    tales = [(story(at), at + timedelta(days=20)) for at in some]
    row("four clocks of a case, ours", len(tales),
        lambda: [case_clocks(ours, LIMITS, e, now, is_explained=False) for e, now in tales], "–")  # fmt: skip
    row("four clocks with every minute explained, ours", len(tales),
        lambda: [case_clocks(ours, LIMITS, e, now) for e, now in tales], "–")  # fmt: skip
    show("Clock: 15 working days in a year with holidays", ("what", "a second", "spread of 3", "agree"), rows,
         "The minute loop and workalendar answer the same question; “agree” counts equal answers. Neither "
         "pauses, explains, or knows daylight saving.")  # fmt: skip
    return 1 if wrong else 0
