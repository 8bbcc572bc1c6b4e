"""What can go wrong at the door, in words that say what to do."""

from openliaison.core.errors import Refused


class InvitationRefused(Refused):
    """The link was used, has run out, or was never given."""


class TooManyAttempts(Refused):
    """Too many wrong passwords in a short time."""


class NameTaken(Refused):
    """Another person has this user name."""
