"""Named reads of cases."""

from .clocks import ClockPanel, clock_panel, due_look
from .letters import Letter, reply_letter
from .lists import list_rows
from .promises import is_kept_late, kept_shares, promise_look, promise_rows, soon_days
from .talk import Holder, Line, conversation, holders, loose_files

__all__ = [
    "ClockPanel",
    "Holder",
    "Letter",
    "Line",
    "clock_panel",
    "conversation",
    "due_look",
    "holders",
    "is_kept_late",
    "kept_shares",
    "list_rows",
    "loose_files",
    "promise_look",
    "promise_rows",
    "reply_letter",
    "soon_days",
]
