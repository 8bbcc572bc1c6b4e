"""Statements that write the marks and lines of many visits at once leave what the services leave."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection

from openliaison.cases import services as cases
from openliaison.desks.growth import marks
from openliaison.register.models import BurdenEntry, DiaryMark
from openliaison.visits import services as visits
from tests.conftest import NOON

LINE = ("enterprise_id", "locality_path", "organisation_id", "kind", "what", "what_en", "on", "minutes", "source")
MARK = ("place_id", "enterprise_id", "on", "minutes", "is_at_door", "source")


def written():
    lines = list(BurdenEntry.objects.order_by("source").values_list(*LINE))
    return lines, list(DiaryMark.objects.order_by("source").values_list(*MARK))


@pytest.fixture
def told(world):
    """What the services wrote, before it is taken away."""
    for mode, minutes, hours in (("visit", None, 0), ("call", None, 11), ("online", 25, 13), ("visit", 55, 15)):
        at = NOON - timedelta(hours=hours)
        visits.record_visit(
            enterprise=world.enterprise, mode=mode, minutes=minutes, nothing_new=True, visited_at=at, by=world.officer,
            at=NOON,
        )  # fmt: skip
    lines, marked = written()
    assert len(lines) == len(marked) == 4
    BurdenEntry.objects.all().delete()
    DiaryMark.objects.all().delete()
    return lines, marked


def run_migration():
    module = import_module("openliaison.visits.migrations.0006_time_of_visits")
    with connection.cursor() as cursor:
        cursor.execute(module.MARKS)
        cursor.execute(module.LINES)


def test_visits_recorded_before_the_ledger_get_what_the_service_writes(told):
    run_migration()
    assert written() == told

    run_migration()
    assert written() == told


def test_grown_visits_get_what_the_service_writes(world, told):
    marks.mark(world.place)
    marks.mark(world.place)

    assert written() == told


def test_grown_questions_get_what_the_service_writes(world):
    cases.ask_enterprise(case=world.assigned(), text="每天几点到几点跳闸？" * 20, by=world.lead, at=NOON)
    told = written()
    BurdenEntry.objects.all().delete()
    DiaryMark.objects.all().delete()

    marks.mark(world.place)

    assert written() == told


def test_a_visit_taken_back_or_of_a_booking_gets_none(world):
    visit = visits.record_visit(enterprise=world.enterprise, nothing_new=True, by=world.officer, at=NOON)
    visits.withdraw_visit(visit=visit, by=world.officer, at=NOON)
    assert written() == ([], [])

    run_migration()
    marks.mark(world.place)
    assert written() == ([], [])
