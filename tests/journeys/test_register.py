"""The register at the coordinator's desk: a list comes in by page and goes out again; two files become one and two."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from stdnum.cn import uscc

from .people import Person, person

pytestmark = pytest.mark.browser
HEAD = "企业名称,统一社会信用代码,所在地,从业人数\n"
PATIENCE_MS = 60_000


@pytest.fixture
def firms() -> list[tuple[str, str]]:
    """Three names and numbers that no other run uses."""
    drawn = random.Random()
    bodies = [f"91211221{drawn.randrange(10**9):09d}" for _ in range(3)]
    return [(f"试办{body[-6:]}铸造有限公司", body + uscc.calc_check_digit(body)) for body in bodies]


def test_a_list_comes_in_by_page_and_goes_out_again(site, browser, firms, tmp_path):
    with person(browser, site.url) as coordinator:
        coordinator.log_in("linjie")
        before = count(coordinator)
        batch = import_file(coordinator, written(tmp_path, firms))
        assert count(coordinator) == before + 2, "the row with a wrong number came in, or a good one did not"
        coordinator.open(f"/enterprises/?q={firms[0][1]}")
        coordinator.page.locator("tbody a", has_text=firms[0][0]).click()
        coordinator.page.wait_for_url(re.compile(r"/enterprises/\d+/$"))
        assert coordinator.sees("57"), "the headcount of the list is not on the file"

        again = upload(coordinator, written(tmp_path, firms))
        assert again == batch, "the same file was taken for a new one"

        coordinator.open(f"{batch}undo/")
        coordinator.page.locator("main form button").click()
        coordinator.page.locator(f"main form[action='{batch}again/']").wait_for(timeout=PATIENCE_MS)
        assert count(coordinator) == before


def test_two_files_of_one_enterprise_are_merged_and_taken_apart(site, browser, firms):
    with person(browser, site.url, language="en") as coordinator:
        coordinator.log_in("linjie")
        kept, taken = (add(coordinator, name, number) for name, number in firms[:2])
        coordinator.open(f"{kept}merge/?q={firms[1][1]}")
        pair = f"{kept}merge/{taken.split('/')[2]}/"
        coordinator.page.locator(f"main a[href='{pair}']").first.click()
        coordinator.page.wait_for_url(f"**{pair}")
        coordinator.page.locator(f"[name=kept][value='{kept.split('/')[2]}']").check()
        coordinator.page.locator("main form button.btn-primary").click()
        coordinator.page.wait_for_url(f"**{kept}")
        assert coordinator.sees(firms[1][0]), "the kept file does not name the one it took in"
        coordinator.open(f"/enterprises/?q={firms[1][1]}")
        assert not coordinator.page.locator(f"tbody a[href='{taken}']").count()

        coordinator.open(kept)
        coordinator.page.locator("main a[href*='/merges/']").click()
        coordinator.page.wait_for_url(re.compile(r"/merges/\d+/undo/$"))
        coordinator.page.locator("main form button").first.click()
        coordinator.page.wait_for_url(re.compile(rf"({kept}|{taken})$"))
        coordinator.open(f"/enterprises/?q={firms[1][1]}")
        assert coordinator.page.locator(f"tbody a[href='{taken}']").count() == 1


def written(folder: Path, firms: list[tuple[str, str]]) -> Path:
    """Two good rows and one whose number has a wrong last character, as a county's own system writes them."""
    (one, first), (two, second), (three, third) = firms
    wrong = third[:-1] + ("A" if third[-1] != "A" else "B")
    rows = f"{one},{first},新台子镇,57\n{two},{second},凡河镇,\n{three},{wrong},凡河镇,12\n"
    path = folder / "企业名录.csv"
    path.write_bytes((HEAD + rows).encode("gb18030"))
    return path


def count(somebody: Person) -> int:
    """How many enterprises the list holds in all."""
    somebody.open("/enterprises/")
    return int(re.sub(r"\D", "", somebody.page.locator("main .ol-head .meta").first.inner_text()))


def upload(somebody: Person, path: Path) -> str:
    """Send the file; the path of its import."""
    somebody.open("/enterprises/imports/new/")
    somebody.page.set_input_files("[name=file]", path)
    somebody.page.fill("[name=as_of]", "2026-10-01")
    somebody.page.locator("main form button.btn-primary").click()
    somebody.page.wait_for_url(re.compile(r"/imports/\d+/"))
    return re.sub(r"columns/$", "", somebody.path())


def import_file(somebody: Person, path: Path) -> str:
    """File, columns, check, taking in."""
    batch = upload(somebody, path)
    somebody.page.locator("main form button.btn-primary").last.click()
    take_in = somebody.page.locator(f"main form[action='{batch}start/'] button[value=run]")
    take_in.wait_for(timeout=PATIENCE_MS)
    take_in.click()
    somebody.page.locator(f"main a[href='{batch}undo/']").wait_for(timeout=PATIENCE_MS)
    return batch


def add(somebody: Person, name: str, number: str) -> str:
    """An enterprise written by hand; the path of its file."""
    somebody.open("/enterprises/add/")
    somebody.page.fill("[name=name]", name)
    somebody.page.fill("[name=number]", number)
    somebody.page.select_option("[name=locality]", index=2)
    somebody.page.locator("main form button.btn-primary").click()
    somebody.page.wait_for_load_state("networkidle")
    if (looks_alike := somebody.page.locator("main form button[name=is_new]")).count():
        looks_alike.click()
    somebody.page.wait_for_url(re.compile(r"/enterprises/\d+/$"))
    return somebody.path()
