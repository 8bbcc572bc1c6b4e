"""The loop goes on while its parts are killed: only what this test's own site started, checked before each kill."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path

import psutil
import pytest

from .people import Person, person
from .site import Site, running_site, wait_until_healthy
from .test_loop import ENTERPRISE, LEAD, choose, record_a_visit, send

pytestmark = pytest.mark.browser


@pytest.fixture
def own_site(browser):
    with tempfile.TemporaryDirectory(prefix="openliaison-faults-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with running_site(folder / "data") as site:
            yield site


def test_the_loop_outlives_the_death_of_web_database_and_worker(own_site, browser):
    problem = f"配电室漏雨 {uuid.uuid4().hex[:6]}"
    with person(browser, own_site.url, language="en") as officer:
        officer.log_in("wangli")
        case = record_a_visit(officer, problem, ENTERPRISE["en"])

    kill(own_site, "openliaison.core.web")
    with person(browser, own_site.url, language="en") as coordinator:
        coordinator.log_in("linjie")
        coordinator.open(f"{case}?tab=assign")
        coordinator.page.select_option("[name=lead]", label=LEAD["en"])
        send(coordinator, "assign")

    kill(own_site, "postgres")
    with person(browser, own_site.url, language="en") as handler:
        handler.log_in("guojian")
        handler.open(f"{case}?tab=reply")
        choose(handler, "reply_kind", "solved")
        handler.page.fill("[name=text]", "已补防水层。")
        send(handler, "reply")

    kill(own_site, "openliaison.core.worker")
    with person(browser, own_site.url, language="en") as manager:
        manager.log_in("beigang")
        manager.open(f"{case}?tab=confirm")
        choose(manager, "verdict", "yes")
        send(manager, "confirm")
        assert was_said_once(manager, "已补防水层。")


def kill(site: Site, part: str) -> None:
    """`kill -9` of one part of the site, and wait for the site to bring it back."""
    victim = part_of(site, part)
    victim.kill()
    victim.wait(20)
    wait_until_healthy(site)
    assert part_of(site, part).pid != victim.pid


def part_of(site: Site, part: str) -> psutil.Process:
    """The child of this very `serve` whose command names the part."""
    children = psutil.Process(site.process.pid).children()
    found = [c for c in children if any(word == part or word.endswith(f"/{part}") for word in c.cmdline())]
    assert len(found) == 1, f"{part}: {[c.cmdline() for c in children]}"
    return found[0]


def was_said_once(somebody: Person, words: str) -> bool:
    return somebody.page.locator(".talk").inner_text().count(words) == 1
