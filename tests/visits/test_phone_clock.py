"""A phone's clock may be wrong by days: what counts is how long before sending a visit was saved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from openliaison.core.now import frozen
from openliaison.visits.models import Visit
from openliaison.visits.phone.clock import moment, visited
from tests.conftest import NOON
from tests.visits.phones import Phone, visit_item

DAYS = timedelta(days=3)
HOURS = timedelta(hours=5)


@pytest.fixture
def on_file(world):
    """An enterprise that has been on file for a month."""
    world.enterprise.created_at = NOON - timedelta(days=30)
    world.enterprise.save(update_fields=["created_at"])
    return world.enterprise


@pytest.mark.parametrize(("off", "minutes"), [(DAYS, 4320), (-DAYS, -4320), (timedelta(minutes=4), None)])
def test_a_clock_wrong_by_days_does_not_move_the_visit(world, on_file, off, minutes):
    item = visit_item(on_file, made_at=NOON - HOURS + off, sent_at=NOON + off)

    answer = Phone(world.officer).send(item)

    assert answer.status_code == 201
    assert Visit.objects.get().at == NOON - HOURS
    assert answer.json()["clock_off_minutes"] == minutes


def test_a_clock_set_back_in_between_means_now(world, on_file):
    item = visit_item(on_file, made_at=NOON + DAYS, sent_at=NOON)

    assert Phone(world.officer).send(item).status_code == 201
    assert Visit.objects.get().at == NOON


@pytest.mark.parametrize("missing", ["made_at", "sent_at"])
def test_a_phone_that_says_no_time_means_now_or_what_it_said(world, on_file, missing):
    item = visit_item(on_file, made_at=NOON - HOURS, sent_at=NOON)
    del item[missing]

    assert Phone(world.officer).send(item).status_code == 201
    assert Visit.objects.get().at == (NOON if missing == "made_at" else NOON - HOURS)


def test_a_visit_before_the_enterprise_was_on_file_is_asked_for_its_time(world, on_file):
    item = visit_item(on_file, made_at=datetime(1970, 1, 1, tzinfo=UTC), sent_at=NOON)
    phone = Phone(world.officer)

    refused = phone.send(item)
    mended = phone.send({**item, "body": {**item["body"], "visited_at": "2026-11-20T09:30"}})

    assert refused.status_code == 422
    assert "1970" in refused.json()["fields"]["visited_at"]
    assert mended.status_code == 201
    assert Visit.objects.get().at == datetime(2026, 11, 20, 1, 30, tzinfo=UTC)  # by the place's clock


@pytest.mark.parametrize("year", [1, 9999])
def test_years_beyond_reckoning_do_no_harm(world, on_file, year):
    item = visit_item(
        on_file, made_at=datetime(year, 1, 2, tzinfo=UTC), sent_at=datetime(10_000 - year, 1, 2, tzinfo=UTC)
    )

    assert Phone(world.officer).send(item).status_code in (201, 422)


def test_a_time_as_typed_is_not_moved():
    saved = moment(NOON + DAYS, NOON + DAYS + HOURS, NOON + HOURS)
    typed = NOON - timedelta(days=1)

    assert visited(typed, NOON + DAYS, saved, NOON + HOURS) == typed


def test_a_time_that_only_the_phone_thinks_is_past_is_moved_with_its_clock():
    saved = moment(NOON + DAYS, NOON + DAYS + HOURS, NOON + HOURS)

    now = NOON + HOURS
    assert visited(NOON + DAYS - timedelta(hours=1), NOON + DAYS, saved, now) == NOON - timedelta(hours=1)
    assert visited(NOON + DAYS + DAYS, NOON + DAYS, saved, now) == now


def test_a_promise_that_fell_due_before_there_was_signal_is_taken(world, on_file):
    item = visit_item(on_file, commitments=[{"text": "次日回电", "due_on": "2026-11-24"}])

    with frozen(NOON + timedelta(days=4)):
        late = {**item, "sent_at": (NOON + timedelta(days=4)).isoformat()}
        assert Phone(world.officer).send(late).status_code == 201
