"""A no without consequence, and one visit instead of two: offices ask, the enterprise decides, the desk joins."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .people import Person, person
from .site import running_site

pytestmark = pytest.mark.browser
MONDAY, AFTER_IT = "2026-11-23T01:00:00+00:00", "2026-12-15T03:00:00+00:00"
TUESDAY, WEDNESDAY, THURSDAY = "2026-12-15", "2026-12-16", "2026-12-17"
WHO, NAME = "changgang", "长岗"  # an enterprise with a log-in and a free week
REASON = "同样的数据上月已经报过"


@pytest.fixture
def folder(chromium_path) -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="openliaison-diary-"))
    made.chmod(0o755)
    yield made / "data"
    shutil.rmtree(made, ignore_errors=True)


def test_a_request_is_refused_and_a_joint_visit_made(browser, folder):
    with running_site(folder, OPENLIAISON_NOW=MONDAY) as site:
        with person(browser, site.url, size="desk", language="zh") as office:
            office.log_in("guojian")
            first = ask(office, TUESDAY, "核实新车间用电负荷")
        with person(browser, site.url, size="desk", language="zh") as inspector:
            inspector.log_in("tangwei")
            ask(inspector, WEDNESDAY, "年度安全检查", basis="年度执法检查计划第12项")
        with person(browser, site.url, size="phone", language="en") as other:
            other.log_in("iit_clerk")
            refused = meet_the_stop_sign(other)

        with person(browser, site.url, size="phone", language="zh") as firm:
            firm.log_in(WHO)
            firm.open("/enterprises/diary/")
            assert firm.faults() == []
            refuse(firm, refused)

        with person(browser, site.url, size="desk", language="en") as desk:
            desk.log_in("linjie")
            desk.open(f"/enterprises/diary/week/?week={TUESDAY}")
            assert desk.faults() == []
            assert desk.sees(REASON), "the desk does not read why"
            host = propose_joint_visit(desk)

        with person(browser, site.url, size="phone", language="zh") as firm:
            firm.log_in(WHO)
            firm.open(host)
            firm.page.get_by_role("button", name="可以，方便").click()
            firm.page.wait_for_url(re.compile(f"{host}$"))
            assert firm.sees("已同意")

        with person(browser, site.url, size="desk", language="en") as other:
            other.log_in("iit_clerk")
            only_not_at_this_time(other, refused)

    with running_site(folder, OPENLIAISON_NOW=AFTER_IT) as site:
        with person(browser, site.url, size="phone", language="zh") as office:
            office.log_in("guojian")
            office.open(first)
            assert office.sees("县应急管理局（示例）"), "who comes together is not said"
            office.page.get_by_role("link", name="已经进行").click()
            office.page.fill("[name=minutes]", "50")
            office.page.locator("main form button.btn-primary").click()
            office.page.wait_for_url(re.compile(f"{first}$"))
            assert office.sees("已进行")
        with person(browser, site.url, size="desk", language="en") as desk:
            desk.log_in("linjie")
            wait_until_held(desk, host)


def ask(office: Person, day: str, purpose: str, **fields: str) -> str:
    """Ask through the enterprise's page; returns the request's address."""
    open_form(office)
    fill(office, day, purpose, **fields)
    office.page.wait_for_url(re.compile(r"/bookings/\d+/$"))
    return office.path()


def open_form(office: Person) -> None:
    office.open(f"/enterprises/?q={NAME}")
    office.page.locator("tbody a", has_text=re.compile(f"{NAME}|Changgang")).first.click()
    office.page.wait_for_url(re.compile(r"/enterprises/\d+/$"))
    office.page.locator("a[href$='/ask/']").first.click()
    office.page.wait_for_url(re.compile(r"/ask/$"))


def fill(office: Person, day: str, purpose: str, **fields: str) -> None:
    for name, value in {"purpose": purpose, "day": day, **fields}.items():
        office.page.fill(f"main [name={name}]", value)
    office.page.locator("main form.card-body button.btn-primary").click()


def meet_the_stop_sign(other: Person) -> str:
    open_form(other)
    fill(other, THURSDAY, "收集技改数据")
    other.page.get_by_text("Stop: this enterprise has been asked enough.").wait_for()
    assert not other.sees("核实新车间用电负荷"), "the sign tells who else comes"
    assert other.faults() == []
    other.page.fill("[name=over_reason]", "本月须报市里")
    other.page.locator("main form.card-body button.btn-primary").click()
    other.page.wait_for_url(re.compile(r"/bookings/\d+/$"))
    return other.path()


def refuse(firm: Person, refused: str) -> None:
    firm.page.locator(f"a[href='{refused}not-now/']").click()
    firm.page.wait_for_url(re.compile(r"/not-now/$"))
    assert firm.faults() == []
    assert not firm.scrolls_sideways()
    firm.page.locator("label:has([name=instead][value=in_writing])").click()
    firm.page.locator("label:has([name=is_refusal][value=yes])").click()
    firm.page.fill("[name=reason]", REASON)
    firm.page.locator("main form button.btn-primary").click()
    firm.page.wait_for_url(re.compile(f"{refused}$"))
    assert firm.sees("只有协调台知道")


def propose_joint_visit(desk: Person) -> str:
    row = desk.page.locator("li", has=desk.page.locator("form[action$='/join/']")).filter(has_text="15 Dec 09:00")
    row.locator("form[action$='/join/'] button").click()
    desk.page.wait_for_url(re.compile(r"/bookings/\d+/$"))
    assert desk.sees("joint visit")
    return desk.path()


def only_not_at_this_time(other: Person, refused: str) -> None:
    for path in (refused, "/enterprises/bookings/", "/bell/"):
        other.open(path)
        text = other.page.locator("body").inner_text().lower()
        assert "not at this time" in text
        assert "refus" not in text
        assert REASON not in text
    assert other.sees("in writing")


def wait_until_held(desk: Person, host: str) -> None:
    """The house holds the other parts in the wake of the first word."""
    for _ in range(40):
        desk.open(host)
        if desk.page.locator("main .st", has_text="held").count():
            return
        desk.page.wait_for_timeout(500)
    raise AssertionError("the joint visit is not held for all")
