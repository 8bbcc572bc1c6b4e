"""Where there is no signal: a visit with its pictures arrives once, whatever is cut, closed, repeated or lost."""

from __future__ import annotations

import re
import shutil
import tempfile
import uuid
from pathlib import Path

import pytest

from .phone import Office, Phone, as_person, certificate, phone, picture, until
from .site import Site, running_site

pytestmark = pytest.mark.browser
NO_SIGNAL, WAITS, ARRIVED, NEEDS_YOU = ".ph-off", "st-wait", "st-ok", "st-due"


@pytest.fixture(scope="module")
def folder():
    found = Path(tempfile.mkdtemp(prefix="openliaison-phone-"))
    found.chmod(0o755)
    yield found
    shutil.rmtree(found, ignore_errors=True)


@pytest.fixture(scope="module")
def tls_site(folder, chromium_path) -> Site:
    """The example over TLS, with a certificate made here."""
    made = certificate(folder)
    if made is None:
        pytest.skip("no openssl on this machine to make a certificate with")
    with running_site(folder / "data", "--cert", str(made[0]), "--key", str(made[1])) as found:
        yield found


@pytest.fixture
def office(folder, tls_site) -> Office:
    return Office(folder / "data")


@pytest.fixture(scope="module")
def playwright(chromium_path):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as found:
        yield found


@pytest.fixture
def handheld(playwright, chromium_path, tls_site, tmp_path):
    with phone(playwright, chromium_path, tls_site.url, tmp_path / "profile") as found:
        yield found


def said() -> str:
    """Words that no other test says."""
    return f"现场看了新喷涂线 {uuid.uuid4().hex[:8]}"


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
    assert handheld.row(WAITS).count() == 1
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


def form_of(held: Phone):
    return held.page.locator("#ph-visit")


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


@pytest.fixture
def at_the_firm(playwright, chromium_path, tls_site, tmp_path):
    """A browser at the enterprise."""
    with phone(playwright, chromium_path, tls_site.url, tmp_path / "firm") as found:
        yield found


@pytest.fixture
def second_phone(playwright, chromium_path, tls_site, tmp_path):
    """Another phone of the same person."""
    with phone(playwright, chromium_path, tls_site.url, tmp_path / "second") as found:
        yield found.with_briefings()


def test_a_fact_that_the_office_learned_otherwise_is_chosen_side_by_side(handheld, at_the_firm, office):
    handheld.with_briefings()
    firm, asked = next((e, a) for e in handheld.briefings() for a in e["ask"] if a["type"] in ("int", "decimal"))
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


# ── (d) log-out with something unsent


def test_what_is_unsent_at_log_out_waits_for_its_person_alone(handheld, office):
    words = said()
    handheld.with_briefings()
    handheld.context.route("**/phone/sync", lambda route: route.abort("connectionreset"))
    handheld.write(words)
    handheld.save()
    handheld.log_out()
    handheld.page.wait_for_url(lambda url: url.endswith("#/leave"))
    handheld.page.locator(".ph-tall .btn").nth(1).click()
    handheld.page.wait_for_url("**/account/log-in/**")
    assert {k: v for k, v in handheld.kept().items() if k != "mine"} == {
        "packs": 0, "outbox": 1, "photos": 0, "notes": [words],
    }  # fmt: skip

    handheld.context.unroute("**/phone/sync")
    handheld.log_in("linjie")
    handheld.page.locator(".empty-state").wait_for()
    assert words not in handheld.page.content()
    assert handheld.page.locator("li[data-key]").count() == 0
    assert office.visits(words) == []

    handheld.log_out()
    handheld.page.wait_for_url("**/account/log-in/**")
    handheld.log_in("wangli", then="/phone/%23/outbox")
    until(lambda: len(office.visits(words)) == 1, "it is sent for the person who wrote it")


def test_a_log_out_with_nothing_unsent_leaves_nothing(handheld):
    handheld.with_briefings().log_out()
    handheld.page.wait_for_url("**/account/log-in/**")
    assert handheld.kept()["packs"] == handheld.kept()["outbox"] == 0


def test_a_log_in_that_ended_meanwhile_loses_nothing(handheld, office):
    words = said()
    handheld.with_briefings().offline()
    office.ask("delete from django_session")
    handheld.write(words)
    handheld.save()
    handheld.offline(False)
    handheld.page.locator(".ph-off a[href*=log-in]").wait_for()
    assert handheld.row(WAITS).count() == 1

    handheld.log_in("wangli", then="/phone/")
    until(lambda: len(office.visits(words)) == 1, "it is sent after the next log-in")


# ── (e) and (f) when what is kept is deleted


def test_a_revoked_phone_deletes_everything_and_says_so(handheld, office):
    handheld.with_briefings().offline()
    handheld.write(said())
    handheld.save()
    office.ask("update visits_device set revoked_at = now() where wiped_at is null")
    try:
        handheld.offline(False)
        handheld.page.locator("text=本手机已被停用").first.wait_for()
    finally:
        office.ask("update visits_device set revoked_at = null where wiped_at is null")
    assert handheld.kept()["packs"] == handheld.kept()["outbox"] == 0
    until(lambda: office.count("visits_device where wiped_at is not null") >= 1, "the office knows")


def test_after_eight_days_without_contact_the_briefings_are_deleted(handheld):
    words = said()
    handheld.with_briefings().offline()
    handheld.write(words)
    handheld.save()
    handheld.page.clock.set_fixed_time(handheld.page.evaluate("Date.now() + 8 * 86400000"))
    handheld.page.reload()
    handheld.page.locator(".empty-state").wait_for()

    assert handheld.kept()["packs"] == 0
    assert handheld.kept()["notes"] == [words]
    assert words not in handheld.page.content()


# ── (g) pictures and a full phone


def test_a_picture_of_forty_megabytes_is_made_small(handheld, tmp_path):
    handheld.with_briefings()
    form = handheld.write(said())
    large = picture(tmp_path / "large.png", 4200, 3200)
    assert large.stat().st_size > 40_000_000
    form.locator("input[type=file]").set_input_files([large])
    form.locator(".ph-photo").wait_for(timeout=60_000)
    width = form.locator(".ph-photo img").evaluate("image => image.naturalWidth")
    assert width == 1600


def test_a_file_that_is_no_picture_is_refused_in_a_sentence(handheld, tmp_path):
    handheld.with_briefings()
    words = said()
    form = handheld.write(words)
    wrong = tmp_path / "plan.jpg"
    wrong.write_text("not a picture")
    form.locator("input[type=file]").set_input_files([wrong])
    form.locator(".note-due").wait_for()

    assert "plan.jpg" in form.locator(".note-due").inner_text()
    assert form.locator("textarea").first.input_value() == words


# The browser's own limit cannot be set from outside for IndexedDB: what it throws is thrown here.
FULL = """() => {
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (...given) {
    if (window.hasRoom || this.name === "meta") return put.apply(this, given);
    throw new DOMException("full", "QuotaExceededError");
  };
}"""


def test_on_a_full_phone_pictures_are_refused_and_no_word_is_lost(handheld, office, tmp_path):
    words = said()
    handheld.with_briefings().offline()
    form = handheld.write(words)
    handheld.page.evaluate(FULL)
    form.locator("input[type=file]").set_input_files([picture(tmp_path / "one.png", 1600, 1200)])
    form.locator(".note-due").wait_for()
    assert form.locator("textarea").first.input_value() == words

    handheld.page.locator(".ph-act .btn-primary").click()
    form.locator(".note-over").wait_for()
    assert form.locator("textarea").first.input_value() == words

    handheld.page.evaluate("window.hasRoom = true")
    handheld.save()
    handheld.offline(False)
    handheld.row(ARRIVED).wait_for()
    assert len(office.visits(words)) == 1


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
