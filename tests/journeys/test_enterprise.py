"""The enterprise's own life on its phone: it raises, answers, sends back, settles for a part and comes again."""

from __future__ import annotations

import re
import uuid

import pytest

from .people import Person, person
from .test_loop import LEAD, choose, send

pytestmark = pytest.mark.browser
PAPER = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def test_a_case_is_sent_back_settled_in_part_and_opened_again(site, browser):
    words = f"厂区路面塌陷 {uuid.uuid4().hex[:6]}"
    with (
        person(browser, site.url, size="phone") as manager,
        person(browser, site.url) as coordinator,
        person(browser, site.url) as handler,
    ):
        manager.log_in("beigang")
        case = raise_with_a_file(manager, words)
        assign(coordinator.log_in("linjie"), case, words)

        handler.log_in("guojian")
        act(handler, case, "ask", text="塌了多大一块？")
        manager.open("/")
        question = manager.page.locator(f"form[action='{case}answer_question/']")
        question.locator("[name=text]").fill("三米长，一米宽。")
        question.locator("button").click()
        manager.page.wait_for_url(re.compile(case))
        assert manager.sees("三米长，一米宽。")

        act(handler, case, "reply", text="埋有军缆，要等产权单位。", reply_kind="explained")
        say(manager, case, "no", text="先铺块钢板总可以。")
        assert handler.open(case).status == 200
        assert handler.sees("先铺块钢板总可以。"), "the office does not read why it came back"

        act(handler, case, "reply", text="已铺钢板，明年开春翻修。", reply_kind="solved")
        say(manager, case, "partly", "enough", text="等开春。")
        manager.open("/cases/?status=closed")
        assert manager.page.locator("tbody a", has_text=words).is_visible()

        act(manager, case, "reopen", text="钢板翘起来了。")
        manager.open("/")
        assert manager.page.locator(f"main a[href='{case}']").first.is_visible(), "the case is not among the open ones"
        handler.open(case)
        assert handler.page.locator("form[action$='/reply/']").count(), "the office cannot go on"


def test_an_answer_is_given_and_a_reply_confirmed_without_scripts(site, browser):
    words = f"路灯不亮 {uuid.uuid4().hex[:6]}"
    with (
        person(browser, site.url, size="phone", scripts=False) as manager,
        person(browser, site.url) as coordinator,
        person(browser, site.url) as handler,
    ):
        manager.log_in("beigang")
        case = raise_with_a_file(manager, words)
        assign(coordinator.log_in("linjie"), case, words)
        act(handler.log_in("guojian"), case, "reply", text="已换灯。", reply_kind="solved")

        manager.open("/")
        manager.page.locator(f"form[action='{case}confirm/'] button[value=yes]").click()
        manager.page.wait_for_url(re.compile(case))
        manager.open(f"/cases/?status=closed&q={words}")
        assert manager.page.locator("tbody tr").count() == 1


def test_a_draft_is_kept_and_sent_later(site, browser):
    words = f"想好再说 {uuid.uuid4().hex[:6]}"
    with person(browser, site.url, size="phone") as manager:
        manager.log_in("beigang")
        manager.open("/cases/raise/")
        manager.page.fill("main [name=text]", words)
        manager.page.locator("main button[name=draft]").click()
        manager.page.wait_for_url(re.compile(r"/cases/\d+/"))
        manager.page.locator("main a[href$='/draft/']").click()
        manager.page.wait_for_url(re.compile("/draft/"))
        manager.page.fill("main [name=text]", f"{words}，想好了")
        manager.page.locator("main form[method=post] button.btn-primary").click()
        manager.page.wait_for_url(re.compile(r"/cases/\d+/$"))
        assert manager.sees(f"{words}，想好了")
        assert not manager.page.locator("form[action$='/submit/']").count(), "it is still a draft"


def raise_with_a_file(manager: Person, words: str) -> str:
    """From the bar at the bottom; returns the path of the case."""
    manager.open("/")
    manager.page.locator(".ph-bar a[href='/cases/raise/']").click()
    manager.page.fill("main [name=text]", words)
    manager.page.set_input_files("[name=files]", {"name": "照片.pdf", "mimeType": "application/pdf", "buffer": PAPER})
    manager.page.locator("main form[method=post] button.btn-primary").click()
    manager.page.wait_for_url(re.compile(r"/cases/\d+/"))
    assert manager.page.locator("main a[href^='/cases/files/']").count() == 1
    return re.search(r"/cases/\d+/", manager.page.url).group()


def assign(coordinator: Person, case: str, words: str) -> None:
    assert coordinator.sees(words), "the new case is not on the desk"
    coordinator.open(f"{case}?tab=assign")
    coordinator.page.select_option("[name=lead]", label=LEAD["zh"])
    send(coordinator, "assign")


def act(somebody: Person, case: str, verb: str, *, text: str, reply_kind: str = "") -> None:
    somebody.open(f"{case}?tab={verb}")
    if reply_kind:
        choose(somebody, "reply_kind", reply_kind)
    somebody.page.locator(f"form[action$='/{verb}/'] [name=text]").last.fill(text)
    send(somebody, verb)


def say(manager: Person, case: str, *answers: str, text: str) -> None:
    """From home, where the reply is asked about: one question after the other, then a word."""
    manager.open("/")
    for answer in answers:
        manager.page.locator(f"main a[href='{case}verdict/{answer}/']").first.click()
        manager.page.wait_for_url(re.compile(f"/verdict/{answer}/"))
    manager.page.fill("main [name=text]", text)
    manager.page.locator("main form[method=post] button.btn-primary").click()
    manager.page.wait_for_url(re.compile(f"{case}$"))
