"""The main job, end to end: a problem from the officer's visit to the enterprise's own verdict."""

from __future__ import annotations

import re
import uuid

import pytest

from .people import Person, person

pytestmark = pytest.mark.browser
ENTERPRISE = {"zh": "北岗专用汽车有限公司", "en": "Beigang Special Vehicles Ltd"}
LEAD = {"zh": "县供电公司（示例）", "en": "County Grid Company (example)"}


@pytest.mark.parametrize(("size", "language"), [("phone", "zh"), ("desk", "en")])
def test_a_problem_travels_from_the_visit_to_the_enterprises_yes(site, browser, size, language):
    problem = f"冷却塔水压不足 {uuid.uuid4().hex[:6]}"

    with person(browser, site.url, size=size, language=language) as officer:
        officer.log_in("wangli")
        case = record_a_visit(officer, problem, ENTERPRISE[language])
        assert officer.sees(problem)

    with person(browser, site.url, size=size, language=language) as coordinator:
        coordinator.log_in("linjie")
        assert coordinator.sees(problem), "the new case is not on the coordinator's desk"
        coordinator.open(f"{case}?tab=assign")
        coordinator.page.select_option("[name=lead]", label=LEAD[language])
        send(coordinator, "assign")

    with person(browser, site.url, size=size, language=language) as handler:
        handler.log_in("guojian")
        assert handler.sees(problem), "the case is not on the department's desk"
        handler.open(f"{case}?tab=answer")
        handler.page.fill("[name=text]", "明天上午到厂里看，周五前给方案。")
        send(handler, "answer")
        handler.open(f"{case}?tab=reply")
        choose(handler, "reply_kind", "solved")
        handler.page.fill("[name=text]", "已换增压泵，水压恢复正常。")
        send(handler, "reply")
        assert not handler.page.locator("form[action$='/confirm/']").count(), "a handler was offered to close"

    with person(browser, site.url, size=size, language=language) as manager:
        manager.log_in("beigang")
        assert manager.sees(problem), "the enterprise's home does not ask about the reply"
        say_yes(manager, case)
        assert manager.page.locator(".st-ok").first.is_visible()

    with person(browser, site.url, size=size, language=language) as officer:
        officer.log_in("wangli")
        officer.open(f"/cases/?q={problem}&status=closed")
        assert officer.sees(problem)


def test_a_refusal_keeps_what_was_typed_and_says_what_is_wrong(site, browser):
    with person(browser, site.url, size="phone") as officer:
        officer.log_in("wangli")
        officer.open("/visits/record/?enterprise=1")
        officer.page.locator("details[data-blocks=promise] > summary").click()
        officer.page.fill("[name=promise-0-text]", "周五前答复")
        officer.page.locator("main form[method=post] button:not([name])").last.click()
        officer.page.wait_for_load_state("networkidle")
        assert officer.page.locator(".errors").is_visible()
        assert officer.page.input_value("[name=promise-0-text]") == "周五前答复"


def test_what_was_typed_outlives_the_session(site, browser):
    words = f"夜里停水 {uuid.uuid4().hex[:6]}"
    with person(browser, site.url, size="phone") as manager:
        manager.log_in("beigang")
        manager.open("/cases/raise/")
        manager.page.fill("[name=text]", words)
        manager.page.context.clear_cookies(name="sessionid")
        manager.page.locator("main form[method=post] button").last.click()
        manager.page.wait_for_url(re.compile("log-in"))
        assert manager.page.locator("[data-drafts-kept]").is_visible()
        manager.log_in("beigang")
        manager.open("/cases/raise/")
        assert manager.page.input_value("[name=text]") == words
        manager.page.locator("main form[method=post] button").last.click()
        manager.page.wait_for_url(re.compile(r"/cases/\d+/"))
        manager.open("/cases/raise/")
        assert manager.page.input_value("[name=text]") == "", "a draft that was taken is offered again"


def test_a_form_sent_twice_opens_one_case(site, browser):
    words = f"门口路灯不亮 {uuid.uuid4().hex[:6]}"
    with person(browser, site.url) as manager:
        manager.log_in("beigang")
        manager.open("/cases/raise/")
        manager.page.fill("[name=text]", words)
        form = manager.page.locator("main form[method=post]").last
        body = form.evaluate("f => new URLSearchParams(new FormData(f)).toString()")
        sent = [
            manager.page.evaluate(
                "([url, body]) => fetch(url, {method: 'POST', body, headers: {'Content-Type':"
                " 'application/x-www-form-urlencoded'}}).then(r => r.url)",
                ["/cases/raise/", body],
            )
            for _ in range(2)
        ]
        assert sent[0] == sent[1]
        manager.open(f"/cases/?q={words}")
        assert manager.page.locator("tbody tr").count() == 1


def test_logging_in_raising_and_confirming_work_without_scripts(site, browser):
    words = f"厂门口积水 {uuid.uuid4().hex[:6]}"
    with person(browser, site.url, size="phone", scripts=False) as manager:
        manager.log_in("beigang")
        manager.open("/cases/raise/")
        manager.page.fill("[name=text]", words)
        manager.page.locator("main form[method=post] button").last.click()
        manager.page.wait_for_url(re.compile(r"/cases/\d+/"))
        assert manager.sees(words)


def record_a_visit(officer: Person, problem: str, enterprise: str) -> str:
    """Write a visit with a problem; returns the path of the case it opened."""
    officer.open("/visits/record/")
    officer.page.locator("main li a", has_text=enterprise).click()
    officer.page.fill("[name=notes]", "到车间看了冷却系统。")
    officer.page.fill("[name=problem-0-text]", problem)
    officer.page.locator("main form[method=post] button:not([name])").last.click()
    officer.page.wait_for_url(re.compile(r"/visits/\d+/"))
    link = officer.page.locator("main a[href^='/cases/']", has_text=problem[:8]).first
    return re.match(r"/cases/\d+/", link.get_attribute("href")).group()


def say_yes(manager: Person, case: str) -> None:
    """The enterprise's verdict, one question per page."""
    manager.open(case)
    manager.page.locator("a[href$='/verdict/yes/']").first.click()
    manager.page.locator("form.verdict-form button").click()
    manager.page.wait_for_url(re.compile(rf"{case}$"))


def choose(somebody: Person, field: str, value: str) -> None:
    """A choice of a select or of pills."""
    pill = somebody.page.locator(f"label:has(input[name={field}][value={value}])")
    if pill.count():
        pill.click()
    else:
        somebody.page.select_option(f"[name={field}]", value)


def send(somebody: Person, verb: str) -> None:
    form = somebody.page.locator(f"form[action$='/{verb}/']").last
    form.locator("button.btn-primary").last.click()
    somebody.page.wait_for_load_state("networkidle")
    assert not somebody.page.locator(".errors").count(), somebody.page.locator(".errors").inner_text()
