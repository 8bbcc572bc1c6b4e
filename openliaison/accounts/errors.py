"""What can go wrong at the door, in words that say what to do."""

from openliaison.core.errors import Refused


class InvitationRefused(Refused):
    """The link was used, has run out, or was never given."""


class TooManyAttempts(Refused):
    """Too many wrong passwords in a short time."""


class WrongPassword(Refused):
    """One's present password was typed wrong."""


class NameTaken(Refused):
    """Another person has this user name."""


class NotAllowed(Refused):
    """This is for others to do."""


class WouldLockOut(Refused):
    """Nobody could administer the place afterwards."""


class TokenRefused(Refused):
    """The token is unknown, revoked, run out, or its person may no longer come in."""
