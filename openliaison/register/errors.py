"""What can be wrong with a wish about the register."""

from openliaison.core.errors import Refused


class NotAllowed(Refused):
    """Not for this person or enterprise."""


class Incomplete(Refused):
    """Something is missing or does not fit."""


class AlreadyDone(Refused):
    """It happened before."""
