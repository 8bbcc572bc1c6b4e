"""The API does what the pages do, for the same people, behind the same walls."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client

from openliaison.cases.models import Case, ExternalRef, Promise
from openliaison.core.models import Journal, ReadLog
from openliaison.register.models import Contact, Fact, FactDefinition
from openliaison.visits.models import Visit
from tests import factories
from tests.api.conftest import API, Caller
from tests.conftest import NOON


def test_a_session_writes_only_with_its_csrf_header(world):
    client = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})
    client.force_login(world.officer.user)
    body = {"enterprise_id": world.enterprise.pk, "text": "停电"}

    bare = client.post(f"{API}cases", body, content_type="application/json")
    assert bare.status_code == 403
    assert "X-CSRFToken" in bare.json()["error"]

    client.get("/account/tokens/")
    header = {"X-CSRFToken": client.cookies["csrftoken"].value}
    assert client.post(f"{API}cases", body, content_type="application/json", headers=header).status_code == 201


def test_the_main_loop_by_api_alone(world):
    officer, desk, lead, manager = map(Caller, (world.officer, world.coordinator, world.lead, world.manager))

    opened = officer.post("cases", enterprise_id=world.enterprise.pk, text="每天傍晚跳闸", category="energy")
    assert opened.status_code == 201, opened.content
    case = opened.json()
    assert (case["status"], case["channel"], case["category"]) == ("submitted", "api", "energy")

    at = f"cases/{case['id']}"
    assert "assign" in desk.get(at).json()["verbs"]
    given = desk.post(f"{at}/assign", lead=factories.organisation("grid").pk)
    assert (given.status_code, given.json()["lead"]) == (200, "grid"), given.content
    assert lead.post(f"{at}/answer", text="本周更换开关").json()["status"] == "in_hand"
    assert lead.post(f"{at}/reply", text="已更换开关", reply_kind="solved").json()["status"] == "replied"
    closed = manager.post(f"{at}/confirm", verdict="yes", satisfaction="5")

    assert (closed.json()["status"], closed.json()["outcome"]) == ("closed", "solved"), closed.content
    kinds = [e["kind"] for e in closed.json()["entries"]]
    assert kinds == ["submitted", "assigned", "answered", "replied", "confirmed", "closed"]


def test_a_verb_that_is_not_ones_own_is_refused_in_words(world):
    case = world.assigned()

    refused = Caller(world.manager).post(f"cases/{case.pk}/reply", text="我自己答", reply_kind="solved")
    assert refused.status_code == 403
    assert "It is not for you to" in refused.json()["error"]


def test_what_a_form_refuses_comes_back_by_field(world):
    case = world.assigned()

    refused = Caller(world.lead).post(f"cases/{case.pk}/request_extension", reason="缺件")
    assert refused.status_code == 422
    assert list(refused.json()["fields"]) == ["days"]
    wrong = Caller(world.lead).post(f"cases/{case.pk}/reply", text="好", reply_kind="perhaps")
    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["reply_kind"])


def test_a_case_done_before_is_a_conflict(world):
    case = world.assigned()

    again = Caller(world.coordinator).post(f"cases/{case.pk}/assign", lead=factories.organisation("grid").pk)
    assert again.status_code == 409


def test_a_body_that_is_no_json_is_a_400_with_a_sentence(world):
    caller = Caller(world.officer)

    answer = caller.client.post(f"{API}cases", "{", content_type="application/json", headers=caller._headers)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_an_unknown_address_under_the_api_answers_in_json(world):
    answer = Caller(world.officer).get("nothing-here")
    assert (answer.status_code, set(answer.json())) == (404, {"error", "fields"})


def test_the_same_case_sent_twice_is_opened_once(world):
    caller, key = Caller(world.officer), str(uuid.uuid4())
    body = {"client_key": key, "enterprise_id": world.enterprise.pk, "text": "停电"}

    first, second = caller.post("cases", **body), caller.post("cases", **body)
    other = caller.post("cases", **body | {"text": "停水"})
    stranger = Caller(world.coordinator).post("cases", **body)

    assert [first.status_code, second.status_code] == [201, 200]
    assert first.json()["id"] == second.json()["id"]
    assert [other.status_code, stranger.status_code] == [409, 409]
    assert Case.objects.count() == 1


def test_a_refused_case_leaves_its_key_free(world):
    caller, key = Caller(world.officer), str(uuid.uuid4())
    body = {"client_key": key, "enterprise_id": world.enterprise.pk}

    assert caller.post("cases", text="停电", category="none-such", **body).status_code == 422
    assert caller.post("cases", text="停电", category="energy", **body).status_code == 201


def test_another_systems_number_is_kept_and_known_again(world):
    desk = Caller(world.coordinator)
    refs = [{"system": "12345", "number": "A-77", "state": "转办"}]
    body = {"enterprise_id": world.enterprise.pk, "text": "停电", "external_refs": refs}

    opened = desk.post("cases", **body)
    again = desk.post("cases", **body)
    found = desk.get("cases", external_system="12345", external_number="A-77").json()

    assert (opened.status_code, again.status_code) == (201, 409)
    assert opened.json()["number"] in again.json()["error"]
    assert [c["id"] for c in found["items"]] == [opened.json()["id"]]
    assert ExternalRef.objects.get().state == "转办"


def test_numbers_of_other_systems_are_the_desks(world):
    body = {"enterprise_id": world.enterprise.pk, "text": "停电", "external_refs": [{"system": "12345", "number": "1"}]}

    assert Caller(world.officer).post("cases", **body).status_code == 403
    assert Case.objects.count() == 0


def test_lists_come_in_stretches(world):
    for number in range(5):
        world.case(text=f"问题{number}")
    desk = Caller(world.coordinator)

    first = desk.get("cases", limit=2, sort="number").json()
    last = desk.get("cases", limit=2, offset=4, sort="number").json()

    assert (first["count"], len(first["items"]), first["next_offset"]) == (5, 2, 2)
    assert (len(last["items"]), last["next_offset"]) == (1, None)
    assert desk.get("cases", limit=201).status_code == 422
    assert desk.get("cases", offset=-1).status_code == 422
    assert desk.get("cases", status="lost").status_code == 422


def test_a_machine_reads_no_confidential_case_of_others_in_stretches(world):
    world.case(text="有人来要钱", is_confidential=True, by=world.manager, channel="enterprise")
    session = Client()
    session.force_login(world.coordinator.user)

    assert Caller(world.coordinator).get("cases").json()["count"] == 0
    assert session.get(f"{API}cases").json()["count"] == 1
    assert Caller(world.manager).get("cases").json()["count"] == 1
    assert Caller(world.leader).get("cases").json()["count"] == 0


def test_nobody_sees_a_confidential_case_by_its_number(world):
    case = world.case(text="有人来要钱", is_confidential=True, by=world.manager, channel="enterprise")

    for role in (world.leader, world.officer, world.lead, world.stranger):
        assert Caller(role).get(f"cases/{case.pk}").status_code == 404
    assert Caller(world.manager).get(f"cases/{case.pk}").status_code == 200


def test_an_internal_note_never_reaches_the_enterprise(world):
    case = world.assigned()
    assert Caller(world.lead).post(f"cases/{case.pk}/note", text="内部：先查线路").status_code == 200

    shown = Caller(world.manager).get(f"cases/{case.pk}")
    assert "先查线路" not in str(shown.json())
    assert "先查线路" in str(Caller(world.coordinator).get(f"cases/{case.pk}").json())


def test_an_enterprises_own_system_raises_and_drafts(world):
    manager = Caller(world.manager)
    body = {"enterprise_id": world.enterprise.pk, "text": "停电"}

    drafted = manager.post("cases", as_draft=True, **body)
    assert (drafted.status_code, drafted.json()["status"]) == (201, "draft"), drafted.content
    assert Caller(world.coordinator).get(f"cases/{drafted.json()['id']}").status_code == 404
    assert manager.post(f"cases/{drafted.json()['id']}/submit").json()["status"] == "submitted"
    other = body | {"enterprise_id": world.stranger.enterprise_id}
    assert manager.post("cases", **other).status_code == 404


def test_a_draft_is_thrown_away_by_its_author_alone(world):
    manager = Caller(world.manager)
    draft = manager.post("cases", as_draft=True, enterprise_id=world.enterprise.pk, text="停电").json()["id"]
    sent = manager.post("cases", enterprise_id=world.enterprise.pk, text="停水").json()["id"]

    colleague = factories.role("enterprise", enterprise=world.enterprise)
    assert Caller(colleague).post(f"cases/{draft}/discard").status_code == 403
    assert manager.post(f"cases/{sent}/discard").status_code == 403
    assert manager.post(f"cases/{draft}/discard").status_code == 204
    assert manager.get(f"cases/{draft}").status_code == 404
    assert manager.post(f"cases/{draft}/discard").status_code == 404


def test_a_file_is_judged_by_content_through_the_api_too(world):
    from django.core.files.uploadedfile import SimpleUploadedFile

    case, caller = world.case(), Caller(world.officer)
    page = SimpleUploadedFile("photo.png", b"<html><script>alert(1)</script></html>", content_type="image/png")
    text = SimpleUploadedFile("note.txt", "现场记录".encode(), content_type="text/plain")

    url, headers = f"{API}cases/{case.pk}/attach", caller._headers
    assert caller.client.post(url, {"upload": page}, headers=headers).status_code == 422
    kept = caller.client.post(url, {"upload": text}, headers=headers)
    assert [f["name"] for f in kept.json()["files"]] == ["note.txt"], kept.content


def visit(world, **more):
    return {"enterprise_id": world.enterprise.pk, "notes": "订单回升", "client_key": str(uuid.uuid4())} | more


def test_a_visit_sent_twice_is_recorded_once(world):
    caller, body = Caller(world.officer), visit(world)

    first, second = caller.post("visits", **body), caller.post("visits", **body)

    assert [first.status_code, second.status_code] == [201, 200], first.content
    assert first.json()["id"] == second.json()["id"]
    assert caller.post("visits", **body | {"notes": "另一次"}).status_code == 409
    assert Visit.objects.count() == 1


def test_the_key_of_another_officer_discloses_nothing(world):
    body = visit(world)
    other = factories.role("officer")
    factories.stationed(other, world.enterprise, "deputy")
    Caller(world.officer).post("visits", **body)

    refused = Caller(other).post("visits", **body)
    assert refused.status_code == 409
    assert "订单" not in str(refused.json())


def test_a_visit_brings_its_problem_promise_and_fact(world):
    caller = Caller(world.officer)
    body = visit(
        world,
        problems=[{"text": "每天傍晚跳闸", "category": "energy"}],
        commitments=[{"text": "周五前联系供电", "due_on": "2026-11-27"}],
        facts={"employees": 120},
    )

    recorded = caller.post("visits", **body)

    assert recorded.status_code == 201, recorded.content
    assert Case.objects.get().visit_id == recorded.json()["id"]
    assert Promise.objects.get().due_on.isoformat() == "2026-11-27"
    assert Fact.objects.get(key="employees").value == 120


@pytest.mark.parametrize(
    "wrong",
    [
        {"mode": "telepathy"},
        {"visited_at": "2026-11-24T00:00:00+08:00"},
        {"visited_at": "2026-11-22T10:00:00"},
        {"notes": ""},
        {"minutes": 0},
        {"problems": [{"text": ""}]},
        {"facts": {"no_such_fact": 1}},
        {"contact_id": 999_999},
    ],
)
def test_a_visit_that_cannot_be_is_a_422_and_leaves_nothing(world, wrong):
    answer = Caller(world.officer).post("visits", **visit(world, **wrong))

    assert answer.status_code == 422, answer.content
    assert answer.json()["error"]
    assert Visit.objects.count() == Case.objects.count() == 0


def test_only_who_serves_an_enterprise_records_its_visits(world):
    assert Caller(factories.role("officer")).post("visits", **visit(world)).status_code == 403
    assert Caller(world.coordinator).post("visits", **visit(world)).status_code == 403


def test_an_enterprise_reads_and_corrects_its_own_facts_only(world):
    manager, key = Caller(world.manager), "employees"
    mine, theirs = f"enterprises/{world.enterprise.pk}/facts", f"enterprises/{world.stranger.enterprise_id}/facts"

    made = manager.post(mine, key=key, value="120", as_of="2026-11-01")
    assert made.status_code == 201, made.content
    assert (made.json()["value"], made.json()["source"]) == (120, "enterprise")
    assert manager.post(theirs, key=key, value="1", as_of="2026-11-01").status_code == 404
    assert manager.post(f"facts/{made.json()['id']}/confirm").json()["confirmed_at"] is not None
    assert [f["key"] for f in manager.get(mine).json()["items"]] == [key]


def test_a_fact_of_an_enterprise_one_does_not_serve_is_not_ones_to_write(world):
    other = factories.role("officer")

    refused = Caller(other).post(
        f"enterprises/{world.enterprise.pk}/facts", key="employees", value=1, as_of="2026-11-01"
    )
    assert refused.status_code == 403
    assert (
        Caller(world.officer)
        .post(f"enterprises/{world.enterprise.pk}/facts", key="employees", value="many", as_of="2026-11-01")
        .status_code
        == 422
    )


def test_an_outsiders_read_of_a_file_is_logged_once_a_day(world):
    desk = Caller(world.coordinator)
    for _ in range(3):
        assert desk.get(f"enterprises/{world.enterprise.pk}/facts").status_code == 200
    Caller(world.officer).get(f"enterprises/{world.enterprise.pk}/facts")

    assert [(r.person_id, r.enterprise_id) for r in ReadLog.objects.all()] == [
        (world.coordinator.user_id, world.enterprise.pk)
    ]


def test_contacts_are_added_and_ended(world):
    officer = Caller(world.officer)
    made = officer.post(f"enterprises/{world.enterprise.pk}/contacts", name="赵敏", function="厂长", is_main=True)

    assert made.status_code == 201, made.content
    ended = officer.post(f"contacts/{made.json()['id']}/end", on="2026-11-23")
    assert ended.json()["ends_on"] == "2026-11-23"
    assert Contact.objects.get().is_main is False
    assert Caller(factories.role("analyst")).get(f"enterprises/{world.enterprise.pk}/contacts").status_code == 403


def test_the_desk_takes_an_enterprise_into_the_register(world):
    desk = Caller(world.coordinator)
    body = {"name": "新来的铸造厂", "locality": "211221101", "number": "91211221MA0QY0001M"}

    assert desk.post("enterprises", **body).status_code == 201
    assert desk.post("enterprises", **body).status_code == 409
    assert desk.post("enterprises", **body | {"locality": "999"}).status_code == 422
    assert [e["name"] for e in desk.get("enterprises", q="铸造").json()["items"]] == ["新来的铸造厂"]
    assert Caller(world.officer).post("enterprises", **body).status_code == 403


def test_lists_of_the_place_read_the_same_for_everybody(world):
    for role in (world.officer, world.manager, factories.role("administrator")):
        caller = Caller(role)
        assert caller.get("place").json()["code"] == world.place.code
        assert caller.get("localities", level="county").json()["count"] > 0
        assert caller.get("organisations").json()["count"] > 0
    assert Caller(world.officer).get("fact-definitions").json()["count"] == FactDefinition.objects.count()
    assert Caller(world.officer).get("categories").json()["count"] == 16


def test_tasks_are_ones_own(world):
    world.case()
    desk = Caller(world.coordinator)

    listed = desk.get("tasks").json()
    assert listed["count"] == 1
    one = listed["items"][0]["id"]
    assert desk.post(f"tasks/{one}/read").json()["is_read"] is True
    assert Caller(world.leader).post(f"tasks/{one}/read").status_code == 404


def test_promises_are_made_and_settled(world):
    officer, manager = Caller(world.officer), Caller(world.manager)
    made = manager.post("promises", enterprise_id=world.enterprise.pk, text="月底前补齐材料", due_on="2026-11-30")

    assert made.status_code == 201, made.content
    settled = officer.post(f"promises/{made.json()['id']}/settle", state="kept")
    assert settled.json()["state"] == "kept", settled.content
    assert officer.post(f"promises/{made.json()['id']}/settle", state="kept").status_code == 409
    assert Caller(world.stranger).get("promises").json()["count"] == 0


def test_a_fault_of_ours_undoes_everything_and_says_nothing_of_itself(world, monkeypatch):
    from openliaison.cases import services

    def open_and_break(**fields):
        factories.enterprise("半成品")
        raise RuntimeError("secret detail of the database")

    monkeypatch.setattr(services, "open_case", open_and_break)
    caller = Caller(world.officer)
    caller.client.raise_request_exception = False

    answer = caller.post("cases", enterprise_id=world.enterprise.pk, text="停电")

    assert answer.status_code == 500
    assert "secret" not in answer.content.decode()
    assert set(answer.json()) == {"error", "fields"}
    assert not type(world.enterprise).objects.filter(name="半成品").exists()


def test_every_write_by_token_stands_in_the_journal_under_its_person(world):
    opened = Caller(world.officer).post("cases", enterprise_id=world.enterprise.pk, text="停电").json()

    rows = Journal.objects.filter(subject=f"cases.case:{opened['id']}")
    assert {(r.actor_id, r.role) for r in rows} == {(world.officer.user_id, "ol_officer")}
    assert {r.at for r in rows} == {NOON + timedelta(0)}
