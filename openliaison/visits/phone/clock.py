"""When something was done, by a phone whose clock may be wrong by days.

The phone says when it saved (`made_at`) and when it sends (`sent_at`), both by its own clock: the time between
the two is right however wrong the clock is, as long as nobody set it in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

RIGHT_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True)
class Moment:
    """An instant by the server's clock, and how far the phone's is off."""

    at: datetime
    off: timedelta | None  # the phone's clock less the server's; None where it said nothing

    @property
    def off_minutes(self) -> int | None:
        """Minutes the phone's clock is ahead (or behind, below zero); None while it is right within five."""
        if self.off is None or abs(self.off) <= RIGHT_WITHIN:
            return None
        return round(self.off.total_seconds() / 60)


def moment(made_at: datetime | None, sent_at: datetime | None, now: datetime) -> Moment:
    """When it was saved. Never later than now; without a word of the phone's, now."""
    if made_at is None:
        return Moment(now, sent_at - now if sent_at else None)
    if sent_at is None:
        return Moment(min(made_at, now), None)
    try:
        saved = now - (sent_at - made_at)
    except OverflowError:  # the year 1 or 9999: nothing can be learned from it
        saved = now
    return Moment(min(now, saved), sent_at - now)


def visited(typed: datetime | None, made_at: datetime | None, saved: Moment, now: datetime) -> datetime:
    """When the visit was: as the person typed it, if that can be; else when it was saved.

    A time that lies ahead only because the phone's clock does is moved by as much as the clock is off.
    """
    if typed is None:
        return saved.at
    if made_at is not None and saved.at < typed <= made_at + RIGHT_WITHIN:
        typed -= made_at - saved.at
    return min(typed, now)
