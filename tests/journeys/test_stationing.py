"""The desk has it proposed who serves whom, accepts a part, takes one back; the officer finds the new enterprises."""

from __future__ import annotations

import re

import pytest

from .people import Person, person

pytestmark = pytest.mark.browser


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
        for n in range(2):
            rows.nth(n).locator("input[name=pick]").check()
        page.locator("#bulk button[value=accept]").click()
        page.wait_for_load_state("networkidle")

        coordinator.open(f"{proposal}?state=accepted")
        accepted = page.locator("table.s-list tbody tr")
        assert accepted.count() == 2
        kept = accepted.nth(1).locator("a.strong").get_attribute("href")
        officer = accepted.nth(1).locator("td").nth(2).inner_text().strip()
        accepted.first.locator("form button").click()
        page.wait_for_load_state("networkidle")
        coordinator.open(f"{proposal}?state=accepted")
        assert page.locator("table.s-list tbody tr").count() == 1
        coordinator.open(f"{proposal}?change=changes&state=open")
        assert page.locator("table.s-list tbody tr").count() == total - 1
        assert not coordinator.faults()

    with person(browser, site.url, size="phone") as newcomer:
        newcomer.log_in({"宋雨": "songyu", "田乐": "tianle"}.get(officer, "songyu"))
        _finds(newcomer, kept)


def _finds(officer: Person, enterprise: str) -> None:
    officer.open("/enterprises/?serving=me")
    assert officer.page.locator(f"main a[href='{enterprise}']").count() == 1
    assert not officer.scrolls_sideways()
