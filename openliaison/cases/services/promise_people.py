"""Who stands on which side of a promise: who keeps it, who is told, who may do what with it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from openliaison.accounts.models import Role, User
from openliaison.cases.errors import NotAllowed
from openliaison.cases.models import Promise

from . import steps
from .steps import covers


def keepers(promise: Promise, at: datetime) -> list[User]:
    """Who is to keep it: the enterprise's people, whoever made it where it is their own office's, else that office.

    Where nobody of them is in office any more, those who serve the enterprise.
    """
    if promise.side == Promise.Side.ENTERPRISE:
        return of_enterprise(promise, at)
    offices = Role.objects.in_office(promise.place.day(at)).filter(place_id=promise.place_id)
    maker = offices.filter(user_id=promise.made_by_id).exclude(kind=Role.Kind.ENTERPRISE)
    if maker.exists() and _is_makers_own(promise, maker):
        return [promise.made_by]
    found = _of_office(promise, at) or ([promise.made_by] if maker.exists() else [])
    return found or of_team(promise, at)


def _is_makers_own(promise: Promise, maker: object) -> bool:
    if promise.disowned_at is not None:
        return True
    is_desks = promise.organisation is not None and promise.organisation.kind == "desk"
    return is_desks or maker.filter(organisation_id=promise.organisation_id).exists()  # type: ignore[attr-defined]


def _of_office(promise: Promise, at: datetime) -> list[User]:
    if promise.organisation is None:
        return []
    if promise.case is not None:
        return steps.people_of(promise.organisation, promise.case, at)
    roles = Role.objects.in_office(promise.place.day(at)).filter(
        organisation_id=promise.organisation_id, kind=Role.Kind.HANDLER
    )
    return [role.user for role in roles.select_related("user")]


def of_enterprise(promise: Promise, at: datetime) -> list[User]:
    roles = Role.objects.in_office(promise.place.day(at)).filter(enterprise_id=promise.enterprise_id)
    return [role.user for role in roles.select_related("user")]


def of_team(promise: Promise, at: datetime) -> list[User]:
    """Those who serve the enterprise; of a confidential case only the officer it came through."""
    if promise.case is not None and promise.is_confidential:
        return steps.officers(promise.case, at)
    links = promise.enterprise.links.active(promise.place.day(at)).serving().select_related("user")
    return [link.user for link in links if link.user]


def other_side(promise: Promise, at: datetime) -> list[User]:
    """To whom it was promised."""
    if promise.side == Promise.Side.COUNTY:
        return of_enterprise(promise, at)
    if promise.case is not None and promise.case.lead is not None:
        return steps.people_of(promise.case.lead, promise.case, at)
    return of_team(promise, at)


def is_of_other_side(promise: Promise, by: Role, at: datetime) -> bool:
    """Whether the person speaks for those to whom it was promised."""
    if promise.side == Promise.Side.COUNTY:
        return is_enterprises(promise, by)
    return not is_enterprises(promise, by) and is_concerned(promise, by, at)


def is_enterprises(promise: Promise, by: Role) -> bool:
    return by.kind == Role.Kind.ENTERPRISE and by.enterprise_id == promise.enterprise_id


def is_maker(promise: Promise, by: Role) -> bool:
    """Who made it, and the office whose promise it is; the enterprise of its own."""
    if promise.side == Promise.Side.ENTERPRISE:
        return is_enterprises(promise, by)
    is_office = promise.organisation_id is not None and promise.organisation_id == by.organisation_id
    return by.kind != Role.Kind.ENTERPRISE and (promise.made_by_id == by.user_id or is_office)


def is_concerned(promise: Promise, by: Role, at: datetime) -> bool:
    """Either side, the desk of the area, and those who serve the enterprise."""
    if is_maker(promise, by) or is_enterprises(promise, by) or is_desk(promise, by):
        return True
    return promise.enterprise.links.active(by.place.day(at)).serving().filter(user_id=by.user_id).exists()


def is_desk(promise: Promise, by: Role) -> bool:
    return by.kind == Role.Kind.COORDINATOR and covers(by, promise.locality_path)


def need_concerned(promise: Promise, by: Role, at: datetime) -> None:
    """Raises:
    NotAllowed: neither side's, nor the desk's, nor of who serves the enterprise.
    """
    if not is_concerned(promise, by, at):
        raise NotAllowed(_("This promise is between others."))


def page(promise: Promise) -> str:
    return f"/cases/promises/{promise.pk}/"
