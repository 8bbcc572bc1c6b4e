"""Tables of enterprises and officers outside the database: read with every fault told, written with reasons."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from openliaison.engine.stationing import Enterprise, Officer, Weights

LARGEST_MB = 20
Row = TypeVar("Row", Enterprise, Officer)
WORDS = {"": False, "0": False, "no": False, "false": False, "否": False,
         "1": True, "yes": True, "true": True, "是": True}  # fmt: skip
ENTERPRISE_COLUMNS = (
    "id", "name", "path", "latitude", "longitude", "sector", "language", "current", "term_until", "wants_change",
    "pinned", "barred", "barred_organisations", "history",
)  # fmt: skip
OFFICER_COLUMNS = (
    "id", "name", "path", "latitude", "longitude", "organisation", "sectors", "languages", "room", "held",
)  # fmt: skip


class BadFile(Exception):
    """A file cannot be used; each line says where, what, and how to mend it."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class _Bad(ValueError):
    """What is wrong with one cell."""


@dataclass(frozen=True)
class Table:
    """Rows read from a file, and the names that go with their ids."""

    rows: list[Any]
    names: dict[str, str]


@dataclass
class _Line:
    """One line of a table; `cell` reads a cell and notes what is wrong with it."""

    file: str
    number: int
    cells: dict[str, str]
    faults: list[str]

    def cell(self, column: str, read: Callable[[str], Any], default: Any) -> Any:
        text = self.cells.get(column, "").strip()
        try:
            return read(text) if text else default
        except _Bad as error:
            self.fault(column, str(error))
            return default

    def text(self, column: str) -> str:
        return self.cells.get(column, "").strip()

    def fault(self, column: str, what: str) -> None:
        self.faults.append(f"{self.file}, line {self.number}, column {column}: {what}")


def enterprises(path: Path) -> Table:
    """The enterprises of a file.

    Raises:
        BadFile: with every fault found.
    """
    return _table(path, ENTERPRISE_COLUMNS, _enterprise)


def officers(path: Path) -> Table:
    """The officers of a file.

    Raises:
        BadFile: with every fault found.
    """
    return _table(path, OFFICER_COLUMNS, _officer)


def weights(path: Path) -> Weights:
    """Weights by name from a TOML file, the others as they stand."""
    try:
        given = tomllib.loads(_text(path))
        return Weights.from_mapping(given)
    except tomllib.TOMLDecodeError as error:
        raise BadFile([f"{path.name}: {error}; write lines such as “near = 10”."]) from None
    except ValueError as error:
        raise BadFile([f"{path.name}: {error}"]) from None


def check_pins(path: Path, rows: Table, people: Table) -> None:
    """Whom a person has decided on must be among the officers."""
    faults = [
        f"{path.name}, column pinned: enterprise {row.id} is pinned to “{row.pinned}”, who is not among the officers; "
        "add the officer or clear the cell."
        for row in rows.rows
        if row.pinned is not None and row.pinned not in {person.id for person in people.rows}
    ]
    if faults:
        raise BadFile(faults)


def _enterprise(line: _Line) -> Enterprise:
    return Enterprise(
        id=line.text("id"),
        path=line.text("path"),
        point=_point(line),
        sector=line.text("sector"),
        language=line.text("language"),
        current=line.text("current") or None,
        term_until=line.cell("term_until", _day, None),
        wants_change=line.cell("wants_change", _yes, False),
        pinned=line.text("pinned") or None,
        barred=frozenset(_list(line.text("barred"))),
        barred_organisations=frozenset(_list(line.text("barred_organisations"))),
        history=line.cell("history", _history, {}),
    )


def _officer(line: _Line) -> Officer:
    return Officer(
        id=line.text("id"),
        path=line.text("path"),
        point=_point(line),
        organisation=line.text("organisation") or None,
        sectors=frozenset(_list(line.text("sectors"))),
        languages=frozenset(_list(line.text("languages"))),
        room=line.cell("room", _count, None),
        held=line.cell("held", _count, 0),
    )


def _point(line: _Line) -> tuple[float, float] | None:
    lat = line.cell("latitude", lambda text: _degrees(text, 90), None)
    lon = line.cell("longitude", lambda text: _degrees(text, 180), None)
    for column, other in (("latitude", "longitude"), ("longitude", "latitude")):
        if line.text(other) and not line.text(column):
            line.fault(column, f"is empty though {other} is given; give both or none.")
    return None if lat is None or lon is None else (lat, lon)


def _table(path: Path, columns: tuple[str, ...], read: Callable[[_Line], Row]) -> Table:
    faults: list[str] = []
    rows, names, first = [], {}, dict[str, int]()
    for line in _lines(path, columns, faults):
        row = read(line)
        if not row.id:
            line.fault("id", "is empty; every row needs an id of its own.")
        elif row.id in first:
            line.fault("id", f"“{row.id}” stands on line {first[row.id]} already; each id may stand once.")
        else:
            first[str(row.id)] = line.number
            names[str(row.id)] = line.text("name")
            rows.append(row)
    if faults:
        raise BadFile(faults)
    return Table(rows, names)


def _lines(path: Path, columns: tuple[str, ...], faults: list[str]) -> Iterator[_Line]:
    reader = csv.reader(StringIO(_text(path), newline=""), strict=True)
    try:
        head = [name.strip() for name in next(reader, [])]
        _check_head(path, head, columns)
        for cells in reader:
            line = _Line(path.name, reader.line_num, dict(zip(head, cells, strict=False)), faults)
            if len(cells) > len(head):
                line.fault(f"{len(head) + 1}", f"there are more cells than the {len(head)} columns; quote commas.")
            elif any(cell.strip() for cell in cells):
                yield line
    except csv.Error as error:
        raise BadFile([f"{path.name}, line {reader.line_num}: {error}; save the table as CSV once more."]) from None


def _check_head(path: Path, head: list[str], columns: tuple[str, ...]) -> None:
    known = ", ".join(columns)
    where = f"{path.name}, line 1"
    faults = [f"{where}, column {n}: “{name}” is none of {known}; rename it or leave it out."
              for n, name in enumerate(head, 1) if name not in columns]  # fmt: skip
    faults += [f"{where}: column “{name}” stands there twice; leave one out."
               for name in columns if head.count(name) > 1]  # fmt: skip
    if "id" not in head:
        faults.append(f"{where}: there is no column “id”; the first line names the columns: {known}.")
    if faults:
        raise BadFile(faults)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_MB * 2**20:
            raise BadFile([f"{path}: is larger than {LARGEST_MB} MB; give one county at a time."])
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadFile([f"{path}: cannot be read ({error.strerror}); look at the name and its permissions."]) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise BadFile([f"{path.name}, line {line}: is not UTF-8; save the file as “CSV UTF-8”."]) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise BadFile([f"{path.name}, line {line}: holds a NUL, as no text does; save the file as “CSV UTF-8”."])
    return text


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.replace("；", ";").split(";") if part.strip()]


def _history(text: str) -> dict[str, int]:
    found = {}
    for part in _list(text):
        officer, colon, visits = part.replace("：", ":").rpartition(":")
        if not colon or not officer.strip():
            raise _Bad(f"“{part}” is not OFFICER:VISITS; write it such as “li:9; wu:2”.")
        found[officer.strip()] = _count(visits.strip())
    return found


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise _Bad(f"“{text}” is no whole number from 0 on.")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _Bad(f"“{text}” is no day; write it as 2026-11-30.") from None


def _yes(text: str) -> bool:
    return WORDS[text.lower()] if text.lower() in WORDS else _refuse(f"“{text}” is neither yes nor no.")


def _degrees(text: str, most: int) -> float:
    try:
        value = float(text)
    except ValueError:
        raise _Bad(f"“{text}” is no number of degrees; write it as 42.123.") from None
    return value if -most <= value <= most else _refuse(f"{text} is beyond ±{most} degrees; are the two exchanged?")


def _refuse(what: str) -> NoReturn:
    raise _Bad(what)


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def write(path: Path, head: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """A table as CSV that spreadsheets open as UTF-8."""
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([head, *rows])
    except OSError as error:
        raise BadFile([f"{path}: cannot be written ({error.strerror}); name another file with --out."]) from None
