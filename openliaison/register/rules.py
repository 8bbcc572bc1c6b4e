"""Who may change what in the register. Services ask here before they write; the walls underneath agree."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from openliaison.accounts.models import Role

from .errors import NotAllowed
from .models import Enterprise


def may_steer(by: Role, enterprise: Enterprise) -> bool:
    """Identity, stationing, group, merging: the coordinator of the area."""
    is_theirs = by.locality is not None and enterprise.locality_path.startswith(by.locality.path)
    return by.kind == Role.Kind.COORDINATOR and by.place_id == enterprise.place_id and is_theirs


def serves(enterprise: Enterprise, by: Role, *days: date | None) -> bool:
    """Whether this person was its officer, deputy or cover on one of the days."""
    mine = enterprise.links.serving().filter(user_id=by.user_id)
    return any(mine.active(day).exists() for day in set(days) if day)


def may_write(by: Role, enterprise: Enterprise, *days: date | None) -> bool:
    """Facts, contacts, sites: the area's coordinator, those who serve the enterprise, and the enterprise itself."""
    if by.kind == Role.Kind.ENTERPRISE:
        return by.enterprise_id == enterprise.pk
    if by.kind == Role.Kind.OFFICER:
        return serves(enterprise, by, *days)
    return may_steer(by, enterprise)


def need_steer(by: Role | None, enterprise: Enterprise) -> None:
    """Raises:
    NotAllowed: only the coordinator of the area decides this.
    """
    if by is not None and not may_steer(by, enterprise):
        raise NotAllowed(
            _("Only the coordinator of its area decides this for %(name)s. Ask the desk.") % {"name": enterprise.label}
        )


def need_write(by: Role | None, enterprise: Enterprise, *days: date | None) -> None:
    """Raises:
    NotAllowed: this person neither serves the enterprise nor belongs to it, or it was merged.
    """
    need_unmerged(enterprise)
    if by is not None and not may_write(by, enterprise, *days):
        raise NotAllowed(
            _("Only those who serve %(name)s, its coordinator and itself may write in its file.")
            % {"name": enterprise.label}
        )


def need_unmerged(enterprise: Enterprise) -> None:
    """Raises:
    NotAllowed: the enterprise was merged into another.
    """
    if enterprise.merged_into_id:
        kept = enterprise.merged_into
        raise NotAllowed(
            _("%(name)s was merged into %(kept)s; write in that file.") % {"name": enterprise.label, "kept": kept.label}
        )
