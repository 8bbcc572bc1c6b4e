"""An officer leaves: everything open goes to a successor in one press, and the successor finds it."""

from __future__ import annotations

import re

import pytest

from .people import Person, person

pytestmark = pytest.mark.browser
LEAVES, FOLLOWS = "zhaohai", "wangli"


def test_everything_open_of_an_officer_goes_to_a_successor(site, browser):
    with person(browser, site.url) as coordinator:
        coordinator.log_in("linjie")
        leaves, follows = (number_of(coordinator, name) for name in (LEAVES, FOLLOWS))
        served = enterprises_of(coordinator, leaves)
        assert served, f"{LEAVES} serves nobody: the journey needs an officer with enterprises"

        form = coordinator.page.locator("main form[method=post]:has([name=successor])")
        form.locator("[name=successor]").select_option(follows)
        form.locator("button.btn-primary").click()
        sure = coordinator.page.locator("main form:has([name=sure])")
        assert re.search(rf"\b{len(served)}\b", sure.inner_text()), "the numbers are not shown before the last press"
        sure.locator("button.btn-primary").click()
        coordinator.page.wait_for_url(lambda url: url.endswith(f"?person={leaves}"))
        coordinator.page.wait_for_load_state("networkidle")
        assert not enterprises_of(coordinator, leaves), "something stayed behind"

        coordinator.open("/handover/")
        coordinator.page.locator("main a[href$='/brief/']").first.click()
        coordinator.page.wait_for_url(re.compile(r"/handover/\d+/brief/$"))
        brief = coordinator.path()

    with person(browser, site.url, size="phone", language="en") as officer:
        officer.log_in(FOLLOWS)
        assert officer.open(brief).status == 200
        for path in served:
            assert officer.open(path).status == 200
            assert officer.page.locator(f"main a[href*='enterprise={path.split('/')[2]}']").count(), f"{path}: no part"


def number_of(somebody: Person, username: str) -> str:
    somebody.open(f"/account/people/?q={username}")
    link = somebody.page.locator("main tbody a[href^='/account/people/']").first
    return link.get_attribute("href").split("/")[3]


def enterprises_of(somebody: Person, number: str) -> list[str]:
    """The files that hang on the person, as the page of the hand-over lists them."""
    somebody.open(f"/handover/?person={number}")
    return [a.get_attribute("href") for a in somebody.page.locator("main a[href^='/enterprises/']").all()]
