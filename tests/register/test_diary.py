"""The diary: every cell of state × person × verb, what is asked and answered, and the stop sign."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from openliaison.core.errors import Refused
from openliaison.core.jobs import settle_tasks
from openliaison.core.models import Journal, Task
from openliaison.core.now import frozen
from openliaison.core.scope import acting_as
from openliaison.register import booking_rules as rules
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


def calls(row, other):
    """How each verb is used; each answer differs from the one that may stand already."""
    return {
        "accept": lambda by, at: diary.accept_booking(booking=row, by=by, at=at),
        "move": lambda by, at: diary.move_booking(booking=row, instead_at=LATER + 2 * DAY, by=by, at=at),
        "refuse": lambda by, at: diary.refuse_booking(booking=row, instead="by_phone", by=by, at=at),
        "take_other_time": lambda by, at: diary.take_other_time(booking=row, by=by, at=at),
        "join": lambda by, at: joint.join_bookings(bookings=[row, other], starts_at=LATER + 2 * DAY, by=by, at=at),
        "part": lambda by, at: joint.part_bookings(booking=row, by=by, at=at),
        "cancel": lambda by, at: diary.cancel_booking(booking=row, by=by, at=at),
        "hold": lambda by, at: diary.hold_booking(booking=row, minutes=45, by=by, at=at),
        "record": lambda by, at: diary.record_booking(booking=row, by=by, at=at),
    }


class Undo(Exception):
    pass


def use(call, by, at):
    """What became of it behind the walls of the person who acts: "done" or the refusal. Nothing is kept."""
    try:
        with transaction.atomic():
            with acting_as(by.scope(at)):
                call(by, at)
            raise Undo
    except Undo:
        return "done"
    except (Refused, Booking.DoesNotExist, DatabaseError) as refusal:
        return refusal


def when(verb):
    """An instant at which time itself forbids nothing."""
    return LATER if verb in ("hold", "record") else NOON


SHAPES = [(state, shape) for state in Booking.State.values for shape in (rules.ALONE, rules.HOST, rules.PART)]
SHAPES.remove((Booking.State.CANCELLED, rules.PART))  # a part that is cancelled has left


@pytest.mark.parametrize(("state", "shape"), SHAPES)
def test_every_cell_of_the_table(world, state, shape):
    row = world.in_state(state) if shape == rules.ALONE else in_joint_state(world, state, shape)
    other = world.ask(world.officer, kind="service", on=AHEAD + 7 * DAY, over_reason="x")
    verbs = calls(row, other)
    assert set(verbs) == set(rules.VERBS)
    wrong = []
    for name, by in world.people().items():
        for verb, cell in rules.VERBS.items():
            found = use(verbs[verb], by, when(verb))
            held = rules.capacities(row, by, NOON)
            is_right = found == "done" if cell.who & held and fits(row, verb) else is_refusal(found)
            if not is_right:
                wrong.append(f"{state} {shape}, {name}, {verb}: {found!r}")
    assert not wrong, "\n".join(wrong)


def in_joint_state(world, state, shape):
    """The host of a joint visit in a state, or its first part."""
    host, us = world.joint(), {"by": world.manager, "at": NOON}
    if state == "cancelled":
        joint.part_bookings(booking=host, **us)
    if state in ("accepted", "held", "recorded"):
        diary.accept_booking(booking=host, **us)
    if state == "not_now":
        diary.move_booking(booking=host, instead_at=AHEAD + DAY, **us)
    if state in ("held", "recorded"):
        diary.hold_booking(booking=host, minutes=60, by=world.coordinator, at=LATER)
    if state == "recorded":
        diary.record_booking(booking=host, by=world.officer, at=LATER)
    row = (
        Booking.objects.get(pk=host.pk) if shape == rules.HOST else host.parts.get(organisation=world.lead.organisation)
    )
    assert row.state == state
    return row


def fits(row, verb):
    cell = rules.VERBS[verb]
    if verb == "join" and row.state == "not_now":
        return False  # another time is wanted, not company
    return row.state in cell.when and rules.shape(row) in cell.of


def is_refusal(found):
    """A sentence, or nothing at all for whoever does not see the row."""
    return isinstance(found, NotAllowed | AlreadyDone | Booking.DoesNotExist)


def test_every_state_but_the_last_ones_lets_somebody_act():
    for state in Booking.State.values:
        movers = [v for v, cell in rules.VERBS.items() if state in cell.when]
        assert bool(movers) == (state not in ("recorded", "cancelled")), state


@pytest.mark.parametrize(
    ("who", "kind", "is_allowed"),
    [
        ("officer", "service", True),
        ("officer", "inspection", False),
        ("other_officer", "service", False),
        ("lead", "study", True),
        ("lead", "inspection", True),
        ("inspector", "inspection", True),
        ("inspector", "service", False),
        ("leader", "study", True),
        ("leader", "inspection", False),
        ("coordinator", "service", True),
        ("manager", "service", False),
        ("analyst", "study", False),
    ],
)
def test_who_may_ask_for_what(world, who, kind, is_allowed):
    def ask(by, at):
        return world.ask(by, kind=kind, basis="检查计划第3项")

    if who == "inspector" and kind == "service":
        return_value = use(lambda by, at: _request(world, by, kind), world.inspector, NOON)
    else:
        return_value = use(ask, getattr(world, who), NOON)
    assert (return_value == "done") is is_allowed, return_value


def _request(world, by, kind, **more):
    given = {"purpose": "x", "starts_at": AHEAD, "minutes": 30, "by": by, "at": NOON, "basis": "x"} | more
    return diary.request_booking(enterprise=world.enterprise, kind=kind, **given)


def test_nobody_asks_outside_their_reach_or_without_an_office(world):
    for by in (world.coordinator, world.leader, world.inspector):
        kind = rules.KINDS[by.kind][0]
        with pytest.raises(NotAllowed, match="not among those"):
            diary.request_booking(
                enterprise=world.elsewhere,
                kind=kind,
                purpose="x",
                basis="x",
                starts_at=AHEAD,
                minutes=30,
                by=by,
                at=NOON,
            )
    with pytest.raises(NotAllowed, match="names no office"):
        _request(world, role("inspector"), "inspection")


def test_asking_marks_the_day_and_asks_the_enterprise(world):
    row = world.ask()

    mark = DiaryMark.objects.get(source=row.client_key)
    assert (mark.on, mark.minutes, mark.is_at_door) == (AHEAD.date(), 30, True)
    assert not BurdenEntry.objects.filter(source=row.client_key).exists(), "asked is not yet spent"
    asked = Task.objects.filter(subject=f"register.booking:{row.pk}")
    assert {t.person_id for t in asked} == {world.manager.user_id, world.colleague.user_id}
    assert asked[0].due_at == datetime(2026, 11, 26, 4, 0, tzinfo=UTC), "three working days"
    assert "了解用电负荷" in asked[0].text


def test_where_nobody_of_the_enterprise_has_a_log_in_the_desk_is_to_call(world):
    silent = enterprise("无账号企业有限公司")
    row = diary.request_booking(
        enterprise=silent, kind="study", purpose="x", starts_at=AHEAD, minutes=30, by=world.lead, at=NOON
    )

    task = Task.objects.get(subject=f"register.booking:{row.pk}")
    assert task.person_id == world.coordinator.user_id
    assert "has no log-in" in task.text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"minutes": 0}, "between 1 and"),
        ({"minutes": 481}, "between 1 and"),
        ({"on": NOON - HOUR}, "has passed"),
        ({"on": NOON}, "has passed"),
        ({"on": NOON + 400 * DAY}, "more than a year"),
        ({"purpose": "   "}, "what it is about"),
        ({"kind": "inspection"}, "State the basis"),
        ({"is_urgent": True}, "State the basis"),
        ({"on": datetime(2026, 12, 7, 9, 0, tzinfo=UTC), "minutes": 60}, "Begin earlier"),  # 17:00 in Tieling
        ({"on": datetime(2026, 12, 7, 4, 15, tzinfo=UTC)}, "Begin earlier"),  # the noon break
        ({"on": datetime(2026, 12, 5, 2, 0, tzinfo=UTC)}, "no working day"),  # a Saturday
        ({"on": datetime(2026, 1, 1, 2, 0, tzinfo=UTC) + 366 * DAY}, "no working day"),  # New Year
    ],
)
def test_bad_times_and_words_are_refused_with_the_cure(world, fields, sentence):
    with pytest.raises(Incomplete, match=sentence):
        world.ask(**fields)
    assert not Booking.objects.exists()


def test_what_the_enterprise_wants_outside_working_hours_is_asked_for(world):
    saturday = datetime(2026, 12, 5, 2, 0, tzinfo=UTC)
    assert world.ask(on=saturday, off_hours=True).state == "requested"


def test_a_closed_or_merged_enterprise_is_not_asked(world):
    world.enterprise.status = "closed"
    with pytest.raises(NotAllowed, match="is closed"):
        world.ask()
    world.enterprise.status, world.enterprise.merged_into = "active", world.elsewhere
    with pytest.raises(NotAllowed, match="was merged into"):
        world.ask()


def test_a_form_sent_twice_asks_once(world):
    key = uuid.uuid4()
    first, again = world.ask(client_key=key), world.ask(client_key=key)

    assert first.pk == again.pk
    assert Journal.objects.filter(verb="booking_requested").count() == 1
    with pytest.raises(AlreadyDone, match="used before"):
        world.ask(world.officer, kind="service", client_key=key, on=AHEAD + 21 * DAY)


def test_a_key_of_a_row_out_of_sight_is_refused_in_words(world):
    row = world.ask()
    found = use(lambda by, at: world.ask(by, client_key=row.client_key, on=AHEAD + 21 * DAY), world.other, NOON)
    assert isinstance(found, AlreadyDone), found


# ── The stop sign ──


def test_the_second_in_a_week_meets_the_sign_whoever_it_is(world):
    world.ask()

    found = use(lambda by, at: world.ask(by, on=AHEAD + DAY, kind="study"), world.other, NOON)
    assert isinstance(found, diary.Stopped), found
    assert "visit 2" in str(found)
    assert "电" not in str(found), "it names who or what the other is"


def test_the_sign_is_passed_with_a_reason_and_the_desk_learns_it(world):
    world.ask()
    row = world.ask(world.other, on=AHEAD + DAY, over_reason="年底前必须完成")

    assert row.over_reason == "年底前必须完成"
    task = Task.objects.get(person=world.coordinator.user, subject=f"register.booking:{row.pk}")
    assert "stop sign" in task.text
    assert [b.pk for b in diary_selectors.over_the_sign(world.coordinator.scope(NOON), NOON)] == [row.pk]


def test_an_inspection_and_danger_pass_with_their_basis(world):
    world.ask()
    assert world.ask(world.inspector, on=AHEAD + DAY).over_reason == "年度检查计划第12项"
    urgent = world.ask(world.other, on=AHEAD + 2 * DAY, is_urgent=True, basis="燃气泄漏报警")
    assert urgent.over_reason == "燃气泄漏报警"


def test_what_was_said_no_to_is_no_longer_counted(world):
    row = world.ask()
    diary.refuse_booking(booking=row, instead="by_phone", by=world.manager, at=NOON)

    assert not DiaryMark.objects.exists()
    assert world.ask(world.other, on=AHEAD + DAY).state == "requested"


# ── Answers ──


def test_accepting_spends_the_time_and_tells_who_asked(world):
    row = diary.accept_booking(booking=world.ask(), by=world.manager, at=NOON)

    assert (row.state, row.answered_by) == ("accepted", world.manager.user)
    entry = BurdenEntry.objects.get(source=row.client_key)
    assert (entry.organisation, entry.minutes, entry.on) == (world.lead.organisation, 30, AHEAD.date())
    told = Task.objects.get(person=world.lead.user, kind="notice")
    assert "accepts your request" in told.text


def test_a_word_said_twice_is_said_once(world):
    row = world.ask()
    for _ in range(2):
        diary.accept_booking(booking=row, by=world.manager, at=NOON)
    assert Journal.objects.filter(verb="booking_answered").count() == 1

    other = world.ask(world.officer, kind="service", on=AHEAD + 14 * DAY)
    for _ in range(2):
        diary.refuse_booking(booking=other, instead="together", reason="x", by=world.manager, at=NOON)
    assert Journal.objects.filter(verb="booking_refused").count() == 1


def test_what_is_answered_or_cancelled_is_not_answered_again(world):
    for state in ("not_now", "cancelled", "held"):
        row = world.in_state(state, on=AHEAD, over_reason="x")
        with pytest.raises(AlreadyDone, match="Open the page again"):
            diary.accept_booking(booking=row, by=world.colleague, at=NOON)


def test_a_request_whose_time_has_passed_is_not_accepted(world):
    with pytest.raises(Incomplete, match="time has passed"):
        diary.accept_booking(booking=world.ask(), by=world.manager, at=LATER)


def test_the_other_time_is_taken_with_one_tap(world):
    row = world.in_state("not_now")
    assert not DiaryMark.objects.exists()

    row = diary.take_other_time(booking=row, by=world.lead, at=NOON)
    assert (row.state, row.starts_at, row.instead) == ("accepted", AHEAD + DAY, "")
    assert DiaryMark.objects.get().on == (AHEAD + DAY).date()
    assert Task.objects.filter(person=world.manager.user, about__contains="takes the time").exists()


def test_another_time_in_the_past_is_no_proposal_and_a_stale_one_is_not_taken(world):
    with pytest.raises(Incomplete, match="must lie ahead"):
        diary.move_booking(booking=world.ask(), instead_at=NOON - HOUR, by=world.manager, at=NOON)
    row = world.in_state("not_now", over_reason="x")
    with pytest.raises(Incomplete, match="has passed"):
        diary.take_other_time(booking=row, by=world.lead, at=AHEAD + 2 * DAY)


def test_a_refusal_says_what_instead_and_never_another_time(world):
    for instead in ("", "other_time", "whatever"):
        with pytest.raises(Incomplete, match="instead"):
            diary.refuse_booking(booking=world.ask(over_reason="x"), instead=instead, by=world.manager, at=NOON)


def test_what_took_place_costs_what_it_cost(world):
    row = world.in_state("accepted")
    with pytest.raises(Incomplete, match="only ahead"):
        diary.hold_booking(booking=row, minutes=50, by=world.lead, at=NOON)
    with pytest.raises(Incomplete, match="between 1 and"):
        diary.hold_booking(booking=row, minutes=0, by=world.lead, at=LATER)
    row = diary.hold_booking(booking=row, minutes=50, by=world.co_worker, at=LATER)
    assert (row.state, BurdenEntry.objects.get().minutes) == ("held", 50)


def test_cancelling_frees_the_week_and_tells_the_enterprise(world):
    diary.cancel_booking(booking=world.in_state("accepted"), by=world.lead, at=NOON)

    assert not DiaryMark.objects.exists()
    assert not BurdenEntry.objects.exists()
    assert Task.objects.filter(person=world.manager.user, about__contains="no longer needs").exists()


# ── Silence ──


def test_silence_goes_to_the_desk_once_and_is_never_consent(world):
    row = world.ask()
    too_early, late = NOON + 2 * DAY, NOON + 3 * DAY
    for at in (too_early, late, late + HOUR):
        with frozen(at):
            diary_jobs.booking_reminders(0)

    told = Task.objects.filter(person=world.coordinator.user, about__contains="has not answered")
    assert told.count() == 1
    row.refresh_from_db()
    assert row.state == "requested"
    assert diary_selectors.unanswered(world.coordinator.scope(late), world.place, late) == [row]
    assert diary_selectors.unanswered(world.coordinator.scope(NOON), world.place, too_early) == []


def test_who_asked_is_asked_once_whether_it_took_place(world):
    row = world.in_state("accepted")
    for _ in range(2):
        with frozen(AHEAD + DAY):
            diary_jobs.booking_reminders(0)

    asked = Task.objects.filter(person=world.lead.user, about__contains="Did it take place")
    assert asked.count() == 1
    settle_tasks(subject=f"register.booking:{row.pk}", before=(AHEAD + 2 * DAY).isoformat())
    assert not Task.objects.filter(subject=f"register.booking:{row.pk}", done_at=None).exists()


def test_what_lies_ahead_is_read_in_one_question(world, django_assert_num_queries):
    rows = [world.ask(), world.ask(world.officer, kind="service", on=AHEAD - 10 * DAY)]
    with django_assert_num_queries(1):
        found = diary_selectors.bookings_ahead(
            world.officer.scope(NOON), [world.enterprise.pk], NOON, days=int(timedelta(days=20).days)
        )
    assert found == {world.enterprise.pk: [rows[1], rows[0]]}


@pytest.mark.parametrize("who", ["lead", "inspector", "officer", "coordinator", "leader"])
def test_everybody_who_asks_goes_the_whole_way_behind_their_wall(world, who):
    by, kind = getattr(world, who), {"officer": "service"}.get(who, "study")
    with acting_as(by.scope(NOON)):
        row, dropped = world.ask(by, kind=kind), world.ask(by, kind=kind, on=AHEAD + 14 * DAY)
        diary.cancel_booking(booking=dropped, by=by, at=NOON)
    with acting_as(world.manager.scope(NOON)):
        diary.move_booking(booking=row, instead_at=AHEAD + DAY, by=world.manager, at=NOON)
    with acting_as(by.scope(NOON)):
        row = diary.take_other_time(booking=Booking.objects.get(pk=row.pk), by=by, at=NOON)
        row = diary.hold_booking(booking=row, minutes=20, by=by, at=AHEAD + DAY + HOUR)
    assert (row.state, row.minutes) == ("held", 20)
    assert DiaryMark.objects.get().minutes == 20
