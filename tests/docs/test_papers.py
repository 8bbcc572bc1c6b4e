"""README, handbook and the other papers keep what they promise."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

from openliaison.accounts.models import Role
from openliaison.core import files, pages

ROOT = Path(__file__).resolve().parents[2]
ROLES = ("officer", "enterprise", "department", "coordinator", "leader", "inspector", "analyst", "administrator")
READMES = ("README.md", "README.zh.md")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", text("Makefile"), flags=re.M))


@pytest.mark.parametrize(
    "name", [*READMES, "CONTRIBUTING.md", "docs/tutorial/first-change.md", "docs/how-to/upgrade.md"]
)
def test_every_make_command_is_in_the_makefile(name):
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)", text(name)))
    assert named and named <= make_targets()


@pytest.mark.parametrize("name", READMES)
def test_the_readme_shows_the_two_commands_and_every_log_in(name):
    rows = (ROOT / "places" / "tieling" / "story" / "people.csv").read_text(encoding="utf-8").splitlines()
    first = {}
    for username, _name, _en, role, *_rest in (line.split(",") for line in rows[1:]):
        first.setdefault(role, username)
    assert {"run", "test"} <= set(re.findall(r"make ([a-z]+)", text(name)))
    assert [f"`{first[kind]}`" for kind in Role.Kind.values if f"`{first[kind]}`" not in text(name)] == []


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_role_has_its_page_in_both_languages(role, language):
    found = text(f"docs/handbook/{role}.{language}.md")
    other = "en" if language == "zh" else "zh"
    assert f"({role}.{other}.md)" in found, "the page names its twin"
    share = len(re.findall(r"[\u4e00-\u9fff]", found)) / len(found)
    assert share > 0.4 if language == "zh" else share < 0.1


def test_the_handbook_has_a_page_for_every_role_of_the_product():
    assert len(ROLES) == len(Role.Kind.values)


def test_decisions_are_numbered_without_gaps_and_hold_the_four_parts():
    found = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
    assert [f.name[:4] for f in found] == [f"{n:04d}" for n in range(1, len(found) + 1)]
    parts = ("**Context.**", "**Decision.**", "**Reasons.**", "**Consequences.**")
    assert [f.name for f in found if any(p not in f.read_text(encoding="utf-8") for p in parts)] == []


def test_the_licence_is_whole():
    licence = text("LICENSE")
    assert "Apache License" in licence and "END OF TERMS AND CONDITIONS" in licence and len(licence) > 11_000


def test_what_changed_has_an_open_section():
    assert "## Unreleased" in text("CHANGELOG.md")


def quoted_lines() -> list[tuple[str, str]]:
    """(file, line) of what the tutorial tells the reader to look for in the code."""
    tutorial = text("docs/tutorial/first-change.md")
    steps = re.split(r"^\*\*\d+\. ", tutorial, flags=re.M)
    found = []
    for step in steps:
        files = re.findall(r"`(openliaison/[\w/]+\.py)`", step)
        lines = re.findall(r"this line:\n\n```python\n([^\n]+)\n```", step)
        found += [(files[0], line) for line in lines]
    return found


def test_the_tutorial_quotes_lines():
    assert len(quoted_lines()) == 3


@pytest.mark.parametrize(("file", "line"), quoted_lines(), ids=lambda v: v.strip()[:40])
def test_what_the_tutorial_quotes_stands_in_the_code_once(file, line):
    assert text(file).splitlines().count(line) == 1


@cache
def labels(language: str) -> frozenset[str]:
    """Everything that the pages may say, in English or in Chinese."""
    found: set[str] = set()
    for file in (ROOT / "openliaison").glob("*/locale/zh_Hans/LC_MESSAGES/django.po"):
        with file.open("rb") as source:
            for message in read_po(source):
                said = message.id if language == "en" else message.string
                found |= {said} if isinstance(said, str) else set(said)
    return frozenset(found)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_the_handbook_prints_bold_stands_on_the_pages(role, language):
    bold = re.findall(r"\*\*([^*]+)\*\*", text(f"docs/handbook/{role}.{language}.md"))
    assert bold and [b for b in bold if b not in labels(language)] == []


def test_the_rooms_stand_in_the_house_as_the_floors_are_checked():
    layers = tomllib.loads(text("pyproject.toml"))["tool"]["importlinter"]["contracts"][0]["layers"]
    drawing = text("docs/explanation/house.md").split("```")[1]
    drawn = re.findall(r"^   (\w+) ", drawing, flags=re.M)
    assert drawn == [layer.removeprefix("openliaison.") for layer in layers]


def test_what_security_promises_in_numbers_is_set():
    page = text("docs/explanation/security.md")
    lengths = [v["OPTIONS"]["min_length"] for v in settings.AUTH_PASSWORD_VALIDATORS if "OPTIONS" in v]
    promised = [
        f"at least {lengths[0]} characters",
        f"{settings.SESSION_IDLE_SECONDS // 60} minutes without a request",
        f"{settings.SESSION_COOKIE_AGE // 3600} hours after log-in",
        f"{settings.STATEMENT_TIMEOUT.removesuffix('s')} s per statement",
        f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024**2} MB per form",
        f"{files.LARGEST_MB} MB per file",
        f"{pages.MOST_EXPORTED:,} rows per export",
    ]
    assert [p for p in promised if p not in page] == []


def test_where_security_points_there_is_code():
    rows = [line for line in text("docs/explanation/security.md").splitlines() if line.startswith("|")]
    named = {name for row in rows for name in re.findall(r"`((?:config|core|accounts)/[\w/]+\.py)", row)}
    assert named and [n for n in named if not any((ROOT / base / n).exists() for base in ("", "openliaison"))] == []
