"""README, handbook and the other papers keep what they promise."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from openliaison.accounts.models import Role

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
