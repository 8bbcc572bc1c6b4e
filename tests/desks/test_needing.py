"""Who needs a visit now, over the area: the order, the reasons, the filters, the next step."""

from __future__ import annotations

from datetime import timedelta

import pytest

from openliaison.cases import services as cases
from openliaison.cases.models import Case
from openliaison.core.models import Setting
from openliaison.engine import stationing
from openliaison.register import needs as registry
from openliaison.register import search
from openliaison.visits import needs
from openliaison.visits.services import record_visit
from tests.conftest import NOON
from tests.factories import enterprise, organisation, role, stationed

DAY = timedelta(days=1)


def names(page) -> list[str]:
    return [n.enterprise.name for n in page.context["needing"]]


@pytest.fixture
def county(world):
    """One with an overdue case, one never met, one seen today, one without an officer."""
    for name in ("静企业", "刚见过"):
        stationed(world.officer, enterprise(name, search=search.vector(name)))
    enterprise("无人企业")
    for e in ("刚见过", world.enterprise.name):
        found = type(world.enterprise).objects.get(name=e)
        record_visit(enterprise=found, nothing_new=True, by=world.officer, at=NOON)
    Case.objects.filter(pk=world.assigned().pk).update(due_at=NOON - timedelta(hours=1))
    return world


def test_the_heaviest_first_and_those_without_a_reason_are_left_out(county, at_the_screen):
    page = at_the_screen(county.coordinator).get("/needs/")

    assert names(page) == [county.enterprise.name, "别家企业有限公司", "无人企业", "静企业"]
    assert [r.key for r in page.context["needing"][0].reasons] == ["overdue"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("reason=overdue", ["北岗专用汽车有限公司"]),
        ("q=静", ["静企业"]),
        ("inside=211282", []),
        ("reason=promise_late", []),
    ],
)
def test_filters(county, at_the_screen, query, found):
    page = at_the_screen(county.coordinator).get(f"/needs/?{query}")

    assert (page.status_code, names(page)) == (422 if "211282" in query else 200, found)


def test_by_officer(county, at_the_screen):
    page = at_the_screen(county.coordinator).get(f"/needs/?officer={county.officer.user_id}&reason=never")

    assert names(page) == ["静企业"]


@pytest.mark.parametrize("query", ["reason=hunger", "officer=abc", "inside=nowhere"])
def test_a_filter_that_does_not_exist_is_422(county, at_the_screen, query):
    assert at_the_screen(county.coordinator).get(f"/needs/?{query}").status_code == 422


def test_the_next_step_stands_beside_each_and_the_leader_only_reads(county, at_the_screen):
    desk = at_the_screen(county.coordinator).get("/needs/").content.decode()
    leader = at_the_screen(county.leader).get("/needs/").content.decode()

    assert f"/visits/ask/{county.enterprise.pk}/" in desk
    assert "Name an officer" in desk
    assert "/visits/ask/" not in leader


def test_it_is_exported_with_its_reasons(county, at_the_screen):
    text = at_the_screen(county.coordinator).get("/needs/?export=csv").content.decode("utf-8-sig")

    assert "1 case overdue" in text


def test_a_late_promise_stands_on_the_desk_with_its_button(world, at_the_screen):
    promise = cases.make_promise(
        enterprise=world.enterprise, text="派人勘查", due_on=(NOON - DAY).date(), organisation=organisation("grid"),
        by=world.officer, at=NOON - 3 * DAY,
    )  # fmt: skip
    page = at_the_screen(world.coordinator).get("/")

    assert list(page.context["late_promises"]) == [promise]
    assert f"/cases/promises/{promise.pk}/settle/" in page.content.decode()


def test_the_place_weighs_the_reasons(county, at_the_screen):
    weights = Setting.objects.get(place=county.place, key="next_visit")
    weights.value = weights.value | {"never": 9}
    weights.save()
    page = at_the_screen(county.coordinator).get("/needs/")

    assert names(page)[-1] == county.enterprise.name


def test_a_room_above_adds_its_reasons_without_being_known(county, at_the_screen, monkeypatch):
    pk = type(county.enterprise).objects.get(name="刚见过").pk
    need = registry.Need(lambda scope, ids: {pk: 3}, lambda pk: f"/warnings/{pk}/")
    monkeypatch.setitem(registry.NEEDS, "warning", need)
    page = at_the_screen(county.coordinator).get("/needs/")

    (found,) = [n for n in page.context["needing"] if n.enterprise.pk == pk]
    assert [(r.text, r.url) for r in found.reasons] == [("a grave warning", f"/warnings/{pk}/")]


def test_every_reason_of_the_engine_has_its_words_and_its_rows():
    for key in stationing.VISIT_REASONS:
        assert key in needs._WORDS
        assert key in needs._URLS


def test_it_costs_the_same_for_few_and_for_many(county, at_the_screen, django_assert_max_num_queries):
    browser = at_the_screen(county.coordinator)
    browser.get("/needs/")
    for _n in range(6):
        stationed(role("officer"), enterprise())
    with django_assert_max_num_queries(40):
        browser.get("/needs/")
