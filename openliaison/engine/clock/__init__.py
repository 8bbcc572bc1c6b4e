"""A working-time clock that cannot be wrong: due instants, pauses, and an explanation of every minute.

Instants are aware and in UTC; working hours are wall-clock times of the place's zone. On a night when the
clocks change, a working interval lasts as long as it really does: from 22:00 to 06:00 over the spring
change are seven hours. Source: docs/reference/clock.md.
"""

from .calendar import Calendar, DayKind, Interval, Limit, Unit, Week, WorkingHours, is_in_last_hour
from .case import CaseLimits, Event, case_clocks
from .lines import Line, lines
from .running import ClockState, Gap, Mark, Stretch, explain, run

__all__ = [
    "Calendar",
    "CaseLimits",
    "ClockState",
    "DayKind",
    "Event",
    "Gap",
    "Interval",
    "Limit",
    "Line",
    "Mark",
    "Stretch",
    "Unit",
    "Week",
    "WorkingHours",
    "case_clocks",
    "explain",
    "is_in_last_hour",
    "lines",
    "run",
]
