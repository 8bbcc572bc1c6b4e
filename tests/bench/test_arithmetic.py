"""The benches' own sums, on numbers small enough to check by hand. No test here asserts a time."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench import clock, tables

ROOT = Path(__file__).resolve().parents[2]


def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed():
    values = [30, 10, 20, 40]

    assert tables.percentile(values, 0.5) == 20
    assert tables.percentile(values, 0.95) == 40
    assert tables.percentile([7], 0.95) == 7
    assert tables.percentile(range(1, 101), 0.95) == 95


def test_a_rate_is_the_median_of_runs_with_half_their_range():
    middle, spread = tables.rate(100, [1.0, 2.0, 4.0])  # 100, 50 and 25 a second

    assert middle == 50
    assert spread == "±75 %"


def test_a_table_is_set_right_under_wide_characters():
    drawn = tables.table(("page", "ms"), [("诉求", "7"), ("a", "120")])

    assert drawn.splitlines() == ["| page |  ms |", "| ---- | --: |", "| 诉求 |   7 |", "| a    | 120 |"]


def test_three_figures_are_enough():
    assert [tables.short(x) for x in (12345.6, 45.67, 1.234)] == ["12,346", "45.7", "1.23"]


def test_the_minute_loop_counts_a_day_with_its_noon_break_and_a_make_up_saturday():
    days = clock.days_off()
    friday = datetime(2026, 10, 9, 5, 0, tzinfo=UTC)  # 13:00 in Tieling; the Saturday after is worked

    assert clock.by_minutes(friday, 8 * 60, days) == datetime(2026, 10, 10, 4, 0, tzinfo=UTC)


def test_peer_and_clock_give_the_same_instants_and_a_wrong_one_is_counted():
    ours, days = clock.calendar(clock.days_off()), clock.days_off()
    some = clock.starts(6)
    found = [ours.due(at, clock.Limit(3, "wd")) for at in some]

    assert clock.differences([clock.by_minutes(at, 3 * 8 * 60, days) for at in some], found) == 0
    assert clock.differences([found[0], *found[:-1]], found) > 0


def test_workalendar_agrees_on_whole_days():
    pytest.importorskip("workalendar")
    peer, ours = clock.workalendar_of(clock.days_off()), clock.calendar(clock.days_off())
    start = datetime(2026, 9, 28, 2, 30, tzinfo=UTC)  # Monday 10:30, before the long holiday

    assert clock.by_workalendar(start, 15, peer) == ours.due(start, clock.Limit(15, "wd"))


def test_an_unknown_bench_is_named_and_a_known_one_explains_itself():
    wrong = subprocess.run([sys.executable, "-m", "bench", "nothing"], cwd=ROOT, capture_output=True, text=True)
    assert wrong.returncode == 2 and "clock, seal, import, stationing, web" in wrong.stderr

    known = subprocess.run([sys.executable, "-m", "bench", "web", "--help"], cwd=ROOT, capture_output=True, text=True)
    assert known.returncode == 0 and "--requests" in known.stdout


@pytest.mark.django_db
def test_pages_are_judged_by_their_kind_and_by_what_they_answer():
    from bench import pages, web

    page = pages.Page(pages.LIST, "cases", "/cases/")
    quick = web.Measured("coordinator", page, 200, 12, [0.1] * 19 + [0.14], [0.2] * 20)
    slow = web.Measured("coordinator", page, 200, 12, [0.1] * 10 + [0.2] * 10, [0.2] * 20)
    broken = web.Measured("coordinator", page, 500, 12, [0.1] * 20, [0.2] * 20)

    assert (quick.is_within, slow.is_within, broken.is_within) == (True, False, False)
    assert quick.cells() == ("coordinator", "cases", "12", "100", "100", "200", "200", "150", "ok")
    assert broken.cells()[-1] == "500"


@pytest.mark.django_db
def test_the_pages_of_a_role_are_those_it_may_open():
    from bench import pages
    from openliaison.register.models import Enterprise
    from tests.conftest import NOON
    from tests.factories import World

    world = World()
    case = world.case()
    listed = pages.of_role("coordinator", world.coordinator.scope(NOON))

    assert f"/cases/{case.pk}/" in [p.path for p in listed]
    assert {p.kind for p in listed} == set(pages.BUDGET_MS)
    firm = pages.of_role("enterprise", world.manager.scope(NOON))
    assert not any(p.path.startswith("/visits/") for p in firm)
    assert Enterprise.objects.count() == 2


def test_the_client_reads_tokens_and_what_a_page_loads():
    from bench import asking

    page = '<link href="/static/core/app.css"><script src="/static/x.js"></script><a href="/cases/">'
    assert asking._ASSET.findall(page) == ["/static/core/app.css", "/static/x.js"]
    assert asking._TOKEN.search('<input name="csrfmiddlewaretoken" value="abc">')[1] == "abc"
