"""What the house does for diaries: joint visits behind walls, and what nobody answered. Every job may run twice."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_noop as N_
from procrastinate.contrib.django import app

from openliaison.core import journal, tasks
from openliaison.core.models import Journal
from openliaison.core.now import now

from .models import Booking
from .services import diary_steps as steps
from .services import joint

LOOKED_BACK = timedelta(days=60)
S = Booking.State


@app.task(name="register.mend_joint")
@transaction.atomic
def mend_joint(host_id: int) -> None:
    """A part has left its joint visit."""
    joint.mend_joint(host=Booking.objects.get(pk=host_id), at=now())


@app.task(name="register.close_joint")
@transaction.atomic
def close_joint(host_id: int, minutes: int) -> None:
    """One who came says that the joint visit took place."""
    joint.close_joint(host=Booking.objects.get(pk=host_id), minutes=minutes, at=now())


@app.periodic(cron="25 * * * *")
@app.task(name="register.booking_reminders", queueing_lock="register.booking_reminders")
def booking_reminders(timestamp: int) -> None:
    """What the enterprise has not answered in time goes to the desk; what was accepted is asked for its outcome."""
    at = now()
    rows = Booking.objects.hosts().select_related("place", "enterprise__place", "organisation", "requested_by")
    for booking in rows.filter(state=S.REQUESTED, requested_at__gt=at - LOOKED_BACK, requested_at__lte=at):
        if steps.answer_due(booking, at) <= at:
            _once(booking, "booking_unanswered", _to_the_desk)
    over = rows.filter(state=S.ACCEPTED, starts_at__gt=at - LOOKED_BACK, starts_at__lte=at - timedelta(hours=20))
    for booking in over.exclude(kind=Booking.Kind.DATA):
        _once(booking, "booking_outcome_asked", _ask_outcome)


def _once(booking: Booking, verb: str, ask: object) -> None:
    if not Journal.objects.filter(subject=journal.name(booking), verb=verb).exists():
        with transaction.atomic():
            journal.record(booking, verb, by=None, at=now())
            ask(booking)  # type: ignore[operator]


def _to_the_desk(booking: Booking) -> None:
    about = N_("%(enterprise)s has not answered: call it about “%(what)s”")
    steps.tell_desk(booking, about, why=N_("silence is no consent"), at=now())


def _ask_outcome(booking: Booking) -> None:
    about = N_("Did it take place? %(enterprise)s, %(day)s: %(what)s")
    for one in list(booking.parts.all()) or [booking]:
        tasks.ask([one.requested_by_id], one, about, url=steps.url(one), at=now(), **steps.names(booking))
