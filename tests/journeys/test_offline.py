"""Where there is no signal: a visit with its pictures arrives once, whatever is cut, closed, repeated or lost."""

from __future__ import annotations

import re
import uuid

import pytest

from .phone import ARRIVED, NEEDS_YOU, WAITS, Office, Phone, as_person, form_of, picture, said, until

pytestmark = pytest.mark.browser


# ── (a) written without signal, closed, opened again


def test_a_visit_written_without_signal_and_closed_with_the_browser_arrives_once(handheld, office, tmp_path):
    words = said()
    handheld.with_briefings().offline()
    handheld.page.goto(f"{handheld.url}/visits/record/?enterprise=1")  # the ordinary page opens as the phone's
    form = handheld.page.locator("#ph-visit")
    form.locator("textarea").first.fill(words)
    _add_problem_and_promise(form)
    pictures = [picture(tmp_path / f"{n}.png", seed=n) for n in (1, 2)]
    form.locator("input[type=file]").set_input_files(pictures)
    form.locator(".ph-photo").nth(1).wait_for()
    handheld.close()

    handheld.open(offline=True).go("#/e/1/visit")
    handheld.page.locator(".ph-photo").nth(1).wait_for()
    assert form_of(handheld).locator("textarea").first.input_value() == words
    handheld.save()
    handheld.row(WAITS).wait_for()
    assert office.visits(words) == []

    handheld.offline(False)
    handheld.row(ARRIVED).wait_for()
    until(lambda: handheld.kept()["photos"] == 0, "the pictures are sent")
    (visit,) = office.visits(words)
    assert office.count("visits_visitfile where visit_id = %s", visit) == 2
    assert office.count("cases_case where visit_id = %s", visit) == 1
    assert office.count("cases_promise where visit_id = %s", visit) == 1


def _add_problem_and_promise(form) -> None:
    form.locator("#ph-add button").nth(0).click()
    form.locator("#ph-problems textarea").fill("夜班招不到持证焊工")
    form.locator("#ph-add button").nth(1).click()
    form.locator("#ph-promises input[type=text]").fill("一周内介绍三名焊工")
    form.locator("#ph-promises input[type=date]").fill("2031-03-05")


# ── (b) lost answers, two tabs


def test_a_visit_whose_answer_was_lost_is_sent_again_and_is_there_once(handheld, office):
    words, lost = said(), []

    def lose_the_first(route):
        answer = route.fetch()
        lost.append(answer.status)
        if len(lost) == 1:
            route.abort("connectionreset")
        else:
            route.fulfill(response=answer)

    handheld.with_briefings()
    handheld.context.route("**/phone/sync", lose_the_first)
    handheld.write(words)
    handheld.save()
    handheld.try_now()
    handheld.row(ARRIVED).wait_for()

    assert lost == [201, 200]
    assert len(office.visits(words)) == 1


def test_two_tabs_that_send_at_once_make_one_visit(handheld, office):
    words = said()
    handheld.with_briefings()
    second = handheld.tab()
    second.goto(f"{handheld.url}/phone/#/outbox")
    second.locator(".ph-above .btn").wait_for()
    handheld.offline()
    handheld.write(words)
    handheld.save()
    handheld.row(WAITS).wait_for()

    handheld.offline(False)  # both hear of it
    second.locator("li[data-key] .st-ok").wait_for()
    handheld.row(ARRIVED).wait_for()
    assert len(office.visits(words)) == 1


def test_one_item_that_fails_does_not_hold_up_the_next(handheld, office):
    first, second = said(), said()
    handheld.with_briefings()
    mine = handheld.briefings()
    handheld.offline()
    for words, enterprise in zip((first, second), mine, strict=False):
        handheld.write(words, enterprise["id"])
        handheld.save()
    handheld.context.route("**/phone/sync", lambda route: _busy_for(route, first))
    handheld.offline(False)
    handheld.row(ARRIVED).wait_for()
    assert [len(office.visits(w)) for w in (first, second)] == [0, 1]

    handheld.context.unroute("**/phone/sync")
    handheld.try_now()
    until(lambda: len(office.visits(first)) == 1, "the first is sent when the office answers again")


def _busy_for(route, words: str) -> None:
    if words in route.request.post_data_json["body"]["notes"]:
        route.fulfill(status=503, headers={"Retry-After": "1"}, json={"error": "busy", "fields": {}})
    else:
        route.continue_()


# ── (c) two words on one thing


def test_a_fact_that_the_office_learned_otherwise_is_chosen_side_by_side(handheld, at_the_firm, office):
    handheld.with_briefings()
    firm = next(e for e in handheld.briefings() if e["id"] == 1)  # where beigang is at home
    asked = next(a for a in firm["ask"] if a["type"] in ("int", "decimal"))
    mine, theirs = (str(1000 + uuid.uuid4().int % 8000) for _ in range(2))
    handheld.offline()
    handheld.write(said(), firm["id"])
    handheld.page.get_by_label(asked["label"]).first.fill(mine)
    handheld.save()
    at_the_firm.log_in("beigang", then=f"/enterprises/{firm['id']}/facts/{asked['key']}/")
    at_the_firm.page.fill("[name=value]", theirs)
    at_the_firm.page.locator("form:has([name=value]) .btn-primary").click()
    until(lambda: _value(office, firm["id"], asked["key"]) == int(theirs), "the enterprise's word is on file")

    handheld.offline(False)
    card = handheld.page.locator("article.card:has(.ph-two)").filter(has_text=re.compile(f"{mine[0]},?{mine[1:]}"))
    card.wait_for()
    sides = [side.replace(",", "") for side in card.locator(".ph-side b").all_inner_texts()]
    assert mine in sides[0]
    assert theirs in sides[1]
    assert _value(office, firm["id"], asked["key"]) == int(theirs)  # nothing was overwritten

    card.locator(".ph-side").nth(0).get_by_role("button").click()
    card.wait_for(state="detached")
    assert _value(office, firm["id"], asked["key"]) == int(mine)


def _value(office: Office, enterprise: int, key: str) -> float:
    standing = "retracted_at is null and superseded_at is null"
    sql = f"select value from register_fact where enterprise_id = %s and key = %s and {standing}"
    found = office.ask(sql, enterprise, key)
    return float(found[0][0]) if found else 0


def test_an_answer_to_a_question_that_was_answered_meanwhile_stands_beside_it(handheld, second_phone):
    handheld.with_briefings()
    case = next(c["id"] for e in handheld.briefings() for c in e["cases"] if c["question"])
    handheld.offline()
    _answer(handheld, case, "夜间运输记录在门卫处")
    _answer(second_phone, case, "联系人为生产科长")
    second_phone.row(ARRIVED).wait_for()

    handheld.offline(False)
    row = handheld.row(NEEDS_YOU)
    row.wait_for()
    mine, theirs = row.locator(".ph-side b").all_inner_texts()
    assert "夜间运输记录在门卫处" in mine
    assert "联系人为生产科长" in theirs


def _answer(held: Phone, case: int, words: str) -> None:
    held.go(f"#/answer/{case}")
    held.page.locator("#ph-one textarea").fill(words)
    held.save()


# ── fast, sound, in both languages


def test_the_form_is_usable_within_two_seconds_on_a_slow_phone(handheld):
    handheld.with_briefings()
    handheld.go("#/e/1/visit")
    form_of(handheld).wait_for()
    devtools = handheld.context.new_cdp_session(handheld.page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    slow = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
    devtools.send("Network.emulateNetworkConditions", slow)
    handheld.page.reload(wait_until="commit")
    form_of(handheld).wait_for()
    drawn = handheld.page.evaluate("performance.getEntriesByName('phone-drawn')[0].startTime")
    assert drawn < 2000


def test_a_visit_is_written_and_saved_with_the_keyboard_alone(handheld, office):
    words = said()
    handheld.with_briefings()
    handheld.go("#/e/1")
    handheld.page.locator(".ph-act a.btn-primary").wait_for()
    keys = handheld.page.keyboard
    _tab_to(handheld, ".ph-act a.btn-primary")
    keys.press("Enter")
    form_of(handheld).wait_for()
    _tab_to(handheld, "#ph-visit textarea")
    keys.type(words)
    _tab_to(handheld, ".ph-act button.btn-primary")
    keys.press("Enter")
    handheld.row(ARRIVED).wait_for()
    assert len(office.visits(words)) == 1


def _tab_to(held: Phone, selector: str) -> None:
    """Press Tab until the control has the focus."""
    for _press in range(80):
        held.page.keyboard.press("Tab")
        if held.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"The keyboard does not reach {selector}.")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_of_the_phone_are_sound(handheld, language):
    handheld.with_briefings()
    handheld.page.locator(f".ol-lang button[lang={language}]").click()
    found = {}
    for place in ("#/", "#/all", "#/e/1", "#/e/1/visit", "#/outbox", "#/me", "#/leave"):
        handheld.go(place)
        handheld.page.locator("main > *").first.wait_for()
        somebody = as_person(handheld)
        found |= {fault: place for fault in somebody.faults()}
        if somebody.scrolls_sideways():
            found["scrolls sideways"] = place
    assert not found, found
