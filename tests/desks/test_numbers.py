"""A number equals the rows it opens: for every set, every role that may open it, in its scope."""

from __future__ import annotations

from datetime import timedelta

import pytest

from openliaison.cases import services as cases
from openliaison.cases.models import Case
from openliaison.desks.selectors import leader, rows
from openliaison.desks.selectors.rows import ROWS, Ask
from openliaison.register.models import Enterprise
from openliaison.visits.services import record_visit
from tests.conftest import NOON
from tests.factories import enterprise, role, stationed

SOON, LATE = NOON + timedelta(hours=2), NOON - timedelta(hours=2)


@pytest.fixture
def busy(world):
    """One case of almost every kind, and enterprises seen and unseen."""
    world.analyst = role("analyst")
    world.case(text="新到")
    world.replied()
    solved = world.replied()
    cases.confirm_case(case=solved, verdict="yes", satisfaction=5, by=world.manager, at=NOON)
    unhappy = world.replied("explained")
    cases.confirm_case(case=unhappy, verdict="yes", satisfaction=2, by=world.manager, at=NOON)
    cases.ask_enterprise(case=world.assigned(), text="哪条线？", by=world.lead, at=NOON)
    cases.object_to_case(case=world.assigned(), reason="不归我们", by=world.lead, at=NOON)
    cases.decline_case(case=world.case(text="不受理"), reason="outside", by=world.coordinator, at=NOON)
    cases.request_withdrawal(case=world.assigned(), text="算了", by=world.manager, at=NOON)
    Case.objects.filter(pk=world.assigned().pk).update(due_at=LATE)
    Case.objects.filter(pk=world.assigned().pk).update(due_at=SOON)
    world.assigned(is_confidential=False)
    for _n in range(2):
        record_visit(enterprise=world.enterprise, nothing_new=True, by=world.officer, at=NOON)
    enterprise("无人企业有限公司")
    return world


def person(world, name):
    return {"ol_officer": world.officer, "ol_area": world.coordinator, "ol_handler": world.lead,
            "ol_leader": world.leader, "ol_analyst": world.analyst}[name]  # fmt: skip


@pytest.mark.parametrize("key", ROWS)
def test_the_number_is_the_count_of_the_list_it_opens(busy, at_the_screen, key):
    for name in ROWS[key].roles:
        who = person(busy, name)
        expected = rows.count(key, Ask(who.scope(NOON), busy.place, NOON))
        page = at_the_screen(who).get(rows.url(key))

        assert page.status_code == 200
        assert page.context["page"].paginator.count == expected, name


def test_the_busy_world_fills_the_sets(busy):
    """Else the test above would compare noughts."""
    ask = Ask(busy.coordinator.scope(NOON), busy.place, NOON)
    empty = [key for key in ROWS if not rows.count(key, ask)]
    assert empty == ["extensions", "referrals", "silent"]


def test_every_link_of_the_cockpit_opens_as_many_rows_as_it_says(busy, at_the_screen):
    browser = at_the_screen(busy.leader)
    found = browser.get("/").context["cockpit"]
    links = [(p.count, p.url) for f in found.figures for p in f.parts if isinstance(p.count, int)]
    links += [(o["over"], o["over_url"]) for o in found.offices] + [(o["open"], o["open_url"]) for o in found.offices]
    links += [(t.open, t.url) for t in found.townships.tiles if t.open]
    links += [(t.overdue, t.overdue_url) for t in found.townships.tiles if t.overdue]

    assert len(links) > 12
    for number, url in links:
        assert browser.get(url).context["page"].paginator.count == number, url


def test_every_month_of_the_trend_opens_its_rows(busy, at_the_screen):
    browser = at_the_screen(busy.leader)
    months = browser.get("/").context["months"]
    assert [m.spread.count for m, _url in months][-1] == 2
    for month, url in months:
        assert browser.get(url).context["page"].paginator.count == month.spread.count


def test_every_tile_of_the_desk_opens_as_many_rows_as_it_says(busy, at_the_screen):
    browser = at_the_screen(busy.coordinator)
    tiles = browser.get("/").context["tiles"]
    assert sum(t.count for t in tiles) > 5
    for tile in tiles:
        assert browser.get(tile.url).context["page"].paginator.count == tile.count, tile.key


def test_every_reason_of_today_opens_its_rows(busy, at_the_screen):
    browser = at_the_screen(busy.officer)
    page = browser.get("/").context
    reasons = [r for v in [*page["visits"], *page["spare"]] for r in v.reasons if "/rows/" in r.url]
    assert len(reasons) >= 4
    for reason in reasons:
        assert browser.get(reason.url).context["page"].paginator.count == int(reason.text.split()[0])


def test_confidential_cases_count_for_the_desk_that_received_them_and_not_for_the_leader(world):
    world.case(is_confidential=True)
    desk = Ask(world.coordinator.scope(NOON), world.place, NOON)
    above = Ask(world.leader.scope(NOON), world.place, NOON)
    assert (rows.count("open", desk), rows.count("open", above)) == (1, 0)


def test_a_confidential_case_leaves_in_no_export(world, at_the_screen):
    world.case(text="拖欠工程款", is_confidential=True)
    text = at_the_screen(world.coordinator).get("/rows/open/?export=csv").content.decode("utf-8-sig")
    assert "拖欠工程款" not in text


def test_solved_share_and_days_of_a_small_world(busy):
    found = leader.cockpit(Ask(busy.leader.scope(NOON), busy.place, NOON))
    by_key = {f.key: f for f in found.figures}
    assert by_key["settled"].value == "50"  # one of two; the declined one is left out
    assert by_key["reached"].value == "50"  # content: one of two that said
    assert (found.span.count, found.span.median) == (2, 0)


def test_cases_closed_before_the_span_are_left_out(busy):
    Case.objects.filter(outcome="solved").update(
        closed_at=NOON - timedelta(days=31), submitted_at=NOON - timedelta(days=40)
    )
    ask = Ask(busy.leader.scope(NOON), busy.place, NOON)
    assert rows.count("settled", ask.but(days=30)) == 1
    assert rows.count("settled", ask.but(days=90)) == 2


@pytest.mark.parametrize(
    "query", ["lead=nobody", "inside=999", "category=cheese", "days=7", "month=2026-13", "month=x", "enterprise=0",
              "officer=-1", "q=" + "x" * 101],
)  # fmt: skip
def test_a_filter_that_does_not_exist_is_422_and_shows_no_row(busy, at_the_screen, query):
    page = at_the_screen(busy.leader).get(f"/rows/settled/?{query}")
    if query.startswith("officer"):
        assert page.status_code in (200, 422)
    else:
        assert page.status_code == 422
        assert page.context["page"].paginator.count == 0
        assert "This filter does not exist" in page.content.decode()


def test_a_set_that_is_not_for_the_role_is_not_found(busy, at_the_screen):
    assert at_the_screen(busy.leader).get("/rows/objections/").status_code == 404
    assert at_the_screen(busy.lead).get("/rows/not-contacted/").status_code == 404
    assert at_the_screen(busy.leader).get("/rows/cheese/").status_code == 404
    assert at_the_screen(busy.manager).get("/rows/open/").status_code == 403


def test_rows_are_narrowed_by_office_and_place(busy, at_the_screen):
    browser = at_the_screen(busy.leader)
    whole = browser.get("/rows/open/").context["page"].paginator.count
    grid = browser.get("/rows/open/?lead=grid").context["page"].paginator.count
    desk = browser.get("/rows/open/?lead=-").context["page"].paginator.count
    assert grid + desk == whole
    assert desk == 1
    assert browser.get("/rows/open/?inside=211221101").context["page"].paginator.count == whole
    assert browser.get("/rows/open/?inside=211221102").context["page"].paginator.count == 0


def test_officers_over_their_load_are_named_and_open_their_enterprises(world, at_the_screen):
    for _n in range(5):
        stationed(world.officer, enterprise())
    browser = at_the_screen(world.coordinator)
    (loaded,) = browser.get("/").context["loaded"]
    assert (loaded["count"], loaded["most"]) == (6, 5)
    assert browser.get(loaded["url"]).context["page"].paginator.count == 6


def test_rows_in_thousands_are_counted_in_words(world, at_the_screen):
    kept = world.enterprise
    Enterprise.objects.bulk_create(
        Enterprise(
            place=kept.place, name=f"示例{n}", locality=kept.locality, locality_path=kept.locality_path,
            created_at=NOON,
        )
        for n in range(1_000)
    )  # fmt: skip
    page = at_the_screen(world.coordinator).get("/rows/standing/")
    assert page.status_code == 200
    assert "1,00" in page.content.decode().split("</h1>")[0]
