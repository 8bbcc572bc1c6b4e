"""What people see and send on the pages of visits."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from openliaison.cases.models import Case, CaseFile, Promise
from openliaison.register.models import Contact, Fact
from openliaison.register.services import record_fact
from openliaison.visits import services
from openliaison.visits.models import Visit
from tests.conftest import NOON
from tests.factories import enterprise, png, role, stationed

PNG = png()


def form(world, **more):
    management = {f"{b}-{k}": v for b in ("problem", "promise") for k, v in (("TOTAL_FORMS", 1), ("INITIAL_FORMS", 0))}
    given = {_BLOCKS.get(key, key): value for key, value in more.items()}
    return {"enterprise": world.enterprise.pk, "mode": "visit", "client_key": str(uuid.uuid4())} | management | given


# The first block of each kind, by a short name.
_BLOCKS = {
    "problem": "problem-0-text",
    "wanted_result": "problem-0-wanted_result",
    "is_confidential": "problem-0-is_confidential",
    "uploads": "problem-0-uploads",
    "promise": "promise-0-text",
    "promise_side": "promise-0-side",
    "promise_due": "promise-0-due_on",
}


def faults(answer) -> list[str]:
    filled = answer.context["form"]
    listed = [filled.errors, *(block.errors for blocks in filled.blocks.values() for block in blocks)]
    return [str(e) for errors in listed for field in errors.values() for e in field]


def visited(world, **more) -> Visit:
    arguments = {"notes": "订单回升", "at": NOON, "by": world.officer} | more
    return services.record_visit(enterprise=world.enterprise, **arguments)


def faded(world, key="employees", value=180):
    return record_fact(
        enterprise=world.enterprise, key=key, value=value, source=Fact.Source.ENTERPRISE,
        as_of=date(2024, 1, 1), by=world.officer, at=NOON,
    )  # fmt: skip


def test_without_an_enterprise_the_page_offers_mine_and_nobody_elses(world, at_the_screen):
    enterprise("别人的企业有限公司")
    page = at_the_screen(world.officer).get("/visits/record/")

    assert page.status_code == 200
    assert [e.name for e in page.context["rows"]] == ["北岗专用汽车有限公司"]


def test_the_form_offers_the_contacts_of_this_enterprise_only(world, at_the_screen):
    other = enterprise("另一家有限公司")
    stationed(world.officer, other)
    for name, of in (("周厂长", world.enterprise), ("吴经理", other)):
        Contact.objects.create(enterprise=of, name=name, recorded_at=NOON)

    page = at_the_screen(world.officer).get(f"/visits/record/?enterprise={world.enterprise.pk}").content.decode()

    assert "周厂长" in page
    assert "吴经理" not in page


@pytest.mark.parametrize("wrong", ["0", "abc", "999999", "9" * 30])
def test_an_enterprise_that_is_not_mine_is_not_found(world, at_the_screen, wrong):
    assert at_the_screen(world.officer).get(f"/visits/record/?enterprise={wrong}").status_code == 404


def test_three_useful_facts_that_faded_or_are_missing_are_asked_and_fresh_ones_are_not(world, at_the_screen):
    faded(world)
    record_fact(
        enterprise=world.enterprise, key="revenue_10k_cny", value="9000", source="visit",
        as_of=NOON.date(), by=world.officer, at=NOON,
    )  # fmt: skip
    page = at_the_screen(world.officer).get(f"/visits/record/?enterprise={world.enterprise.pk}")

    asked = [field.name for field in page.context["form"].asked()]
    assert asked == ["fact_employees", "fact_main_products", "fact_temporarily_unable_to_operate"]
    assert "fact_revenue_10k_cny" not in asked


def test_one_screen_records_notes_case_promise_picture_and_fact(world, at_the_screen):
    faded(world)
    picture = SimpleUploadedFile("switch.png", PNG, content_type="image/png")
    sent = form(
        world, notes="订单回升", problem="每天傍晚跳闸", promise="联系供电公司", promise_due="2026-11-30",
        promise_side="county", fact_employees="186", minutes="40", uploads=picture,
    )  # fmt: skip

    answer = at_the_screen(world.officer).post("/visits/record/", sent)

    assert answer.status_code == 302, answer.context["form"].errors
    visit = Visit.objects.get()
    assert answer.url == f"/visits/{visit.pk}/"
    assert (visit.notes, visit.minutes) == ("订单回升", 40)
    assert CaseFile.objects.get(case__visit_id=visit.pk).name == "switch.png"
    assert Promise.objects.get().text == "联系供电公司"
    assert Fact.objects.current().get(key="employees").value == 186


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({}, "Write what you heard"),
        ({"notes": "x", "promise": "电"}, "A promise needs a day"),
        ({"notes": "x", "promise_due": "2026-11-30"}, "Write what was promised"),
        ({"notes": "x", "wanted_result": "稳定供电"}, "Write the problem"),
        ({"notes": "x", "mode": "fax"}, "Select a valid choice"),
        ({"notes": "x", "minutes": "-5"}, "greater than or equal to 1"),
        ({"notes": "x", "fact_employees": "viele"}, "does not fit"),
        ({"notes": "x", "visited_at": "2027-01-01T09:00"}, "lies in the future"),
        ({"notes": "x", "client_key": "none"}, "valid UUID"),
    ],
)
def test_bad_input_is_answered_with_a_sentence_and_nothing_is_lost(world, at_the_screen, wrong, words):
    faded(world)
    answer = at_the_screen(world.officer).post("/visits/record/", form(world, **wrong))

    assert answer.status_code == 422
    text = answer.content.decode()
    shown = faults(answer)
    assert any(words in e for e in shown)
    assert "Not recorded yet" in text
    assert ">x</textarea>" in text.replace("\n", "") or "notes" not in wrong
    assert not Visit.objects.exists()


def test_files_without_a_problem_are_refused_with_the_cure(world, at_the_screen):
    picture = SimpleUploadedFile("switch.png", PNG, content_type="image/png")
    answer = at_the_screen(world.officer).post("/visits/record/", form(world, notes="x", uploads=picture))

    assert answer.status_code == 422
    assert "write the problem they show" in answer.content.decode()


def test_a_confidential_problem_is_confidential(world, at_the_screen):
    at_the_screen(world.officer).post("/visits/record/", form(world, problem="拖欠工程款", is_confidential="on"))

    assert Case.objects.get().is_confidential


def test_nothing_new_in_one_tap_twice_pressed_once_recorded(world, at_the_screen):
    browser, key = at_the_screen(world.officer), str(uuid.uuid4())
    for _press in range(2):
        answer = browser.post(f"/visits/nothing-new/{world.enterprise.pk}/", {"client_key": key}, follow=True)

    assert Visit.objects.count() == 1
    assert "nothing new" in answer.content.decode()


def test_a_damaged_key_is_said_and_nothing_is_recorded(world, at_the_screen):
    browser = at_the_screen(world.officer)
    answer = browser.post(f"/visits/nothing-new/{world.enterprise.pk}/", {"client_key": "x"}, follow=True)

    assert "Open the page again" in answer.content.decode()
    assert not Visit.objects.exists()


def test_the_list_is_filtered_sorted_and_exported(world, at_the_screen):
    visited(world)
    visited(world, mode="call", notes="电话", at=NOON - timedelta(days=40))
    browser = at_the_screen(world.coordinator)

    assert [v.notes for v in browser.get("/visits/?mode=call").context["page"]] == ["电话"]
    assert [v.notes for v in browser.get("/visits/?since=2026-11-01").context["page"]] == ["订单回升"]
    assert browser.get("/visits/?confirmed=yes").context["page"].paginator.count == 0
    export = browser.get("/visits/?mode=call&export=csv").content.decode("utf-8-sig")
    assert "电话" in export
    assert "订单回升" not in export


@pytest.mark.parametrize("query", ["mode=fax", "since=yesterday", "since=2026-11-02&until=2026-11-01", "enterprise=-1"])
def test_a_filter_that_does_not_exist_is_422(world, at_the_screen, query):
    assert at_the_screen(world.coordinator).get(f"/visits/?{query}").status_code == 422


def test_the_list_costs_the_same_for_one_and_for_ten(world, at_the_screen, django_assert_num_queries):
    browser = at_the_screen(world.coordinator)
    visited(world)
    browser.get("/visits/")
    for _n in range(9):
        visited(world)

    with django_assert_num_queries(13):
        browser.get("/visits/")


def test_the_enterprise_reads_and_confirms_its_own_record_only(world, at_the_screen):
    visit = visited(world)
    assert at_the_screen(world.stranger).get(f"/visits/{visit.pk}/").status_code == 404
    assert at_the_screen(world.stranger).post(f"/visits/{visit.pk}/confirm/").status_code == 404

    answer = at_the_screen(world.manager).post(f"/visits/{visit.pk}/confirm/", follow=True)

    visit.refresh_from_db()
    assert visit.confirmed_at == NOON
    assert "the record is confirmed" in answer.content.decode()


def test_inspectors_never_reach_a_visit(world, at_the_screen):
    visit = visited(world)
    browser = at_the_screen(role("inspector"))

    for url in ("/visits/", f"/visits/{visit.pk}/", f"/visits/{visit.pk}/note/"):
        assert browser.get(url).status_code == 403


def test_the_analyst_reads_the_record_without_the_person_met(world, at_the_screen):
    met = Contact.objects.create(enterprise=world.enterprise, name="周厂长", recorded_at=NOON)
    visit = visited(world, met=met)

    assert "周厂长" in at_the_screen(world.officer).get(f"/visits/{visit.pk}/").content.decode()
    assert "周厂长" not in at_the_screen(role("analyst")).get(f"/visits/{visit.pk}/").content.decode()


def test_the_note_prints_with_place_day_and_source(world, at_the_screen):
    visit = visited(world)
    page = at_the_screen(world.officer).get(f"/visits/{visit.pk}/note/").content.decode()

    assert "订单回升" in page
    assert f"record {visit.pk}" in page


def test_the_desk_asks_the_officer_from_its_page(world, at_the_screen):
    answer = at_the_screen(world.coordinator).post(f"/visits/ask/{world.enterprise.pk}/", follow=True)

    assert "has it on the list" in answer.content.decode()
    assert "Get in touch" in at_the_screen(world.officer).get("/").content.decode()


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("promise_due", {"promise": "周五前答复", "promise_due": (NOON.date() - timedelta(days=1)).isoformat()}),
        ("visited_at", {"notes": "看了车间", "visited_at": f"{NOON.date() + timedelta(days=2)}T10:00"}),
    ],
)
def test_a_day_that_cannot_be_is_marked_where_it_was_typed(world, at_the_screen, field, more):
    answer = at_the_screen(world.officer).post("/visits/record/", form(world, **more))

    assert answer.status_code == 422
    filled = answer.context["form"]
    assert [*filled.errors, *(f"promise_{key[:3]}" for key in filled.blocks["promise"][0].errors)] == [field]
    assert not Visit.objects.exists()


def test_a_refused_visit_says_that_its_pictures_must_be_chosen_again(world, at_the_screen):
    picture = SimpleUploadedFile("a.png", PNG, "image/png")
    answer = at_the_screen(world.officer).post("/visits/record/", form(world, promise="周五前答复", uploads=[picture]))

    assert "Choose your files again" in answer.content.decode()


def test_the_enterprise_sees_in_the_list_what_it_has_confirmed(world, at_the_screen):
    services.confirm_visit(visit=visited(world), by=world.manager, at=NOON)
    page = at_the_screen(world.manager).get("/visits/")

    shown = page.context["list"].shown
    assert "confirmed" in shown
    assert "enterprise" not in shown
