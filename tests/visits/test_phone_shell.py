"""The pages that a phone keeps: the same for everybody, whole in both languages, without anything personal."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client
from django.utils import translation

from openliaison.visits.phone import shell
from openliaison.visits.phone.words import ICONS, LOOKS, looks, words
from tests.conftest import ROOT

FOLDER = ROOT / "openliaison" / "visits" / "static" / "visits" / "phone"
SCRIPTS = "\n".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.js")))
# Words that a script names by a rule: promise_kept, promise_broken, the kinds and the reasons of waiting.
BY_RULE = re.compile(r"(promise_(kept|broken)|kind_\w+|why_(lost|busy|login))$")


def worker(client: Client) -> dict:
    text = client.get("/sw.js").content.decode()
    return json.loads(re.search(r"self\.PHONE = (.*);\n", text).group(1))


@pytest.mark.parametrize("address", ["/phone/", "/sw.js", "/phone/no-signal", "/phone/manifest.webmanifest"])
def test_what_the_phone_keeps_is_the_same_for_everybody(world, at_the_screen, address):
    officer, stranger = at_the_screen(world.officer).get(address), Client().get(address)

    assert stranger.status_code == officer.status_code == 200
    assert stranger.content == officer.content
    assert officer.headers["Cache-Control"] == "no-cache"


def test_the_worker_keeps_the_shell_and_no_page_of_a_person(db):
    kept = worker(Client())["kept"]

    assert "/phone/" in kept
    assert all(address.startswith(("/static/", "/phone/")) for address in kept)
    assert not any(word in address for address in kept for word in ("pack", "me.json", "sync", "files"))
    assert all(Client().get(address).status_code == 200 for address in kept if address.startswith("/phone/"))


def test_a_changed_word_is_a_new_version_of_the_worker(db, monkeypatch):
    before = shell.version()
    monkeypatch.setattr(shell, "words", lambda: words() | {"today": "Otherwise"})

    assert shell.version() != before


def test_the_worker_is_a_script_that_may_see_the_whole_site(db):
    answer = Client().get("/sw.js")

    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_nobody_is_asked_to_install_anything(db):
    assert Client().get("/phone/manifest.webmanifest").json()["display"] == "browser"


def test_every_word_that_the_scripts_say_is_there_and_none_is_idle():
    said = set(re.findall(r"\bt\(\"(\w+)\"|P\.t\(\"(\w+)\"", SCRIPTS))
    quoted = set(re.findall(r"\"(\w+)\"", SCRIPTS))
    named = {a or b for a, b in said}

    assert named <= words().keys()
    assert {w for w in words() if w not in quoted and not BY_RULE.match(w)} == set()


def test_every_word_has_its_chinese():
    with translation.override("en"):
        english = words()
    with translation.override("zh-hans"):
        chinese = words()

    same = {key for key in english if english[key] == chinese[key]}
    assert same == set()


def test_every_icon_and_state_that_the_scripts_draw_is_in_the_shell():
    drawn = set(re.findall(r"icon\(\"([\w-]+)\"\)", SCRIPTS))
    drawn |= {icon for _css, icon, _word in looks().values()}

    assert drawn <= set(ICONS)
    assert {f"promise.{s}" for s in ("open", "due", "late")} <= set(LOOKS)


@pytest.mark.parametrize(("who", "is_officer"), [("officer", True), ("coordinator", False)])
def test_the_phone_learns_who_is_logged_in_before_it_sends(world, at_the_screen, who, is_officer):
    role = getattr(world, who)
    told = at_the_screen(role).get("/phone/me.json").json()

    assert told["person"] == role.user_id
    assert told["is_officer"] is is_officer
    assert told["token"]


def test_a_stranger_is_nobody(db):
    told = Client().get("/phone/me.json").json()

    assert told["person"] is None
    assert told["is_officer"] is False


def test_no_script_is_longer_than_one_sitting():
    assert {p.name: n for p in FOLDER.glob("*.js") if (n := len(p.read_text().splitlines())) > 300} == {}
