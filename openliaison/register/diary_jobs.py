"""What the house does for diaries: joint visits behind walls, and what nobody answered. Every job may run twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop as N_
from procrastinate.contrib.django import app

from openliaison.core import journal, tasks
from openliaison.core.models import Journal, Place
from openliaison.core.now import now

from . import diary_selectors as selectors
from .models import Booking
from .services import diary_steps as steps
from .services import joint

LOOKED_BACK, HAS_PASSED = timedelta(days=30), timedelta(hours=20)
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
    for place in Place.objects.order_by("pk"):
        rows = Booking.objects.hosts().filter(place=place).exclude(starts_at__lt=at - LOOKED_BACK)
        late = rows.filter(state=S.REQUESTED, requested_at__lte=selectors.asked_before(place, at))
        _once(late, "booking_unanswered", _to_the_desk)
        over = rows.filter(state=S.ACCEPTED, starts_at__lte=at - HAS_PASSED).exclude(kind=Booking.Kind.DATA)
        _once(over, "booking_outcome_asked", _ask_outcome)


def _once(rows: QuerySet[Booking], verb: str, ask: Callable[[Booking], None]) -> None:
    """For each booking of which the journal does not say yet that it was done."""
    listed = list(rows.order_by("pk").values_list("pk", flat=True))
    done = set(
        Journal.objects.filter(verb=verb, subject__in=[_name(pk) for pk in listed]).values_list("subject", flat=True)
    )
    for pk in (pk for pk in listed if _name(pk) not in done):
        booking = selectors.named(Booking.objects.all()).select_related("enterprise__place").get(pk=pk)
        with transaction.atomic():
            journal.record(booking, verb, by=None, at=now())
            ask(booking)


def _name(pk: int) -> str:
    return f"register.booking:{pk}"


def _to_the_desk(booking: Booking) -> None:
    about = N_("%(enterprise)s has not answered: call it about “%(what)s”")
    steps.tell_desk(booking, about, why=N_("silence is no consent"), at=now())


def _ask_outcome(booking: Booking) -> None:
    about = N_("Did it take place? %(enterprise)s, %(day)s: %(what)s")
    for one in list(booking.parts.all()) or [booking]:
        tasks.ask([one.requested_by_id], one, about, url=steps.url(one), at=now(), **steps.names(booking))
