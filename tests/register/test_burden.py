"""Marks, the ledger and the stop sign: counted by everybody, named only to whom it concerns."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest

from openliaison.accounts.models import Role
from openliaison.core.scope import Scope, acting_as, area
from openliaison.register import burden_selectors as selectors
from openliaison.register.burden_jobs import keep_line
from openliaison.register.models import BurdenEntry, DiaryMark
from openliaison.register.services import burden
from tests import factories
from tests.conftest import NOON

MONDAY = date(2026, 11, 23)
DAY = timedelta(days=1)


def scope_of(role: Role) -> Scope:
    path_from, path_to = area(role.locality.path) if role.locality else ("", "")
    return Scope(
        Role.DATABASE_ROLE[role.kind],
        role.user_id,
        role.place_id,
        role.organisation_id or 0,
        role.enterprise_id or 0,
        path_from,
        path_to,
        MONDAY,
    )


def spend(world, on=MONDAY, minutes=60, by=None, **more):
    told = {"kind": "visit", "what": "走访", "organisation": None, "is_at_door": True, "source": uuid.uuid4()} | more
    burden.spend(enterprise=world.enterprise, on=on, minutes=minutes, by=by, at=NOON, **told)
    return told["source"]


def sign(world, on=MONDAY, minutes=30, organisation=None, **more):
    return selectors.stop_sign(enterprise=world.enterprise, on=on, minutes=minutes, organisation=organisation, **more)


def test_the_same_source_written_twice_is_one_mark_and_one_line_with_the_last_word(world):
    source = spend(world, minutes=60)
    spend(world, on=MONDAY + DAY, minutes=45, source=source)

    mark, line = DiaryMark.objects.get(), BurdenEntry.objects.get()
    assert (mark.on, mark.minutes) == (line.on, line.minutes) == (MONDAY + DAY, 45)


def test_what_is_taken_back_is_gone_and_may_be_taken_back_again(world):
    source = spend(world)

    burden.unspend(source=source)
    burden.unspend(source=source)

    assert not DiaryMark.objects.exists()
    assert not BurdenEntry.objects.exists()


def test_what_is_only_asked_for_is_marked_and_stands_in_no_ledger(world):
    spend(world, entry=False)

    assert DiaryMark.objects.get().is_at_door
    assert not BurdenEntry.objects.exists()


def test_a_joint_visit_counts_once_at_the_door_and_its_minutes_are_shared_out(world):
    spend(world, minutes=50, entry=False)
    for code, minutes in zip(("grid", "housing", "labour"), burden.shares(50, 3), strict=True):
        spend(world, minutes=minutes, mark=False, organisation=factories.organisation(code))

    taken = selectors.load(world.enterprise.pk, MONDAY)
    assert (taken.visits_7_days, taken.minutes_month) == (1, 50)
    assert sorted(BurdenEntry.objects.values_list("minutes", flat=True)) == [16, 17, 17]


def test_a_second_visit_within_seven_days_meets_the_stop_sign_and_the_eighth_day_is_free(world):
    spend(world, on=MONDAY)

    assert sign(world, on=MONDAY + 6 * DAY).kinds == ("week",)
    assert sign(world, on=MONDAY + 6 * DAY).free_on == MONDAY + 7 * DAY
    assert sign(world, on=MONDAY + 7 * DAY) is None
    assert sign(world, on=MONDAY - 6 * DAY).kinds == ("week",)
    assert sign(world, on=MONDAY - 7 * DAY) is None


def test_a_booking_that_is_moved_does_not_stand_in_its_own_way(world):
    source = spend(world)

    assert sign(world, on=MONDAY + DAY, besides=source) is None


def test_the_fifth_visit_of_a_month_meets_the_stop_sign(world):
    for day in (1, 9, 17):
        spend(world, on=date(2026, 12, day), minutes=10)
    assert sign(world, on=date(2026, 12, 25), minutes=10) is None
    spend(world, on=date(2026, 12, 25), minutes=10)

    assert "month" in sign(world, on=date(2026, 12, 31), minutes=10).kinds
    assert sign(world, on=date(2027, 1, 4), minutes=10) is None


def test_questions_count_in_minutes_and_not_at_the_door(world):
    spend(world, minutes=211, is_at_door=False)

    assert sign(world, minutes=29, is_at_door=False, organisation=factories.organisation("grid")) is None
    assert sign(world, minutes=30, is_at_door=False, organisation=factories.organisation("grid")).kinds == ("minutes",)


def test_one_office_has_a_ceiling_of_its_own(world):
    grid = factories.organisation("grid")
    spend(world, minutes=100, is_at_door=False, organisation=grid)

    assert sign(world, minutes=21, is_at_door=False, organisation=grid).kinds == ("organisation",)
    assert sign(world, minutes=21, is_at_door=False, organisation=factories.organisation("housing")) is None


def test_an_office_gets_the_right_answer_behind_its_wall_and_reads_nobody_elses_name(world):
    spend(world, what="市场监管局检查", organisation=factories.organisation("market_reg"), minutes=230)

    with acting_as(scope_of(world.lead)):
        found = sign(world, organisation=world.lead.organisation)
        assert not BurdenEntry.objects.exists()

    assert found.kinds == ("week", "minutes")
    assert "市场" not in str(found) + found.cure


@pytest.mark.parametrize("kind", ["officer", "coordinator", "lead", "leader", "manager", "inspector"])
def test_everybody_who_makes_an_enterprise_spend_time_writes_it_down_behind_the_wall(world, kind):
    by = factories.role("inspector") if kind == "inspector" else getattr(world, kind)
    organisation = by.organisation

    with acting_as(scope_of(by)):
        source = spend(world, by=by, organisation=organisation)
        spend(world, by=by, organisation=organisation, source=source, minutes=40)
    assert BurdenEntry.objects.filter(source=source).exists()
    assert DiaryMark.objects.get().minutes == 40

    with acting_as(scope_of(by)):
        burden.unspend(source=source)
    assert not DiaryMark.objects.exists()


def test_a_line_out_of_sight_is_kept_by_the_house(world):
    far = factories.role("officer")  # serves somebody else
    source = spend(world, minutes=60)
    with acting_as(scope_of(far)):
        spend(world, by=far, source=source, minutes=20)
    line = {"kind": "visit", "what": "走访", "what_en": "", "on": "2026-11-23", "minutes": 20, "organisation_id": None}

    keep_line(world.enterprise.pk, str(source), line)
    keep_line(world.enterprise.pk, str(source), line)
    assert BurdenEntry.objects.get().minutes == 20

    keep_line(0, str(source), None)
    assert not BurdenEntry.objects.exists()


# ── What writes the ledger ───────────────────────────────────


def test_a_recorded_visit_takes_the_minutes_that_were_said_and_stands_under_the_office(world):
    from openliaison.visits import services as visits

    visit = visits.record_visit(
        enterprise=world.enterprise, notes="看了车间", minutes=55, by=world.officer, at=NOON, client_key=uuid.uuid4()
    )

    line, mark = BurdenEntry.objects.get(), DiaryMark.objects.get()
    assert (line.minutes, line.source, line.kind, mark.is_at_door) == (55, visit.client_key, "visit", True)
    assert line.what_en == f"Visit by {world.officer.user.display_name}"


@pytest.mark.parametrize(
    ("mode", "minutes", "is_at_door"), [("visit", 40, True), ("call", 10, False), ("online", 30, False)]
)
def test_a_contact_without_minutes_counts_what_the_place_says(world, mode, minutes, is_at_door):
    from openliaison.visits import services as visits

    visits.record_visit(enterprise=world.enterprise, mode=mode, nothing_new=True, by=world.officer, at=NOON)

    mark = DiaryMark.objects.get()
    assert (mark.minutes, mark.is_at_door) == (minutes, is_at_door)


def test_a_question_in_a_case_counts_the_minutes_of_the_form_that_answers_it(world):
    from openliaison.cases import services as cases
    from openliaison.cases.verbs import DOORS
    from openliaison.core import form_time

    case = world.assigned()
    question = "每天几点到几点跳闸？" * 20
    cases.ask_enterprise(case=case, text=question, by=world.lead, at=NOON)

    line = BurdenEntry.objects.get()
    form = DOORS["answer_question"].form(case=case, role=world.manager)
    form.fields["text"].help_text = question
    assert (line.kind, line.organisation.code) == ("question", "grid")
    assert line.minutes == form_time.form_minutes(form, world.place, MONDAY) == 2
    assert not DiaryMark.objects.get().is_at_door


def test_a_question_in_a_confidential_case_is_counted_and_named_nowhere(world):
    from openliaison.cases import services as cases

    case = world.case(by=world.manager, channel="enterprise", is_confidential=True)
    lead = factories.organisation("grid")
    case = cases.assign_case(case=case, lead=lead, person=world.lead.user, by=world.coordinator, at=NOON)
    cases.ask_enterprise(case=case, text="几点？", by=world.lead, at=NOON)

    assert DiaryMark.objects.count() == 1
    assert not BurdenEntry.objects.exists()


# ── Visited too often ────────────────────────────────────────


def often(world):
    return sorted({pk for (pk,) in selectors.often_visited(world.place, MONDAY).values_list("enterprise_id")})


@pytest.mark.parametrize(
    ("days", "is_often"),
    [
        ((0, 6), True),
        ((0, 7), False),
        ((-6, 0), True),
        ((-7, -6), False),
        ((5, 6), True),
        ((6, 7), False),
        ((0, 0), True),
    ],
)
def test_two_visits_within_seven_days_of_the_week_behind_or_ahead_are_too_often(world, days, is_often):
    for day in days:
        spend(world, on=MONDAY + day * DAY)

    assert often(world) == ([world.enterprise.pk] if is_often else [])


def test_a_higher_ceiling_asks_for_as_many_within_one_week(world):
    from openliaison.core.models import Setting

    Setting.objects.create(place=world.place, key="visits_a_week", value=3, valid_from=MONDAY)
    for day in (-5, 0, 3):
        spend(world, on=MONDAY + day * DAY)
    assert often(world) == []

    spend(world, on=MONDAY + DAY)
    assert often(world) == [world.enterprise.pk]
    assert selectors.visits_around([world.enterprise.pk], MONDAY) == {world.enterprise.pk: 3}


def test_questions_and_data_requests_are_no_visits(world):
    for _each in range(3):
        spend(world, is_at_door=False)

    assert often(world) == []
    assert selectors.visits_around([world.enterprise.pk], MONDAY) == {}
