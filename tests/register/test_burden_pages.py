"""Pages of asked time: each role sees its own, every number opens its lines."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest

from openliaison.cases import services as cases
from openliaison.core.models import Journal, Task
from openliaison.register.errors import AlreadyDone
from openliaison.register.models import BurdenEntry
from openliaison.register.services import burden, diary
from openliaison.visits import services as visits
from tests import factories
from tests.conftest import NOON

MONDAY = date(2026, 11, 23)
DAY = timedelta(days=1)


def spend(world, code="grid", minutes=60, on=MONDAY, **more):
    told = {"enterprise": world.enterprise, "kind": "inspection", "what": "用电检查", "is_at_door": True} | more
    office = factories.organisation(code) if code else None
    burden.spend(organisation=office, minutes=minutes, on=on, source=uuid.uuid4(), by=None, at=NOON, **told)


def text(browser, url):
    page = browser.get(url)
    assert page.status_code == 200, url
    return page.content.decode()


# ── The enterprise ───────────────────────────────────────────


def test_the_enterprise_sees_who_took_how_much_of_its_month_and_what_is_left(world, at_the_screen):
    spend(world, "grid", 60)
    spend(world, "housing", 30, on=MONDAY - DAY)
    spend(world, "housing", 40, on=date(2026, 10, 5))
    spend(world, "labour", 25, entry=False)

    page = at_the_screen(world.manager).get("/enterprises/time/")
    told = page.context["told"]
    assert (told.minutes, told.marked, told.left, told.visits) == (90, 115, 125, 3)
    assert [(b.organisation.code, b.minutes) for b in told.bodies] == [("grid", 60), ("housing", 30)]
    assert [(m.first, m.minutes) for m in told.months[:3]] == [
        (date(2026, 11, 1), 90),
        (date(2026, 10, 1), 40),
        (date(2026, 9, 1), 0),
    ]
    assert "90 of at most 240 minutes" in page.content.decode()
    assert "25 minutes more are asked for" in page.content.decode()


def test_another_enterprise_sees_none_of_it(world, at_the_screen):
    spend(world)

    assert at_the_screen(world.stranger).get("/enterprises/time/").context["told"].lines == []


def test_each_line_opens_its_booking_visit_or_question(world, at_the_screen):
    booking = diary.request_booking(
        enterprise=world.enterprise,
        kind="service",
        purpose="看车间",
        starts_at=NOON + 2 * DAY + timedelta(hours=2),
        minutes=45,
        by=world.lead,
        at=NOON,
    )
    diary.accept_booking(booking=booking, by=world.manager, at=NOON)
    visit = visits.record_visit(enterprise=world.enterprise, nothing_new=True, by=world.officer, at=NOON)
    case = cases.ask_enterprise(case=world.assigned(), text="几点？", by=world.lead, at=NOON)
    browser = at_the_screen(world.manager)

    page = browser.get("/enterprises/time/")
    ends = {
        line.kind: browser.get(url, follow=True).request["PATH_INFO"]
        for line, url in page.context["lines"]
        if line.kind != "visit" or "看" not in line.what
    }
    assert ends == {"visit": f"/visits/{visit.pk}/", "question": f"/cases/{case.pk}/"}
    assert f"/enterprises/bookings/{booking.pk}/" in page.content.decode()


@pytest.mark.parametrize("month", ["2026-10", "abc", "2026-99", "9999-01", "0001-01", ""])
def test_a_month_that_cannot_be_read_is_this_one(world, at_the_screen, month):
    text(at_the_screen(world.manager), f"/enterprises/time/?month={month}")


# ── An office ────────────────────────────────────────────────


def test_an_office_sees_its_own_minutes_and_what_it_may_still_ask_of_whom_others_asked_too(world, at_the_screen):
    spend(world, "grid", 50)
    spend(world, "housing", 150)

    page = at_the_screen(world.lead).get("/enterprises/time/by-us/")
    ((row, left),) = page.context["rows"]
    assert (row.own, row.taken, left) == (50, 200, 40)
    assert "Housing" not in page.content.decode()
    csv = at_the_screen(world.lead).get("/enterprises/time/by-us/?export=csv").content.decode("utf-8-sig")
    assert "北岗专用汽车有限公司,Xintaizi Town,50,200,40" in csv


def test_an_office_reads_its_own_lines_alone(world, at_the_screen):
    spend(world, "grid", 50, what="我们的检查")
    spend(world, "housing", 150, what="别人的检查")

    page = text(at_the_screen(world.lead), "/enterprises/time/lines/")
    assert "我们的检查" in page
    assert "别人的检查" not in page


# ── The area ─────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["coordinator", "leader", "analyst"])
def test_the_area_is_read_by_office_by_name_and_every_number_opens_its_lines(world, at_the_screen, kind):
    role = factories.role("analyst") if kind == "analyst" else getattr(world, kind)
    spend(world, "housing", 150)
    spend(world, "grid", 50)
    spend(world, "grid", 20, kind="data", is_at_door=False)
    spend(world, "", 30)
    browser = at_the_screen(role)

    page = browser.get("/enterprises/time/offices/")
    offices = page.context["offices"]
    assert [(o.code, o.minutes, o.enterprises) for o, _url in offices] == [
        ("-", 30, 1),
        ("grid", 70, 1),
        ("housing", 150, 1),
    ]
    assert page.context["over"] == 1
    for office, url in offices:
        lines = browser.get(url).context["rows"]
        assert sum(line.minutes for line, _thing in lines) == office.minutes
    csv = browser.get("/enterprises/time/offices/?export=csv").content.decode("utf-8-sig")
    assert "Grid" in csv
    assert browser.get("/enterprises/time/offices/?export=xlsx").status_code == 200


def test_a_span_and_a_kind_narrow_the_offices(world, at_the_screen):
    spend(world, "grid", 50, on=date(2026, 9, 3))
    spend(world, "grid", 20, kind="data", is_at_door=False)
    browser = at_the_screen(world.coordinator)

    def minutes(query):
        return browser.get(f"/enterprises/time/offices/?{query}").context["minutes"]

    assert minutes("") == 20
    assert minutes("back=3") == 70
    assert minutes("month=2026-09") == 50
    assert minutes("back=3&kind=data") == 20
    assert minutes("back=3&place=211221101") == 70
    assert minutes("back=3&place=211221102") == 0
    assert minutes("month=nonsense&back=x&kind=y&place=z") == 20


@pytest.mark.parametrize(
    "query",
    [
        "since=2026-12-01&until=2026-01-01",
        "since=x",
        "organisation=nobody",
        "enterprise=abc",
        f"enterprise={'9' * 40}",
        "q=%00",
        "sort=nonsense",
        "page=99",
    ],
)
def test_filters_that_cannot_be_read_never_fail(world, at_the_screen, query):
    spend(world)
    text(at_the_screen(world.coordinator), f"/enterprises/time/lines/?{query}")


def test_lists_cost_the_same_for_few_and_for_many(world, at_the_screen, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for role, url in (
        (world.coordinator, "/enterprises/time/lines/"),
        (world.coordinator, "/enterprises/time/offices/"),
        (world.lead, "/enterprises/time/by-us/"),
        (world.manager, "/enterprises/time/"),
    ):
        spend(world)
        browser = at_the_screen(role)
        browser.get(url)
        with CaptureQueriesContext(connection) as few:
            browser.get(url)
        for n in range(3):
            spend(world, ("grid", "housing", "labour")[n])
            spend(world, enterprise=factories.enterprise())
        with django_assert_num_queries(len(few)):
            browser.get(url)


# ── Asked to wait ────────────────────────────────────────────


def test_the_desk_asks_everybody_who_means_to_come_to_wait_and_once_a_day(world, at_the_screen):
    diary.request_booking(
        enterprise=world.enterprise,
        kind="service",
        purpose="看车间",
        starts_at=NOON + 2 * DAY + timedelta(hours=2),
        minutes=45,
        by=world.lead,
        at=NOON,
    )
    Task.objects.all().delete()
    browser = at_the_screen(world.coordinator)

    page = browser.post(f"/enterprises/time/wait/{world.enterprise.pk}/", follow=True)

    assert "asked to wait until" in page.content.decode()
    told = Task.objects.filter(kind="notice")
    assert {t.person for t in told} == {world.officer.user, world.lead.user}
    assert Journal.objects.filter(verb="wait_asked").count() == 1
    with pytest.raises(AlreadyDone):
        burden.ask_to_wait(enterprise=world.enterprise, by=world.coordinator, at=NOON)


def test_the_desk_card_offers_the_next_step(world, at_the_screen):
    spend(world)
    spend(world, on=MONDAY + DAY)

    page = text(at_the_screen(world.coordinator), "/")
    assert f"/enterprises/time/wait/{world.enterprise.pk}/" in page
    assert BurdenEntry.objects.count() == 2
