"""Reads a place's folder (docs/reference/place-files.md) into plain rows; names every fault with its cure."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class PlacePackError(Exception):
    """The folder cannot be loaded; one line per fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class PlaceRow:
    code: str
    name: str
    name_en: str
    root: str
    time_zone: str
    currency: str
    languages: list[str]
    number_scheme: str
    industry_scheme: str
    is_example: bool
    hours: list[dict[str, Any]]


@dataclass(frozen=True)
class LocalityRow:
    code: str
    parent: str
    name: str
    name_en: str
    level: str
    lon: Decimal | None = None
    lat: Decimal | None = None
    grid_row: int | None = None
    grid_col: int | None = None


@dataclass(frozen=True)
class OrganisationRow:
    code: str
    name: str
    name_en: str
    kind: str
    level: str
    locality: str
    parent: str = ""
    phone: str = ""


@dataclass(frozen=True)
class CategoryRow:
    code: str
    name: str
    name_en: str
    description: str
    description_en: str
    reply_days: int
    solution_days: int
    organisation: str
    is_factor: bool


@dataclass(frozen=True)
class ReplyRow:
    """The frame of a formal reply of one kind."""

    reply_kind: str
    name: str
    name_en: str
    body: str
    body_en: str


@dataclass(frozen=True)
class CalendarRow:
    day: date
    kind: str
    name: str
    name_en: str
    source: str


@dataclass(frozen=True)
class ClockRow:
    key: str
    amount: Decimal
    unit: str
    valid_from: date
    source: str


@dataclass(frozen=True)
class FactRow:
    key: str
    type: str
    unit: str
    label_zh: str
    label_en: str
    subject: str
    holder: str
    sensitivity: str
    fresh_days: int | None = None
    same_as: str = ""
    may_lie_ahead: bool = False


@dataclass(frozen=True)
class SettingRow:
    key: str
    value: Any
    valid_from: date


@dataclass(frozen=True)
class PlacePack:
    folder: Path
    place: PlaceRow
    localities: list[LocalityRow]
    organisations: list[OrganisationRow]
    categories: list[CategoryRow]
    replies: list[ReplyRow]
    calendar: list[CalendarRow]
    clocks: list[ClockRow]
    facts: list[FactRow]
    settings: list[SettingRow]
    words: dict[str, dict[str, str]]


CATALOGUE = Path(__file__).resolve().parents[2] / "reference" / "facts.csv"
ALLOWED = {
    ("calendar.csv", "kind"): {"off", "work", "provisional"},
    ("clocks.csv", "unit"): {"h", "wh", "wd", "d"},
    ("facts.csv", "sensitivity"): {"public", "official", "restricted", "private"},
    ("facts.csv", "subject"): {"enterprise", "locality", "project", "hire", "equipment"},
}
Row = TypeVar("Row")


def read_pack(folder: Path) -> PlacePack:
    """Read and check a place's folder.

    Raises:
        PlacePackError: all faults, each with file, line, column and cure.
    """
    faults: list[str] = []
    if not (folder / "place.toml").is_file():
        raise PlacePackError([f"{folder}: no place.toml; is this the folder of a place?"])
    pack = PlacePack(
        folder=folder,
        place=_place(folder / "place.toml", faults),
        localities=_rows(folder / "localities.csv", LocalityRow, faults),
        organisations=_rows(folder / "organisations.csv", OrganisationRow, faults),
        categories=_rows(folder / "categories.csv", CategoryRow, faults),
        calendar=_rows(folder / "calendar.csv", CalendarRow, faults),
        clocks=_rows(folder / "clocks.csv", ClockRow, faults),
        facts=_facts(folder / "facts.csv", faults),
        settings=_settings(folder / "settings.toml", faults),
        replies=_rows(folder / "replies.csv", ReplyRow, faults) if (folder / "replies.csv").is_file() else [],
        words={code: _words(folder / f"words.{code}.toml", faults) for code in ("zh", "en")},
    )
    if not faults:
        faults += _references(pack)
    if faults:
        raise PlacePackError(faults)
    return pack


def _place(path: Path, faults: list[str]) -> PlaceRow:
    data = _toml(path, faults)
    names = [f.name for f in fields(PlaceRow)]
    faults += [f"{path.name}: “{n}” is missing; add it." for n in names if n not in data]
    faults += [f"{path.name}: “{n}” is not known; is it misspelt?" for n in data if n not in names]
    try:
        ZoneInfo(str(data.get("time_zone", "")))
    except (ZoneInfoNotFoundError, ValueError):
        faults.append(f"{path.name}: time_zone “{data.get('time_zone')}” is unknown; use a name such as Asia/Shanghai.")
    return PlaceRow(**{n: data.get(n) for n in names})


def _settings(path: Path, faults: list[str]) -> list[SettingRow]:
    found = []
    for key, body in _toml(path, faults).items():
        if (
            not isinstance(body, dict)
            or set(body) != {"value", "valid_from"}
            or not isinstance(body["valid_from"], date)
        ):
            faults.append(f"{path.name}: [{key}] needs a value and a valid_from date, such as valid_from = 2026-01-01.")
            continue
        found.append(SettingRow(key, body["value"], body["valid_from"]))
    return found


def _words(path: Path, faults: list[str]) -> dict[str, str]:
    return {k: str(v) for k, v in _toml(path, faults).items()} if path.exists() else {}


def _facts(path: Path, faults: list[str]) -> list[FactRow]:
    """The common catalogue, extended and overridden by the place's own."""
    common = _rows(CATALOGUE, FactRow, faults)
    own = _rows(path, FactRow, faults) if path.exists() else []
    return list(({row.key: row for row in common} | {row.key: row for row in own}).values())


def _toml(path: Path, faults: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        faults.append(f"{path.name}: the file is missing; copy it from another place and change it.")
    except UnicodeDecodeError as error:
        faults.append(f"{path.name}: byte {error.start} is not UTF-8; save the file as UTF-8.")
    except tomllib.TOMLDecodeError as error:
        faults.append(f"{path.name}: {error}; correct this line.")
    return {}


def _rows(path: Path, row_type: type[Row], faults: list[str]) -> list[Row]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        faults.append(f"{path.name}: the file is missing; copy it from another place and change it.")
        return []
    except UnicodeDecodeError as error:
        faults.append(f"{path.name}: byte {error.start} is not UTF-8; save the file as UTF-8.")
        return []
    reader = csv.DictReader(text.splitlines())
    columns = fields(row_type)  # type: ignore[arg-type]
    optional = {c.name for c in columns if c.default is not MISSING}
    lacking = [c.name for c in columns if c.name not in (reader.fieldnames or []) and c.name not in optional]
    if lacking:
        faults.append(f"{path.name}, line 1: column {', '.join(lacking)} is missing; add it to the header.")
        return []
    return list(_typed(path.name, reader, row_type, faults))


def _typed(file: str, reader: csv.DictReader[str], row_type: type[Row], faults: list[str]) -> Iterator[Row]:
    seen: set[str] = set()
    key = fields(row_type)[0].name  # type: ignore[arg-type]
    for raw in reader:
        where = f"{file}, line {reader.line_num}"
        values: dict[str, Any] = {}
        for column in fields(row_type):  # type: ignore[arg-type]
            cell = (raw.get(column.name) or "").strip()
            values[column.name], fault = _cell(cell, str(column.type))
            allowed = ALLOWED.get((file, column.name))
            if not fault and allowed and cell not in allowed:
                fault = f"“{cell}” is none of {', '.join(sorted(allowed))}"
            if fault:
                faults.append(f"{where}, column {column.name}: {fault}; correct the cell.")
        ident = f"{raw.get(key)}{raw.get('valid_from', '')}"
        if ident in seen:
            faults.append(f"{where}, column {key}: “{raw.get(key)}” stands here twice; remove one.")
        seen.add(ident)
        yield row_type(**values)


def _cell(cell: str, kind: str) -> tuple[Any, str]:
    """The value of a cell by its column's type, and what is wrong with it."""
    if not cell and "None" in kind:
        return None, ""
    try:
        return _READ[kind.split(" |")[0]](cell), ""
    except (ValueError, InvalidOperation):
        return None, f"“{cell}” is not {_CALLED[kind.split(' |')[0]]}"


def _bool(cell: str) -> bool:
    if cell not in ("true", "false", ""):
        raise ValueError(cell)
    return cell == "true"


_READ: dict[str, Callable[[str], Any]] = {
    "str": str,
    "int": int,
    "Decimal": Decimal,
    "date": date.fromisoformat,
    "bool": _bool,
}
_CALLED = {
    "str": "text",
    "int": "a whole number",
    "Decimal": "a number",
    "date": "a date such as 2026-01-31",
    "bool": "true or false",
}


def _references(pack: PlacePack) -> list[str]:
    codes = {row.code for row in pack.localities}
    offices = {row.code for row in pack.organisations}
    faults = []
    if pack.place.root not in codes:
        faults.append(f"place.toml: root “{pack.place.root}” is not in localities.csv; add it there.")
    for row in pack.localities:
        if row.parent and row.parent not in codes:
            faults.append(f"localities.csv, {row.code}: parent “{row.parent}” is not in the file; add it above.")
    for office in pack.organisations:
        if office.locality and office.locality not in codes:
            faults.append(f"organisations.csv, {office.code}: locality “{office.locality}” is not in localities.csv.")
        if office.parent and office.parent not in offices:
            faults.append(f"organisations.csv, {office.code}: parent “{office.parent}” is not in the file.")
    for category in pack.categories:
        if category.organisation and category.organisation not in offices:
            faults.append(
                f"categories.csv, {category.code}: organisation “{category.organisation}” is not in organisations.csv."
            )
    return faults
