"""Every screen of every role: it answers, axe finds nothing serious, a phone need not scroll sideways."""

from __future__ import annotations

import pytest

from tests.screens import SCREENS
from tests.shots import visit

from .people import person

pytestmark = pytest.mark.browser
PEOPLE = list(dict.fromkeys(s.who for s in SCREENS))


@pytest.mark.parametrize(("size", "language"), [("phone", "zh"), ("desk", "en")])
@pytest.mark.parametrize("who", PEOPLE, ids=lambda who: who or "stranger")
def test_every_screen_is_sound(site, browser, who, size, language):
    found: dict[str, str] = {}  # fault → the first screen that has it
    with person(browser, site.url, size=size, language=language) as somebody:
        if who:
            somebody.log_in(who)
        for screen in (s for s in SCREENS if s.who == who):
            status = visit(somebody, screen)
            if status != 200:
                found[f"answers {status}"] = screen.path
            if somebody.scrolls_sideways():
                found[f"{screen.name} scrolls sideways"] = somebody.path()
            for fault in somebody.faults():
                found.setdefault(fault, somebody.path())
    assert not found, "\n".join(f"{path}: {fault}" for fault, path in found.items())
