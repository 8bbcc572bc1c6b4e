"""What every verb of the diary does: hold the diary, check, spend the time, tell who asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_noop as N_
from django.utils.translation import override
from procrastinate.contrib.django import app

from openliaison.accounts.models import Role, User
from openliaison.core import formatting, journal, tasks
from openliaison.core.calendars import calendar
from openliaison.core.models import Place
from openliaison.core.places import setting
from openliaison.engine.clock import Limit

from .. import booking_rules as rules
from ..models import Booking, Enterprise
from . import burden

S = Booking.State
LOCK = 7_401  # of the diary, among PostgreSQL's advisory locks
JOINT_MINUTES = 180  # at most, where nobody says how long a joint visit takes
Names = dict[str, str]


def hold_diary(enterprise_id: int) -> None:
    """One at a time writes in an enterprise's diary: who asks second sees what the first took.

    An advisory lock, for most who ask may not lock the enterprise's row.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [LOCK, enterprise_id % 2**31])


def begin(booking: Booking, verb: str, *, by: Role | None, at: datetime) -> Booking:
    """Lock the booking and check that `by` may use the verb now; `None` is the house itself."""
    if by is not None and not rules.VERBS[verb].who & rules.capacities(booking, by, at):
        rules.require(booking, by, verb, at)
    hold_diary(booking.enterprise_id)
    return locked(booking.pk)


def locked(pk: int) -> Booking:
    rows = Booking.objects.select_for_update(of=("self",))
    return rows.select_related("place", "enterprise__place", "organisation", "requested_by").get(pk=pk)


def parts(host: Booking) -> list[Booking]:
    rows = host.parts.select_for_update(of=("self",)).select_related("enterprise", "organisation", "requested_by")
    return list(rows.order_by("pk"))


# ── The enterprise's time ────────────────────────────────────


def spend(booking: Booking, *, by: Role | None, at: datetime) -> None:
    """What the booking takes of the enterprise's time, as it stands now; of a joint visit with its parts."""
    if booking.state in (S.NOT_NOW, S.CANCELLED):
        for one in (booking, *booking.parts.all()):
            burden.unspend(source=one.client_key)
        return
    is_host, is_sure = rules.shape(booking) == rules.HOST, booking.state != S.REQUESTED
    _spend(booking, booking.minutes, by, at, mark=True, entry=is_sure and not is_host)
    if is_host:
        among = list(booking.parts.select_related("organisation").order_by("pk"))
        for one, share in zip(among, burden.shares(booking.minutes, max(len(among), 1)), strict=False):
            _spend(one, share, by, at, mark=False, entry=is_sure)


def _spend(booking: Booking, minutes: int, by: Role | None, at: datetime, *, mark: bool, entry: bool) -> None:
    place = booking.place
    burden.spend(
        enterprise=booking.enterprise,
        on=place.day(booking.starts_at) if booking.is_at_door else place.day(booking.requested_at),
        minutes=minutes,
        kind=burden.kind_of(booking.kind),
        what=booking.purpose,
        what_en=booking.purpose_en,
        organisation=booking.organisation,
        is_at_door=booking.is_at_door,
        source=booking.client_key,
        by=by,
        at=at,
        mark=mark,
        entry=entry,
    )


def settle(booking: Booking, state: str, *, by: Role | None, at: datetime, verb: str, **changes: Any) -> Booking:
    """Write a booking's new state, and its parts with it; its time; one journal line; the reason of tasks is gone."""
    booking.state = state
    for name, value in changes.items():
        setattr(booking, name, value)
    booking.save()
    copied = ("state", "starts_at", "minutes", "instead", "instead_at", "instead_note", "answered_by", "answered_at")
    booking.parts.update(**{f: getattr(booking, f) for f in copied})
    spend(booking, by=by, at=at)
    journal.record(booking, verb, by=by, at=at, state=state)
    for one in (booking, *booking.parts.all()):
        tasks.settle(one, at=at)
    return booking


# ── Whom to tell ─────────────────────────────────────────────


def tell_askers(booking: Booking, about: str, *, at: datetime, by: Role | None = None, **params: Any) -> None:
    """Each body's own request, with its own address; whoever did it knows."""
    among = list(booking.parts.select_related("requested_by")) or [booking]
    for one in among:
        if by is None or one.requested_by_id != by.user_id:
            tasks.tell([one.requested_by_id], one, about, url=url(one), at=at, **names(booking), **params)


def ask_enterprise(booking: Booking, *, at: datetime) -> None:
    """The enterprise's people are asked; where it has none here, the desk is to call."""
    about, due = N_("%(who)s asks for your time: %(what)s"), answer_due(booking, at)
    people = people_of(booking.enterprise, at)
    if not people:
        about, people = N_("%(enterprise)s has no log-in: ask it by phone about “%(what)s”"), desk_of(booking, at)
    tasks.ask(
        people, booking, about, why=N_("wanted for %(day)s"), url=url(booking), at=at, due_at=due, **names(booking)
    )


def tell_enterprise(booking: Booking, about: str, *, at: datetime) -> None:
    tasks.tell(people_of(booking.enterprise, at), booking, about, url=url(booking), at=at, **names(booking))


def tell_desk(booking: Booking, about: str, *, at: datetime, why: str = "", by: Role | None = None) -> None:
    people = [u for u in desk_of(booking, at) if by is None or u.pk != by.user_id]
    where = f"/enterprises/diary/week/?enterprise={booking.enterprise_id}"
    tasks.ask(people, booking, about, why=why, url=where, at=at, **names(booking))


def people_of(enterprise: Enterprise, at: datetime) -> list[User]:
    rows = Role.objects.in_office(enterprise.place.day(at)).filter(enterprise_id=enterprise.pk)
    return [r.user for r in rows.select_related("user").order_by("pk")]


def desk_of(booking: Booking, at: datetime) -> list[User]:
    """The coordinators nearest to the enterprise."""
    rows = Role.objects.in_office(booking.place.day(at)).filter(place_id=booking.place_id, kind=Role.Kind.COORDINATOR)
    above = [r for r in rows.select_related("user", "locality") if booking.locality_path.startswith(r.locality.path)]
    nearest = max((len(r.locality.path) for r in above if r.locality), default=0)
    return [r.user for r in above if r.locality and len(r.locality.path) == nearest]


def answer_due(booking: Booking, at: datetime) -> datetime:
    """By when the enterprise is to answer."""
    days = float(setting(booking.place, "booking_answer_wd", booking.place.day(at)))
    return calendar(booking.place).due(booking.requested_at, Limit(days, "wd"))


def url(booking: Booking) -> str:
    return f"/enterprises/bookings/{booking.pk}/"


# ── Words in both languages ──────────────────────────────────


def names(booking: Booking) -> dict[str, Any]:
    return {
        "enterprise": both_names(booking.enterprise),
        "who": who(booking),
        "what": {"zh": booking.purpose, "en": booking.purpose_en or booking.purpose},
        "day": moment(booking.starts_at, booking.place),
    }


def who(booking: Booking) -> Names:
    """Who asked: the office, else the person; of a joint visit the desk."""
    if booking.kind == Booking.Kind.JOINT:
        return {"zh": "协调台", "en": "the coordinator’s desk"}
    if booking.organisation:
        return both_names(booking.organisation)
    user = booking.requested_by
    return {"zh": user.display_name, "en": user.display_name_en or user.display_name}


def together(bookings: Iterable[Booking]) -> list[Names]:
    return [who(one) for one in bookings]


def both_names(thing: Any) -> Names:
    return {"zh": thing.name, "en": thing.name_en or thing.name}


def both(text: Promise | str) -> Names:
    """A lazy text, worded in both languages."""
    found = {}
    for key, language in (("zh", "zh-hans"), ("en", "en")):
        with override(language):
            found[key] = str(text)
    return found


def moment(at: datetime, place: Place) -> Names:
    """An instant as the place's people write it, in both languages."""
    found = {}
    for key, language in (("zh", "zh-hans"), ("en", "en")):
        with override(language), timezone.override(place.zone):
            found[key] = formatting.instant(at)
    return found


def leave_to_the_house(task: str, **arguments: Any) -> None:
    """What lies behind a wall is done by a job of the house, in the same transaction's wake."""
    app.configure_task(task).defer(**arguments)


def has_begun(booking: Booking, at: datetime) -> bool:
    return booking.is_at_door and booking.starts_at <= at


YEAR = timedelta(days=366)
