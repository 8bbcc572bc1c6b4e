"""Compiles every room's `django.po` where it is newer than its `django.mo`. No gettext program is needed."""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOMS = Path(__file__).resolve().parent.parent


def compile_all(root: Path = ROOMS) -> list[Path]:
    """Write the stale `.mo` files below `root`; returns them."""
    written = []
    for source in sorted(root.glob("*/locale/*/LC_MESSAGES/django.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as text:
            catalogue = read_po(text, abort_invalid=True)
        part = target.with_suffix(".part")
        with part.open("wb") as binary:
            write_mo(binary, catalogue)
        part.replace(target)
        written.append(target)
    return written


if __name__ == "__main__":
    compile_all()
