"""What the verbs of visits do, and refuse."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError

from openliaison.cases.models import Case, CaseFile
from openliaison.core.models import Journal, Task
from openliaison.register.models import Fact
from openliaison.visits import services
from openliaison.visits.models import Visit
from tests.conftest import NOON
from tests.factories import enterprise, png, role, stationed

PNG = png()


def test_nothing_new_is_a_full_record(world):
    visit = services.record_visit(enterprise=world.enterprise, nothing_new=True, by=world.officer, at=NOON)

    assert visit.nothing_new
    assert visit.notes == ""
    assert Journal.objects.filter(verb="visit_recorded").count() == 1


def test_the_same_key_sent_twice_is_one_record(world):
    key = uuid.uuid4()
    first = services.record_visit(
        enterprise=world.enterprise, nothing_new=True, by=world.officer, at=NOON, client_key=key
    )
    again = services.record_visit(
        enterprise=world.enterprise, nothing_new=True, by=world.officer, at=NOON, client_key=key
    )

    assert again.pk == first.pk
    assert Visit.objects.count() == 1


def test_somebody_elses_key_is_refused(world):
    key = uuid.uuid4()
    services.record_visit(enterprise=world.enterprise, nothing_new=True, by=world.officer, at=NOON, client_key=key)
    other = role("officer")
    stationed(other, world.enterprise, kind="deputy")

    with pytest.raises(services.KeyUsed):
        services.record_visit(enterprise=world.enterprise, nothing_new=True, by=other, at=NOON, client_key=key)


def test_only_its_officers_record_an_enterprise(world):
    with pytest.raises(services.NotAllowed, match="北岗"):
        services.record_visit(enterprise=world.enterprise, nothing_new=True, by=role("officer"), at=NOON)


def test_a_visit_with_nothing_to_say_and_no_mark_is_refused(world):
    with pytest.raises(services.Incomplete):
        services.record_visit(enterprise=world.enterprise, notes="  ", by=world.officer, at=NOON)


def test_a_visit_in_the_future_is_refused(world):
    with pytest.raises(services.Incomplete):
        services.record_visit(
            enterprise=world.enterprise, notes="订单", by=world.officer, at=NOON, visited_at=NOON + timedelta(minutes=1)
        )


def test_a_problem_becomes_a_case_with_its_picture(world):
    picture = SimpleUploadedFile("switch.png", PNG, content_type="image/png")
    problem = services.Problem("每天傍晚跳闸", uploads=[picture])

    visit = services.record_visit(enterprise=world.enterprise, problems=[problem], by=world.officer, at=NOON)

    case = Case.objects.get(visit_id=visit.pk)
    assert case.status == "submitted"
    assert CaseFile.objects.get(case=case).name == "switch.png"


def test_a_picture_that_is_not_taken_leaves_nothing_behind(world):
    program = SimpleUploadedFile("run.exe", b"MZ" + b"\0" * 64)
    problem = services.Problem("每天傍晚跳闸", uploads=[program])

    with pytest.raises(services.Refused):
        services.record_visit(enterprise=world.enterprise, problems=[problem], by=world.officer, at=NOON)

    assert not Visit.objects.exists()
    assert not Case.objects.exists()


def test_facts_learned_are_recorded_as_of_the_day_of_the_visit(world):
    services.record_visit(
        enterprise=world.enterprise, facts={"employees": 186}, by=world.officer, at=NOON,
        visited_at=NOON - timedelta(days=2),
    )  # fmt: skip

    fact = Fact.objects.get(enterprise=world.enterprise, key="employees")
    assert (fact.value, fact.source, str(fact.as_of)) == (186, "visit", "2026-11-21")


def test_an_unknown_mode_is_refused_by_service_and_database(world):
    with pytest.raises(services.Incomplete):
        services.record_visit(enterprise=world.enterprise, nothing_new=True, mode="fax", by=world.officer, at=NOON)

    visit = services.record_visit(enterprise=world.enterprise, nothing_new=True, by=world.officer, at=NOON)
    with pytest.raises(IntegrityError, match="visit_mode_known"):
        Visit.objects.filter(pk=visit.pk).update(mode="fax")


def test_the_enterprise_confirms_once_and_the_first_time_stands(world):
    visit = services.record_visit(enterprise=world.enterprise, notes="订单回升", by=world.officer, at=NOON)
    services.confirm_visit(visit=visit, by=world.manager, at=NOON)
    services.confirm_visit(visit=visit, by=world.manager, at=NOON + timedelta(hours=1))

    visit.refresh_from_db()
    assert visit.confirmed_at == NOON
    assert Journal.objects.filter(verb="visit_confirmed").count() == 1


def test_another_enterprise_confirms_nothing(world):
    visit = services.record_visit(enterprise=world.enterprise, notes="订单回升", by=world.officer, at=NOON)

    with pytest.raises(services.NotAllowed):
        services.confirm_visit(visit=visit, by=world.stranger, at=NOON)


def test_the_desk_asks_the_officer_once_a_day(world):
    services.ask_for_contact(enterprise=world.enterprise, by=world.coordinator, at=NOON, days=41)

    task = Task.objects.get(person=world.officer.user)
    assert "41" in task.reason
    assert "北岗" in task.text
    with pytest.raises(services.AlreadyDone):
        services.ask_for_contact(enterprise=world.enterprise, by=world.coordinator, at=NOON, days=41)
    services.ask_for_contact(enterprise=world.enterprise, by=world.coordinator, at=NOON + timedelta(days=2), days=43)


def test_where_nobody_serves_the_desk_is_told_to_name_an_officer(world):
    lonely = enterprise("无人企业有限公司")

    with pytest.raises(services.AlreadyDone, match="请先指定"):
        services.ask_for_contact(enterprise=lonely, by=world.coordinator, at=NOON, days=41)


def test_a_desk_of_another_area_does_not_ask(world):
    with pytest.raises(services.NotAllowed):
        services.ask_for_contact(enterprise=world.enterprise, by=role("coordinator", area="211282"), at=NOON, days=41)
