"""Gathers what people read into each room's `django.po`, keeping what is translated; says what is missing.

`python scripts/messages.py [ROOM …]` updates; `--check` changes nothing and exits 1 where a file is stale or
a sentence has no Chinese. The source language is English. No gettext program is needed.
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOMS = Path(__file__).resolve().parent.parent / "openliaison"
LANGUAGE = "zh_Hans"
KEYWORDS = {name: None for name in ("_", "_lazy", "N_", "gettext", "gettext_lazy", "gettext_noop")}
KEYWORDS |= {"ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2)}
Message = str | tuple[str, str]


def room_names() -> list[str]:
    return sorted(p.name for p in ROOMS.iterdir() if (p / "apps.py").exists())


def po_file(room: str) -> Path:
    return ROOMS / room / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def extracted(room: str) -> Catalog:
    """Every sentence of a room's code and templates."""
    found = Catalog(locale=LANGUAGE, fuzzy=False)
    for path in sorted((ROOMS / room).rglob("*")):
        if path.suffix not in (".py", ".html", ".txt") or "locale" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        source = text if path.suffix == ".py" else templatize(text, origin=str(path))
        where = str(path.relative_to(ROOMS.parent))
        for _line, function, message, _comments in extract_python(io.BytesIO(source.encode()), KEYWORDS, [], {}):
            _add(found, function, message, where)
    return found


def _add(catalogue: Catalog, function: str, message: Message | None, where: str) -> None:
    if isinstance(message, tuple):
        parts = [m for m in message if m]
        context = parts[0] if function.startswith("pgettext") else None
        ident = parts[-1] if context else tuple(parts[:2])
    else:
        context, ident = None, message
    if ident:
        catalogue.add(ident, locations=[(where, 0)], context=context)


def merged(room: str) -> Catalog:
    """The room's sentences with the translations that stand."""
    fresh = extracted(room)
    known = Catalog(locale=LANGUAGE)
    if po_file(room).exists():
        with po_file(room).open("rb") as file:
            known = read_po(file, locale=LANGUAGE)
    for message in fresh:
        before = known.get(message.id, message.context) if message.id else None
        if before is not None:
            message.string = before.string
    return fresh


def missing(catalogue: Catalog) -> list[str]:
    """The sentences that have no translation."""
    texts = [m for m in catalogue if m.id]
    return [str(m.id) for m in texts if not (all(m.string) if isinstance(m.string, tuple) else m.string)]


def as_text(catalogue: Catalog) -> bytes:
    """A po file that changes only where its sentences do: no dates, no line numbers, one file each."""
    for message in catalogue:
        message.locations = sorted({(path, None) for path, _line in message.locations})[:1]  # type: ignore[misc]
    out = io.BytesIO()
    write_po(out, catalogue, width=110, sort_output=True, omit_header=True, include_lineno=False)
    head = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Language: {LANGUAGE}\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    )
    return head.encode() + out.getvalue()


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="messages", description=__doc__)
    parser.add_argument("rooms", nargs="*")
    parser.add_argument("--check", action="store_true")
    wanted = parser.parse_args(argv)
    settings.configure(USE_I18N=True)
    faults = 0
    for room in wanted.rooms or room_names():
        catalogue = merged(room)
        text, file = as_text(catalogue), po_file(room)
        is_stale = not file.exists() or file.read_bytes() != text
        if is_stale and not wanted.check:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text)
        for sentence in missing(catalogue):
            print(f"{room}: not translated: {sentence}")
            faults += 1
        if is_stale and wanted.check:
            print(f"{room}: {file.name} is not up to date; run “python scripts/messages.py {room}”.")
            faults += 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
