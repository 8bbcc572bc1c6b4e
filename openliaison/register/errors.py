"""What can be wrong with a wish about the register."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from openliaison.core.errors import Refused


class NotAllowed(Refused):
    """Not for this person or enterprise."""


class Incomplete(Refused):
    """Something is missing or does not fit."""


class AlreadyDone(Refused):
    """It happened before."""


class ChangedMeanwhile(Refused):
    """Somebody else changed the row after the form was opened.

    Args:
        row: as it stands now.
        changes: field label, value as the form showed it, value now on file.
    """

    def __init__(self, row: Any, changes: Sequence[tuple[str, str, str]]) -> None:
        listed = "; ".join(
            _("%(field)s: was “%(was)s”, now “%(now)s”") % {"field": field, "was": was or "–", "now": now or "–"}
            for field, was, now in changes
        )
        super().__init__(
            _("Somebody changed this while you had it open (%(changes)s). Look again; saving now overwrites it.")
            % {"changes": listed}
        )
        self.row, self.changes = row, changes
