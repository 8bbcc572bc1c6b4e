"""Who may do what with a booking, in which state: the one table. Services ask it, pages read it, tests walk it.

| verb              | who                        | while                       | of                |
|-------------------|----------------------------|-----------------------------|-------------------|
| accept            | enterprise, coordinator    | requested                   | alone, host       |
| move              | enterprise, coordinator    | requested, accepted         | alone, host       |
| refuse            | enterprise, coordinator    | requested, accepted         | alone, host       |
| take_other_time   | who asked                  | not at this time            | alone, host       |
| join              | enterprise, coordinator    | requested, accepted, not at this time | alone   |
| part              | enterprise, coordinator    | requested, accepted         | host              |
| cancel            | who asked                  | requested, accepted         | alone, part       |
| hold              | who asked, officer, coordinator | accepted               | alone, host, part |
| record            | officer                    | accepted, held              | alone, host, part |

A coordinator answers for an enterprise that said so by phone; who asked for a joint visit is the desk.
A booking stands *alone*, is the *host* of a joint visit, or a *part* of one: parts are answered through their host.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from openliaison.accounts.models import Role

from .errors import AlreadyDone, NotAllowed
from .models import Booking

S = Booking.State
OPEN = frozenset({S.REQUESTED, S.ACCEPTED})
ASKER, OFFICER, COORDINATOR, ENTERPRISE = "asker", "officer", "coordinator", "enterprise"
ALONE, HOST, PART = "alone", "host", "part"
ANSWER = frozenset({ENTERPRISE, COORDINATOR})

K = Booking.Kind
KINDS: dict[str, tuple[str, ...]] = {  # what each kind of person may ask for
    Role.Kind.OFFICER: (K.SERVICE, K.STUDY, K.DATA),
    Role.Kind.COORDINATOR: (K.SERVICE, K.STUDY, K.DATA),
    Role.Kind.HANDLER: (K.SERVICE, K.STUDY, K.INSPECTION, K.DATA),
    Role.Kind.LEADER: (K.STUDY, K.SERVICE),
    Role.Kind.INSPECTOR: (K.INSPECTION, K.DATA),
}


@dataclass(frozen=True)
class Verb:
    """A verb is allowed to these capacities, in these states, of bookings that stand so."""

    who: frozenset[str]
    when: frozenset[Booking.State]
    of: frozenset[str]
    words: str  # msgid: the verb as a person says it


def _verb(who: set[str] | frozenset[str], when: set[S] | frozenset[S], of: set[str], words: str) -> Verb:
    return Verb(frozenset(who), frozenset(when), frozenset(of), words)


VERBS: dict[str, Verb] = {
    "accept": _verb(ANSWER, {S.REQUESTED}, {ALONE, HOST}, N_("accept it")),
    "move": _verb(ANSWER, OPEN, {ALONE, HOST}, N_("propose something else")),
    "refuse": _verb(ANSWER, OPEN, {ALONE, HOST}, N_("say “not at this time”")),
    "take_other_time": _verb({ASKER}, {S.NOT_NOW}, {ALONE, HOST}, N_("take the other time")),
    "join": _verb(ANSWER, OPEN | {S.NOT_NOW}, {ALONE}, N_("make it part of a joint visit")),
    "part": _verb(ANSWER, OPEN, {HOST}, N_("take the joint visit apart")),
    "cancel": _verb({ASKER}, OPEN, {ALONE, PART}, N_("cancel it")),
    "hold": _verb({ASKER, OFFICER, COORDINATOR}, {S.ACCEPTED}, {ALONE, HOST, PART}, N_("say that it took place")),
    "record": _verb({OFFICER}, {S.ACCEPTED, S.HELD}, {ALONE, HOST, PART}, N_("record the visit")),
}


def shape(booking: Booking) -> str:
    if booking.joined_id:
        return PART
    return HOST if booking.kind == K.JOINT else ALONE


def capacities(booking: Booking, by: Role, at: datetime) -> frozenset[str]:
    """How this person, in this role, stands to the booking."""
    if by.place_id != booking.place_id:
        return frozenset()
    if by.kind == Role.Kind.ENTERPRISE:
        return frozenset({ENTERPRISE} if by.enterprise_id == booking.enterprise_id else ())
    found = {ASKER} if _asked(booking, by) else set()
    if by.kind == Role.Kind.COORDINATOR and by.locality and booking.locality_path.startswith(by.locality.path):
        found |= {COORDINATOR, ASKER} if shape(booking) == HOST else {COORDINATOR}
    if by.kind == Role.Kind.OFFICER and serves(by, booking.enterprise, at):
        found.add(OFFICER)
    return frozenset(found)


def _asked(booking: Booking, by: Role) -> bool:
    if by.kind in (Role.Kind.HANDLER, Role.Kind.INSPECTOR):
        return booking.organisation_id is not None and booking.organisation_id == by.organisation_id
    return by.kind in KINDS and booking.requested_by_id == by.user_id


def serves(by: Role, enterprise: object, at: datetime) -> bool:
    links = enterprise.links.active(by.place.day(at)).serving()  # type: ignore[attr-defined]
    return links.filter(user_id=by.user_id).exists()


def allowed(booking: Booking, by: Role, at: datetime) -> list[str]:
    """The verbs this person may use on this booking now."""
    held = capacities(booking, by, at)
    return [name for name, verb in VERBS.items() if verb.who & held and _stands(booking, verb) and _fits(booking, name)]


def _stands(booking: Booking, verb: Verb) -> bool:
    return booking.state in verb.when and shape(booking) in verb.of


def _fits(booking: Booking, name: str) -> bool:
    """What state and shape do not say: whether there is another time; what comes to no door is not joined or held."""
    if name == "take_other_time":
        return booking.instead == Booking.Instead.OTHER_TIME
    if name == "join":
        waits = booking.state != S.NOT_NOW or booking.instead == Booking.Instead.TOGETHER
        return booking.is_at_door and waits
    return booking.is_at_door or name not in ("hold", "record")


def require(booking: Booking, by: Role, name: str, at: datetime) -> None:
    """Raises:
    NotAllowed: it is for others to do. AlreadyDone: it is no longer, or not yet, so far.
    """
    verb = VERBS[name]
    if not verb.who & capacities(booking, by, at):
        raise NotAllowed(_("It is not for you to %(verb)s.") % {"verb": _(verb.words)})
    if shape(booking) == PART and PART not in verb.of:
        raise NotAllowed(_("This request is part of a joint visit: answer the joint visit, or take it apart."))
    if not _stands(booking, verb) or not _fits(booking, name):
        words = {"state": booking.get_state_display(), "verb": _(verb.words)}
        raise AlreadyDone(_("This request is “%(state)s”: you cannot %(verb)s. Open the page again.") % words)
