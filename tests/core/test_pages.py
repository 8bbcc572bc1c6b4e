"""Lists: sorted, paged, counted and exported as the address asks, whatever the address asks."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import RequestFactory

from openliaison.core import pages
from openliaison.core.models import Locality
from openliaison.core.pages import Column, ListPage
from tests import factories
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
COLUMNS = [
    Column("code", "Code", lambda r: r.code, "code"),
    Column("name", "Name", lambda r: r.name, "name"),
    Column("lon", "Longitude", lambda r: r.lon, "lon", is_number=True, nulls_last=True),
    Column("level", "Level", lambda r: r.level, is_extra=True),
]


@pytest.fixture
def listed():
    place = factories.place()

    def ask(query: str = "", **more) -> ListPage:
        request = RequestFactory().get(f"/x/?{query}")
        request.place = place
        return ListPage(request, Locality.objects.filter(place=place), COLUMNS, default_sort="code", **more)

    return ask


def test_fifty_rows_a_page(listed):
    assert len(listed().page) == pages.ROWS_A_PAGE
    assert listed("page=2").page[0].code != listed().page[0].code


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=x", "page=999999", "page=%00"])
def test_a_page_that_is_not_there_is_the_nearest(listed, query):
    assert len(listed(query).page) > 0


@pytest.mark.parametrize("query", ["sort=password", "sort=-place__users", "sort=code;drop", "sort="])
def test_an_unknown_order_is_passed_over(listed, query):
    assert listed(query).sort == "code"


def test_a_column_sorts_both_ways_and_says_so(listed):
    up, down = listed("sort=name"), listed("sort=-name")

    assert [h["aria"] for h in up.heads()] == ["", "ascending", ""]
    assert [h["sort"] for h in up.heads()] == ["code", "-name", "lon"]
    assert [h["aria"] for h in down.heads()] == ["", "descending", ""]


@pytest.mark.parametrize("sort", ["lon", "-lon"])
def test_rows_without_a_value_stand_at_the_end(listed, sort):
    values = list(listed(f"sort={sort}").ordered.values_list("lon", flat=True))
    first_empty = values.index(None)

    assert all(v is None for v in values[first_empty:])


def test_the_reader_chooses_columns(listed):
    assert list(listed().shown) == ["code", "name", "lon"]
    assert list(listed("col=level&col=code").shown) == ["code", "level"]
    assert list(listed("col=secret").shown) == ["code", "name", "lon"]


def test_a_count_stops_where_it_would_cost(listed, monkeypatch):
    monkeypatch.setattr(pages, "MOST_COUNTED", 10)

    page = listed()
    assert page.page.paginator.is_capped
    assert "10" in page.total


def test_an_export_carries_order_columns_and_day(listed):
    answer = listed("sort=-code&col=code&col=level").export("csv", "places", NOON)
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    head = rows.index(["Code", "Level"])
    codes = [row[0] for row in rows[head + 1 :]]

    assert codes == sorted(codes, reverse=True)
    assert len(codes) == Locality.objects.count()
    assert any("铁岭" in " ".join(row) for row in rows[:head])


def test_a_saved_view_keeps_filter_order_and_columns_but_no_page(listed):
    assert listed("q=x&sort=-code&page=3&export=csv&col=code").query == "q=x&sort=-code&col=code"
