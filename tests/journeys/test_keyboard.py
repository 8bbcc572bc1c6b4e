"""The keyboard alone is enough."""

from __future__ import annotations

import re
import uuid

import pytest

from .people import Person, person

pytestmark = pytest.mark.browser
MOST_TABS = 80


def test_a_manager_raises_a_case_with_the_keyboard_alone(site, browser):
    words = f"围墙倒了 {uuid.uuid4().hex[:6]}"
    with person(browser, site.url) as manager:
        manager.open("/account/log-in/")
        keys = manager.page.keyboard
        tab_to(manager, "[name=username]")
        keys.type("beigang")
        tab_to(manager, "[name=password]")
        keys.type("openliaison")
        keys.press("Enter")
        manager.page.wait_for_url(lambda url: "/log-in/" not in url)
        tab_to(manager, "main a[href*='/cases/raise/'], nav a[href*='/cases/raise/']")
        keys.press("Enter")
        manager.page.wait_for_url(re.compile("/cases/raise/"))
        tab_to(manager, "[name=text]")
        keys.type(words)
        tab_to(manager, "main form[method=post] button.btn-primary")
        keys.press("Enter")
        manager.page.wait_for_url(re.compile(r"/cases/\d+/"))
        assert manager.sees(words)


def test_the_first_tab_leads_past_the_menu(site, browser):
    with person(browser, site.url) as officer:
        officer.log_in("wangli")
        officer.page.keyboard.press("Tab")
        assert officer.page.evaluate("document.activeElement.className") == "skip"
        officer.page.keyboard.press("Enter")
        assert officer.page.evaluate("document.activeElement.id") == "main"


def tab_to(somebody: Person, selector: str) -> None:
    """Press Tab until the focus stands on what the selector names, and is seen there."""
    for _ in range(MOST_TABS):
        if somebody.page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        somebody.page.keyboard.press("Tab")
    raise AssertionError(f"{selector} was not reached by {MOST_TABS} presses of Tab on {somebody.path()}")
