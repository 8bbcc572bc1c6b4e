"""What the table allows only in a certain situation works behind the walls of whoever does it."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError, transaction

from openliaison.cases import jobs, services
from openliaison.cases.errors import Incomplete, NotAllowed
from openliaison.cases.models import Case, CaseFile, Entry, Handling, Objection
from openliaison.core.models import Journal, Task
from openliaison.core.scope import acting_as
from tests.cases.cells import Cells
from tests.conftest import NOON
from tests.factories import organisation, role

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATE = NOON + 16 * DAY


@pytest.fixture
def world():
    return Cells()


def walled(service, *, by, at=NOON, **arguments):
    with acting_as(by.scope(at)):
        return service(by=by, at=at, **arguments)


def confidential(world, *, by=None, **fields):
    by = by or world.manager
    channel = "enterprise" if by == world.manager else "visit"
    return world.case(is_confidential=True, by=by, channel=channel, title="欠薪线索", **fields)


def with_lead(world, case, person=None):
    return walled(
        services.assign_case,
        by=world.coordinator,
        case=case,
        lead=organisation("grid"),
        person=person or world.lead.user,
    )


def test_the_desk_rules_on_a_first_return_and_the_leader_on_the_second(world):
    case = world.assigned()
    walled(services.object_to_case, by=world.lead, case=case, reason="属住建局")
    with acting_as(world.leader.scope(NOON)), pytest.raises(NotAllowed, match="first return"):
        services.rule_objection(case=case, lead=organisation("grid"), text="x", by=world.leader, at=NOON)
    walled(services.rule_objection, by=world.coordinator, case=case, lead=organisation("housing"), text="图审在住建")
    walled(services.object_to_case, by=world.other, case=case, reason="已移交")
    with acting_as(world.coordinator.scope(NOON)), pytest.raises(NotAllowed, match="second return"):
        services.rule_objection(case=case, lead=organisation("grid"), text="x", by=world.coordinator, at=NOON)
    ruled = walled(services.rule_objection, by=world.leader, case=case, lead=organisation("grid"), text="供电公司办")

    assert (ruled.lead, ruled.objections.get(is_final=True).ruled_by) == (organisation("grid"), world.leader.user)


def test_a_co_handlers_objection_can_end_its_piece_and_leave_the_lead(world):
    case = world.in_status("assigned")
    walled(services.object_to_case, by=world.co, case=case, reason="无需备案")
    walled(
        services.rule_objection, by=world.coordinator, case=case, lead=organisation("grid"), text="同意", stays=False
    )
    case.refresh_from_db()

    assert case.lead == organisation("grid") and case.co_handlers == []
    assert not Case.objects.visible_to(world.co.scope(NOON)).exists()


def test_more_time_is_asked_and_granted(world):
    case = world.in_status("in_hand")
    walled(services.request_extension, by=world.lead, case=case, days=5, reason="等设备")
    before = Case.objects.get(pk=case.pk).solution_due_at
    case = walled(services.rule_extension, by=world.coordinator, case=case, is_granted=True)
    assert case.solution_due_at > before


def test_up_and_back(world):
    case = world._refer(world.in_status("in_hand"))
    assert (case.due_clock, case.status) == ("solution", "replied")  # nobody's pause: the desk is to act
    case = walled(services.refuse_referral, by=world.coordinator, case=case, text="县里能办")
    case = world._refer(case)
    case = walled(services.refer_up, by=world.coordinator, case=case)
    assert case.due_clock == "solution"
    case = walled(services.return_from_above, by=world.coordinator, case=case, text="市里同意")
    assert case.status == "in_hand"


def test_silence_ends_with_the_desk_and_one_tap_reopens(world):
    case = world.replied()
    walled(services.record_call, by=world.coordinator, at=LATE, case=case, reached=False)
    case = walled(services.close_silent, by=world.coordinator, at=LATE, case=case)
    assert case.outcome == "silent"
    case = walled(services.reopen_case, by=world.manager, at=LATE + DAY, case=case)  # without a word
    assert case.status == "in_hand"


def test_a_withdrawal_is_confirmed_or_dropped(world):
    case = world.in_status("in_hand")
    walled(services.request_withdrawal, by=world.manager, case=case, text="不办了")
    case = walled(services.drop_withdrawal, by=world.coordinator, case=case, text="企业说没人劝，还想办")
    assert case.withdrawal_asked_at is None
    walled(services.request_withdrawal, by=world.manager, case=case, text="真不办了")
    walled(services.record_call, by=world.coordinator, case=case, reached=True)
    assert walled(services.confirm_withdrawal, by=world.coordinator, case=case).outcome == "withdrawn"


def test_an_open_objection_ends_with_its_case(world):
    case = world.assigned()
    walled(services.object_to_case, by=world.lead, case=case, reason="不归我们")
    walled(services.decline_case, by=world.coordinator, case=case, reason="outside")
    assert not Objection.objects.filter(ruled_at=None).exists()
    assert not Case.objects.objected().exists()


class TestConfidential:
    def test_it_goes_to_named_persons_and_their_colleagues_see_nothing(self, world):
        case = with_lead(world, confidential(world))
        colleague = role("handler", org="grid")
        for by, sees in (
            (world.manager, True),
            (world.coordinator, True),
            (world.lead, True),
            (colleague, False),
            (world.officer, False),
            (world.leader, False),
            (role("analyst"), False),
            (role("coordinator", area="211221101"), False),
        ):
            with acting_as(by.scope(NOON)):
                assert Case.objects.visible_to(by.scope(NOON)).filter(pk=case.pk).exists() is sees
                assert Case.objects.filter(pk=case.pk).exists() is sees  # the second wall alone
                assert Entry.objects.filter(case_id=case.pk).exists() is sees

    def test_the_officer_it_came_through_sees_it(self, world):
        case = confidential(world, by=world.officer)
        assert Case.objects.visible_to(world.officer.scope(NOON)).filter(pk=case.pk).exists()

    def test_no_office_as_a_whole_comes_in_as_co_handler(self, world):
        with pytest.raises(Incomplete, match="name the persons"):
            services.assign_case(
                case=confidential(world),
                lead=organisation("grid"),
                person=world.lead.user,
                co_handlers=[organisation("ndrc")],
                by=world.coordinator,
                at=NOON,
            )
        assert not Handling.objects.filter(user=None).exists()

    def test_only_the_desk_names_persons(self, world):
        case = with_lead(world, confidential(world))
        with acting_as(world.lead.scope(NOON)), pytest.raises(NotAllowed, match="only the desk"):
            services.add_co_handler(
                case=case, organisation=organisation("ndrc"), person=world.co.user, by=world.lead, at=NOON
            )
        walled(
            services.add_co_handler,
            by=world.coordinator,
            case=case,
            organisation=organisation("ndrc"),
            person=world.co.user,
        )
        assert Case.objects.visible_to(world.co.scope(NOON)).exists()

    def test_a_second_person_of_the_lead_office_can_be_named(self, world):
        case = with_lead(world, confidential(world))
        second = role("handler", org="grid")
        walled(
            services.name_person,
            by=world.coordinator,
            case=case,
            person=second.user,
            organisation=organisation("grid"),
        )
        assert Case.objects.visible_to(second.scope(NOON)).exists()

    def test_the_second_return_goes_to_the_arbiter_whom_the_desk_names_among_its_persons(self, world):
        case = with_lead(world, confidential(world))
        judge = role("handler", org="iit")
        walled(services.object_to_case, by=world.lead, case=case, reason="属住建局")
        walled(
            services.rule_objection,
            by=world.coordinator,
            case=case,
            lead=organisation("housing"),
            person=world.other.user,
            text="图审在住建",
        )
        walled(services.object_to_case, by=world.other, case=case, reason="已移交")
        assert not Task.objects.filter(person=world.leader.user).exists()
        with pytest.raises(NotAllowed, match="name the arbiter"):
            services.rule_objection(
                case=case,
                lead=organisation("grid"),
                person=world.lead.user,
                text="x",
                by=world.coordinator,
                at=NOON,
            )
        walled(
            services.name_person,
            by=world.coordinator,
            case=case,
            person=judge.user,
            organisation=organisation("iit"),
            as_arbiter=True,
        )
        case = walled(
            services.rule_objection,
            by=judge,
            case=case,
            lead=organisation("grid"),
            person=world.lead.user,
            text="供电公司办",
        )
        assert case.lead == organisation("grid")
        assert not Case.objects.visible_to(world.other.scope(NOON)).exists()

    def test_only_the_enterprise_lifts_it_and_then_the_office_sees_it(self, world):
        case = with_lead(world, confidential(world))
        colleague = role("handler", org="grid")
        with pytest.raises(NotAllowed):
            services.lift_confidentiality(case=case, by=world.coordinator, at=NOON)
        walled(services.lift_confidentiality, by=world.manager, case=case)
        jobs.open_up(case.pk)
        assert Case.objects.visible_to(colleague.scope(NOON)).exists()
        assert Case.objects.visible_to(world.leader.scope(NOON)).exists()

    def test_no_notice_tells_title_text_or_enterprise(self, world):
        case = with_lead(world, confidential(world))
        walled(services.answer_case, by=world.lead, case=case, text="欠薪线索已核")
        walled(services.send_message, by=world.lead, case=case, text="欠薪线索")
        for task in Task.objects.all():
            assert "欠薪" not in f"{task.text}{task.reason}{task.params}"
            assert world.enterprise.name not in f"{task.text}{task.reason}"
            assert case.number in task.text


def test_a_form_sent_twice_is_taken_once_whatever_the_verb(world):
    key = "5f0c1d36-51f5-4f9e-9c0a-8d2f6a6b9d10"
    case = world.case()
    for _again in range(2):
        walled(services.assign_case, by=world.coordinator, case=case, lead=organisation("grid"), client_key=key)
    assert case.entries.filter(kind="assigned").count() == 1

    key = "6f0c1d36-51f5-4f9e-9c0a-8d2f6a6b9d10"
    for _again in range(2):
        walled(services.object_to_case, by=world.lead, case=case, reason="不归我们", client_key=key)
    case.refresh_from_db()
    assert case.return_count == 1


def test_the_second_of_two_is_told_who_decided(world):
    case = world.case()
    services.assign_case(case=case, lead=organisation("grid"), by=world.coordinator, at=NOON)
    second = role("coordinator")
    with pytest.raises(NotAllowed) as refused:
        services.submit_case(case=case, by=world.officer, at=NOON)
    services.answer_case(case=case, text="明早到厂", by=world.lead, at=NOON)
    with pytest.raises(NotAllowed) as refused:
        services.decline_case(case=case, reason="outside", by=second, at=NOON)
    assert world.lead.user.label in str(refused.value) and "What you can do" in str(refused.value)


def test_drafts_are_seen_by_their_authors_side_only(world):
    own = world.in_status("draft")
    desk = world.case(as_draft=True, by=world.coordinator, channel="phone")
    told = world.case(as_draft=True, by=world.officer, channel="phone")
    sees = {
        world.manager: {own.pk},
        world.coordinator: {desk.pk},
        world.officer: {told.pk},
        world.leader: set(),
        role("coordinator"): set(),
    }
    for by, wanted in sees.items():
        with acting_as(by.scope(NOON)):
            assert set(Case.objects.values_list("pk", flat=True)) == wanted


@pytest.mark.parametrize("who", ["manager", "officer", "coordinator"])
def test_an_author_throws_a_draft_away_with_its_files(world, who):
    by = getattr(world, who)
    draft = world.case(as_draft=True, by=by, channel="enterprise" if who == "manager" else "phone")
    upload = SimpleUploadedFile("a.txt", "负荷清单".encode())
    walled(services.attach_file, by=by, case=draft, upload=upload)

    walled(services.discard_draft, by=by, case=draft)

    assert not Case.objects.filter(pk=draft.pk).exists()
    assert not CaseFile.objects.exists()
    assert Journal.objects.filter(verb="draft_discarded", subject=f"cases.case:{draft.pk}").count() == 1


def test_the_database_lets_nobody_delete_another_draft_or_a_case(world):
    draft, sent = world.in_status("draft"), world.case(by=world.manager, channel="enterprise")
    for case in (draft, sent):
        services.attach_file(case=case, upload=SimpleUploadedFile("a.txt", b"list"), by=world.manager, at=NOON)
    colleague = role("enterprise", enterprise=world.enterprise)
    for by in (colleague, world.officer, world.coordinator, world.stranger):
        assert _deleted(by, draft) == (0, 0)
    for by in (world.manager, world.officer, world.coordinator):
        assert _deleted(by, sent) == (0, 0)
    for by in (world.lead, world.leader, role("analyst")):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            _deleted(by, draft)
    assert _deleted(world.manager, draft) == (1, 1)


def _deleted(by, case):
    """How many files and cases the second wall alone lets go."""
    with acting_as(by.scope(NOON)):
        files = CaseFile.objects.filter(case=case)._raw_delete("default")
        return files, Case.objects.filter(pk=case.pk)._raw_delete("default")
