"""Every line says who, in which role, when, about what; and reads by outsiders are noted once a day."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.test import Client

from openliaison.core import journal, reads
from openliaison.core.models import Journal, ReadLog, Task
from openliaison.core.now import frozen
from openliaison.core.scope import acting_as
from tests.conftest import NOON
from tests.factories import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def test_a_line_keeps_person_role_place_and_plain_values(world):
    with acting_as(world.coordinator.scope(NOON)):
        journal.record(
            world.enterprise,
            "tried",
            by=world.coordinator,
            at=NOON,
            who=world.officer.user,
            on=date(2026, 1, 2),
            share=Decimal("0.10"),
            parts=[world.enterprise],
            words="是“否”",
        )

    row = Journal.objects.get(verb="tried")
    assert (row.actor_id, row.role, row.at) == (world.coordinator.user_id, "ol_area", NOON)
    assert (row.place_id, row.locality_path) == (world.place.pk, world.enterprise.locality_path)
    assert row.subject == f"register.enterprise:{world.enterprise.pk}"
    assert json.loads(row.detail) == {
        "who": f"accounts.user:{world.officer.user_id}",
        "on": "2026-01-02",
        "share": "0.10",
        "parts": [f"register.enterprise:{world.enterprise.pk}"],
        "words": "是“否”",
    }


def test_the_role_is_the_databases_word_and_cannot_be_pretended(world):
    with acting_as(world.officer.scope(NOON)):
        journal.record(world.enterprise, "tried", by=world.coordinator, at=NOON)

    assert Journal.objects.get(verb="tried").role == "ol_officer"


def test_who_writes_the_journal_need_not_be_able_to_read_it(world):
    with acting_as(world.officer.scope(NOON)):
        journal.record(world.enterprise, "tried", by=world.officer, at=NOON)
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            Journal.objects.get(verb="tried")


def read(world: World, role, address: str = "") -> int:
    client = Client()
    client.force_login(role.user)
    return client.get(address or f"/enterprises/{world.enterprise.pk}/").status_code


def test_an_outsiders_read_is_noted_once_a_day(world):
    assert read(world, world.coordinator) == 200
    assert read(world, world.coordinator) == 200
    with frozen(NOON + timedelta(days=1)):
        assert read(world, world.coordinator) == 200

    assert [(r.person_id, r.day.isoformat()) for r in ReadLog.objects.order_by("day")] == [
        (world.coordinator.user_id, "2026-11-23"),
        (world.coordinator.user_id, "2026-11-24"),
    ]


def test_the_team_reads_without_a_note(world):
    assert read(world, world.officer) == 200
    assert read(world, world.manager, "/enterprises/ours/") == 200

    assert not ReadLog.objects.exists()


def test_a_page_that_was_not_found_was_not_read(world):
    assert read(world, world.coordinator, "/enterprises/999999/") == 404
    assert not ReadLog.objects.exists()


def test_the_enterprise_sees_who_read_its_file_and_others_do_not(world):
    read(world, world.coordinator)

    seen = ReadLog.objects.visible_to(world.manager.scope(NOON))
    assert [r.person_id for r in seen] == [world.coordinator.user_id]
    assert not ReadLog.objects.visible_to(world.stranger.scope(NOON)).exists()
    assert not ReadLog.objects.visible_to(world.leader.scope(NOON)).exists()


def test_the_day_is_the_places_day(world):
    late = NOON.replace(hour=17)  # one in the morning of the 24th in Tieling
    reads.write(scope=world.coordinator.scope(late), enterprise_id=world.enterprise.pk, at=late)

    assert ReadLog.objects.get().day == date(2026, 11, 24)


def test_a_case_its_task_and_its_line_stand_or_fall_together(world):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        world.case()
        raise ZeroDivisionError

    assert not Journal.objects.filter(verb="opened").exists()
    assert not Task.objects.exists()
