"""The verbs of a promise as doors: which of them a person finds on its page, and the service behind each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from openliaison.accounts.models import Role
from openliaison.cases import services
from openliaison.cases.models import Promise
from openliaison.cases.services import promise_people as people


@dataclass(frozen=True)
class Door:
    """One verb on the page of a promise."""

    name: str
    label: str | Words
    icon: str
    is_open: Callable[[Promise, Role, datetime], bool]


def use(name: str, **arguments: Any) -> Promise:
    """Call the service behind a verb."""
    return _SERVICES[name](**arguments)


def doors(promise: Promise, by: Role, at: datetime) -> list[Door]:
    """What this person may do with the promise now; where an office disowns it, first who keeps it instead."""
    found = [door for door in DOORS if door.is_open(promise, by, at)]
    return sorted(found, key=lambda door: door.name != "hand") if promise.disowned_at else found


def _is_open(promise: Promise, by: Role, at: datetime) -> bool:
    return promise.state == Promise.State.OPEN and people.is_concerned(promise, by, at)


def _may_withdraw(promise: Promise, by: Role, at: datetime) -> bool:
    return promise.state == Promise.State.OPEN and people.is_maker(promise, by)


def _may_dispute(promise: Promise, by: Role, at: datetime) -> bool:
    if promise.state != Promise.State.KEPT or promise.settled_at is None:
        return False
    last = promise.place.day(promise.settled_at) + timedelta(days=services.reopen_days(promise.place, at))
    return promise.place.day(at) <= last and people.is_of_other_side(promise, by, at)


def _may_disown(promise: Promise, by: Role, at: datetime) -> bool:
    return promise.state == Promise.State.OPEN and services.is_disownable(promise, by, at)


def _may_hand(promise: Promise, by: Role, at: datetime) -> bool:
    is_office = by.kind == Role.Kind.HANDLER and promise.made_by_id != by.user_id
    is_ours = promise.side == Promise.Side.COUNTY and by.kind != Role.Kind.ENTERPRISE and not is_office
    return is_ours and _is_open(promise, by, at)


def _may_remind(promise: Promise, by: Role, at: datetime) -> bool:
    is_due = promise.state == Promise.State.OPEN and promise.due_on <= promise.place.day(at)
    return is_due and people.is_desk(promise, by)


DOORS = (
    Door("kept", _("Kept"), "circle-check", _is_open),
    Door("broken", _("Not kept"), "x", _is_open),
    Door("move", _("Agree on another day"), "calendar-event", _is_open),
    Door("dispute", _("Not so: open it again"), "message-2", _may_dispute),
    Door("disown", _("Not our promise"), "hand-stop", _may_disown),
    Door("hand", _("Name another office"), "arrows-exchange", _may_hand),
    Door("remind", _("Remind who keeps it"), "bell", _may_remind),
    Door("withdrawn", _("Withdraw"), "circle-minus", _may_withdraw),
)

DONE: dict[str, str | Words] = {
    "kept": _("Noted: the other side sees it."),
    "broken": _("Noted: the other side sees it."),
    "withdrawn": _("Noted: the other side sees it."),
    "move": _("The new day is noted; the first one stays on file."),
    "dispute": _("It is open again, and who keeps it is told."),
    "disown": _("Who made the promise is told and decides."),
    "hand": _("The office is told."),
    "remind": _("Who keeps it has it on the list."),
}


def _kept(*, reason: str = "", **rest: Any) -> Promise:
    return services.keep_promise(reason=reason, **rest)


def _broken(*, reason: str, **rest: Any) -> Promise:
    return services.keep_promise(is_kept=False, reason=reason, **rest)


_SERVICES: dict[str, Callable[..., Promise]] = {
    "kept": _kept,
    "broken": _broken,
    "withdrawn": services.withdraw_promise,
    "move": services.move_promise,
    "dispute": services.dispute_promise,
    "disown": services.disown_promise,
    "hand": services.hand_promise,
    "remind": services.remind_promise,
}
