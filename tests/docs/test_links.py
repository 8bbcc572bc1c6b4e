"""Every link inside the documentation leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"(?<!`)!?\[[^\]]*\]\(([^)\s]+)\)")
PICTURES = ROOT / "docs" / "pictures"
FOREIGN = ("http://", "https://", "mailto:")


def prose(text: str) -> str:
    """The text without code, where a bracket is no link."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"```.*?```", "", text, flags=re.S))


def anchor(heading: str) -> str:
    """How a heading is addressed: lower case, marks dropped, blanks to hyphens."""
    plain = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return plain.replace(" ", "-")


def anchors(page: Path) -> set[str]:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
    return {anchor(line.lstrip("#")) for line in text.splitlines() if line.startswith("#")}


def broken(page: Path) -> list[str]:
    found = []
    for target in LINK.findall(prose(page.read_text(encoding="utf-8"))):
        if target.startswith(FOREIGN):
            continue
        path, _, part = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if PICTURES in file.parents and not PICTURES.exists():
            continue
        if not file.exists() or (part and file.suffix == ".md" and part not in anchors(file)):
            found.append(target)
    return found


def test_there_are_pages_to_check():
    assert len(PAGES) > 40


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    assert broken(page) == []


def test_a_broken_link_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# One\n[a](gone.md) [b](page.md#one) [c](#two) `[d](code.md)` [e](https://example.org)", "utf-8")
    assert broken(page) == ["gone.md", "#two"]


def test_every_page_is_reached_from_the_readme():
    seen, waiting = set(), [ROOT / "README.md", ROOT / "README.zh.md"]
    while waiting:
        page = waiting.pop()
        seen.add(page)
        for target in LINK.findall(prose(page.read_text(encoding="utf-8"))):
            file = (page.parent / target.partition("#")[0]).resolve()
            if file.suffix == ".md" and file.exists() and file not in seen:
                waiting.append(file)
    assert [str(p.relative_to(ROOT)) for p in PAGES if p not in seen] == []
