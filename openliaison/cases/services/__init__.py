"""The verbs of a case. Who may use which, and when, stands in `cases.rules`; a handler never closes.

Every verb takes the case, `by=` (the role in which a person acts) and `at=`, writes one entry that people
read and the clock counts by, one journal line, and the tasks and notices that follow from it.
"""

from .assigning import (
    add_co_handler,
    assign_case,
    categorise_case,
    decline_case,
    mark_duplicate,
    name_person,
)
from .handling import (
    answer_case,
    answer_question,
    ask_enterprise,
    finish_piece,
    refer_up,
    refuse_referral,
    reply_case,
    request_extension,
    return_from_above,
    rule_extension,
)
from .objecting import object_to_case, rule_objection
from .opening import attach_file, discard_draft, open_case, save_draft, submit_case
from .promise_changes import disown_promise, dispute_promise, hand_promise, is_disownable, move_promise, reopen_days
from .promise_reminders import remind_keepers, remind_promise
from .promises import keep_promise, make_promise, withdraw_promise
from .seeding import seed_categories, seed_reply_templates
from .talking import note_case, record_call, record_contact, refer_externally, send_message
from .verdict import (
    ask_again,
    close_silent,
    confirm_case,
    confirm_withdrawal,
    drop_withdrawal,
    lift_confidentiality,
    remind_enterprise,
    reopen_case,
    request_withdrawal,
)

__all__ = [
    "add_co_handler",
    "answer_case",
    "answer_question",
    "ask_again",
    "ask_enterprise",
    "assign_case",
    "attach_file",
    "categorise_case",
    "close_silent",
    "confirm_case",
    "confirm_withdrawal",
    "decline_case",
    "discard_draft",
    "disown_promise",
    "dispute_promise",
    "drop_withdrawal",
    "finish_piece",
    "hand_promise",
    "is_disownable",
    "keep_promise",
    "lift_confidentiality",
    "make_promise",
    "mark_duplicate",
    "move_promise",
    "name_person",
    "note_case",
    "object_to_case",
    "open_case",
    "record_call",
    "record_contact",
    "refer_externally",
    "refer_up",
    "refuse_referral",
    "remind_enterprise",
    "remind_keepers",
    "remind_promise",
    "reopen_case",
    "reopen_days",
    "reply_case",
    "request_extension",
    "request_withdrawal",
    "return_from_above",
    "rule_extension",
    "rule_objection",
    "save_draft",
    "seed_categories",
    "seed_reply_templates",
    "send_message",
    "submit_case",
    "withdraw_promise",
]
