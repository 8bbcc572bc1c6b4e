"""Pages of cases and promises."""

from .by_entry import by_entry
from .cases import act, attachment, case, case_list, of_enterprise
from .external import external_refs
from .papers import case_paper, reply_letter
from .promises import promise, promise_list, promise_paper, settle_promise
from .raising import discard_draft, edit_draft, raise_case
from .verdict import verdict

__all__ = [
    "act",
    "attachment",
    "by_entry",
    "case",
    "case_list",
    "case_paper",
    "discard_draft",
    "edit_draft",
    "external_refs",
    "of_enterprise",
    "promise",
    "promise_list",
    "promise_paper",
    "raise_case",
    "reply_letter",
    "settle_promise",
    "verdict",
]
