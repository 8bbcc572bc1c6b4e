"""Looks into an XLSX before it is unpacked: a small file may hold gigabytes, or one cell a million rows down."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from .kinds import MOST_ROWS
from .problems import Unreadable

MOST_UNPACKED = 600 * 1024 * 1024
MOST_COLUMNS = 300
MOST_TEXT = 400_000_000  # characters of all cells together; a shared text counts in each cell that shows it
PIECE = 1 << 18
_CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})(\d+)"([^>]*)>(?:<v>(\d+)</v>)?')
_ROW = re.compile(rb'<row\b[^>]*?\br="(\d+)"')
_TEXT_END = re.compile(rb"</si>")
_OVERLAP = 400  # longer than any tag that is looked for


def guard(path: Path) -> None:
    """Let a workbook pass, or refuse it before it takes memory.

    Raises:
        Unreadable: too many rows or columns, or a file that unpacks to far more than it should.
    """
    try:
        with zipfile.ZipFile(path) as parcel:
            if sum(i.file_size for i in parcel.infolist()) > MOST_UNPACKED:
                raise Unreadable("bomb")
            names = parcel.namelist()
            lengths = _text_lengths(parcel) if "xl/sharedStrings.xml" in names else []
            left = MOST_UNPACKED
            for name in names:
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    left = _sheet(parcel.open(name), lengths, left)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
        raise Unreadable("broken") from None


def _text_lengths(parcel: zipfile.ZipFile) -> list[int]:
    """How many bytes each shared text has."""
    found, since, unpacked = [], 0, 0
    with parcel.open("xl/sharedStrings.xml") as file:
        for piece in _pieces(file):
            unpacked += len(piece)
            if unpacked > MOST_UNPACKED:
                raise Unreadable("bomb")
            at = 0
            for end in _TEXT_END.finditer(piece):
                found.append(since + end.end() - at)
                since, at = 0, end.end()
            since += len(piece) - at
    return found


def _sheet(file: IO[bytes], lengths: list[int], left: int) -> int:
    text, tail = 0, b""
    for piece in _pieces(file):
        left -= len(piece)
        joined = tail + piece
        _rows(joined)
        text += _cells(joined, lengths)
        if left < 0 or text > MOST_TEXT:
            raise Unreadable("bomb")
        tail = joined[-_OVERLAP:]
    return left


def _rows(piece: bytes) -> None:
    last = max((int(number) for number in _ROW.findall(piece)), default=0)
    if last > MOST_ROWS + 100:
        raise Unreadable("too_many_rows", most=MOST_ROWS)


def _cells(piece: bytes, lengths: list[int]) -> int:
    text = 0
    for column, row, rest, shared in _CELL.findall(piece):
        if int(row) > MOST_ROWS + 100:
            raise Unreadable("too_many_rows", most=MOST_ROWS)
        if len(column) == 3 or (len(column) == 2 and column >= b"KO"):
            raise Unreadable("too_many_columns", most=MOST_COLUMNS)
        if shared and b't="s"' in rest and int(shared) < len(lengths):
            text += lengths[int(shared)]
    return text


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: file.read(PIECE), b"")
