"""Joint visits: several bodies come once. By the coordinator, or by the enterprise out of its own diary."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from openliaison.accounts.models import Role
from openliaison.core import journal, tasks

from .. import booking_rules as rules
from ..errors import AlreadyDone, Incomplete
from ..models import Booking
from . import diary_steps as steps
from .diary import need_minutes

S = Booking.State


@transaction.atomic
def join_bookings(
    *,
    bookings: Sequence[Booking],
    starts_at: datetime,
    by: Role,
    at: datetime,
    minutes: int | None = None,
    client_key: uuid.UUID | None = None,
) -> Booking:
    """Make one visit of several requests: by the enterprise it is settled, by the desk it is put to the enterprise.

    Args:
        minutes: of the whole; the sum of the parts', at most three hours, where it is left out.

    Returns:
        The host: a booking that stands in the diary for its parts, which copy its time and state.

    Raises:
        Incomplete: fewer than two, of two enterprises, or the time has passed. NotAllowed, AlreadyDone.
    """
    _need_several(bookings)
    first = bookings[0]
    if not rules.VERBS["join"].who & rules.capacities(first, by, at):
        rules.require(first, by, "join", at)
    steps.hold_diary(first.enterprise_id)
    if known := Booking.objects.filter(client_key=client_key).first() if client_key else None:
        return known
    rows = [steps.locked(pk) for pk in sorted(b.pk for b in bookings)]
    for row in rows:
        if row.joined_id:
            raise AlreadyDone(_("“%(what)s” is part of a joint visit already.") % {"what": row.label})
        rules.require(row, by, "join", at)
    if starts_at <= at:
        raise Incomplete(_("This time has passed. Choose one that lies ahead."))
    minutes = min(sum(r.minutes for r in rows), steps.JOINT_MINUTES) if minutes is None else minutes
    need_minutes(minutes)
    host = _host(rows, starts_at, minutes, by, at, client_key)
    for row in rows:
        _take_in(row, host, rows)
    journal.record(host, "bookings_joined", by=by, at=at, parts=rows)
    steps.spend(host, by=by, at=at)
    for row in rows:
        tasks.settle(row, at=at)
    _tell(host, by, at)
    return host


def _need_several(bookings: Sequence[Booking]) -> None:
    if len({b.pk for b in bookings}) < 2:
        raise Incomplete(_("A joint visit is made of two requests or more."))
    if len({b.enterprise_id for b in bookings}) > 1:
        raise Incomplete(_("These requests are to different enterprises. A joint visit is to one."))


def _host(
    rows: Sequence[Booking], starts_at: datetime, minutes: int, by: Role, at: datetime, client_key: uuid.UUID | None
) -> Booking:
    first, is_own = rows[0], by.kind == Role.Kind.ENTERPRISE
    return Booking.objects.create(
        client_key=client_key or uuid.uuid4(),
        place_id=first.place_id,
        enterprise=first.enterprise,
        locality_path=first.locality_path,
        requested_by=by.user,
        requested_at=at,
        kind=Booking.Kind.JOINT,
        purpose="；".join(r.purpose for r in rows)[:300],
        purpose_en="; ".join(r.purpose_en or r.purpose for r in rows)[:300],
        starts_at=starts_at,
        minutes=minutes,
        people=sum(r.people for r in rows),
        state=S.ACCEPTED if is_own else S.REQUESTED,
        answered_by=by.user if is_own else None,
        answered_at=at if is_own else None,
    )


def _take_in(row: Booking, host: Booking, rows: Sequence[Booking]) -> None:
    row.before = {"state": row.state, "starts_at": row.starts_at.isoformat(), "minutes": row.minutes}
    row.before |= {"instead": row.instead, "instead_note": row.instead_note}
    row.joined, row.state, row.starts_at, row.minutes = host, host.state, host.starts_at, host.minutes
    row.instead, row.instead_at, row.instead_note = "", None, ""
    row.together = steps.together(r for r in rows if r.pk != row.pk)
    row.save()


def _tell(host: Booking, by: Role, at: datetime) -> None:
    if host.state == S.ACCEPTED:
        steps.tell_askers(host, N_("%(enterprise)s joins your request with others: %(day)s, %(what)s"), at=at, by=by)
        return
    steps.tell_askers(host, N_("The desk proposes a joint visit to %(enterprise)s: %(day)s, %(what)s"), at=at, by=by)
    steps.ask_enterprise(host, at=at)


@transaction.atomic
def part_bookings(*, booking: Booking, by: Role | None, at: datetime) -> list[Booking]:
    """Take a joint visit apart: each request stands again as it stood before.

    Raises:
        NotAllowed, AlreadyDone.
    """
    host = steps.begin(booking, "part", by=by, at=at)
    if by is not None:
        rules.require(host, by, "part", at)
    rows = steps.parts(host)
    steps.tell_askers(
        host, N_("The joint visit to %(enterprise)s is off; your request stands alone again"), at=at, by=by
    )
    for row in rows:
        _let_out(row)
    steps.settle(host, S.CANCELLED, by=by, at=at, verb="bookings_parted")
    for row in rows:
        steps.spend(row, by=by, at=at)
    return rows


def _let_out(row: Booking) -> None:
    before = row.before or {}
    row.joined, row.together, row.before = None, [], None
    row.state = before.get("state", S.REQUESTED)
    row.starts_at = datetime.fromisoformat(before["starts_at"]) if before else row.starts_at
    row.minutes = before.get("minutes", row.minutes)
    row.instead, row.instead_note = before.get("instead", ""), before.get("instead_note", "")
    row.save()


def mend_joint(*, host: Booking, at: datetime) -> None:
    """After a part has left: who comes together is written anew; a joint visit of one is taken apart."""
    steps.hold_diary(host.enterprise_id)
    host = steps.locked(host.pk)
    rows = steps.parts(host)
    if host.state not in rules.OPEN:
        return
    if len(rows) < 2:
        part_bookings(booking=host, by=None, at=at)
        return
    for row in rows:
        row.together = steps.together(r for r in rows if r.pk != row.pk)
        row.save(update_fields=["together"])
    host.people = sum(r.people for r in rows)
    host.save(update_fields=["people"])
    steps.spend(host, by=None, at=at)


def close_joint(*, host: Booking, minutes: int, at: datetime) -> None:
    """One of those who came says that it took place: so it did for all."""
    steps.hold_diary(host.enterprise_id)
    host = steps.locked(host.pk)
    if host.state == S.ACCEPTED:
        steps.settle(host, S.HELD, by=None, at=at, verb="booking_held", minutes=minutes)
