"""The loop goes on while its parts are killed: only what this test's own site started, checked before each kill."""

from __future__ import annotations

import tempfile
import time
import uuid
from pathlib import Path

import psutil
import pytest

from .people import Person, person
from .site import Site, running_site, wait_until_healthy
from .test_loop import ENTERPRISE, LEAD, choose, record_a_visit, say_yes, send

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
        say_yes(manager, case)
        assert was_said_once(manager, "已补防水层。")


def kill(site: Site, part: str) -> None:
    """`kill -9` of one part of the site, and wait for the site to bring it back."""
    victim = part_of(site, part)
    victim.kill()
    victim.wait(20)
    assert part_of(site, part).pid != victim.pid
    wait_until_healthy(site)


def runs(words: list[str], part: str) -> bool:
    """Whether a command is this program or module; that another one is given the name as a word does not count."""
    return bool(words) and (words[0].endswith(f"/{part}") or words[1:3] == ["-m", part])


def part_of(site: Site, part: str) -> psutil.Process:
    """The child of this very `serve` whose command names the part, once it is there."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        children = [c for c in psutil.Process(site.process.pid).children() if c.status() != psutil.STATUS_ZOMBIE]
        found = [c for c in children if runs(c.cmdline(), part)]
        if found:
            assert len(found) == 1, f"{part} runs twice: {found}"
            return found[0]
        time.sleep(0.2)
    raise AssertionError(f"{part} did not come back:\n{site.log.read_text(errors='replace')[-2000:]}")


def was_said_once(somebody: Person, words: str) -> bool:
    return somebody.page.locator(".talk").inner_text().count(words) == 1
