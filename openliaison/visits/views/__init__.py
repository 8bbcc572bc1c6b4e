"""Pages of visits."""

from .agreeing import confirm, correct, objection
from .by_key import by_key
from .conflicts import conflicts, settle_conflict
from .devices import devices, revoke_device
from .reading import note, picture, visit, visit_list
from .recording import ask, nothing_new, record, undo

__all__ = [
    "ask",
    "by_key",
    "confirm",
    "conflicts",
    "correct",
    "devices",
    "note",
    "nothing_new",
    "objection",
    "picture",
    "record",
    "revoke_device",
    "settle_conflict",
    "undo",
    "visit",
    "visit_list",
]
