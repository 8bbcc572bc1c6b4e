"""The doors of the phone: what they take, once, and how they refuse."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import override_settings

from openliaison.cases import services as cases
from openliaison.cases.models import Case, Entry, Promise
from openliaison.core.models import Receipt
from openliaison.core.now import frozen
from openliaison.register.models import Fact
from openliaison.visits.models import Device, Visit
from openliaison.visits.services import recording
from tests.conftest import NOON
from tests.factories import enterprise, role, stationed
from tests.visits.phones import Phone, visit_item


@pytest.fixture
def phone(world):
    return Phone(world.officer)


def test_a_visit_with_all_that_came_of_it_is_taken_once(world, phone):
    item = visit_item(
        world.enterprise,
        problems=[{"text": "每天傍晚跳闸", "category": "energy", "wanted_result": "", "is_confidential": False}],
        commitments=[{"text": "带电网的人来", "due_on": "2026-11-25", "side": "county"}],
        facts={"employees": "260"},
        read={"employees": None},
    )

    first, again = phone.send(item), phone.send(item)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"] == Visit.objects.get().pk
    assert Case.objects.get().visit_id == first.json()["id"]
    assert Promise.objects.get().due_on.isoformat() == "2026-11-25"
    assert Fact.objects.get(key="employees").value == 260


def test_the_pack_says_what_the_officer_may_see(world, phone):
    case = world.assigned()
    other = enterprise("别家的企业")

    packed = phone.get("/phone/pack.json")

    content = packed.json()
    assert [e["id"] for e in content["enterprises"]] == [world.enterprise.pk]
    assert content["enterprises"][0]["cases"][0]["number"] == case.number
    assert other.name not in packed.content.decode()
    assert content["server_time"] == NOON.isoformat()


def test_an_unchanged_pack_is_not_sent_again(world, phone):
    first = phone.get("/phone/pack.json")
    assert phone.get("/phone/pack.json", **{"If-None-Match": first["ETag"]}).status_code == 304

    phone.send(visit_item(world.enterprise))

    assert phone.get("/phone/pack.json", **{"If-None-Match": first["ETag"]}).status_code == 200


# ── Once ──


def test_the_same_key_with_other_words_is_refused_and_what_stands_is_shown(world, phone):
    item = visit_item(world.enterprise)
    phone.send(item)

    answer = phone.send({**item, "body": {**item["body"], "notes": "别的话"}})

    assert answer.status_code == 409
    assert answer.json()["why"] == "key_used"
    assert answer.json()["now"]["text"] == "订单恢复"
    assert Visit.objects.get().notes == "订单恢复"


def test_when_it_was_sent_makes_no_other_item_of_it(world, phone):
    item = visit_item(world.enterprise)
    phone.send(item)

    again = phone.send({**item, "sent_at": (NOON + timedelta(hours=5)).isoformat(), "device": str(uuid.uuid4())})

    assert again.status_code == 200


def test_somebody_elses_key_tells_nothing_of_their_visit(world, phone):
    item = visit_item(world.enterprise)
    phone.send(item)
    other = role("officer")
    stationed(other, world.enterprise, kind="deputy")

    answer = Phone(other).send(item)

    assert (answer.status_code, answer.json()["why"], answer.json()["now"]) == (409, "key_used", {})


def test_what_was_refused_is_mended_under_the_same_key(world, phone):
    item = visit_item(world.enterprise, notes="", minutes=9_000)
    refused = phone.send(item)

    mended = phone.send({**item, "body": {**item["body"], "notes": "谈了订单", "minutes": 30}})

    assert refused.status_code == 422
    assert "minutes" in refused.json()["fields"]
    assert mended.status_code == 201


def test_a_fault_in_the_middle_leaves_nothing_and_the_same_is_taken_afterwards(world, phone, monkeypatch):
    item = visit_item(
        world.enterprise,
        problems=[{"text": "跳闸"}],
        commitments=[{"text": "回电", "due_on": "2026-11-24"}],
    )
    with monkeypatch.context() as broken:
        broken.setattr(recording.cases, "make_promise", lambda **_: 1 / 0)
        phone.client.raise_request_exception = False
        assert phone.send(item).status_code == 500
    assert not (Visit.objects.exists() or Case.objects.exists() or Receipt.objects.exists())

    assert phone.send(item).status_code == 201
    assert (Visit.objects.count(), Case.objects.count(), Promise.objects.count()) == (1, 1, 1)


# ── Refusals are JSON ──


def test_a_session_that_is_over_is_said_in_json(world, db):
    answer = Phone(None).send(visit_item(world.enterprise))

    assert answer.status_code == 401
    assert answer.json()["error"]


def test_other_roles_are_refused_in_json(world):
    answer = Phone(world.coordinator).get("/phone/pack.json")

    assert (answer.status_code, answer["Content-Type"]) == (403, "application/json")


def test_what_one_person_wrote_is_never_sent_as_anothers(world, phone):
    answer = phone.post("/phone/sync", visit_item(world.enterprise), **{"X-Person": str(world.manager.user_id)})

    assert (answer.status_code, answer.json()["why"]) == (403, "other_person")
    assert not Visit.objects.exists()
    own = phone.post("/phone/sync", visit_item(world.enterprise), **{"X-Person": str(world.officer.user_id)})
    assert own.status_code == 201


def test_a_page_open_too_long_is_said_in_json(world):
    phone = Phone(world.officer, enforce_csrf_checks=True)

    answer = phone.send(visit_item(world.enterprise))

    assert answer.status_code == 403
    assert "reload" in answer.json()["error"]


def test_a_database_that_is_away_says_when_to_try_again(world, phone, monkeypatch):
    def away(*_args, **_kwargs):
        raise OperationalError("the connection was closed")

    monkeypatch.setattr("openliaison.visits.phone.door.meet_device", away)
    phone.client.raise_request_exception = False

    answer = phone.send(visit_item(world.enterprise))

    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert answer.json()["error"]


@override_settings(MOST_PHONE_MB=0)
def test_too_much_is_refused_before_it_is_read(world, phone):
    answer = phone.send(visit_item(world.enterprise))

    assert answer.status_code == 413
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"client_key": "x", "kind": "visit", "body": {}}',
        b'{"client_key": "7d9f7a4e-8a0a-4d8e-8f8f-000000000000", "kind": "tea", "body": {}}',
        b"[" * 100_000,
        b'{"client_key": "7d9f7a4e-8a0a-4d8e-8f8f-000000000000", "kind": "visit", "body": {"enterprise_id": 1e30}}',
        b'{"client_key": "7d9f7a4e-8a0a-4d8e-8f8f-000000000000", "kind": "visit", "body": '
        b'{"enterprise_id": 99999999999999999999}}',
    ],
)
def test_what_is_no_item_is_refused_with_a_cure(phone, body):
    answer = phone.client.post(
        "/phone/sync", body, content_type="application/json", headers={"X-Device": str(phone.device)}
    )

    assert answer.status_code == 422
    assert answer.json()["fields"]


def test_signs_that_no_text_may_hold_are_left_out(world, phone):
    answer = phone.send(visit_item(world.enterprise, notes="跳\0闸\ud800了"))

    assert answer.status_code == 201
    assert Visit.objects.get().notes == "跳闸了"


def test_a_wrong_fact_is_refused_with_its_sentence_and_nothing_is_half_saved(world, phone):
    answer = phone.send(visit_item(world.enterprise, facts={"employees": "viele"}, read={}))

    assert answer.status_code == 422
    assert "viele" in answer.json()["error"]
    assert not Visit.objects.exists()


def test_a_device_without_its_number_is_told_so(world, phone):
    answer = phone.client.get("/phone/pack.json")

    assert answer.status_code == 422
    assert "X-Device" in answer.json()["fields"]


# ── Answers and promises ──


@pytest.fixture
def asked(world):
    case = world.assigned()
    return cases.ask_enterprise(case=case, text="跳闸在几号柜？", by=world.lead, at=NOON)


def answer_item(phone, case, **body):
    packed = phone.get("/phone/pack.json").json()["enterprises"][0]["cases"]
    found = next(c for c in packed if c["id"] == case.pk)
    told = {
        "case_id": case.pk,
        "entry_id": found["question"]["entry_id"],
        "text": "三号柜",
        "version": found["version"],
    }
    item = visit_item(case.enterprise, kind="answer")
    return {**item, "body": told | body}


def test_an_answer_written_offline_reaches_the_case_once(world, phone, asked):
    item = answer_item(phone, asked)

    assert [phone.send(item).status_code for _ in range(2)] == [201, 200]
    assert Entry.objects.filter(kind="answer").count() == 1
    asked.refresh_from_db()
    assert asked.status == "assigned"


def test_an_answer_to_a_case_that_was_answered_meanwhile_is_shown_beside_what_stands(world, phone, asked):
    item = answer_item(phone, asked)
    cases.answer_question(case=asked, text="二号柜", by=world.manager, at=NOON)

    answer = phone.send(item)

    assert (answer.status_code, answer.json()["why"]) == (409, "changed")
    assert answer.json()["now"]["last"]["text"] == "二号柜"
    assert not Entry.objects.filter(kind="answer", text="三号柜").exists()


def test_an_answer_to_a_question_that_was_asked_anew_is_not_sent(world, phone, asked):
    item = answer_item(phone, asked)
    cases.answer_question(case=asked, text="二号柜", by=world.manager, at=NOON)
    cases.ask_enterprise(case=asked, text="几点跳？", by=world.lead, at=NOON + timedelta(minutes=1))

    answer = phone.send(item)

    assert answer.status_code == 409
    assert answer.json()["now"]["question"]["text"] == "几点跳？"


def test_an_answer_to_a_case_closed_meanwhile_is_kept_on_the_phone(world, phone, asked):
    item = answer_item(phone, asked)
    cases.mark_duplicate(case=asked, of=world.case(), by=world.coordinator, at=NOON)

    answer = phone.send(item)

    assert answer.status_code == 409
    assert answer.json()["now"]["state"] == "closed"


def test_a_promise_is_kept_from_the_phone_and_a_second_word_is_shown_what_stands(world, phone):
    promise = cases.make_promise(
        enterprise=world.enterprise,
        text="回电",
        due_on=NOON.date(),
        organisation=world.lead.organisation,
        by=world.officer,
        at=NOON,
    )
    item = visit_item(world.enterprise, kind="promise")
    silent = {**item, "body": {"promise_id": promise.pk, "state": "kept"}}
    kept = {**item, "body": {"promise_id": promise.pk, "state": "kept", "reason": "已回电"}}
    broken = {
        **visit_item(world.enterprise, kind="promise"),
        "body": {"promise_id": promise.pk, "state": "broken", "reason": "没人接"},
    }

    assert "reason" in phone.send(silent).json()["fields"]
    assert [phone.send(kept).status_code for _ in range(2)] == [201, 200]
    second = phone.send(broken)

    assert (second.status_code, second.json()["now"]["state"]) == (409, "kept")
    promise.refresh_from_db()
    assert promise.state == "kept"


# ── The pack ──


def test_nobody_elses_confidential_case_is_kept_on_a_phone(world, phone):
    other = role("officer")
    stationed(other, world.enterprise, kind="deputy")
    cases.open_case(
        enterprise=world.enterprise, text="不可外传", channel="visit", is_confidential=True, by=other, at=NOON
    )
    world.case(text="自己的保密事", is_confidential=True)

    content = phone.get("/phone/pack.json").content.decode()

    assert "不可外传" not in content
    assert "自己的保密事" in content


def test_the_pack_asks_as_often_with_many_cases_as_with_one(world, phone, django_assert_max_num_queries):
    for _ in range(12):
        world.assigned()
    phone.get("/phone/pack.json")
    with django_assert_max_num_queries(45):
        phone.get("/phone/pack.json")


def test_what_was_taken_stands_in_the_pack_so_that_a_lost_answer_does_no_harm(world, phone):
    item = visit_item(world.enterprise)
    phone.send(item)

    assert phone.get("/phone/pack.json").json()["taken"] == [item["client_key"]]
    with frozen(NOON + timedelta(days=15)):
        assert Phone(world.officer).get("/phone/pack.json").json()["taken"] == []


# ── Devices ──


def test_a_phone_is_known_from_its_first_contact(world, phone):
    phone.get("/phone/pack.json")
    phone.get("/phone/pack.json")

    assert Device.objects.get().name == "Chrome, Android"


def test_a_number_of_somebody_elses_phone_is_not_taken(world, phone):
    phone.get("/phone/pack.json")
    other = role("officer")

    answer = Phone(other, device=phone.device).get("/phone/pack.json")

    assert (answer.status_code, answer.json()["why"]) == (409, "device_used")
    assert Device.objects.get().user == world.officer.user


def test_a_revoked_phone_is_told_to_wipe_at_every_door_and_other_pages_go_on(world, phone, at_the_screen):
    phone.get("/phone/pack.json")
    desk = at_the_screen(world.coordinator)
    assert desk.post(f"/visits/phones/{phone.device}/revoke/").status_code == 302
    desk.post(f"/visits/phones/{phone.device}/revoke/")

    doors = [
        phone.get("/phone/pack.json"),
        phone.send(visit_item(world.enterprise)),
        phone.upload(str(uuid.uuid4()), b"x"),
        phone.post("/phone/conflicts/1", {"take": "mine"}),
    ]

    assert [d.status_code for d in doors] == [410] * 4
    assert doors[0].json()["wipe"] is True
    assert phone.client.get("/visits/").status_code == 200
    assert phone.post("/phone/wiped").status_code == 204
    assert Device.objects.get().wiped_at == NOON
    assert not Visit.objects.exists()


def test_an_officer_revokes_the_own_phone_and_nobody_elses(world, phone, at_the_screen):
    phone.get("/phone/pack.json")
    stranger = at_the_screen(role("officer"))
    assert stranger.post(f"/visits/phones/{phone.device}/revoke/").status_code == 404

    assert at_the_screen(world.officer).post(f"/visits/phones/{phone.device}/revoke/").status_code == 302
    assert Device.objects.get().revoked_by == world.officer.user


def test_the_desk_of_the_next_county_neither_sees_nor_revokes_a_phone(world, phone, at_the_screen):
    phone.get("/phone/pack.json")
    desk = at_the_screen(role("coordinator", area="211223"))

    assert "Android" not in desk.get("/visits/phones/").content.decode()
    assert desk.post(f"/visits/phones/{phone.device}/revoke/").status_code == 404


def test_the_list_of_phones_is_narrowed_by_state_and_exported(world, phone, at_the_screen):
    phone.get("/phone/pack.json")
    desk = at_the_screen(world.coordinator)

    with frozen(NOON + timedelta(days=8)):
        desk.force_login(world.coordinator.user)
        silent = desk.get("/visits/phones/?state=silent").content.decode()
        keeps = desk.get("/visits/phones/?state=keeps").content.decode()
        assert ("Android" in silent, "Android" in keeps) == (True, False)
        assert "Android" in desk.get("/visits/phones/?export=csv").content.decode()


def test_facts_told_on_the_phone_say_at_which_visit(world, phone):
    phone.send(visit_item(world.enterprise, facts={"employees": "260"}, read={"employees": None}))

    fact = Fact.objects.get(key="employees")
    assert (fact.source, fact.source_ref) == ("visit", "2026-11-23 12:00")
