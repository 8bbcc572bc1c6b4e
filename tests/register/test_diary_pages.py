"""Pages of the diary: what people see, press and get wrong; calendar file; API."""

import uuid
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from openliaison.core.models import Place
from openliaison.register.forms.diary import instant
from openliaison.register.icalendar import Event, calendar_text
from openliaison.register.models import Booking, Refusal
from openliaison.register.services import diary
from tests.conftest import NOON
from tests.factories import enterprise
from tests.register.diary_world import AHEAD, DAY, HOUR, Diary

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def world(db):
    return Diary()


def form(**changes):
    given = {"client_key": str(uuid.uuid4()), "kind": "study", "purpose": "了解用电负荷", "day": "2026-12-07"}
    return given | {"clock": "14:00", "minutes": "30", "people": "1"} | changes


def at(row, what=""):
    return f"/enterprises/bookings/{row.pk}/{what}"


def test_asking_by_page_and_the_same_form_twice(world, at_site):
    lead, url, sent = at_site(world.lead), f"/enterprises/{world.enterprise.pk}/ask/", form()
    assert "Ask for a visit" in lead.get(url).content.decode()
    for _ in range(2):
        assert lead.post(url, **sent).status_code == 302
    row = Booking.objects.get()
    assert (row.starts_at, row.organisation) == (datetime(2026, 12, 7, 6, 0, tzinfo=UTC), world.lead.organisation)


def test_the_stop_sign_on_the_page_names_nobody_and_keeps_what_was_typed(world, at_site):
    world.ask(world.other, purpose="征信走访")
    person, url = at_site(world.lead), f"/enterprises/{world.enterprise.pk}/ask/"

    answer = person.post(url, **form(day="2026-12-08"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Stop: this enterprise has been asked enough." in page
    assert "征信" not in page
    assert "Housing" not in page
    assert "了解用电负荷" in page
    assert 'name="over_reason"' in page
    assert person.post(url, **form(day="2026-12-08", over_reason="本月必须完成")).status_code == 302


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"day": "2026-11-22"}, "has passed"),
        ({"day": "2026-12-05"}, "no working day"),
        ({"clock": "17:00", "minutes": "120"}, "Begin earlier"),
        ({"day": "9999-12-31"}, "more than a year"),
        ({"day": "zzz"}, "Enter a valid date"),
        ({"minutes": "0"}, "Select a valid choice"),
        ({"purpose": ""}, "required"),
        ({"kind": "inspection"}, "State the basis"),
        ({"people": "0"}, "greater than or equal to 1"),
        ({"client_key": "x"}, "UUID"),
    ],
)
def test_bad_input_is_a_sentence_and_422(world, at_site, changes, sentence):
    answer = at_site(world.lead).post(f"/enterprises/{world.enterprise.pk}/ask/", **form(**changes))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Booking.objects.exists()


def test_a_day_off_can_be_confirmed_where_the_enterprise_wants_it(world, at_site):
    person, url = at_site(world.lead), f"/enterprises/{world.enterprise.pk}/ask/"
    assert 'name="off_hours"' in person.post(url, **form(day="2026-12-05")).content.decode()
    assert person.post(url, **form(day="2026-12-05", off_hours="on")).status_code == 302


def test_who_may_not_ask_finds_no_form(world, at_site):
    assert at_site(world.other_officer).get(f"/enterprises/{world.enterprise.pk}/ask/").status_code == 403
    assert at_site(world.manager).get(f"/enterprises/{world.enterprise.pk}/ask/").status_code == 403
    closed = enterprise("已注销有限公司", status="closed")
    assert at_site(world.lead).get(f"/enterprises/{closed.pk}/ask/").status_code == 403


def test_the_enterprise_answers_on_one_question_pages(world, at_site):
    row, us = world.ask(), at_site(world.manager)

    home = us.get("/").content.decode()
    assert "了解用电负荷" in home
    page = us.get("/enterprises/diary/").content.decode()
    assert "1 waits for our answer" in page
    assert us.post(at(row, "accept/")).status_code == 302
    row.refresh_from_db()
    assert row.state == "accepted"


def test_not_now_asks_what_instead_and_what_the_desk_shall_know(world, at_site):
    row, us = world.ask(), at_site(world.manager)

    missing = us.post(at(row, "not-now/"), note="请来电")
    assert missing.status_code == 422
    assert missing.content.decode().count("This field is required") >= 2
    assert "请来电" in missing.content.decode()
    us.post(at(row, "not-now/"), instead="by_phone", is_refusal="yes", reason="太忙")
    row.refresh_from_db()
    assert (row.state, row.instead, Refusal.objects.get().reason) == ("not_now", "by_phone", "太忙")

    other = world.ask(world.other)
    us.post(at(other, "not-now/"), instead="by_phone", is_refusal="no")
    other.refresh_from_db()
    assert (other.state, Refusal.objects.count()) == ("not_now", 1)


def test_another_time_is_proposed_and_taken(world, at_site):
    row = world.ask()
    us, asker = at_site(world.manager), at_site(world.lead)
    late = us.post(at(row, "other-time/"), day="2026-11-20", clock="09:00")
    assert (late.status_code, "must lie ahead" in late.content.decode()) == (422, True)
    us.post(at(row, "other-time/"), day="2026-12-10", clock="09:30", note="周四方便")

    page = asker.get(at(row)).content.decode()
    assert "Not at this time." in page
    assert "10 December 2026 09:30" in page
    assert asker.post(at(row, "take/")).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.starts_at) == ("accepted", datetime(2026, 12, 10, 1, 30, tzinfo=UTC))


def test_pressing_a_button_of_a_page_that_is_old_says_so(world, at_site):
    row = world.in_state("cancelled")
    us = at_site(world.manager)
    us.post(at(row, "accept/"))
    assert "you cannot accept it" in us.get(at(row)).content.decode()
    assert us.post(at(row, "other-time/"), day="2026-12-10", clock="09:30").status_code == 422


def test_the_desk_joins_what_was_proposed_with_one_button(world, at_site):
    rows = [world.ask(), world.ask(world.inspector, on=AHEAD + DAY)]
    desk = at_site(world.coordinator)
    assert "spares 1 visit" in desk.get("/enterprises/diary/week/").content.decode()

    sent = {"bookings": [r.pk for r in rows], "day": "2026-12-07", "clock": "14:00", "minutes": "60"}
    url = f"/enterprises/{world.enterprise.pk}/diary/join/"
    for _ in range(2):
        desk.post(url, client_key="6f1c2d9e-0b3a-4c58-9d7e-2a4b6c8d0e1f", **sent)
    host = Booking.objects.get(kind="joint")
    assert (host.state, host.parts.count()) == ("requested", 2)
    sheet = at_site(world.lead).get(at(host.parts.get(organisation=world.lead.organisation), "sheet/"))
    assert "Emergency Management Bureau" in sheet.content.decode()
    assert at_site(world.lead).get(at(host)).status_code == 404
    week = desk.get("/enterprises/diary/week/", week="2026-12-07").content.decode()
    assert "joint visit" in week


def test_a_joint_visit_of_one_or_of_nothing_is_a_sentence(world, at_site):
    row, us = world.ask(), at_site(world.manager)
    given = {"client_key": str(uuid.uuid4()), "day": "2026-12-07", "clock": "14:00"}
    for chosen in ([], [row.pk], [row.pk, 999_999]):
        answer = us.post(at(row, "together/"), bookings=chosen, **given)
        assert answer.status_code == 422
    assert not Booking.objects.filter(kind="joint").exists()


def test_a_week_that_is_no_date_or_far_away_is_this_one_or_the_farthest(world, at_site):
    desk = at_site(world.coordinator)
    for week in ("", "x", "0001-01-01", "9999-12-31", "2026-02-30"):
        assert desk.get("/enterprises/diary/week/", week=week, enterprise="x" * 30).status_code == 200


def test_the_list_costs_the_same_however_long_it_is(world, at_site, django_assert_max_num_queries):
    for n in range(4):
        world.ask(on=AHEAD + 7 * n * DAY, over_reason="x")
    person = at_site(world.officer)
    with django_assert_max_num_queries(24):
        page = person.get("/enterprises/bookings/").content.decode()
    assert page.count("了解用电负荷") == 4
    export = person.get("/enterprises/bookings/", export="csv").content.decode()
    assert export.count("了解用电负荷") == 4


def test_the_card_beside_an_enterprise_shows_what_one_may_see(world, at_site):
    world.ask()
    url = f"/enterprises/{world.enterprise.pk}/diary/"
    assert "了解用电负荷" in at_site(world.officer).get(url).content.decode()
    others = at_site(world.other).get(url).content.decode()
    assert "了解用电负荷" not in others
    assert "No request that you may see" in others


# ── Calendar file ──


def test_accepted_visits_leave_as_a_calendar_file(world, at_site):
    row = world.in_state("accepted")
    world.ask(world.officer, kind="service", on=AHEAD + 14 * DAY)

    for by in (world.lead, world.co_worker, world.manager, world.officer):
        answer = at_site(by).get("/enterprises/diary/visits.ics")
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        text = answer.content.decode()
        assert text.count("BEGIN:VEVENT") == 1
        assert f"UID:{row.client_key}@openliaison" in text
        assert "DTSTART:20261207T060000Z" in text
        assert "DTEND:20261207T063000Z" in text
    assert "BEGIN:VEVENT" not in at_site(world.other).get("/enterprises/diary/visits.ics").content.decode()


def test_long_lines_are_folded_and_special_characters_escaped():
    event = Event("1", NOON, NOON + HOUR, "走访；" * 30, description="a,b;c\\d\ne")
    text = calendar_text([event], name="x", at=NOON)

    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "\n" not in text.replace("\r\n", "")
    unfolded = text.replace("\r\n ", "")
    assert "SUMMARY:" + "走访；" * 30 in unfolded
    assert "DESCRIPTION:a\\,b\\;c\\\\d\\ne" in unfolded
    assert unfolded.endswith("END:VCALENDAR\r\n")


# ── Clocks that are put forward and back ──


def test_an_hour_that_does_not_exist_or_comes_twice_is_refused():
    zone = ZoneInfo("America/New_York")
    with pytest.raises(ValidationError, match="does not exist"):
        instant(date(2027, 3, 14), time(2, 30), zone)
    with pytest.raises(ValidationError, match="comes twice"):
        instant(date(2026, 11, 1), time(1, 30), zone)
    before, after = (instant(d, time(9), zone).astimezone(UTC).hour for d in (date(2027, 3, 12), date(2027, 3, 15)))
    assert (before, after) == (14, 13), "nine o'clock is nine o'clock on both sides"


def test_working_hours_hold_on_both_sides_of_the_change(world):
    Place.objects.filter(pk=world.place.pk).update(time_zone="America/New_York")
    place = Place.objects.get(pk=world.place.pk)
    firm = enterprise("河镇铸造有限公司")
    firm.place = place
    for day in (date(2027, 3, 12), date(2027, 3, 15)):
        diary.need_working_time(firm, instant(day, time(8, 30), place.zone), 60)
        with pytest.raises(diary.OffHours):
            diary.need_working_time(firm, instant(day, time(8, 0), place.zone), 60)


# ── API ──


def test_the_api_asks_answers_and_keeps_the_secret(world):
    from tests.api.conftest import Caller

    lead, us = Caller(world.lead), Caller(world.manager)
    body = {"enterprise_id": world.enterprise.pk, "kind": "study", "purpose": "x", "starts_at": AHEAD.isoformat()}
    made = lead.post("bookings", **body)
    assert made.status_code == 201, made.content
    stopped = lead.post("bookings", **body | {"starts_at": (AHEAD + DAY).isoformat()})
    assert stopped.status_code == 422
    assert "say why" in stopped.json()["error"]

    said = us.post(f"bookings/{made.json()['id']}/not-now", instead="in_writing", is_refusal=True, reason="太忙")
    assert said.json()["state"] == "not_now"
    seen = lead.get(f"bookings/{made.json()['id']}").json()
    assert (seen["state"], seen["instead"], seen["verbs"]) == ("not_now", "in_writing", [])
    assert "太忙" not in str(seen)
    assert us.post(f"bookings/{made.json()['id']}/accept").status_code == 409
    assert lead.get("bookings").json()["count"] == 1
