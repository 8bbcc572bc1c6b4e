"""The clock's explanation in lines, and the cases that the four clocks must tell apart."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from openliaison.engine.clock import Calendar, Event, Gap, Limit, Mark, WorkingHours, case_clocks, lines, run
from tests.engine.test_clock import CHINA, LIMITS, WEEK, at, calendar

DAY = 8 * 3600


def told(state, cal=None):
    cal = cal or calendar()
    return [
        (
            line.kind,
            line.start.astimezone(CHINA).strftime("%H:%M"),
            line.end.astimezone(CHINA).strftime("%H:%M"),
            line.days,
        )
        for line in lines(cal, state)
    ]


def test_a_day_is_told_by_its_working_hours_and_ordinary_days_are_drawn_together():
    state = run(calendar(), Limit(15, "wd"), at("2026-11-16 10:20"), at("2026-11-24 11:42"))

    assert told(state) == [
        ("ran", "10:20", "17:30", 1),
        ("ran", "08:30", "17:30", 4),
        ("weekend", "00:00", "00:00", 2),
        ("ran", "08:30", "17:30", 1),
        ("ran", "08:30", "11:42", 1),
    ]
    last = lines(calendar(), state)[-1]
    assert last.is_now and last.seconds == (3 * 60 + 12) * 60


def test_before_work_and_after_a_stop_no_line_says_now():
    early = run(calendar(), Limit(3, "wd"), at("2026-11-23 10:00"), at("2026-11-24 07:00"))
    assert not any(line.is_now for line in lines(calendar(), early))
    stopped = run(
        calendar(), Limit(3, "wd"), at("2026-11-23 10:00"), at("2026-11-24 11:00"), stop=at("2026-11-24 10:00")
    )
    assert not any(line.is_now for line in lines(calendar(), stopped))


def test_a_pause_is_one_line_over_night_and_weekend_and_tossed_time_stands_alone():
    gaps = [Gap(at("2026-11-20 16:45"), at("2026-11-23 10:00"), "waiting", "q1")]
    marks = [Mark(at("2026-11-19 10:40"), at("2026-11-19 16:05"), "tossed")]
    state = run(calendar(), Limit(15, "wd"), at("2026-11-19 08:30"), at("2026-11-23 11:00"), gaps=gaps, marks=marks)

    assert [(line.kind, line.label, line.seconds // 60) for line in lines(calendar(), state)] == [
        ("ran", "", 130),
        ("ran", "tossed", 265),
        ("ran", "", 85),
        ("ran", "", 435),
        ("paused", "", 45 + 90),
        ("ran", "", 60),
    ]


def test_a_holiday_is_not_a_weekend():
    state = run(calendar(), Limit(5, "wd"), at("2026-09-30 16:30"), at("2026-10-08 09:30"))
    assert [(line.kind, line.days) for line in lines(calendar(), state)] == [("ran", 1), ("holiday", 7), ("ran", 1)]


def test_a_referral_answers_but_solves_nothing():
    events = [
        Event(at("2026-11-02 08:30"), "submitted"),
        Event(at("2026-11-02 08:30"), "assigned"),
        Event(at("2026-11-03 08:30"), "referral"),
        Event(at("2026-11-04 08:30"), "referred_up"),
        Event(at("2026-11-06 08:30"), "returned"),
    ]
    clocks = case_clocks(calendar(), LIMITS, events, at("2026-11-09 08:30"))

    assert clocks["reply"].stopped_at == at("2026-11-03 08:30")
    assert clocks["solution"].stopped_at is None
    assert clocks["solution"].used_seconds == 5 * DAY


def test_the_enterprises_time_is_not_counted_when_a_plan_is_asked_about_again():
    events = [
        Event(at("2026-11-02 08:30"), "submitted"),
        Event(at("2026-11-03 08:30"), "replied"),
        Event(at("2026-11-04 08:30"), "planned", value=date(2026, 11, 9)),
        Event(at("2026-11-09 08:30"), "due_again"),
        Event(at("2026-11-12 08:30"), "rejected"),
    ]
    state = case_clocks(calendar(), LIMITS, events, at("2026-11-13 08:30"))["solution"]

    # 2 Nov, 4–6 Nov and 12 Nov ran; 3 Nov and 9–11 Nov were the enterprise's.
    assert state.used_seconds == 5 * DAY
    assert state.due_at == at("2026-11-26 17:30")  # 15 days and four of the enterprise's


def test_a_question_after_a_no_pauses():
    events = [
        Event(at("2026-11-02 08:30"), "submitted"),
        Event(at("2026-11-03 08:30"), "replied"),
        Event(at("2026-11-04 08:30"), "rejected"),
        Event(at("2026-11-05 08:30"), "asked", "q"),
    ]
    assert case_clocks(calendar(), LIMITS, events, at("2026-11-09 08:30"))["solution"].is_paused


def test_ten_years_are_reckoned_without_walking_through_them():
    looked_at = []

    class Counting(Calendar):
        def intervals(self, day):
            looked_at.append(day)
            return super().intervals(day)

    cal = Counting(CHINA, [WorkingHours(date(2000, 1, 1), WEEK)], {}, range(2016, 2030))
    start, end = at("2016-03-01 10:00"), at("2026-11-23 10:00")
    cal.working_between(start, end)
    cal.add_working(start, cal.working_between(start, end))
    looked_at.clear()
    for n in range(50):
        cal.working_between(start + timedelta(days=n), end - timedelta(days=n))
        cal.is_provisional(start, end)
    assert len(looked_at) == 100  # the two days at the ends, nothing between


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 60 * 24 * 20), max_size=6, unique=True), st.integers(1, 60 * 24 * 20))
def test_the_lines_tell_every_working_minute(edges, length):
    cal, start = calendar(), at("2026-09-28 06:00")
    now = start + timedelta(minutes=length)
    marks = [start + timedelta(minutes=m) for m in sorted(edges)]
    gaps = [Gap(a, b, "waiting") for a, b in zip(marks[::2], marks[1::2], strict=False)]
    state = run(cal, Limit(15, "wd"), start, now, gaps=gaps)
    found = lines(cal, state)

    assert sum(line.seconds for line in found) == cal.working_between(start, now)
    assert sum(line.seconds for line in found if line.kind == "ran") == state.used_seconds
    assert all(line.start < line.end for line in found)
