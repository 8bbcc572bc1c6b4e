"""What is done with visits: recorded, taken back, corrected, confirmed by the enterprise, asked for by the desk."""

from openliaison.core.errors import Refused
from openliaison.visits.errors import AlreadyDone, Incomplete, KeyUsed, NotAllowed, TooLate

from .agreeing import confirm_visit, object_to_visit
from .amending import correct_visit, undo_minutes, withdraw_visit
from .asking import ask_for_contact
from .learning import settle_conflict
from .recording import Commitment, Problem, record_visit

__all__ = [
    "AlreadyDone",
    "Commitment",
    "Incomplete",
    "KeyUsed",
    "NotAllowed",
    "Problem",
    "Refused",
    "TooLate",
    "ask_for_contact",
    "confirm_visit",
    "correct_visit",
    "object_to_visit",
    "record_visit",
    "settle_conflict",
    "undo_minutes",
    "withdraw_visit",
]
