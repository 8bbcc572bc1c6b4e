"""The enterprise's diary: who may ask for its time, and what the enterprise says. The table is `booking_rules`.

A refusal has no consequence. Who asked sees "not at this time" and what the enterprise would do instead, the same
row and the same words as where it only proposed something else; that it was a refusal, and why, is a row of its
own (`Refusal`) behind a wall of its own. Silence is never consent.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from openliaison.accounts.models import Role
from openliaison.core import formatting, journal
from openliaison.core.calendars import calendar

from .. import booking_rules as rules
from .. import burden_selectors
from ..errors import AlreadyDone, Incomplete, NotAllowed
from ..models import Booking, Enterprise, Refusal
from . import diary_steps as steps

S, Kind, Instead = Booking.State, Booking.Kind, Booking.Instead
MOST_MINUTES = 480
REFUSED_INSTEAD = (Instead.BY_PHONE, Instead.IN_WRITING, Instead.TOGETHER, Instead.THROUGH_OFFICER)


class Stopped(Incomplete):
    """The stop sign stands: a reason is needed."""

    def __init__(self, sign: burden_selectors.StopSign) -> None:
        super().__init__(f"{sign} {sign.cure} " + _("To ask all the same, say why; the desk sees it."))
        self.sign = sign


class OffHours(Incomplete):
    """Nobody works there then; the enterprise may want it so all the same."""


@transaction.atomic
def request_booking(
    *,
    enterprise: Enterprise,
    kind: str,
    purpose: str,
    starts_at: datetime,
    minutes: int,
    by: Role,
    at: datetime,
    purpose_en: str = "",
    people: int = 1,
    basis: str = "",
    is_urgent: bool = False,
    over_reason: str = "",
    off_hours: bool = False,
    questions: Sequence[dict[str, Any]] = (),
    client_key: uuid.UUID | None = None,
) -> Booking:
    """Ask an enterprise for its time. The same key twice is one request.

    Args:
        starts_at: of a data request: by when the answer is wanted.
        basis: of an inspection: the law, or the item of the published list; of an urgent matter: the danger.
        is_urgent: danger to people: it passes the stop sign with its basis, as an inspection does.
        over_reason: why it is asked although the stop sign stands; the desk is told.
        off_hours: the enterprise wants it outside working hours.

    Raises:
        NotAllowed, Incomplete, AlreadyDone; Stopped: the stop sign stands and no reason is given.
    """
    need_may_ask(enterprise, kind, by, at)
    purpose, basis = purpose.strip(), basis.strip()
    if not purpose:
        raise Incomplete(_("Say what it is about: the enterprise decides by that."))
    if not basis and (kind == Kind.INSPECTION or is_urgent):
        raise Incomplete(_("State the basis: the law, the item of the published list, or the danger."))
    need_time(enterprise, starts_at, minutes, at, kind=kind, off_hours=off_hours)
    steps.hold_diary(enterprise.pk)
    if known := _known(client_key, by, enterprise):
        return known
    sign = sign_of(enterprise, kind, starts_at, minutes, by, at)
    reason = _passing(sign, kind, basis, is_urgent, over_reason.strip())
    booking = _create(
        client_key,
        place_id=enterprise.place_id,
        enterprise=enterprise,
        locality_path=enterprise.locality_path,
        organisation=by.organisation,
        requested_by=by.user,
        requested_at=at,
        kind=kind,
        purpose=purpose,
        purpose_en=purpose_en.strip(),
        basis=basis,
        starts_at=starts_at,
        minutes=minutes,
        people=people,
        over_reason=reason,
        questions=list(questions),
    )
    journal.record(booking, "booking_requested", by=by, at=at, kind=kind, over=bool(sign))
    steps.spend(booking, by=by, at=at)
    steps.ask_enterprise(booking, at=at)
    if sign:
        about = N_("%(who)s asks for %(enterprise)s although the stop sign stands: a joint visit?")
        steps.tell_desk(booking, about, why=N_("wanted for %(day)s"), at=at, by=by)
    return booking


@transaction.atomic
def accept_booking(*, booking: Booking, by: Role, at: datetime) -> Booking:
    """The enterprise says yes. Said twice by the same person, the first time stands."""
    row = steps.begin(booking, "accept", by=by, at=at)
    if row.state == S.ACCEPTED and row.answered_by_id == by.user_id:
        return row
    rules.require(row, by, "accept", at)
    if steps.has_begun(row, at):
        raise Incomplete(_("Its time has passed. Propose another time, or let who asked ask anew."))
    steps.settle(row, S.ACCEPTED, by=by, at=at, verb="booking_answered", answered_by=by.user, answered_at=at)
    steps.tell_askers(row, N_("%(enterprise)s accepts your request for %(day)s: %(what)s"), at=at, by=by)
    return row


@transaction.atomic
def move_booking(
    *,
    booking: Booking,
    by: Role,
    at: datetime,
    instead: str = Instead.OTHER_TIME,
    instead_at: datetime | None = None,
    note: str = "",
) -> Booking:
    """Not at this time, but at another, or in another way. It is no refusal."""
    if instead == Instead.OTHER_TIME and (instead_at is None or instead_at <= at):
        raise Incomplete(_("Say at what time instead; it must lie ahead."))
    row, _is_new = _not_now(booking, "move", instead, instead_at, note, by, at)
    return row


@transaction.atomic
def refuse_booking(
    *, booking: Booking, instead: str, by: Role, at: datetime, note: str = "", reason: str = ""
) -> Booking:
    """The enterprise does not want it. Who asked is told the same as in `move_booking`; the desk learns the rest.

    Args:
        instead: by phone, in writing, together with another visit, through the officer.
        note: what who asked may read.
        reason: what only the enterprise and the coordinator may read.
    """
    if instead not in REFUSED_INSTEAD:
        raise Incomplete(
            _("Say what you would do instead: by phone, in writing, together with another visit, through your officer.")
        )
    row, is_new = _not_now(booking, "refuse", instead, None, note, by, at)
    if is_new:
        refusal = Refusal.objects.create(
            booking=row,
            enterprise_id=row.enterprise_id,
            locality_path=row.locality_path,
            reason=reason.strip()[:300],
            refused_at=at,
        )
        journal.record(refusal, "booking_refused", by=by, at=at, booking=row)
    return row


def _not_now(
    booking: Booking, verb: str, instead: str, instead_at: datetime | None, note: str, by: Role, at: datetime
) -> tuple[Booking, bool]:
    """The row as who asked sees it; and whether it is new, or the same words sent twice."""
    if instead not in Instead.values:
        raise Incomplete(_("Say what you would do instead."))
    row = steps.begin(booking, verb, by=by, at=at)
    told = {"instead": instead, "instead_at": instead_at, "instead_note": note.strip()[:300]}
    if row.state == S.NOT_NOW and row.answered_by_id == by.user_id and told == {k: getattr(row, k) for k in told}:
        return row, False
    rules.require(row, by, verb, at)
    answered = {"answered_by": by.user, "answered_at": at}
    steps.settle(row, S.NOT_NOW, by=by, at=at, verb="booking_answered", **answered, **told)
    way = steps.moment(instead_at, row.place) if instead_at else steps.both(Instead(instead).label)
    steps.tell_askers(row, N_("%(enterprise)s: not at this time (%(what)s). Instead: %(way)s"), at=at, by=by, way=way)
    return row, True


@transaction.atomic
def take_other_time(*, booking: Booking, by: Role, at: datetime) -> Booking:
    """Who asked takes the time that the enterprise proposed."""
    row = steps.begin(booking, "take_other_time", by=by, at=at)
    rules.require(row, by, "take_other_time", at)
    if row.instead_at is None or row.instead_at <= at:
        raise Incomplete(_("The time that was proposed has passed. Ask anew."))
    cleared = {"starts_at": row.instead_at, "instead": "", "instead_at": None}
    steps.settle(row, S.ACCEPTED, by=by, at=at, verb="booking_time_taken", **cleared)
    steps.tell_enterprise(row, N_("%(who)s takes the time you proposed: %(day)s, %(what)s"), at=at)
    return row


@transaction.atomic
def cancel_booking(*, booking: Booking, by: Role, at: datetime) -> Booking:
    """Who asked no longer needs it. A part leaves its joint visit."""
    row = steps.begin(booking, "cancel", by=by, at=at)
    rules.require(row, by, "cancel", at)
    host_id = row.joined_id
    steps.settle(row, S.CANCELLED, by=by, at=at, verb="booking_cancelled", joined=None, together=[])
    steps.tell_enterprise(row, N_("%(who)s no longer needs your time: %(what)s"), at=at)
    if host_id:
        steps.leave_to_the_house("register.mend_joint", host_id=host_id)
    return row


@transaction.atomic
def hold_booking(*, booking: Booking, minutes: int, by: Role, at: datetime) -> Booking:
    """It took place, and took so many minutes of the enterprise's time. Of a joint visit, one says so for all."""
    row = steps.begin(booking, "hold", by=by, at=at)
    rules.require(row, by, "hold", at)
    need_minutes(minutes)
    if row.starts_at > at:
        raise Incomplete(_("It is only ahead: %(when)s.") % {"when": formatting.instant(row.starts_at)})
    if row.joined_id:
        steps.leave_to_the_house("register.close_joint", host_id=row.joined_id, minutes=minutes)
        row.state, row.minutes = S.HELD, minutes
        row.save(update_fields=["state", "minutes"])
        journal.record(row, "booking_held", by=by, at=at, minutes=minutes)
        return row
    return steps.settle(row, S.HELD, by=by, at=at, verb="booking_held", minutes=minutes)


@transaction.atomic
def record_booking(*, booking: Booking, by: Role, at: datetime, minutes: int | None = None) -> Booking:
    """A visit was recorded for it: the booking is done, and its joint visit with it."""
    row = steps.begin(booking, "record", by=by, at=at)
    rules.require(row, by, "record", at)
    host = steps.locked(row.joined_id) if row.joined_id else row
    if minutes is not None:
        need_minutes(minutes)
    return steps.settle(
        host, S.RECORDED, by=by, at=at, verb="booking_recorded", minutes=host.minutes if minutes is None else minutes
    )


# ── What is checked ──────────────────────────────────────────


def need_may_ask(enterprise: Enterprise, kind: str, by: Role, at: datetime) -> None:
    """Raises:
    NotAllowed: this role does not ask for it, or not of this enterprise. Incomplete: the enterprise is no more.
    """
    if kind not in rules.KINDS.get(by.kind, ()):
        raise NotAllowed(_("Your role does not ask an enterprise for this. Ask the desk who does."))
    if enterprise.merged_into_id:
        words = {"name": enterprise.label, "kept": enterprise.merged_into.label}  # type: ignore[union-attr]
        raise NotAllowed(_("%(name)s was merged into %(kept)s: ask there.") % words)
    if enterprise.status == Enterprise.Status.CLOSED:
        raise NotAllowed(_("%(name)s is closed: nobody is there to be asked.") % {"name": enterprise.label})
    if not _reaches(enterprise, by, at):
        raise NotAllowed(
            _("%(name)s is not among those whom you may ask. Its officer or the desk can.") % {"name": enterprise.label}
        )


def _reaches(enterprise: Enterprise, by: Role, at: datetime) -> bool:
    if by.place_id != enterprise.place_id:
        return False
    if by.kind == Role.Kind.OFFICER:
        return rules.serves(by, enterprise, at)
    if by.kind in (Role.Kind.HANDLER, Role.Kind.INSPECTOR) and by.organisation is None:
        raise NotAllowed(_("Your role names no office. The administrator adds it under People."))
    office = by.organisation.locality if by.organisation else None
    areas = [area for area in (by.locality, office if by.kind == Role.Kind.HANDLER else None) if area]
    return all(enterprise.locality_path.startswith(area.path) for area in areas)


def need_time(
    enterprise: Enterprise, starts_at: datetime, minutes: int, at: datetime, *, kind: str, off_hours: bool = False
) -> None:
    """Raises:
    Incomplete: it lies in the past or too far ahead, or takes no time. OffHours: nobody works there then.
    """
    need_minutes(minutes)
    if starts_at <= at:
        raise Incomplete(_("This time has passed. Choose one that lies ahead."))
    if starts_at > at + steps.YEAR:
        raise Incomplete(_("That is more than a year ahead. Choose an earlier day."))
    if kind != Kind.DATA and not off_hours:
        need_working_time(enterprise, starts_at, minutes)


def need_working_time(enterprise: Enterprise, starts_at: datetime, minutes: int) -> None:
    """Raises:
    OffHours: with the working hours of that day.
    """
    days = calendar(enterprise.place)
    hours = days.intervals(days.local_day(starts_at))
    end = starts_at + timedelta(minutes=minutes)
    if hours and end <= hours[-1][1] and any(opens <= starts_at < closes for opens, closes in hours):
        return
    if not hours:
        raise OffHours(_("%(day)s is no working day there. Choose another day.") % {"day": formatting.day(starts_at)})
    spans = ", ".join(f"{formatting.instant(a, 'time')}–{formatting.instant(b, 'time')}" for a, b in hours)
    raise OffHours(
        _("People work there %(hours)s on that day, and it would be over at %(end)s. Begin earlier, or ask for less.")
        % {"hours": spans, "end": formatting.instant(end, "time")}
    )


def need_minutes(minutes: int) -> None:
    if not 1 <= minutes <= MOST_MINUTES:
        raise Incomplete(_("A request takes between 1 and %(most)s minutes.") % {"most": MOST_MINUTES})


def sign_of(
    enterprise: Enterprise, kind: str, starts_at: datetime, minutes: int, by: Role, at: datetime
) -> burden_selectors.StopSign | None:
    """The stop sign before a request."""
    is_at_door = kind != Kind.DATA
    return burden_selectors.stop_sign(
        enterprise=enterprise,
        on=enterprise.place.day(starts_at if is_at_door else at),
        minutes=minutes,
        organisation=by.organisation,
        is_at_door=is_at_door,
    )


def _passing(sign: burden_selectors.StopSign | None, kind: str, basis: str, is_urgent: bool, over_reason: str) -> str:
    """Why the request passes the stop sign; empty where none stands."""
    if sign is None:
        return ""
    if over_reason:
        return over_reason[:300]
    if basis and (is_urgent or kind == Kind.INSPECTION):
        return basis[:300]
    raise Stopped(sign)


def _known(client_key: uuid.UUID | None, by: Role, enterprise: Enterprise) -> Booking | None:
    known = Booking.objects.filter(client_key=client_key).first() if client_key else None
    if known and (known.requested_by_id != by.user_id or known.enterprise_id != enterprise.pk):
        raise AlreadyDone(_("This form was used before. Open the page again."))
    return known


def _create(client_key: uuid.UUID | None, **fields: Any) -> Booking:
    try:
        with transaction.atomic():
            return Booking.objects.create(client_key=client_key or uuid.uuid4(), **fields)
    except IntegrityError:  # the key of a row that this person does not see
        raise AlreadyDone(_("This form was used before. Open the page again.")) from None
