"""Named reads of cases."""

from .clocks import ClockPanel, clock_panel, due_look
from .letters import Letter, reply_letter
from .lists import kept_shares, list_rows, promise_look, promise_rows
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
    "kept_shares",
    "list_rows",
    "loose_files",
    "promise_look",
    "promise_rows",
    "reply_letter",
]
