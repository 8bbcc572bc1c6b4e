"""What happens by itself: reminders, planned dates, links of offices, provisional dues. Twice is once."""

from datetime import date, timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from openliaison.accounts.models import Role
from openliaison.cases import clock, jobs, services
from openliaison.cases.models import Case
from openliaison.core.models import CalendarDay, Task
from openliaison.core.now import frozen
from openliaison.desks.selectors.clocks import clocked
from openliaison.register.models import Link
from tests.cases.cells import Cells
from tests.conftest import NOON
from tests.factories import organisation

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def world():
    return Cells()


def reminders(case):
    return case.entries.filter(kind="reminded").count()


def test_reminders_after_three_and_seven_working_days_then_the_desk_is_to_call(world):
    case = world.in_status("replied")  # Monday 12:00
    told = []
    for days in (2, 3.2, 3.3, 8.9, 9.2, 9.3, 20):
        with frozen(NOON + days * DAY):
            jobs.remind(0)
            jobs.remind(0)
        told.append(reminders(case))
    assert told == [0, 1, 1, 1, 2, 2, 2]
    calls = Task.objects.filter(person=world.coordinator.user, about__startswith="Call %(enterprise)s: it has not")
    assert calls.count() == 1


def test_a_question_left_open_is_reminded_of_too(world):
    case = world.in_status("waiting_enterprise")
    with frozen(NOON + 4 * DAY):
        jobs.remind(0)
    assert reminders(case) == 1
    assert Task.objects.filter(person=world.manager.user, about__startswith="Reminder").exists()


def test_the_clock_runs_on_lists_too_once_the_pauses_are_used_up(world):
    case = world.in_status("waiting_enterprise")
    assert case.due_at is None
    with frozen(NOON + 9 * DAY):
        jobs.resume_clocks(0)
    assert not Case.objects.running().filter(pk=case.pk).exists()

    later = NOON + 20 * DAY
    with frozen(later):
        jobs.resume_clocks(0)
        jobs.resume_clocks(0)
    case.refresh_from_db()
    assert case.due_clock == "solution"
    assert case.due_at == clock.clocks(case, later)["solution"].due_at
    assert Case.objects.due_between(later, case.due_at + DAY).get() == case
    (listed,) = clocked([case], world.place, later)
    assert "left" in listed.words
    assert Case.objects.overdue(case.due_at).get() == case


def test_a_referral_is_not_reminded_of(world):
    case = world._refer(world.in_status("in_hand"))
    with frozen(NOON + 10 * DAY):
        jobs.remind(0)
    assert reminders(case) == 0


def test_a_plan_is_asked_about_on_its_own_day_by_the_places_clock(world):
    case = world.in_status("planned")  # 8 December
    with frozen(NOON.replace(month=12, day=7)):  # noon of the 7th
        jobs.ask_again(0)
    case.refresh_from_db()
    assert case.status == "planned"
    with frozen(NOON.replace(month=12, day=7, hour=16, minute=30)):  # 00:30 of the 8th in Tieling
        jobs.ask_again(0)
        jobs.ask_again(0)
    case.refresh_from_db()
    assert case.status == "replied"
    assert case.entries.filter(kind="due_again").count() == 1


def test_an_office_is_linked_while_a_case_runs_and_ninety_days_on(world):
    case = world.in_status("assigned")
    jobs.link_handlers(case.pk)
    links = Link.objects.filter(enterprise=world.enterprise, kind="handler")
    assert set(links.values_list("organisation__code", "ends_on")) == {("grid", None), ("ndrc", None)}

    case = world._reply(world._answer(case))
    services.confirm_case(case=case, verdict="yes", by=world.manager, at=NOON)
    jobs.link_handlers(case.pk)
    with frozen(NOON + 20 * DAY):
        jobs.link_handlers(case.pk)  # later, it does not begin anew
    assert set(links.values_list("ends_on", flat=True)) == {date(2027, 2, 21)}

    other = world.assigned()
    jobs.link_handlers(other.pk)
    assert links.get(organisation__code="grid").ends_on is None


def test_an_office_that_lost_its_part_is_linked_no_longer_than_ninety_days(world):
    case = world.assigned()
    jobs.link_handlers(case.pk)
    services.assign_case(case=case, lead=organisation("housing"), by=world.coordinator, at=NOON)
    jobs.link_handlers(case.pk)
    ends = dict(Link.objects.filter(kind="handler").values_list("organisation__code", "ends_on"))
    assert ends == {"grid": date(2027, 2, 21), "housing": None}


def queued(case) -> int:
    return ProcrastinateJob.objects.filter(task_name="cases.link_handlers", args__case_id=case.pk).count()


def test_a_reopened_case_links_its_office_again(world):
    case = world.in_status("closed")
    jobs.link_handlers(case.pk)
    before = queued(case)
    case = services.reopen_case(case=case, text="又跳闸了", by=world.manager, at=NOON + DAY)
    assert queued(case) == before + 1
    jobs.link_handlers(case.pk)
    assert Link.objects.get(kind="handler", organisation=case.lead).ends_on is None


def test_a_ruling_that_takes_a_piece_away_ends_the_link(world):
    case = world.in_status("assigned")
    jobs.link_handlers(case.pk)
    services.object_to_case(case=case, reason="不属本局", by=world.co, at=NOON)
    before = queued(case)
    services.rule_objection(case=case, lead=case.lead, text="同意", stays=False, by=world.coordinator, at=NOON)
    assert queued(case) == before + 1
    jobs.link_handlers(case.pk)
    ends = dict(Link.objects.filter(kind="handler").values_list("organisation__code", "ends_on"))
    assert ends == {"grid": None, "ndrc": date(2027, 2, 21)}


def test_who_no_longer_holds_the_role_is_told_nothing(world):
    case = world.in_status("in_hand")
    told = Task.objects.filter(person=world.manager.user)
    before, today = told.count(), world.place.day(NOON)
    Role.objects.filter(pk=world.manager.pk).update(ends_on=today - DAY)
    services.send_message(case=case, text="明天上门", by=world.lead, at=NOON)
    assert told.count() == before
    Role.objects.filter(pk=world.manager.pk).update(ends_on=today)
    services.send_message(case=case, text="改为后天", by=world.lead, at=NOON)
    assert told.count() == before + 1


def test_confidential_cases_link_no_office(world):
    case = world.in_status("assigned", is_confidential=True)
    jobs.link_handlers(case.pk)
    assert not Link.objects.filter(kind="handler").exists()


def test_a_provisional_due_is_reckoned_again_when_the_year_is_loaded(world):
    CalendarDay.objects.filter(place=world.place, day__year=2027).delete()
    at = NOON.replace(month=12, day=30)
    case = world.case(at=at)
    case = services.assign_case(case=case, lead=organisation("grid"), by=world.coordinator, at=at)
    assert case.due_is_provisional
    before = case.solution_due_at

    for day in range(4, 9):
        CalendarDay.objects.create(place=world.place, day=date(2027, 1, day), kind="off", name="停工")
    with frozen(at + timedelta(minutes=2)):
        jobs.settle_provisional(0)
        jobs.settle_provisional(0)
    case.refresh_from_db()
    assert case.solution_due_at - before == 7 * DAY and not case.due_is_provisional
