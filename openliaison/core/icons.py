"""Tabler's outline icons, inlined from the npm package."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

FOLDER = Path("node_modules/@tabler/icons/icons/outline")
_CANVAS = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'  # an empty square in every file


@cache
def icon(name: str) -> SafeString:
    """The icon as an SVG element that screen readers pass over.

    Raises:
        LookupError: the package has no icon of this name.
    """
    file = Path(settings.BASE_DIR) / FOLDER / f"{name}.svg"
    if not file.is_file():
        raise LookupError(f"There is no icon “{name}” in {FOLDER}; the names are those of Tabler's outline icons.")
    text = file.read_text(encoding="utf-8").replace(_CANVAS, "")
    inner = "".join(
        line.strip() for line in text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")].splitlines()
    )
    return mark_safe(f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{inner}</svg>')
