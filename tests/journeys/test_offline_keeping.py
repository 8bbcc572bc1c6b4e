"""What a phone keeps, for whom and how long; pictures, and a phone without room."""

from __future__ import annotations

import pytest

from .phone import ARRIVED, WAITS, picture, said, until

pytestmark = pytest.mark.browser


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
