"""Two bodies ask for the same week at the same moment: one of them meets the stop sign."""

from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from django.utils import translation

from openliaison.core.now import frozen
from openliaison.core.scope import acting_as
from openliaison.register.models import Booking
from openliaison.register.services import diary
from tests.conftest import NOON
from tests.register.diary_world import AHEAD, DAY, Diary


@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_at_once_one_meets_the_sign():
    world = Diary()
    start, outcomes = Barrier(2), []

    def ask(by, on):
        try:
            with frozen(NOON), translation.override("en"), transaction.atomic(), acting_as(by.scope(NOON)):
                start.wait(10)
                outcomes.append(world.ask(by, on=on))
        except diary.Stopped as stopped:
            outcomes.append(stopped)
        finally:
            connection.close()

    pair = [Thread(target=ask, args=a) for a in ((world.lead, AHEAD), (world.other, AHEAD + DAY))]
    for thread in pair:
        thread.start()
    for thread in pair:
        thread.join(30)
    assert sorted(type(o).__name__ for o in outcomes) == ["Booking", "Stopped"], outcomes
    assert Booking.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_stands():
    world = Diary()
    row, start, outcomes = world.ask(), Barrier(2), []

    def answer(by, call):
        try:
            with frozen(NOON), translation.override("en"), transaction.atomic(), acting_as(by.scope(NOON)):
                start.wait(10)
                outcomes.append(call(booking=row, by=by, at=NOON).state)
        except diary.AlreadyDone:
            outcomes.append("already")
        finally:
            connection.close()

    calls = ((world.manager, diary.accept_booking), (world.lead, diary.cancel_booking))
    pair = [Thread(target=answer, args=a) for a in calls]
    for thread in pair:
        thread.start()
    for thread in pair:
        thread.join(30)
    row.refresh_from_db()
    # Accepted and then cancelled is one order of the two; cancelled and then accepted is none.
    assert sorted(outcomes) in (["accepted", "cancelled"], ["already", "cancelled"]), outcomes
    assert row.state == "cancelled"
