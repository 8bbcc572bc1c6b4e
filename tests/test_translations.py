"""Every sentence is there in Chinese, and says the same things about the same things."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from scripts import messages

ROOMS = messages.room_names()
PLACES = re.compile(r"%\((\w+)\)[a-z]|%[sd]")


def kept(room: str) -> Catalog:
    with messages.po_file(room).open("rb") as file:
        return read_po(file, locale=messages.LANGUAGE)


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_is_untranslated(room):
    lacking = messages.missing(messages.merged(room))
    assert not lacking, f"{room}: write the Chinese of {lacking} (python scripts/messages.py {room})"


@pytest.mark.parametrize("room", ROOMS)
def test_no_sentence_is_kept_that_nobody_says(room):
    file = messages.po_file(room)
    is_fresh = not list(messages.extracted(room)) or (
        file.exists() and file.read_bytes() == messages.as_text(messages.merged(room))
    )
    assert is_fresh, f"{file.name} of {room} is stale; run “python scripts/messages.py {room}”."


@pytest.mark.parametrize("room", ROOMS)
def test_placeholders_agree(room):
    differing = []
    for message in kept(room):
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        asked = message.id[-1] if isinstance(message.id, tuple) else message.id
        for text in texts:
            if message.id and text and set(PLACES.findall(text)) - set(PLACES.findall(asked)):
                differing.append(f"“{asked}” → “{text}”: the Chinese names what the English does not give")
            if message.id and text and len(_named(asked) - _named(text)):
                differing.append(f"“{asked}” → “{text}”: {sorted(_named(asked) - _named(text))} is lost")
    assert not differing, "\n".join(differing)


def _named(text: str) -> set[str]:
    return {name for name in PLACES.findall(text) if name}


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_is_marked_as_unsure(room):
    assert [m.id for m in kept(room) if m.fuzzy] == []


def test_rooms_say_the_same_sentence_alike():
    """All rooms' sentences are one catalogue when the site runs: of two translations one would be lost."""
    said: dict[tuple[object, object], dict[object, set[str]]] = {}
    for room in ROOMS:
        for message in kept(room):
            if message.id:
                key = (message.id if isinstance(message.id, str) else message.id[0], message.context)
                said.setdefault(key, {}).setdefault(str(message.string), set()).add(room)
    differing = {key[0]: texts for key, texts in said.items() if len(texts) > 1}
    assert not differing, f"Agree on one wording, or tell them apart with pgettext: {differing}"
