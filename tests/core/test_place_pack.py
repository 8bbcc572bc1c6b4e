"""A place's folder is read whole, or every fault is named with its file, line and cure."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from openliaison.core.place_pack import PlacePackError, read_pack
from tests.conftest import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy to spoil."""
    copy = tmp_path / "riverton-en"
    shutil.copytree(ROOT / "places" / "riverton-en", copy)
    return copy


def change(folder: Path, file: str, before: str, after: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert before in text, f"{file} does not hold “{before}”"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def faults(folder: Path) -> str:
    with pytest.raises(PlacePackError) as refused:
        read_pack(folder)
    return "\n".join(refused.value.faults)


@pytest.mark.parametrize("name", ["tieling", "riverton-en"])
def test_the_places_that_come_along_are_sound(name):
    pack = read_pack(ROOT / "places" / name)

    assert pack.place.code
    assert len(pack.categories) == 16
    assert len({row.code for row in pack.localities}) == len(pack.localities)
    assert {"contact", "assignment", "reply", "solution"} <= {row.key for row in pack.clocks}
    assert {row.key for row in pack.facts} >= {"region", "employees"}


def test_a_folder_without_place_toml_is_asked_about(tmp_path):
    assert "is this the folder of a place?" in faults(tmp_path)


@pytest.mark.parametrize(
    ("file", "before", "after", "words"),
    [
        ("place.toml", "time_zone", "time_zon", "“time_zone” is missing"),
        ("place.toml", "time_zone", "time_zon", "“time_zon” is not known"),
        ("calendar.csv", ",off,", ",holiday,", "“holiday” is none of off, provisional, work"),
        ("clocks.csv", ",wd,", ",days,", "column unit: “days” is none of"),
        ("categories.csv", "code,", "kode,", "column code is missing; add it to the header"),
        ("localities.csv", "riverton-1,riverton,", "riverton-1,atlantis,", "parent “atlantis” is not in the file"),
    ],
)
def test_a_fault_is_named_with_its_cure(folder, file, before, after, words):
    change(folder, file, before, after)

    found = faults(folder)
    assert words in found
    assert file in found


def test_a_missing_file_is_named(folder):
    (folder / "clocks.csv").unlink()
    assert "clocks.csv: the file is missing" in faults(folder)


def test_a_file_in_another_encoding_is_named(folder):
    (folder / "organisations.csv").write_bytes("code,name\nx,供电公司".encode("gb18030"))
    assert "organisations.csv" in faults(folder)
    assert "save the file as UTF-8" in faults(folder)


def test_a_code_that_stands_twice_is_named_with_its_line(folder):
    path = folder / "localities.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[-1]]), encoding="utf-8")

    assert f"localities.csv, line {len(lines) + 1}, column code" in faults(folder)


def test_all_faults_are_said_at_once(folder):
    change(folder, "calendar.csv", ",off,", ",holiday,")
    change(folder, "clocks.csv", ",wd,", ",days,")

    assert "calendar.csv" in faults(folder)
    assert "clocks.csv" in faults(folder)
