"""The house rules that a machine can check."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT

LONGEST_FILE = 500
# Not read in one sitting: catalogues, data, locks, migrations.
UNREAD = re.compile(r"(\.po|\.csv|\.json|\.txt|\.lock|\.svg|\.png)$|/migrations/|/story/|^LICENSE$")
FORBIDDEN_NAMES = {"utils.py", "helpers.py", "common.py", "util.py", "misc.py"}
HOSTS = re.compile(r"https?://[\w.-]*(?:pypi|npmjs|registry|artifactory|nexus|devpi|mirror)[\w.-]*", re.I)
MACHINE = re.compile(r"(?<![\w.])/(?:root|work|home/\w+|Users/\w+)/[\w.-]")


@cache
def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this copy is no clone of the repository")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@cache
def text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def where(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_every_file_reads_in_one_sitting():
    long = {where(p): len(text(p).splitlines()) for p in tracked() if not UNREAD.search(where(p))}
    long = {name: lines for name, lines in long.items() if lines > LONGEST_FILE}
    assert not long, f"Longer than {LONGEST_FILE} lines; split them: {long}"


def test_no_file_is_a_drawer_for_everything():
    found = [where(p) for p in tracked() if p.name in FORBIDDEN_NAMES]
    assert not found, f"Name these for what they hold: {found}"


def test_templates_hold_no_style_and_no_script():
    """The content policy would refuse both."""
    refused = re.compile(r"""<style\b|<script(?![^>]*\bsrc=)|\sstyle=["']|\son\w+=["']|javascript:""", re.I)
    for path in tracked():
        if path.suffix == ".html" and "/templates/" in path.as_posix():
            found = refused.search(text(path))
            assert not found, f"{where(path)}: {found and found[0]}"


def test_templates_name_no_foreign_host():
    for path in tracked():
        if path.suffix == ".html" and "/templates/" in path.as_posix():
            found = re.search(r"""\b(?:src|action)=["'](?:https?:)?//""", text(path))
            assert not found, f"{where(path)}: {found and found[0]}"


def test_nothing_names_a_registry_or_a_folder_of_somebodys_machine():
    found = []
    for path in tracked():
        for rule in (HOSTS, MACHINE):
            found += [f"{where(path)}: {hit[0]}" for hit in rule.finditer(text(path)) if where(path) != _ME]
    assert not found, "\n".join(found)


_ME = "tests/test_house.py"


def test_requirements_are_pinned_with_hashes():
    for path in (ROOT / "requirements").glob("*.txt"):
        pins = re.findall(r"^[a-z0-9][\w.\[\]-]*[^\n]*", text(path), re.M | re.I)
        assert pins, path.name
        assert all("==" in pin for pin in pins), path.name
        assert text(path).count("--hash=sha256:") >= len(pins), path.name


def test_the_product_never_asks_the_clock_but_in_one_place():
    """Services take `at=`; doors ask `core.now`."""
    asking = re.compile(r"\b(?:timezone\.now|datetime\.now|datetime\.utcnow|date\.today|localdate)\(")
    for path in (ROOT / "openliaison").rglob("*.py"):
        if where(path) != "openliaison/core/now.py":
            found = asking.search(text(path))
            assert not found, f"{where(path)}: {found and found[0]} — take at= or ask openliaison.core.now"


def test_the_product_prints_and_debugs_nothing_by_accident():
    for path in (ROOT / "openliaison").rglob("*.py"):
        found = re.search(r"\bbreakpoint\(|\bpdb\b|# ?(?:TODO|FIXME|XXX)\b", text(path))
        assert not found, f"{where(path)}: {found and found[0]}"
