"""The clock: examples small enough to check by hand, and properties against a slow reference."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openliaison.engine.clock import (
    Calendar,
    CaseLimits,
    Event,
    Gap,
    Limit,
    WorkingHours,
    case_clocks,
    is_in_last_hour,
    run,
)

CHINA = ZoneInfo("Asia/Shanghai")
DAY = [(time(8, 30), time(12)), (time(13), time(17, 30))]
WEEK = {d: DAY for d in range(5)}
HOLIDAYS = {date(2026, 10, d): "off" for d in range(1, 8)} | {date(2026, 10, 10): "work"}
LIMITS = CaseLimits(Limit(2, "wh"), Limit(2, "wh"), Limit(3, "wd"), Limit(15, "wd"), Limit(10, "wd"))


def calendar(zone=CHINA, days=HOLIDAYS, years=(2025, 2026), week=WEEK):
    return Calendar(zone, [WorkingHours(date(2000, 1, 1), week)], days, years)


def at(text, zone=CHINA):
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def test_three_working_days_are_24_hours_over_the_weekend():
    state = run(calendar(), Limit(3, "wd"), at("2026-11-19 10:00"), at("2026-11-20 10:00"))

    assert state.due_at == at("2026-11-24 10:00")
    assert state.limit_seconds == 24 * 3600
    assert state.used_seconds == 8 * 3600


def test_outside_working_time_the_clock_waits_for_the_morning():
    state = run(calendar(), Limit(2, "wh"), at("2026-11-20 18:00"), at("2026-11-21 12:00"))

    assert state.due_at == at("2026-11-23 10:30")
    assert state.used_seconds == 0


def test_holidays_are_off_and_a_make_up_saturday_counts():
    # Fri 9 Oct 13:00 → 4.5 h that day, 3.5 h on Saturday 10 Oct, which is worked
    assert calendar().due(at("2026-10-09 13:00"), Limit(1, "wd")) == at("2026-10-10 12:00")
    assert calendar().due(at("2026-09-30 17:00"), Limit(1, "wh")) == at("2026-10-08 09:00")


def test_a_long_span_is_the_sum_of_its_parts_on_a_table_not_yet_drawn():
    start, middle, end = at("2026-01-05 08:30"), at("2026-06-01 08:30"), at("2026-11-20 17:30")
    whole = calendar().working_between(start, end)

    assert whole == calendar().working_between(start, middle) + calendar().working_between(middle, end)
    assert whole > 200 * 8 * 3600


def test_a_year_not_loaded_makes_the_due_instant_provisional():
    assert not run(calendar(), Limit(1, "wd"), at("2026-12-29 09:00"), at("2026-12-29 09:00")).is_provisional
    assert run(calendar(), Limit(5, "wd"), at("2026-12-29 09:00"), at("2026-12-29 09:00")).is_provisional


def test_a_question_pauses_and_its_answer_starts_the_clock_again():
    gaps = [Gap(at("2026-11-19 11:30"), at("2026-11-20 10:00"), "waiting", "load list")]
    state = run(calendar(), Limit(3, "wd"), at("2026-11-18 09:10"), at("2026-11-23 11:42"), gaps=gaps)

    # The mock-up's own figures.
    assert state.paused_seconds == (30 + 4 * 60 + 30 + 90) * 60  # 6 h 30 min
    assert state.used_seconds == (20 * 60 + 2) * 60  # 20 h 02 min
    assert state.left_seconds == (3 * 60 + 58) * 60  # 3 h 58 min
    assert state.due_at == at("2026-11-23 16:40")
    assert sum(s.seconds for s in state.stretches if s.kind == "ran") == state.used_seconds
    assert [s.kind for s in state.stretches if s.kind != "off_hours"] == [
        "ran", "ran", "paused", "ran", "weekend", "ran",
    ]  # fmt: skip


def test_an_open_question_is_due_as_if_answered_now():
    gaps = [Gap(at("2026-11-19 09:30"), None, "waiting")]
    state = run(calendar(), Limit(2, "wh"), at("2026-11-19 08:30"), at("2026-11-19 16:30"), gaps=gaps)

    assert state.is_paused and not state.is_overdue
    assert state.due_at == at("2026-11-19 17:30")


def test_pauses_are_capped_in_all():
    gaps = [
        Gap(at("2026-11-02 08:30"), at("2026-11-05 08:30"), "waiting"),
        Gap(at("2026-11-06 08:30"), None, "waiting"),
    ]
    state = run(
        calendar(), Limit(15, "wd"), at("2026-11-02 08:30"), at("2026-11-13 08:30"), gaps=gaps, pause_cap=Limit(4, "wd")
    )

    # 3 days paused, 1 day run (5 Nov), 1 day paused, then the cap is used up: 4 days run until 13 Nov.
    assert state.paused_seconds == 4 * 8 * 3600
    assert state.used_seconds == (9 - 4) * 8 * 3600
    assert not state.is_paused


def test_overdue_from_the_due_instant_on():
    start, due = at("2026-11-19 08:30"), at("2026-11-19 10:30")
    assert run(calendar(), Limit(2, "wh"), start, due).is_overdue
    assert not run(calendar(), Limit(2, "wh"), start, due - timedelta(seconds=1)).is_overdue
    assert run(calendar(), Limit(2, "wh"), start, due, stop=due - timedelta(seconds=1)).was_in_time is True
    assert run(calendar(), Limit(2, "wh"), start, due, stop=due).was_in_time is False


def test_an_agreed_date_replaces_the_due_instant_and_the_first_stays_on_file():
    state = run(calendar(), Limit(1, "wd"), at("2026-11-18 08:30"), at("2026-11-18 09:30"), due_on=date(2026, 12, 5))

    assert state.due_at == at("2026-12-04 17:30")  # 5 December is a Saturday
    assert state.first_due_at == at("2026-11-18 17:30")


@pytest.mark.parametrize(
    ("start", "expected"),
    [("2026-03-07 22:00", "2026-03-08 06:00"), ("2026-10-31 22:00", "2026-11-01 06:00")],
)
def test_a_night_shift_over_a_clock_change_lasts_as_long_as_it_really_does(start, expected):
    zone = ZoneInfo("America/Chicago")
    nights = {d: [(time(0), time(6)), (time(22), time(23, 59, 59))] for d in range(7)}
    cal = calendar(zone, {}, week=nights)
    worked = cal.working_between(at(start, zone), at(expected, zone))
    assert worked == 2 * 3600 - 1 + (5 if "03-07" in start else 7) * 3600


def test_a_case_runs_its_four_clocks():
    events = [
        Event(at("2026-11-17 16:20"), "submitted"),
        Event(at("2026-11-17 16:50"), "contacted"),
        Event(at("2026-11-18 09:10"), "assigned"),
        Event(at("2026-11-18 10:40"), "objected"),
        Event(at("2026-11-18 16:05"), "ruled"),
        Event(at("2026-11-19 11:30"), "asked", "q1"),
        Event(at("2026-11-20 10:00"), "answer"),
    ]
    clocks = case_clocks(calendar(), LIMITS, events, at("2026-11-23 11:42"))

    assert clocks["contact"].was_in_time is True
    assert clocks["assignment"].used_seconds == (70 + 40) * 60
    assert clocks["reply"].due_at == at("2026-11-23 16:40")
    assert [s.label for s in clocks["reply"].stretches][:3] == ["", "tossed", ""]
    assert clocks["solution"].started_at == events[0].at
    assert clocks["solution"].paused_seconds == clocks["reply"].paused_seconds


def test_a_no_lets_the_solution_clock_run_on_and_the_enterprises_time_is_not_counted():
    events = [
        Event(at("2026-11-02 08:30"), "submitted"),
        Event(at("2026-11-02 08:30"), "assigned"),
        Event(at("2026-11-04 08:30"), "replied"),
        Event(at("2026-11-09 08:30"), "rejected"),
    ]
    state = case_clocks(calendar(), LIMITS, events, at("2026-11-10 08:30"))["solution"]

    assert state.stopped_at is None
    assert state.used_seconds == 3 * 8 * 3600
    assert state.paused_seconds == 0


def test_reopening_starts_a_new_solution_clock():
    events = [
        Event(at("2026-11-02 08:30"), "submitted"),
        Event(at("2026-11-03 08:30"), "replied"),
        Event(at("2026-11-04 08:30"), "closed"),
        Event(at("2026-11-09 08:30"), "reopened"),
    ]
    state = case_clocks(calendar(), LIMITS, events, at("2026-11-10 08:30"))["solution"]

    assert state.started_at == at("2026-11-09 08:30")
    assert state.used_seconds == 8 * 3600
    assert state.stopped_at is None


def test_planned_until_its_date_then_asked_again():
    events = [
        Event(at("2026-11-02 08:30"), "submitted"),
        Event(at("2026-11-03 08:30"), "replied"),
        Event(at("2026-11-04 08:30"), "planned", value=date(2026, 12, 8)),
    ]
    state = case_clocks(calendar(), LIMITS, events, at("2026-11-10 08:30"))["solution"]

    assert state.due_at == at("2026-12-08 17:30")
    assert state.first_due_at == at("2026-11-23 17:30")  # 15 days and the day that was the enterprise's
    assert state.stopped_at is None and not state.is_overdue


def test_a_question_in_the_last_working_hour_is_known_as_such():
    assert is_in_last_hour(calendar(), at("2026-11-19 16:45"))
    assert not is_in_last_hour(calendar(), at("2026-11-19 16:15"))
    assert not is_in_last_hour(calendar(), at("2026-11-21 16:45"))


def test_a_clock_is_not_read_before_it_starts():
    with pytest.raises(ValueError, match="before it starts"):
        run(calendar(), Limit(1, "wd"), at("2026-11-19 10:00"), at("2026-11-19 09:00"))


ZONES = st.sampled_from(["Asia/Shanghai", "America/Chicago", "Europe/Berlin", "America/Santiago"])
MINUTES = st.integers(0, 60 * 24 * 40)
DAYS = st.dictionaries(st.dates(date(2026, 3, 1), date(2026, 4, 20)), st.sampled_from(["off", "work"]), max_size=12)


def _reference(cal, start, end):
    """Working minutes, one at a time, from wall-clock hours alone."""
    count, instant = 0, start
    while instant < end:
        local = instant.astimezone(cal.zone)
        kind = cal.days.get(local.date())
        hours = DAY if kind == "work" else ([] if kind == "off" else WEEK.get(local.weekday(), []))
        count += any(a <= local.time() < b for a, b in hours)
        instant += timedelta(minutes=1)
    return count


@settings(max_examples=60, deadline=None)
@given(ZONES, DAYS, MINUTES, st.integers(0, 60 * 24 * 9))
def test_working_time_equals_counting_minute_by_minute(zone, days, offset, length):
    cal = calendar(ZoneInfo(zone), days)
    start = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=offset)
    end = start + timedelta(minutes=length)

    assert cal.working_between(start, end) == 60 * _reference(cal, start, end)


@settings(max_examples=200, deadline=None)
@given(ZONES, DAYS, MINUTES, st.integers(1, 3600 * 8 * 20))
def test_adding_and_measuring_are_inverse(zone, days, offset, seconds):
    cal = calendar(ZoneInfo(zone), days)
    start = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=offset)
    due = cal.add_working(start, seconds)

    assert cal.working_between(start, due) == seconds
    assert cal.working_between(start, due - timedelta(seconds=1)) == seconds - 1


@settings(max_examples=100, deadline=None)
@given(
    DAYS,
    st.lists(st.integers(0, 60 * 24 * 30), min_size=0, max_size=8, unique=True),
    st.integers(0, 60 * 24 * 30),
    st.integers(1, 80),
)
def test_every_minute_is_explained_and_the_due_instant_agrees(days, edges, length, hours):
    cal = calendar(days=days)
    start = datetime(2026, 3, 2, tzinfo=UTC)
    now = start + timedelta(minutes=length)
    marks = [start + timedelta(minutes=m) for m in sorted(edges)]
    gaps = [Gap(a, b, "waiting") for a, b in zip(marks[::2], marks[1::2], strict=False)]
    state = run(cal, Limit(hours, "wh"), start, now, gaps=gaps)

    assert sum(s.seconds for s in state.stretches if s.kind == "ran") == state.used_seconds
    assert sum(s.seconds for s in state.stretches if s.kind == "paused") == state.paused_seconds
    assert all(a.end == b.start for a, b in zip(state.stretches, state.stretches[1:], strict=False))
    if now > start:
        assert (state.stretches[0].start, state.stretches[-1].end) == (start, now)
    assert state.is_overdue == (state.used_seconds >= state.limit_seconds)
