"""What can be wrong with a wish about a visit."""

from __future__ import annotations

from openliaison.core.errors import Refused


class NotAllowed(Refused):
    """The person does not serve the enterprise."""


class Incomplete(Refused):
    """Something is missing."""


class AlreadyDone(Refused):
    """Somebody has done it."""


class KeyUsed(Refused):
    """The form's key belongs to another record."""


class TooLate(Refused):
    """The time in which this could be done is over."""
