"""The desk has it proposed who serves whom, accepts a part, takes one back; the officer finds the new enterprises."""

from __future__ import annotations

import re

import pytest

from .people import Person, person

pytestmark = pytest.mark.browser
NEWCOMER = ("songyu", "宋雨")  # an officer of the example who serves nobody yet


def test_a_proposal_is_accepted_in_part_and_one_is_taken_back(site, browser):
    with person(browser, site.url) as coordinator:
        coordinator.log_in("linjie")
        page = coordinator.page
        coordinator.open("/stationing/propose/")
        page.locator("label:has(input[name=keep][value=none])").click()
        page.locator("main form button.btn-primary").click()
        page.wait_for_url(re.compile(r"/stationing/proposals/\d+/$"))
        page.locator("table.s-pair").wait_for(timeout=60_000)  # the page renews itself when it is computed
        proposal = coordinator.path()

        coordinator.open(f"{proposal}?change=changes")
        rows = page.locator("table.s-list tbody tr")
        total = rows.count()
        assert total >= 2, "the example gives nothing to change"
        assert rows.first.locator(".s-why li").count() >= 2, "no reasons"
        of_newcomer = page.locator("table.s-list tbody tr", has=page.locator("td:nth-child(3)", has_text=NEWCOMER[1]))
        assert of_newcomer.count() >= 2, f"nothing is proposed for {NEWCOMER[1]}, who serves nobody"
        for n in range(2):
            of_newcomer.nth(n).locator("input[name=pick]").check()
        page.locator("#bulk button[value=accept]").click()
        page.wait_for_load_state("networkidle")

        coordinator.open(f"{proposal}?state=accepted")
        accepted = page.locator("table.s-list tbody tr")
        assert accepted.count() == 2
        kept = accepted.nth(1).locator("a.strong").get_attribute("href")
        accepted.first.locator("form button").click()
        page.wait_for_load_state("networkidle")
        coordinator.open(f"{proposal}?state=accepted")
        assert page.locator("table.s-list tbody tr").count() == 1
        coordinator.open(f"{proposal}?change=changes&state=open")
        assert page.locator("table.s-list tbody tr").count() == total - 1
        assert not coordinator.faults()

    with person(browser, site.url, size="phone") as newcomer:
        newcomer.log_in(NEWCOMER[0])
        _finds(newcomer, kept)


def _finds(officer: Person, enterprise: str) -> None:
    officer.open("/enterprises/?serving=me")
    assert officer.page.locator(f"main a[href='{enterprise}']").count() == 1
    assert not officer.scrolls_sideways()
