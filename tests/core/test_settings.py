"""Settings on screen: dated, marked, journalled, and stronger than a later load."""

import io
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest

from openliaison.cases.models import Category
from openliaison.cases.services import seed_categories
from openliaison.core import place_editing
from openliaison.core.models import CalendarDay, ClockLimit, Journal, Setting
from openliaison.core.places import limit, seed_place, setting
from openliaison.core.scope import acting_as
from tests import factories as f

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
PAGES = [
    "/settings/",
    "/settings/calendar/",
    "/settings/calendar/?year=2027",
    "/settings/calendar/?year=abc",
    "/settings/clocks/",
    "/settings/clocks/reply/",
    "/settings/values/",
    "/settings/values/small_cell/",
    "/settings/words/zh/",
    "/settings/categories/",
    "/settings/facts/",
    "/settings/facts/?q=employees",
]


@pytest.fixture
def admin(client):
    role = f.role("administrator")
    client.force_login(role.user)
    return role


def test_every_page_opens_to_the_administrator_in_both_languages(client, admin):
    for language in ("zh-hans", "en"):
        client.cookies["language"] = language
        for page in PAGES:
            assert client.get(page).status_code == 200, page


@pytest.mark.parametrize("kind", ["officer", "coordinator", "handler", "leader", "inspector", "analyst", "enterprise"])
def test_and_to_nobody_else(client, kind):
    role = f.role(kind, enterprise=f.enterprise()) if kind == "enterprise" else f.role(kind)
    client.force_login(role.user)
    for page in PAGES:
        assert client.get(page).status_code == 403, page


@pytest.mark.parametrize("page", ["/settings/clocks/none/", "/settings/values/none/", "/settings/words/edited/"])
def test_what_is_not_there_is_not_found(client, admin, page):
    assert client.get(page).status_code == 404


def test_a_later_load_leaves_everything_that_was_edited(client, admin):
    place = f.place()
    client.post("/settings/calendar/day/", {"day": "2026-12-24", "kind": "off", "name": "县庆"})
    client.post("/settings/clocks/reply/", {"amount": "2", "unit": "wd", "valid_from": "2026-12-01"})
    client.post("/settings/values/small_cell/", {"value": "7", "valid_from": "2026-11-23"})
    client.post("/settings/words/zh/", {"officer": "服务专员"})
    energy = f.category("energy")
    data = {"name": "用能", "reply_days": "5", "solution_days": "20", "organisation": f.organisation("grid").pk}
    assert client.post(f"/settings/categories/{energy.pk}/", data).status_code == 302
    seed_place(f.pack("tieling"))
    seed_categories(place, f.pack("tieling").categories)
    place.refresh_from_db()
    energy.refresh_from_db()
    assert CalendarDay.objects.get(place=place, day="2026-12-24").name == "县庆"
    assert limit(place, "reply", date(2026, 12, 1)).amount == 2
    assert setting(place, "small_cell", TODAY) == 7
    assert place.words["zh"]["officer"] == "服务专员"
    assert (energy.name, energy.reply_days) == ("用能", 5)
    verbs = {"calendar_day_set", "clock_limit_changed", "setting_changed", "words_changed", "category_edited"}
    assert set(Journal.objects.filter(actor=admin.user).values_list("verb", flat=True)) == verbs


def test_a_change_of_length_adds_a_row_and_the_earlier_one_still_holds_for_its_time(client, admin):
    client.post("/settings/clocks/reply/", {"amount": "2", "unit": "wd", "valid_from": "2026-12-01"})
    assert limit(f.place(), "reply", date(2026, 11, 30)).amount == 3
    assert limit(f.place(), "reply", date(2026, 12, 1)).amount == 2
    assert ClockLimit.objects.filter(key="reply").count() == 2


@pytest.mark.parametrize(
    "data",
    [
        {"amount": "0", "unit": "wd", "valid_from": "2026-12-01"},
        {"amount": "-1", "unit": "wd", "valid_from": "2026-12-01"},
        {"amount": "three", "unit": "wd", "valid_from": "2026-12-01"},
        {"amount": "99999", "unit": "wd", "valid_from": "2026-12-01"},
        {"amount": "2", "unit": "weeks", "valid_from": "2026-12-01"},
        {"amount": "2", "unit": "wd", "valid_from": "2026-11-22"},
        {"amount": "2", "unit": "wd", "valid_from": ""},
    ],
)
def test_a_length_that_cannot_be_is_answered(client, admin, data):
    assert client.post("/settings/clocks/reply/", data).status_code == 422
    assert ClockLimit.objects.filter(key="reply").count() == 1


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("small_cell", "many"),
        ("small_cell", "-1"),
        ("small_cell", "true"),
        ("small_cell", "[5]"),
        ("officer_load", '{"usual": 3}'),
        ("officer_load", '{"usual": 3, "most": "five"}'),
        ("decline_reasons", "[1]"),
        ("decline_reasons", "[{"),
        ("decline_reasons", "[" * 5000),
    ],
)
def test_a_value_of_another_shape_is_answered_and_nothing_is_kept(client, admin, key, value):
    answer = client.post(f"/settings/values/{key}/", {"value": value, "valid_from": "2026-12-01"})
    assert answer.status_code == 422
    assert 'id="id_value_error"' in answer.content.decode()
    assert Setting.objects.filter(key=key).count() == 1


def test_a_list_gains_an_entry_of_the_same_shape(client, admin):
    reasons = setting(f.place(), "decline_reasons", TODAY)
    longer = [*reasons, {"key": "late", "zh": "已过时效", "en": "Too late"}]
    data = {"value": json.dumps(longer, ensure_ascii=False), "valid_from": "2026-11-23"}
    assert client.post("/settings/values/decline_reasons/", data).status_code == 302
    assert setting(f.place(), "decline_reasons", TODAY) == longer


def test_a_cleared_day_is_ordinary_and_a_later_load_does_not_bring_it_back(client, admin):
    place = f.place()
    day = CalendarDay.objects.get(place=place, day="2026-10-01")
    client.post(f"/settings/calendar/{day.pk}/clear/")
    seed_place(f.pack("tieling"))
    day.refresh_from_db()
    assert day.kind == "work"
    assert place_editing.is_ordinary(day)


def load(client, text, year=2027):
    file = io.BytesIO(text if isinstance(text, bytes) else text.encode())
    file.name = "days.csv"
    return client.post("/settings/calendar/load/", {"year": year, "file": file})


def test_a_year_is_loaded_from_a_file(client, admin):
    text = "day,kind,name,name_en,source\n2027-01-01,off,元旦,New Year,国办\n2027-01-03,work,调休,,国办\n"
    assert load(client, text).status_code == 302
    assert CalendarDay.objects.filter(day__year=2027).count() == 2
    assert Journal.objects.filter(verb="calendar_year_loaded").count() == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "date,type\n2027-01-01,off\n",
        "day,kind\n2027-13-01,off\n",
        "day,kind\n2028-01-01,off\n",
        "day,kind\n2027-01-01,holiday\n",
        "day,kind\n2027-01-01,off\n2027-01-01,work\n",
        "day,kind,name\n2027-01-01,off," + "x" * 101 + "\n",
        b"day,kind\n2027-01-01,\xff\xfe\n",
        "day,kind\n",
    ],
)
def test_a_file_with_a_fault_is_answered_and_nothing_is_taken(client, admin, text):
    assert load(client, text).status_code == 422
    assert not CalendarDay.objects.filter(day__year=2027).exists()


def test_a_fault_names_its_line(admin):
    with pytest.raises(place_editing.NotAccepted, match="3"):
        place_editing.read_year("day,kind\n2027-01-01,off\n2027-02-31,off\n", 2027)


@pytest.mark.parametrize("data", [{}, {"day": "31.12.2026", "kind": "off"}, {"day": "2026-12-31", "kind": "party"}])
def test_a_day_that_cannot_be_is_answered(client, admin, data):
    assert client.post("/settings/calendar/day/", data).status_code == 422


@pytest.mark.parametrize("data", [{"reply_days": "0"}, {"reply_days": "16"}, {"name": ""}, {"solution_days": "x"}])
def test_a_category_that_cannot_be_is_answered(client, admin, data):
    energy = f.category("energy")
    full = {"name": "用能", "reply_days": "5", "solution_days": "20"}
    assert client.post(f"/settings/categories/{energy.pk}/", full | data).status_code == 422
    assert Category.objects.get(pk=energy.pk).edited_at is None


def test_the_services_work_as_the_administrators_database_role(admin):
    place = f.place()
    with acting_as(admin.scope(f.NOON)):
        place_editing.set_day(place=place, day=TODAY + timedelta(days=40), kind="off", by=admin, at=f.NOON)
        place_editing.change_limit(
            place=place, key="reply", amount=Decimal(2), unit="wd", valid_from=TODAY, by=admin, at=f.NOON
        )
        place_editing.change_words(place=place, language="en", words={"officer": "Guide"}, by=admin, at=f.NOON)
    place.refresh_from_db()
    assert place.words["en"]["officer"] == "Guide"


def test_due_times_are_recomputed_where_the_job_exists(admin, monkeypatch):
    deferred = []

    class Deferrer:
        def defer(self, **what):
            deferred.append(what)

    monkeypatch.setattr(place_editing.app, "configure_task", lambda name: Deferrer())
    monkeypatch.setattr(place_editing, "RECOMPUTE", "core.settle_tasks")
    place_editing.set_day(place=f.place(), day=TODAY, kind="off", by=admin, at=f.NOON)
    monkeypatch.setattr(place_editing, "RECOMPUTE", "no.such_job")
    place_editing.set_day(place=f.place(), day=TODAY, kind="off", by=admin, at=f.NOON)
    assert deferred == [{"place_id": f.place().pk}]


def test_the_difference_to_the_files_is_told_line_by_line(client, admin):
    from openliaison.desks.place_diff import differences

    f.place()
    assert differences(f.pack("tieling")) == []
    client.post("/settings/calendar/day/", {"day": "2026-12-24", "kind": "off", "name": "县庆"})
    client.post("/settings/clocks/reply/", {"amount": "2", "unit": "wd", "valid_from": "2026-12-01"})
    client.post("/settings/words/zh/", {"officer": "服务专员"})
    energy = f.category("energy")
    data = {"name": "用能", "reply_days": "5", "solution_days": "20", "organisation": f.organisation("grid").pk}
    client.post(f"/settings/categories/{energy.pk}/", data)
    lines = differences(f.pack("tieling"))
    assert "CalendarDay 2026-12-24: edited to off 县庆; the file says nothing" in lines
    assert "ClockLimit reply 2026-12-01: edited to 2 wd; the file says nothing" in lines
    assert any(line.startswith("Words zh officer: edited to 服务专员; the file says") for line in lines)
    assert any(line.startswith("Category energy: edited to 用能, reply 5, solution 20") for line in lines)
