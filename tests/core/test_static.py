"""What the browser loads comes from this house, is whole, and runs nothing of others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from openliaison.core.static_finder import FILES, PackageFinder, Storage
from tests.conftest import ROOT

OWN = [p for p in (ROOT / "openliaison").rglob("*") if "/static/" in p.as_posix() and p.is_file()]


@pytest.mark.parametrize("name", FILES)
def test_every_file_of_a_package_is_found(name):
    assert Path(finders.find(f"vendor/{name}")).stat().st_size > 0


@pytest.mark.parametrize(
    "path", ["vendor/../package.json", "vendor/tabler/../../package.json", "package.json", "vendor/"]
)
def test_nothing_else_of_the_packages_is_served(path):
    assert PackageFinder().find(path) is None


def test_only_the_named_files_are_collected():
    assert {name for name, _storage in PackageFinder().list(None)} == set(FILES)


def test_source_maps_are_not_looked_for():
    assert "sourceMappingURL" not in str(Storage.patterns)


def test_our_own_files_ask_nobody_else_and_evaluate_nothing():
    for path in OWN:
        if path.suffix in (".js", ".css"):
            text = path.read_text(encoding="utf-8")
            assert not re.search(
                r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}/", re.sub(r"https?://www\.w3\.org\S*", "", text)
            ), path
            assert not re.search(r"\beval\(|new Function\(|document\.write|\.innerHTML\s*=", text), path


def test_every_package_file_is_pinned_in_the_lock():
    lock = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    for file in FILES.values():
        parts = file.split("/")
        package = "/".join(parts[:2]) if file.startswith("@") else parts[0]
        assert f'"node_modules/{package}"' in lock, package
    assert '"resolved"' not in lock
