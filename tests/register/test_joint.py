"""Joint visits: several come once; taken apart, left, held and recorded."""

import pytest

from openliaison.core.models import Task
from openliaison.core.now import frozen
from openliaison.core.scope import acting_as
from openliaison.register import diary_jobs, diary_selectors
from openliaison.register.errors import AlreadyDone, Incomplete, NotAllowed
from openliaison.register.models import Booking, BurdenEntry, DiaryMark
from openliaison.register.services import diary, joint
from tests.conftest import NOON
from tests.factories import enterprise, role
from tests.register.diary_world import AHEAD, DAY, HOUR, Diary

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LATER = AHEAD + HOUR


@pytest.fixture
def world(db):
    return Diary()


def run_left_jobs():
    """What was left to the house in the transaction's wake."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    tasks = {"register.mend_joint": diary_jobs.mend_joint, "register.close_joint": diary_jobs.close_joint}
    for job in ProcrastinateJob.objects.filter(task_name__in=tasks, status="todo").order_by("id"):
        tasks[job.task_name](**job.args)


def test_the_desk_proposes_and_the_enterprise_decides_for_all(world):
    host = world.joint()
    assert (host.state, host.minutes, host.kind, host.people) == ("requested", 60, "joint", 2)
    assert set(host.parts.values_list("state", "starts_at")) == {("requested", AHEAD)}
    assert DiaryMark.objects.get().source == host.client_key, "it counts as one visit"

    diary.accept_booking(booking=host, by=world.manager, at=NOON)
    assert set(host.parts.values_list("state", flat=True)) == {"accepted"}
    assert sorted(BurdenEntry.objects.values_list("organisation__code", "minutes")) == [("emergency", 30), ("grid", 30)]
    for who in (world.lead, world.inspector):
        assert Task.objects.filter(person=who.user, about__contains="accepts your request").exists()


def test_each_part_says_who_comes_together_to_those_who_see_only_their_own(world):
    host = world.joint()
    with acting_as(world.lead.scope(NOON)):
        row = Booking.objects.get()
    assert row.joined_id == host.pk
    assert [w["en"] for w in row.together] == ["Emergency Management Bureau (example)"]


def test_the_enterprise_puts_together_out_of_its_own_diary(world):
    with acting_as(world.manager.scope(NOON)):
        pass
    rows = [world.ask(), world.ask(world.inspector, on=AHEAD + DAY)]
    with acting_as(world.manager.scope(NOON)):
        host = joint.join_bookings(bookings=rows, starts_at=AHEAD + DAY, minutes=45, by=world.manager, at=NOON)
    assert (host.state, host.minutes) == ("accepted", 45)
    assert set(host.parts.values_list("state", flat=True)) == {"accepted"}


def test_a_no_to_the_whole_is_a_no_to_each(world):
    host = world.joint()
    diary.refuse_booking(booking=host, instead="in_writing", by=world.manager, at=NOON)

    assert set(host.parts.values_list("state", "instead")) == {("not_now", "in_writing")}
    assert not DiaryMark.objects.exists()


def test_what_cannot_go_together_is_refused_in_words(world):
    row, second = world.ask(), world.ask(world.inspector, on=AHEAD + DAY)
    far = diary.request_booking(
        enterprise=enterprise("另一家有限公司"), kind="study", purpose="x", starts_at=AHEAD, minutes=30,
        by=world.lead, at=NOON,
    )  # fmt: skip
    desk = {"starts_at": AHEAD, "by": world.coordinator, "at": NOON}
    for bookings, sentence in (([row], "two requests"), ([row, row], "two requests"), ([row, far], "different")):
        with pytest.raises(Incomplete, match=sentence):
            joint.join_bookings(bookings=bookings, **desk)
    with pytest.raises(Incomplete, match="has passed"):
        joint.join_bookings(bookings=[row, second], **desk | {"starts_at": NOON})
    with pytest.raises(Incomplete, match="between 1 and"):
        joint.join_bookings(bookings=[row, second], minutes=0, **desk)
    with pytest.raises(NotAllowed):
        joint.join_bookings(bookings=[row, second], **desk | {"by": world.lead})
    joint.join_bookings(bookings=[row, second], **desk)
    third = world.ask(world.officer, kind="service", on=AHEAD + 14 * DAY)
    with pytest.raises(AlreadyDone, match="part of a joint visit already"):
        joint.join_bookings(bookings=[row, third], **desk)


def test_sent_twice_it_is_one_joint_visit(world):
    import uuid

    key, rows = uuid.uuid4(), [world.ask(), world.ask(world.inspector, on=AHEAD + DAY)]
    hosts = {
        joint.join_bookings(bookings=rows, starts_at=AHEAD, client_key=key, by=world.coordinator, at=NOON).pk
        for _ in range(2)
    }
    assert len(hosts) == 1
    assert Booking.objects.filter(kind="joint").count() == 1


def test_a_part_is_answered_through_its_host_only(world):
    row = world.joint().parts.first()
    with pytest.raises(NotAllowed, match="answer the joint visit"):
        diary.accept_booking(booking=row, by=world.manager, at=NOON)


def test_taken_apart_each_stands_as_before(world):
    rows = [world.ask(), world.ask(world.inspector, on=AHEAD + DAY)]
    diary.accept_booking(booking=rows[0], by=world.manager, at=NOON)
    host = joint.join_bookings(bookings=rows, starts_at=AHEAD, by=world.coordinator, at=NOON)
    joint.part_bookings(booking=host, by=world.manager, at=NOON)

    kept = Booking.objects.exclude(pk=host.pk).order_by("pk")
    assert [(b.state, b.starts_at, b.minutes, b.joined_id) for b in kept] == [
        ("accepted", AHEAD, 30, None),
        ("requested", AHEAD + DAY, 30, None),
    ]
    assert DiaryMark.objects.count() == 2
    host.refresh_from_db()
    assert host.state == "cancelled"


def test_one_of_two_leaves_and_the_other_stands_alone_again(world):
    host = world.joint()
    row = host.parts.get(organisation=world.lead.organisation)
    with acting_as(world.lead.scope(NOON)):
        diary.cancel_booking(booking=row, by=world.lead, at=NOON)
    run_left_jobs()

    left = Booking.objects.get(organisation=world.inspector.organisation)
    assert (left.state, left.joined_id, left.starts_at) == ("requested", None, AHEAD + DAY)
    host.refresh_from_db()
    assert host.state == "cancelled"
    assert DiaryMark.objects.get().source == left.client_key


def test_one_who_came_says_for_all_that_it_took_place(world):
    host = world.joint()
    diary.accept_booking(booking=host, by=world.manager, at=NOON)
    row = host.parts.get(organisation=world.lead.organisation)
    with acting_as(world.lead.scope(LATER)):
        diary.hold_booking(booking=row, minutes=50, by=world.lead, at=LATER)
    with frozen(LATER):
        run_left_jobs()
        run_left_jobs()

    assert set(Booking.objects.values_list("state", flat=True)) == {"held"}
    assert sum(BurdenEntry.objects.values_list("minutes", flat=True)) == 50
    assert DiaryMark.objects.get().minutes == 50


def test_a_visit_recorded_for_a_part_records_the_whole(world):
    host = world.joint()
    diary.accept_booking(booking=host, by=world.manager, at=NOON)
    with acting_as(world.officer.scope(LATER)):
        diary.record_booking(booking=host.parts.first(), minutes=70, by=world.officer, at=LATER)

    assert set(Booking.objects.values_list("state", flat=True)) == {"recorded"}
    assert sum(BurdenEntry.objects.values_list("minutes", flat=True)) == 70


def test_the_engine_proposes_what_lies_near_and_the_desk_alone_sees_all(world):
    rows = [world.ask(), world.ask(world.inspector, on=AHEAD + DAY)]
    world.ask(world.officer, kind="service", on=AHEAD + 28 * DAY)

    (proposal,) = diary_selectors.joint_proposals(world.coordinator.scope(NOON), NOON)
    assert (proposal.bookings, proposal.saved) == (rows, 1)
    assert diary_selectors.joint_proposals(role("coordinator", area="211223").scope(NOON), NOON) == []


def test_who_would_come_together_can_be_put_together_and_who_wants_another_time_cannot(world):
    row = world.ask()
    diary.refuse_booking(booking=row, instead="together", by=world.manager, at=NOON)
    moved = world.ask(world.other, on=AHEAD + DAY)
    diary.move_booking(booking=moved, instead_at=AHEAD + 3 * DAY, by=world.manager, at=NOON)
    third = world.ask(world.inspector, on=AHEAD + 2 * DAY)

    (proposal,) = diary_selectors.joint_proposals(world.coordinator.scope(NOON), NOON)
    assert proposal.bookings == [row, third]
    host = joint.join_bookings(bookings=[row, third], starts_at=AHEAD, by=world.coordinator, at=NOON)
    joint.part_bookings(booking=host, by=world.coordinator, at=NOON)
    row.refresh_from_db()
    assert (row.state, row.instead) == ("not_now", "together")
