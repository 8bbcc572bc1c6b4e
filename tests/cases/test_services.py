"""The verbs of a case: what each does, and what it refuses with which words."""

from datetime import date, timedelta

import pytest

from openliaison.cases import services
from openliaison.cases.errors import AlreadyDone, Incomplete, NotAllowed, TooEarly, TooLate
from openliaison.cases.models import Case, Entry
from openliaison.core.models import Journal, Task
from tests.conftest import NOON
from tests.factories import World, category, organisation, role

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def world():
    return World()


def test_the_main_loop_from_visit_to_the_enterprises_yes(world):
    case = world.case(category=category("energy"))
    assert (case.status, case.due_clock) == ("submitted", "assignment")

    case = services.assign_case(case=case, lead=organisation("grid"), by=world.coordinator, at=NOON)
    assert (case.status, case.due_clock) == ("assigned", "reply")

    case = services.answer_case(case=case, text="三天内到厂", by=world.lead, at=NOON + DAY)
    assert (case.status, case.due_clock) == ("in_hand", "solution")

    case = services.reply_case(case=case, reply_kind="solved", text="已更换开关", by=world.lead, at=NOON + 2 * DAY)
    assert (case.status, case.due_at) == ("replied", None)

    case = services.confirm_case(case=case, verdict="yes", by=world.manager, at=NOON + 3 * DAY, satisfaction=5)
    assert (case.status, case.outcome, case.solved_in_time) == ("closed", "solved", True)
    assert list(Journal.objects.filter(subject=f"cases.case:{case.pk}").values_list("verb", flat=True)) == [
        "opened", "submitted", "assigned", "answered", "replied", "closed",
    ]  # fmt: skip


def test_the_same_form_sent_twice_opens_one_case(world):
    key = "5f0c1d36-51f5-4f9e-9c0a-8d2f6a6b9d10"
    first = world.case(client_key=key)

    assert world.case(client_key=key).pk == first.pk
    assert Case.objects.count() == 1


def test_somebody_elses_key_discloses_nothing(world):
    key = "5f0c1d36-51f5-4f9e-9c0a-8d2f6a6b9d10"
    world.case(client_key=key)

    with pytest.raises(AlreadyDone):
        world.case(client_key=key, by=world.manager, channel="enterprise")


def test_an_officer_speaks_only_for_the_enterprises_they_serve(world):
    with pytest.raises(NotAllowed, match="officers"):
        world.case(by=role("officer"))


def test_the_desk_is_asked_to_assign_and_the_task_goes_when_it_did(world):
    case = world.case()
    task = Task.objects.get(person=world.coordinator.user)
    assert case.number in task.text and task.due_at == case.due_at

    services.assign_case(case=case, lead=organisation("grid"), by=world.coordinator, at=NOON)
    assert Task.objects.filter(person=world.lead.user).exists()


def test_a_handler_never_closes(world):
    case = world.replied()

    for verb in (
        lambda: services.confirm_case(case=case, verdict="yes", by=world.lead, at=NOON),
        lambda: services.close_silent(case=case, by=world.lead, at=NOON),
        lambda: services.decline_case(case=case, reason="outside", by=world.lead, at=NOON),
    ):
        with pytest.raises(NotAllowed, match="What you can do"):
            verb()
    case.refresh_from_db()
    assert case.status == "replied"


def test_no_sends_it_back_on_the_same_clock(world):
    case = world.replied()
    before = case.solution_due_at

    case = services.confirm_case(case=case, verdict="no", text="今天又跳了", by=world.manager, at=NOON)

    assert (case.status, case.redo_count, case.reply_kind) == ("in_hand", 1, "")
    assert case.solution_due_at == before


def test_a_no_says_what_is_missing(world):
    with pytest.raises(Incomplete, match="missing"):
        services.confirm_case(case=world.replied(), verdict="no", by=world.manager, at=NOON)


@pytest.mark.parametrize(
    ("reply_kind", "verdict", "is_enough", "outcome"),
    [
        ("solved", "yes", False, "solved"),
        ("explained", "yes", False, "explained"),
        ("solved", "partly", True, "partly"),
        ("explained", "partly", True, "partly"),
    ],
)
def test_the_outcome_is_the_enterprises_word(world, reply_kind, verdict, is_enough, outcome):
    case = world.replied(reply_kind)
    case = services.confirm_case(case=case, verdict=verdict, is_enough=is_enough, by=world.manager, at=NOON)
    assert case.outcome == outcome


def test_a_plan_is_asked_about_again_on_its_date(world):
    case = world.replied("planned", planned_on=date(2026, 12, 8))
    case = services.confirm_case(case=case, verdict="yes", by=world.manager, at=NOON)
    assert (case.status, case.outcome) == ("planned", "")

    with pytest.raises(TooEarly):
        services.ask_again(case=case, at=NOON + DAY)
    case = services.ask_again(case=case, at=NOON + 15 * DAY)
    assert case.status == "replied"
    case = services.confirm_case(case=case, verdict="yes", by=world.manager, at=NOON + 15 * DAY)
    assert (case.status, case.outcome) == ("closed", "solved")


def test_a_plan_needs_a_date_ahead(world):
    with pytest.raises(Incomplete, match="date"):
        world.replied("planned")
    with pytest.raises(Incomplete, match="ahead"):
        services.reply_case(
            case=Case.objects.get(), reply_kind="planned", text="x", planned_on=NOON.date(), by=world.lead, at=NOON
        )


def test_referred_up_and_back(world):
    case = world.replied("referred")
    with pytest.raises(NotAllowed, match="refer"):
        services.confirm_case(case=case, verdict="yes", by=world.manager, at=NOON)

    case = services.refer_up(case=case, by=world.coordinator, at=NOON, text="报市供电公司")
    assert case.status == "referred_up"
    case = services.return_from_above(case=case, text="市公司同意", by=world.coordinator, at=NOON + DAY)
    assert (case.status, case.reply_kind) == ("in_hand", "")


def test_a_question_pauses_and_the_answer_resumes(world):
    case = services.ask_enterprise(case=world.assigned(), text="请报设备清单", by=world.lead, at=NOON)
    assert (case.status, case.due_at) == ("waiting_enterprise", None)

    case = services.answer_question(case=case, text="见附件", by=world.manager, at=NOON + DAY)
    assert (case.status, case.due_clock) == ("assigned", "reply")


def test_each_organisation_objects_once_and_the_second_return_is_the_arbiters(world):
    case = world.assigned()
    services.object_to_case(case=case, reason="属住建局职责", by=world.lead, at=NOON)
    with pytest.raises(NotAllowed, match="objection"):
        services.reply_case(case=case, reply_kind="solved", text="x", by=world.lead, at=NOON)
    case = services.rule_objection(
        case=case, lead=organisation("housing"), text="图审在住建", by=world.coordinator, at=NOON
    )
    assert case.lead == organisation("housing")

    services.object_to_case(case=case, reason="2019 年后移交", by=world.other, at=NOON)
    with pytest.raises(NotAllowed, match="second return"):
        services.rule_objection(case=case, lead=organisation("grid"), text="x", by=world.coordinator, at=NOON)
    case = services.rule_objection(case=case, lead=organisation("grid"), text="由供电公司", by=world.leader, at=NOON)
    assert case.objections.get(is_final=True).ruled_by == world.leader.user
    with pytest.raises(AlreadyDone, match="once"):
        services.object_to_case(case=case, reason="又来", by=world.lead, at=NOON)


def test_an_objection_comes_within_a_working_day(world):
    case = world.assigned()
    with pytest.raises(TooLate):
        services.object_to_case(case=case, reason="不是我们", by=world.lead, at=NOON + DAY + timedelta(hours=2))


def test_more_time_is_asked_once_and_early_enough(world):
    case = world.assigned()
    services.request_extension(case=case, days=5, reason="等设备", by=world.lead, at=NOON)
    before = Case.objects.get(pk=case.pk).solution_due_at
    case = services.rule_extension(case=case, is_granted=True, by=world.coordinator, at=NOON)
    assert case.solution_due_at > before
    with pytest.raises(AlreadyDone):
        services.request_extension(case=case, days=5, reason="再等", by=world.lead, at=NOON)


def test_more_time_is_not_asked_on_the_last_day(world):
    case = world.assigned()
    with pytest.raises(TooLate, match="one working day"):
        services.request_extension(
            case=case, days=5, reason="等", by=world.lead, at=case.solution_due_at - timedelta(hours=1)
        )


def test_silence_is_closed_after_ten_working_days_and_a_call_and_reopened_by_one_tap(world):
    case = world.replied()
    with pytest.raises(TooEarly, match="ten working days"):
        services.close_silent(case=case, by=world.coordinator, at=NOON + 5 * DAY)
    late = NOON + 16 * DAY
    with pytest.raises(TooEarly, match="Call"):
        services.close_silent(case=case, by=world.coordinator, at=late)
    services.record_call(case=case, reached=False, by=world.coordinator, at=late)
    case = services.close_silent(case=case, by=world.coordinator, at=late)
    assert case.outcome == "silent"

    case = services.reopen_case(case=case, text="还在跳闸", by=world.manager, at=late + DAY)
    assert (case.status, case.reopen_count, case.outcome) == ("in_hand", 1, "")


def test_a_case_is_not_reopened_after_ninety_days(world):
    case = services.confirm_case(case=world.replied(), verdict="yes", by=world.manager, at=NOON)
    with pytest.raises(TooLate, match="90 days"):
        services.reopen_case(case=case, text="又", by=world.manager, at=NOON + 91 * DAY)


def test_a_withdrawal_is_closed_only_after_speaking_to_the_enterprise(world):
    case = services.request_withdrawal(case=world.assigned(), text="不用了", by=world.manager, at=NOON)
    with pytest.raises(TooEarly, match="pressed"):
        services.confirm_withdrawal(case=case, by=world.coordinator, at=NOON)
    services.record_call(case=case, reached=True, by=world.coordinator, at=NOON)
    case = services.confirm_withdrawal(case=case, by=world.coordinator, at=NOON)
    assert case.outcome == "withdrawn"


def test_declined_with_a_reason_of_the_list(world):
    with pytest.raises(Incomplete, match="list"):
        services.decline_case(case=world.case(), reason="no idea", by=world.coordinator, at=NOON)
    case = services.decline_case(case=Case.objects.get(), reason="outside", by=world.coordinator, at=NOON)
    assert (case.outcome, case.decline_reason) == ("declined", "outside")


def test_a_duplicate_is_of_the_same_enterprise(world):
    first, second = world.case(), world.case()
    case = services.mark_duplicate(case=second, of=first, by=world.coordinator, at=NOON)
    assert case.duplicate_of == first
    with pytest.raises(NotAllowed, match=first.number):
        services.reopen_case(case=case, text="x", by=world.manager, at=NOON)


def test_two_people_deciding_at_once(world):
    case = world.case()
    services.assign_case(case=case, lead=organisation("grid"), by=world.coordinator, at=NOON, expected_lead=None)
    with pytest.raises(AlreadyDone, match="meantime"):
        services.assign_case(
            case=case, lead=organisation("housing"), by=role("coordinator"), at=NOON, expected_lead=None
        )


def test_a_confidential_case_goes_to_named_persons_only(world):
    case = world.case(is_confidential=True, by=world.manager, channel="enterprise")
    with pytest.raises(Incomplete, match="name the person"):
        services.assign_case(case=case, lead=organisation("grid"), by=world.coordinator, at=NOON)
    case = services.assign_case(
        case=case, lead=organisation("grid"), person=world.lead.user, by=world.coordinator, at=NOON
    )
    colleague = role("handler", org="grid")
    assert Case.objects.visible_to(world.lead.scope(NOON)).filter(pk=case.pk).exists()
    assert not Case.objects.visible_to(colleague.scope(NOON)).exists()
    assert not Case.objects.visible_to(world.leader.scope(NOON)).exists()
    assert not Case.objects.visible_to(world.officer.scope(NOON)).exists()
    assert world.enterprise.name not in Task.objects.get(person=world.lead.user).text


def test_internal_notes_never_reach_the_enterprise(world):
    case = services.note_case(case=world.assigned(), text="内部：线路老化", by=world.lead, at=NOON)
    assert Entry.objects.visible_to(world.coordinator.scope(NOON)).filter(kind="note").exists()
    for outsider in (world.manager, world.officer, world.leader):
        assert not Entry.objects.visible_to(outsider.scope(NOON)).filter(kind="note").exists()
        assert Entry.objects.visible_to(outsider.scope(NOON)).filter(case=case).exists()


def test_a_co_handler_finishes_its_piece_and_the_case_stays_with_the_lead(world):
    case = services.add_co_handler(case=world.assigned(), organisation=organisation("housing"), by=world.lead, at=NOON)
    case = services.finish_piece(case=case, text="已出函", by=world.other, at=NOON)
    assert case.status == "assigned"
    with pytest.raises(AlreadyDone):
        services.finish_piece(case=case, text="再来", by=world.other, at=NOON)


def test_promises_are_kept_or_not_and_only_their_maker_withdraws_them(world):
    case = world.assigned()
    promise = services.make_promise(
        enterprise=world.enterprise, case=case, text="11月26日勘查", due_on=date(2026, 11, 26), by=world.lead, at=NOON
    )
    assert promise.organisation == organisation("grid")
    with pytest.raises(NotAllowed, match="Only who made"):
        services.withdraw_promise(promise=promise, reason="x", by=world.manager, at=NOON)
    promise = services.keep_promise(promise=promise, by=world.manager, at=NOON)
    assert promise.state == "kept"
    with pytest.raises(AlreadyDone):
        services.keep_promise(promise=promise, by=world.lead, at=NOON)
