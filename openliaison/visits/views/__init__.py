"""Pages of visits."""

from .agreeing import confirm, correct, objection
from .reading import note, picture, visit, visit_list
from .recording import ask, nothing_new, record, undo

__all__ = [
    "ask",
    "confirm",
    "correct",
    "note",
    "nothing_new",
    "objection",
    "picture",
    "record",
    "undo",
    "visit",
    "visit_list",
]
