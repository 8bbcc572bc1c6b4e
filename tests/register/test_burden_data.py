"""Data requests: nothing on file is asked, nobody is asked too much, every answer is taken once."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import translation

from openliaison.core import form_time
from openliaison.core.scope import acting_as
from openliaison.register import data_questions, facts
from openliaison.register.errors import AlreadyDone, Incomplete, NotAllowed
from openliaison.register.forms.data_request import AnswerForm
from openliaison.register.models import Booking, BurdenEntry, DiaryMark, Fact, FactDefinition
from openliaison.register.services import burden, data_requests, diary, record_fact
from tests import factories
from tests.conftest import NOON

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def english():
    translation.activate("en")


NEXT_WEEK = TODAY + timedelta(days=7)
OWN = {"label": "明年计划招多少人？", "type": "int"}


def ask(world, questions=({"key": "employees"}, OWN), by=None, enterprise=None, **more):
    told = {"purpose": "核对用工", "wanted_by": NEXT_WEEK, "by": by or world.lead, "at": NOON} | more
    return data_requests.ask_data(enterprise=enterprise or world.enterprise, questions=list(questions), **told)


def answer(world, booking, answers=None, as_of=TODAY, by=None):
    answers = {"employees": "120", "q2": "8"} if answers is None else answers
    return data_requests.answer_data(booking=booking, answers=answers, as_of=as_of, by=by or world.manager, at=NOON)


def hold(world, key="employees", value="118", as_of=TODAY, **more):
    return record_fact(
        enterprise=world.enterprise, key=key, value=value, source="import", as_of=as_of, by=None, at=NOON
    )


# ── Asking ───────────────────────────────────────────────────


def test_what_is_asked_is_marked_with_the_minutes_of_its_form_and_stands_in_no_ledger_yet(world):
    booking = ask(world)

    form = AnswerForm(booking=booking, today=TODAY, known={})
    assert booking.minutes == form_time.form_minutes(form, world.place, TODAY)
    assert DiaryMark.objects.get().minutes == booking.minutes
    assert not BurdenEntry.objects.exists()


def test_the_count_of_the_service_is_the_count_of_the_form_for_every_kind_of_question(world):
    translation.activate("zh-hans")
    entries = FactDefinition.objects.filter(place=world.place, subject="enterprise", same_as="")
    asked = [[{"key": entry.key}] for entry in entries.exclude(holder="derived")]
    own = [{"label": "多少", "type": kind, "choices": ["甲", "乙"]} for kind in data_questions.TYPES]
    asked += [data_questions.read(world.place, [one]) for one in own]
    pace = form_time.pace(world.place, TODAY)

    for questions in asked:
        form = AnswerForm(booking=Booking(place=world.place, questions=questions), today=TODAY, known={})
        counted = form_time.seconds(form_time.asked_by(form), pace)
        assert data_questions.seconds(questions, world.place, TODAY) == counted, questions
    assert len(asked) > 50


def test_what_is_held_and_fresh_is_refused_with_the_value_to_who_may_read_it(world):
    from openliaison.cases.jobs import link_handlers

    link_handlers(world.assigned().pk)  # the office handles a case of the enterprise, and may see what offices may
    hold(world)

    with pytest.raises(data_requests.OnFileAlready, match="118"), acting_as(world.lead.scope(NOON)):
        ask(world)
    assert not Booking.objects.exists()


def test_who_may_not_read_it_learns_who_holds_it_and_no_value(world):
    hold(world, key="annual_sales_10k_cny", value="5200")

    with pytest.raises(data_requests.OnFileAlready) as refused, acting_as(world.lead.scope(NOON)):
        ask(world, [{"key": "annual_sales_10k_cny"}])

    assert "Tax Bureau" in str(refused.value) or "税务局" in str(refused.value)
    assert "5200" not in str(refused.value)


def test_what_has_faded_or_was_taken_back_may_be_asked(world):
    hold(world, as_of=TODAY - timedelta(days=366))
    assert ask(world).state == "requested"


def test_what_a_confirmation_keeps_fresh_is_not_asked(world):
    from openliaison.register.services import confirm_fact

    fact = hold(world, as_of=TODAY - timedelta(days=366))
    confirm_fact(fact=fact, by=world.coordinator, at=NOON)

    with pytest.raises(data_requests.OnFileAlready):
        ask(world)


def test_held_keys_are_told_of_the_own_place_alone(world):
    hold(world)
    scope = world.lead.scope(NOON)
    elsewhere = type(scope)(**{**scope.__dict__, "place_id": 0})

    with acting_as(elsewhere), connection.cursor() as cursor:
        cursor.execute("select register_held_fresh(%s, %s, %s)", [world.enterprise.pk, ["employees"], TODAY])
        assert cursor.fetchall() == []


def test_an_enterprise_may_not_look_up_what_is_held_of_others(world):
    from django.db import ProgrammingError

    scope, refused = world.stranger.scope(NOON), pytest.raises(ProgrammingError, match="permission denied")
    with refused, acting_as(scope), connection.cursor() as cursor:
        cursor.execute("select register_held_fresh(%s, %s, %s)", [world.enterprise.pk, ["employees"], TODAY])


def test_over_the_ceiling_the_stop_sign_asks_for_a_reason(world):
    burden.spend(
        enterprise=world.enterprise, on=TODAY, minutes=240, kind="inspection", what="检查", organisation=None,
        is_at_door=False, source=uuid.uuid4(), by=None, at=NOON,
    )  # fmt: skip

    with pytest.raises(diary.Stopped, match="ceiling is 240"):
        ask(world)
    assert ask(world, over_reason="省里当日要数").over_reason == "省里当日要数"


def test_the_same_office_does_not_ask_the_same_twice_while_it_waits_and_another_may(world):
    ask(world)
    with pytest.raises(AlreadyDone, match="has no answer yet: employees"):
        ask(world, [{"key": "employees"}])

    assert ask(world, [{"key": "employees"}], by=world.other).pk


def test_the_same_form_sent_twice_is_one_request(world):
    key = uuid.uuid4()

    assert ask(world, client_key=key).pk == ask(world, client_key=key).pk


@pytest.mark.parametrize(
    ("questions", "told"),
    [
        ([], "at least one"),
        ([{"key": "no_such_key"}], "not in the catalogue"),
        ([{"key": "size"}], "worked out by a rule"),
        ([{"key": "project_type"}], "not known of an enterprise"),
        ([{"label": " ", "type": "int"}], "has no words"),
        ([{"label": "多少", "type": "picture"}], "what kind of answer"),
        ([{"label": "哪个", "type": "enum", "choices": ["甲", "甲", " "]}], "two choices"),
        ([OWN, OWN], "asked twice"),
        ([{"key": "headcount"}, {"key": "employees"}], "asked twice"),
        ([{"label": "长" * 201, "type": "int"}], "longer than 200"),
        ([{"label": f"问{n}", "type": "int"} for n in range(21)], "At most 20"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_reason(world, questions, told):
    with pytest.raises(Incomplete, match=told):
        ask(world, questions)


def test_a_leader_or_an_officer_of_others_asks_nobody_for_data(world):
    with pytest.raises(NotAllowed):
        ask(world, by=world.leader)
    with pytest.raises(NotAllowed):
        ask(world, by=factories.role("officer"))


# ── Many at once ─────────────────────────────────────────────


def test_of_many_those_over_the_ceiling_are_left_out_with_the_reason(world):
    others = [factories.enterprise() for _n in range(2)]
    burden.spend(
        enterprise=others[0], on=TODAY, minutes=240, kind="data", what="报表", organisation=None, is_at_door=False,
        source=uuid.uuid4(), by=None, at=NOON,
    )  # fmt: skip
    key = uuid.uuid4()
    told = {"purpose": "核对用工", "wanted_by": NEXT_WEEK, "questions": [{"key": "employees"}]}

    def send():
        return data_requests.ask_data_of_many(
            enterprises=[world.enterprise, *others], by=world.lead, at=NOON, client_key=key, **told
        )

    result = send()
    assert [b.enterprise for b in result.done] == [world.enterprise, others[1]]
    assert [e for e, _why in result.left_out] == [others[0]]
    assert "ceiling" in result.left_out[0][1]
    assert set(Booking.objects.values_list("sheet", flat=True)) == {key}

    send()
    assert Booking.objects.count() == 2


def test_more_than_the_most_at_once_are_refused_whole(world, monkeypatch):
    monkeypatch.setattr(data_requests, "MOST_AT_ONCE", 1)

    with pytest.raises(Incomplete, match="At most 1"):
        data_requests.ask_data_of_many(
            enterprises=[world.enterprise, factories.enterprise()], questions=[OWN], purpose="x", wanted_by=NEXT_WEEK,
            by=world.lead, at=NOON, client_key=uuid.uuid4(),
        )  # fmt: skip


# ── Answering ────────────────────────────────────────────────


def test_an_answer_becomes_a_fact_a_line_of_the_ledger_and_a_notice(world):
    booking = answer(world, ask(world))

    fact = Fact.objects.current().get(key="employees")
    assert (fact.value, fact.source, fact.source_ref) == (120, "enterprise", "核对用工")
    assert booking.answers == {"values": {"employees": 120, "q2": 8}, "as_of": "2026-11-23"}
    assert booking.state == "recorded"
    line = BurdenEntry.objects.get()
    assert (line.kind, line.minutes, line.organisation) == ("data", booking.minutes, world.lead.organisation)


def test_the_enterprise_answers_behind_its_wall_and_the_asker_reads_it_behind_theirs(world):
    with acting_as(world.lead.scope(NOON)):
        booking = ask(world)
    with acting_as(world.manager.scope(NOON)):
        answer(world, Booking.objects.get(pk=booking.pk))

    with acting_as(world.lead.scope(NOON)):
        assert Booking.objects.get().answers["values"]["employees"] == 120
    with acting_as(world.other.scope(NOON)):
        assert not Booking.objects.exists()


def test_the_same_answers_sent_twice_are_one_and_others_are_refused_with_who_answered(world):
    booking = answer(world, ask(world))
    answer(world, booking)
    assert Fact.objects.filter(key="employees").count() == 1

    with pytest.raises(AlreadyDone, match="answered on"):
        answer(world, booking, {"employees": "121", "q2": "8"})


@pytest.mark.parametrize(
    ("answers", "as_of", "told"),
    [
        ({"employees": "viele", "q2": "8"}, TODAY, "does not fit"),
        ({"employees": "120", "q2": "1.5"}, TODAY, "does not fit"),
        ({"employees": "120"}, TODAY, "empty"),
        ({"employees": "120", "q2": "8", "assets": "1"}, TODAY, "Nobody asked"),
        ({"employees": "120", "q2": "8"}, TODAY + timedelta(days=1), "lies ahead"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_and_nothing_is_kept(world, answers, as_of, told):
    booking = ask(world)

    with pytest.raises(Incomplete, match=told):
        answer(world, booking, answers, as_of)

    booking.refresh_from_db()
    assert booking.answers is None
    assert not Fact.objects.exists()


def test_nobody_else_answers_and_nobody_answers_what_is_no_longer_wanted(world):
    booking = ask(world)
    for by in (world.stranger, world.officer, world.lead):
        with pytest.raises(NotAllowed):
            answer(world, booking, by=by)

    diary.refuse_booking(booking=booking, instead="in_writing", by=world.manager, at=NOON)
    with pytest.raises(AlreadyDone, match="not at this time"):
        answer(world, booking)
    assert not DiaryMark.objects.exists()


# ── Pages ────────────────────────────────────────────────────


def post(world, browser, **fields):
    given = {
        "enterprise": world.enterprise.pk, "client_key": uuid.uuid4(), "purpose": "核对用工",
        "wanted_by": NEXT_WEEK, "facts": ["employees"], "label_1": "明年招几人？", "type_1": "int",
    } | fields  # fmt: skip
    return browser.post("/enterprises/data/ask/", given)


def test_an_office_builds_the_questions_and_the_enterprise_answers_on_one_page(world, at_the_screen):
    office, firm = at_the_screen(world.lead), at_the_screen(world.manager)
    sent = post(world, office)
    booking = Booking.objects.get()
    assert sent.status_code == 302
    assert sent.url == f"/enterprises/data/{booking.pk}/"

    page = firm.get(sent.url).content.decode()
    assert "明年招几人？" in page
    bad = firm.post(sent.url, {"employees": "viele", "q2": "8", "as_of": TODAY})
    assert bad.status_code == 422
    assert 'value="viele"' in bad.content.decode()
    assert firm.post(sent.url, {"employees": "120", "q2": "8", "as_of": TODAY}).status_code == 302
    assert "120" in office.get(sent.url).content.decode()
    again = firm.post(sent.url, {"employees": "130", "q2": "8", "as_of": TODAY}, follow=True)
    assert "answered on" in again.content.decode()


def test_what_is_known_and_faded_is_filled_in(world, at_the_screen):
    hold(world, as_of=TODAY - timedelta(days=366))
    booking = ask(world)

    page = at_the_screen(world.manager).get(f"/enterprises/data/{booking.pk}/").content.decode()
    assert 'value="118"' in page


def test_the_minutes_are_counted_while_one_builds_and_nothing_is_sent(world, at_the_screen):
    hold(world, key="main_products", value="挂车")
    page = post(world, at_the_screen(world.coordinator), count="1", facts=["employees", "main_products"])

    text = page.content.decode()
    assert page.status_code == 200
    assert "About 1 minute" in text
    assert "挂车" in text
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"wanted_by": TODAY}, "until tomorrow"),
        ({"wanted_by": "2099-01-01"}, "more than a year ahead"),
        ({"wanted_by": "morgen"}, "valid date"),
        ({"facts": [], "label_1": "", "type_1": ""}, "at least one thing"),
        ({"facts": ["nonsense"]}, "nonsense"),
        ({"type_1": ""}, "what kind of answer"),
        ({"purpose": " "}, "required"),
    ],
)
def test_a_form_that_does_not_fit_comes_back_with_what_was_typed(world, at_the_screen, fields, told):
    page = post(world, at_the_screen(world.lead), **fields)

    assert page.status_code == 422
    assert told in page.content.decode()
    assert not Booking.objects.exists()


def test_many_are_asked_by_the_filter_and_their_answers_leave_as_one_table(world, at_the_screen):
    factories.enterprise("第二家企业有限公司")
    browser = at_the_screen(world.coordinator)
    given = {"all": "1", "client_key": uuid.uuid4(), "purpose": "用工", "wanted_by": NEXT_WEEK, "facts": ["employees"]}
    page = browser.post("/enterprises/data/ask/", given)
    assert page.status_code == 200
    booking = Booking.objects.get(enterprise=world.enterprise)
    answer(world, booking, {"employees": "120"})

    url = f"/enterprises/data/sheets/{booking.sheet}/"
    text = browser.get(url).content.decode()
    assert "1 of 3 have answered" in text
    csv = browser.get(f"{url}?export=csv").content.decode("utf-8-sig")
    assert "北岗专用汽车有限公司" in csv
    assert "120" in csv
    assert browser.get(f"{url}?export=xlsx").status_code == 200
    assert at_the_screen(world.other).get(url).status_code == 404


def test_a_filter_that_finds_nobody_says_so(world, at_the_screen):
    page = at_the_screen(world.lead).get("/enterprises/data/ask/?all=1&q=xyzzy")
    assert "No enterprise fits" in page.content.decode()


@pytest.mark.parametrize("value", ["9" * 30, "-1", "abc", ""])
def test_an_enterprise_that_is_none_leads_to_the_choice(world, at_the_screen, value):
    page = at_the_screen(world.lead).get(f"/enterprises/data/ask/?enterprise={value}")
    assert "Whom do you want to ask?" in page.content.decode()


def test_lists_cost_the_same_for_few_and_for_many(world, at_the_screen, django_assert_num_queries):
    browser = at_the_screen(world.lead)
    urls = ["/enterprises/data/", f"/enterprises/data/sheets/{ask(world, client_key=uuid.uuid4()).sheet}/"]
    for url in urls:
        browser.get(url)
        from django.db import connection as db
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(db) as few:
            browser.get(url)
        sheet = Booking.objects.first().sheet
        for _n in range(3):
            booking = ask(world, enterprise=factories.enterprise())
            Booking.objects.filter(pk=booking.pk).update(sheet=sheet)
        with django_assert_num_queries(len(few)):
            browser.get(url)


def test_reading_of_own_dates_lets_them_lie_ahead(world):
    booking = ask(world, [{"label": "何时检修？", "type": "date"}])

    assert answer(world, booking, {"q1": "2027-01-15"}).answers["values"] == {"q1": "2027-01-15"}
    assert facts.need_as_of(TODAY, TODAY) is None
