"""What can be wrong with a wish about a case, in words that say what to do instead."""

from openliaison.core.errors import Refused


class NotAllowed(Refused):
    """This person, or this state of the case, does not allow the verb."""


class TooLate(Refused):
    """The time for it is over."""


class TooEarly(Refused):
    """Not yet."""


class AlreadyDone(Refused):
    """It happened before, perhaps by somebody else a moment ago."""


class Incomplete(Refused):
    """Something is missing."""
