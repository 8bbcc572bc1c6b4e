"""The register's pages: what each person finds, what is refused in words, how many questions the database gets."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openliaison.core.models import SavedView
from openliaison.register import services
from openliaison.register.models import Contact, Enterprise, Fact, GroupTie, Link, Merge, Site
from tests.conftest import NOON
from tests.factories import enterprise, locality, role, stationed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
NUMBER = "91110000600037341L"
LIST_QUERIES, FILE_QUERIES = 24, 40  # session, role and savepoints among them


def made(name: str, **more) -> Enterprise:
    where = locality(more.pop("at", "211221101"))
    return services.add_enterprise(place=where.place, name=name, locality=where, by=None, at=NOON, **more)


def names(response) -> list[str]:
    assert response.status_code == 200
    return [e.name for e in response.context["page"]]


def fact(of: Enterprise, key: str, value: str) -> Fact:
    return services.record_fact(enterprise=of, key=key, value=value, source="visit", as_of=TODAY, by=None, at=NOON)


@pytest.fixture
def listed(world):
    """Three enterprises beside the world's own two."""
    Enterprise.objects.filter(name="别家企业有限公司").delete()
    a = made("南河饲料有限公司", industry="1313", number=NUMBER)
    b = made("平顶堡橡胶有限公司", industry="2913", at="211221105", status="stopped")
    c = made("大甸阀门厂", industry="3443", at="211221105", source="2026 年名录")
    fact(a, "employees", "340")
    fact(b, "employees", "12")
    return a, b, c


# ── The list ─────────────────────────────────────────────────


FILTERS = [
    ({"q": "nhsl"}, ["南河饲料有限公司"]),
    ({"q": "7341L"}, ["南河饲料有限公司"]),
    ({"q": "7342L"}, []),
    ({"q": "0037341l"}, ["南河饲料有限公司"]),
    ({"place": "211221105"}, ["大甸阀门厂", "平顶堡橡胶有限公司"]),
    ({"industry": "C"}, ["南河饲料有限公司", "大甸阀门厂", "平顶堡橡胶有限公司"]),
    ({"industry": "29"}, ["平顶堡橡胶有限公司"]),
    ({"industry": "c2913"}, ["平顶堡橡胶有限公司"]),
    ({"industry": "A"}, []),
    ({"status": "stopped"}, ["平顶堡橡胶有限公司"]),
    ({"serving": "nobody"}, ["南河饲料有限公司", "大甸阀门厂", "平顶堡橡胶有限公司"]),
    ({"staff": "300-999"}, ["南河饲料有限公司"]),
    ({"staff": "0-19", "place": "211221105"}, ["平顶堡橡胶有限公司"]),
    ({"source": "-", "q": "公司", "serving": "nobody"}, ["南河饲料有限公司", "平顶堡橡胶有限公司"]),
    ({"place": "999"}, []),
    ({"status": "nonsense"}, []),
    ({"officer": "abc"}, []),
    ({"q": "！！"}, []),
]


def test_each_filter_finds_what_it_says(world, listed, at_site):
    desk = at_site(world.coordinator)
    for query, wanted in FILTERS:
        found = desk.get("/enterprises/", sort="name", **query)
        assert sorted(names(found)) == sorted(wanted), query


def test_an_officers_own_and_the_officer_of_others(world, listed, at_site):
    page = at_site(world.officer)
    assert names(page.get("/enterprises/", serving="me")) == [world.enterprise.name]
    assert names(page.get("/enterprises/", officer=world.officer.user_id)) == [world.enterprise.name]


def test_merged_ones_are_not_listed(world, listed, at_site):
    a, b, _c = listed
    services.merge_enterprises(kept=a, taken=b, by=world.coordinator, at=NOON)
    assert b.name not in names(at_site(world.leader).get("/enterprises/"))


def test_the_list_asks_as_often_for_fifty_rows_as_for_five(world, listed, at_site):
    for n in range(60):
        stationed(world.officer, made(f"第{n}家企业有限公司"))
    desk = at_site(world.coordinator)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        response = desk.get("/enterprises/", col=["name", "staff", "officer"])
    assert len(response.context["page"]) == 50
    assert len(asked) <= LIST_QUERIES, "\n".join(q["sql"][:160] for q in asked)


def test_columns_saved_views_and_export(world, listed, at_site):
    desk = at_site(world.coordinator)
    SavedView.objects.create(person=world.coordinator.user, page="enterprises", name="停产的", query="status=stopped")
    page = desk.get("/enterprises/", col=["name", "staff"]).content.decode()
    assert "停产的" in page and 'data-l="Staff"' in page and 'data-l="Number"' not in page

    csv = desk.get("/enterprises/", export="csv", status="stopped").content.decode("utf-8-sig")
    assert "State: production stopped" in csv and "平顶堡橡胶有限公司" in csv and "南河" not in csv
    assert "2913 橡胶零件制造" in csv
    ticked = desk.get("/enterprises/", export="csv", pick=[listed[0].pk, "x", "9" * 30]).content.decode("utf-8-sig")
    assert "南河" in ticked and "平顶堡" not in ticked
    assert desk.get("/enterprises/", export="csv", ticked="1").status_code == 302  # nothing ticked is not everything


def test_an_empty_list_teaches(world, at_site):
    assert "pinyin initials" in at_site(world.officer).get("/enterprises/", q="没有这家").content.decode()


# ── Many at once ─────────────────────────────────────────────


def test_ticked_rows_get_an_officer_and_the_result_says_who_not(world, listed, at_site):
    a, b, c = listed
    stationed(role("officer"), b)
    desk = at_site(world.coordinator)
    asked = desk.get("/enterprises/assign/", pick=[a.pk, b.pk])
    assert "2 enterprises" in asked.content.decode()

    said = {"to-officer": world.officer.pk, "to-kind": "officer", "to-starts_on": TODAY.isoformat()}
    done = desk.post("/enterprises/assign/", pick=[a.pk, b.pk], **said)

    assert done.status_code == 200
    assert [e.pk for e in done.context["result"].done] == [a.pk]
    assert "End that first, or replace" in done.content.decode()
    assert set(Link.objects.filter(user=world.officer.user).values_list("enterprise_id", flat=True)) == {
        world.enterprise.pk,
        a.pk,
    }
    assert not Link.objects.filter(enterprise=c).exists()


def test_all_that_the_filter_finds_get_an_officer(world, listed, at_site):
    said = {"to-officer": world.officer.pk, "to-kind": "deputy", "to-starts_on": TODAY.isoformat()}
    done = at_site(world.coordinator).post("/enterprises/assign/", all="1", place="211221105", **said)
    assert {e.name for e in done.context["result"].done} == {"平顶堡橡胶有限公司", "大甸阀门厂"}


def test_ticks_that_are_no_numbers_reach_nobody(world, listed, at_site):
    desk = at_site(world.coordinator)
    said = {"to-officer": world.officer.pk, "to-kind": "deputy", "to-starts_on": TODAY.isoformat()}
    assert desk.post("/enterprises/assign/", pick=["x", "9" * 30], **said).status_code == 422
    assert names(desk.get("/enterprises/", pick="x")) == []
    assert Link.objects.count() == 1


def test_nothing_ticked_and_no_officer_chosen_are_said(world, listed, at_site):
    desk = at_site(world.coordinator)
    assert "No enterprise is ticked" in desk.get("/enterprises/assign/").content.decode()
    bad = desk.post("/enterprises/assign/", pick=[listed[0].pk], **{"to-officer": "x", "to-kind": "y"})
    assert bad.status_code == 422
    assert Link.objects.count() == 1


# ── The file ─────────────────────────────────────────────────


@pytest.fixture
def full(world):
    """An enterprise with something of everything."""
    one = world.enterprise
    for key, value in (("employees", "340"), ("revenue_10k_cny", "20400"), ("registered_on", "2003-02-02")):
        fact(one, key, value)
    services.add_contact(enterprise=one, name="陈志强", phone="024-00000001", is_main=True, by=None, at=NOON)
    services.add_site(enterprise=one, name="二厂", locality=locality("211221105"), street="工业路", by=None, at=NOON)
    GroupTie.objects.create(parent=enterprise("总公司"), child=one)
    return one


def test_the_file_shows_its_parts_to_its_officer(world, full, at_site):
    officer = at_site(world.officer)
    with CaptureQueriesContext(connection) as asked:
        page = officer.get(f"/enterprises/{full.pk}/")
    text = page.content.decode()
    for part in (
        "陈志强",
        "二厂",
        "总公司",
        "340 persons",
        "CN¥204,000,000",
        "2 Feb 2003",
        "Still right",
        "Record a visit",
    ):
        assert part in text
    assert "Correct who it is" not in text
    assert len(asked) <= FILE_QUERIES, "\n".join(q["sql"][:160] for q in asked)


def test_each_role_sees_its_part_of_the_file(world, full, at_site):
    def seen(who) -> set[str]:
        text = at_site(who).get(f"/enterprises/{full.pk}/").content.decode()
        return {
            p for p in ("陈志强", "二厂", "340 persons", "CN¥204,000,000", "Still right", "Merge with") if p in text
        }

    everything = {"陈志强", "二厂", "340 persons", "CN¥204,000,000"}
    assert seen(world.coordinator) == everything | {"Still right", "Merge with"}
    assert seen(world.leader) == everything
    assert seen(role("officer")) == set()
    assert seen(role("inspector")) == {"陈志强", "二厂", "340 persons"}
    assert seen(role("analyst")) == everything - {"陈志强"}
    assert seen(world.lead) == set()
    assert at_site(world.manager).get(f"/enterprises/{full.pk}/").status_code == 403


def test_an_unknown_number_is_not_found(world, at_site):
    assert at_site(world.coordinator).get("/enterprises/999999/").status_code == 404


def test_a_merged_file_points_on_and_offers_nothing(world, full, at_site):
    other = made("另一家")
    services.merge_enterprises(kept=other, taken=full, by=world.coordinator, at=NOON)
    text = at_site(world.coordinator).get(f"/enterprises/{full.pk}/").content.decode()
    assert f'href="/enterprises/{other.pk}/"' in text and "Station an officer" not in text


# ── Facts ────────────────────────────────────────────────────


def test_a_fact_is_recorded_confirmed_and_taken_back(world, full, at_site):
    officer = at_site(world.officer)
    url = f"/enterprises/{full.pk}/facts/employees/"
    said = {"value": "350", "as_of": TODAY.isoformat(), "source": "visit", "source_ref": "走访"}
    assert officer.post(f"{url}record/", **said).status_code == 302
    now_held = Fact.objects.current().get(enterprise=full, key="employees")
    assert (now_held.value, now_held.recorded_by) == (350, world.officer.user)

    text = officer.get(url).content.decode()
    assert "350 persons" in text and "340 persons" in text and "superseded" in text

    assert officer.post(f"/enterprises/facts/{now_held.pk}/confirm/").status_code == 302
    assert officer.post(f"/enterprises/facts/{now_held.pk}/retract/", reason="").status_code == 422
    assert officer.post(f"/enterprises/facts/{now_held.pk}/retract/", reason="抄错").status_code == 302
    assert Fact.objects.current().get(enterprise=full, key="employees").value == 340


BAD_FACTS = [
    ("employees", {"value": "many"}, "a whole number"),
    ("employees", {"value": ""}, "required"),
    ("employees", {"value": "3", "as_of": "2026-12-01"}, "lies ahead"),
    ("employees", {"value": "3", "as_of": "yesterday"}, "valid date"),
    ("employees", {"value": "3", "source": "gossip"}, "valid choice"),
    ("revenue_10k_cny", {"value": "1e999"}, "a number"),
    ("industry", {"value": "9Z"}, "a code that the list has"),
    ("registered_on", {"value": "2026-02-30"}, "valid date"),
    ("is_above_scale", {"value": "perhaps"}, "valid choice"),
    ("region", {"value": "1"}, "valid choice"),
]


def test_bad_values_are_refused_in_words_and_nothing_is_lost(world, full, at_site):
    officer = at_site(world.officer)
    before = Fact.objects.count()
    for key, said, why in BAD_FACTS:
        given = {"as_of": TODAY.isoformat(), "source": "visit", "source_ref": "我的记录"} | said
        answer = officer.post(f"/enterprises/{full.pk}/facts/{key}/record/", **given)
        assert (answer.status_code, why in answer.content.decode()) == (422, True), (key, said)
        assert "我的记录" in answer.content.decode()
    assert Fact.objects.count() == before


GOOD_FACTS = [
    ("is_above_scale", "true", True),
    ("region", "211221101", "211221101"),
    ("size", "small", "small"),
    ("main_products", "自卸车\n环卫车\n", ["自卸车", "环卫车"]),
    ("recognition", "", []),
    ("legal_form", "有限责任公司", "有限责任公司"),
    ("industry", "c3630", "3630"),
]


def test_each_type_has_its_control(world, full, at_site):
    officer = at_site(world.officer)
    for key, typed, kept in GOOD_FACTS:
        given = {"value": typed, "as_of": TODAY.isoformat(), "source": "visit"}
        assert officer.get(f"/enterprises/{full.pk}/facts/{key}/").status_code == 200
        assert officer.post(f"/enterprises/{full.pk}/facts/{key}/record/", **given).status_code == 302, key
        assert Fact.objects.current().get(enterprise=full, key=key).value == kept
    filled = officer.get(f"/enterprises/{full.pk}/facts/main_products/").content.decode()
    assert "自卸车\n环卫车</textarea>" in filled


def test_unknown_keys_and_other_peoples_files_are_closed(world, full, at_site):
    assert at_site(world.officer).get(f"/enterprises/{full.pk}/facts/shoe_size/").status_code == 404
    given = {"value": "3", "as_of": TODAY.isoformat(), "source": "visit"}
    url = f"/enterprises/{full.pk}/facts/employees/record/"
    assert at_site(role("officer")).post(url, **given).status_code == 403
    assert at_site(world.stranger).post(url, **given).status_code == 404
    held = Fact.objects.current().get(enterprise=full, key="employees")
    assert at_site(world.stranger).post(f"/enterprises/facts/{held.pk}/confirm/").status_code == 404


# ── Our own file ─────────────────────────────────────────────


def test_the_enterprise_corrects_confirms_and_sees_who_read(world, full, at_site):
    at_site(world.leader).get(f"/enterprises/{full.pk}/")
    manager = at_site(world.manager)
    page = manager.get("/enterprises/ours/").content.decode()
    for part in ("CN¥204,000,000", "陈志强", world.leader.user.label, "leader"):
        assert part in page

    url = f"/enterprises/{full.pk}/facts/employees/record/"
    answer = manager.post(url, value="333", as_of=TODAY.isoformat())
    assert (answer.status_code, answer.url) == (302, "/enterprises/ours/#held")
    held = Fact.objects.current().get(enterprise=full, key="employees")
    assert (held.value, held.source) == (333, "enterprise")

    revenue = Fact.objects.current().get(enterprise=full, key="revenue_10k_cny")
    manager.post(f"/enterprises/facts/{revenue.pk}/confirm/")
    revenue.refresh_from_db()
    assert revenue.confirmed_by == world.manager.user

    manager.post(f"/enterprises/{full.pk}/contacts/add/", name="林晓东", phone="13900000000", is_main="on")
    assert Contact.objects.get(enterprise=full, is_main=True).name == "林晓东"
    first = Contact.objects.get(name="陈志强")
    manager.post(f"/enterprises/contacts/{first.pk}/end/", on=TODAY.isoformat())
    first.refresh_from_db()
    assert first.ends_on == TODAY
    assert manager.get(f"/enterprises/{full.pk}/identity/").status_code == 403


# ── Contacts, sites, identity ────────────────────────────────


def test_two_people_editing_one_contact_at_once(world, full, at_site):
    row = Contact.objects.get(enterprise=full)
    url = f"/enterprises/contacts/{row.pk}/"
    officer, manager = at_site(world.officer), at_site(world.manager)
    opened = officer.get(url).context["form"]
    typed = {n: opened[n].value() or "" for n in opened.fields if n != "seen"}
    seen = opened["seen"].field.prepare_value(opened.initial["seen"])

    assert manager.post(url, **typed | {"phone": "024-00000002"}, seen=seen).status_code == 302
    late = officer.post(url, **typed | {"phone": "024-00000003"}, seen=seen)
    assert late.status_code == 422
    assert "024-00000002" in late.content.decode() and "024-00000003" in late.content.decode()

    again = late.context["form"]
    assert officer.post(url, **typed | {"phone": "024-00000003"}, seen=again.data["seen"]).status_code == 302
    row.refresh_from_db()
    assert row.phone == "024-00000003"


def test_a_form_without_or_with_a_broken_memory_is_refused(world, full, at_site):
    row = Contact.objects.get(enterprise=full)
    officer = at_site(world.officer)
    for seen in ("", "{", "[]", '{"is_main": "True"}'):
        answer = officer.post(f"/enterprises/contacts/{row.pk}/", name="x", seen=seen)
        assert answer.status_code == 422, seen


def test_bad_contacts_sites_and_ends_are_refused_in_words(world, full, at_site):
    officer = at_site(world.officer)
    add = f"/enterprises/{full.pk}/contacts/add/"
    assert "at least five" in officer.post(add, name="张三", phone="abc").content.decode()
    assert officer.post(add, name="").status_code == 422
    assert officer.post(add, name="张三", email="x@").status_code == 422
    row = Contact.objects.get(enterprise=full)
    assert officer.post(f"/enterprises/contacts/{row.pk}/end/", on="2026-12-24").status_code == 422
    assert officer.post(f"/enterprises/{full.pk}/sites/add/", name="x", locality="999").status_code == 422
    site = Site.objects.get()
    assert officer.post(f"/enterprises/sites/{site.pk}/close/", on=TODAY.isoformat()).status_code == 302
    assert officer.get(f"/enterprises/{full.pk}/").content.decode().count("1 closed") == 1


def test_identity_is_corrected_by_the_coordinator_only(world, full, at_site):
    desk = at_site(world.coordinator)
    url = f"/enterprises/{full.pk}/identity/"
    assert at_site(world.officer).get(url).status_code == 403
    form = desk.get(url).context["form"]
    given = {"name": "北岗改装车有限公司", "locality": locality("211221101").pk, "status": "active"}
    seen = form["seen"].field.prepare_value(form.initial["seen"])

    bad = desk.post(url, **given, number="9.11E+17", seen=seen)
    assert (bad.status_code, "shortened by a spreadsheet" in bad.content.decode()) == (422, True)
    outside = desk.post(url, **given | {"locality": locality("211224101").pk}, seen=seen)
    assert outside.status_code == 422
    assert desk.post(url, **given, number=NUMBER, seen=seen).status_code == 302
    full.refresh_from_db()
    assert (full.name, full.number) == ("北岗改装车有限公司", NUMBER)


def test_an_enterprise_by_hand_is_compared_with_what_is_on_file(world, listed, at_site):
    desk = at_site(world.coordinator)
    given = {"locality": locality("211221101").pk}
    by_number = desk.post("/enterprises/add/", name="全新名称厂", number=NUMBER, **given)
    assert (by_number.status_code, "on file: 南河饲料" in by_number.content.decode()) == (422, True)

    alike = desk.post("/enterprises/add/", name="铁岭南河饲料厂", **given)
    assert (alike.status_code, "Is it one of these?" in alike.content.decode()) == (422, True)
    assert not Enterprise.objects.filter(name="铁岭南河饲料厂").exists()

    done = desk.post("/enterprises/add/", name="铁岭南河饲料厂", is_new="true", **given)
    row = Enterprise.objects.get(name="铁岭南河饲料厂")
    assert (done.status_code, done.url) == (302, f"/enterprises/{row.pk}/")
    assert desk.post("/enterprises/add/", name="", **given).status_code == 422


# ── Stationing, group, merging ───────────────────────────────


def test_the_coordinator_stations_covers_and_ends(world, full, at_site):
    desk, cover = at_site(world.coordinator), role("officer")
    url = f"/enterprises/{full.pk}/station/"
    said = {"officer": cover.pk, "kind": "cover", "starts_on": TODAY.isoformat()}
    assert "until which day" in desk.post(url, **said).content.decode()
    assert desk.post(url, **said, ends_on=(TODAY + DAY).isoformat()).status_code == 302
    link = Link.objects.get(user=world.officer.user)
    assert desk.post(f"/enterprises/links/{link.pk}/end/", on=TODAY.isoformat(), reason="x").status_code == 302
    link.refresh_from_db()
    assert link.ends_on == TODAY
    assert at_site(world.officer).get(url).status_code == 403


def test_ties_are_added_by_name_or_number_and_loops_refused(world, full, at_site):
    desk = at_site(world.coordinator)
    url = f"/enterprises/{full.pk}/group/add/"
    child = made("子公司", number=NUMBER)
    assert desk.post(url, direction="child", other=NUMBER.lower(), percent="60").status_code == 302
    tie = GroupTie.objects.get(child=child)
    assert str(tie.share) == "0.6000"
    loop = desk.post(url, direction="parent", other="子公司")
    assert (loop.status_code, "loop" in loop.content.decode()) == (422, True)
    assert "exactly this name" in desk.post(url, direction="child", other="没有").content.decode()
    assert desk.post(url, direction="child", other="子公司", percent="200").status_code == 422
    assert desk.post(f"/enterprises/{full.pk}/group/{tie.pk}/end/", on=TODAY.isoformat()).status_code == 302


def test_two_files_are_compared_merged_and_taken_apart_on_screen(world, full, at_site):
    other = made("北岗专用汽车厂")
    desk = at_site(world.coordinator)
    assert other.name in desk.get(f"/enterprises/{full.pk}/merge/").content.decode()
    assert other.name in desk.get(f"/enterprises/{full.pk}/merge/", q="qcc").content.decode()
    url = f"/enterprises/{full.pk}/merge/{other.pk}/"
    assert "3 values" in desk.get(url).content.decode()
    assert desk.post(url, kept="999").status_code == 422
    assert desk.post(url, kept=str(full.pk)).url == f"/enterprises/{full.pk}/"
    assert "was merged before" in desk.post(url, kept=str(full.pk)).content.decode()

    row = Merge.objects.get()
    assert other.name in desk.get(f"/enterprises/{full.pk}/").content.decode()
    assert "Take them apart" in desk.get(f"/enterprises/merges/{row.pk}/undo/").content.decode()
    assert desk.post(f"/enterprises/merges/{row.pk}/undo/").status_code == 302
    other.refresh_from_db()
    assert other.merged_into is None
    assert desk.post(f"/enterprises/merges/{row.pk}/undo/").status_code == 422
    assert at_site(world.officer).get(url).status_code == 403
