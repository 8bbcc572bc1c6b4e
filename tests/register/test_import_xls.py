"""The old binary workbook (XLS), written by hand: no library of ours writes it."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

from openliaison.register.importing.book import Book

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _text(row: int, column: int, words: str) -> bytes:
    return _record(0x0204, struct.pack("<HHHHB", row, column, 0, len(words), 1) + words.encode("utf-16-le"))


def _figure(row: int, column: int, value: float) -> bytes:
    return _record(0x0203, struct.pack("<HHHd", row, column, 0, value))


def _stream(rows: Sequence[Sequence[str | float]]) -> bytes:
    start = lambda kind: _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0))  # noqa: E731
    name = "名单"
    tail = struct.pack("<BBBB", 0, 0, len(name), 1) + name.encode("utf-16-le")
    head_size = len(start(5)) + 4 + 4 + len(tail) + 4
    globals_ = start(5) + _record(0x0085, struct.pack("<I", head_size) + tail) + _record(0x000A)
    cells = b"".join(
        _text(r, c, v) if isinstance(v, str) else _figure(r, c, v)
        for r, row in enumerate(rows)
        for c, v in enumerate(row)
    )
    return globals_ + start(0x10) + cells + _record(0x000A)


def xls_file(path: Path, rows: Sequence[Sequence[str | float]]) -> Path:
    """A compound file with one stream: sector 0 is its table, sector 1 its folder, then the workbook."""
    stream = _stream(rows).ljust(4096, b"\0")
    stream += b"\0" * (-len(stream) % SECTOR)
    sectors = len(stream) // SECTOR
    chain = [FAT, END, *range(3, sectors + 2), END]
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(SECTOR, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, END, 0, END, 0)
    header += struct.pack("<I", 0) + b"\xff" * 432
    folder = _entry("Root Entry", 5, END, 0, child=1) + _entry("Workbook", 2, 2, len(stream))
    path.write_bytes(header + table + folder.ljust(SECTOR, b"\0") + stream)
    return path


def _entry(name: str, kind: int, first: int, size: int, child: int = FREE) -> bytes:
    words = name.encode("utf-16-le") + b"\0\0"
    found = words.ljust(64, b"\0") + struct.pack("<HBBIII", len(words), kind, 1, FREE, FREE, child)
    return found + b"\0" * 36 + struct.pack("<IQ", first, size)


def test_an_old_workbook_is_read_with_its_texts_and_figures(tmp_path):
    book = Book(xls_file(tmp_path / "list.xls", [["企业名称", "从业人数"], ["示例企业", 12.0]]))

    assert (book.kind, book.sheets) == ("xls", ["名单"])
    assert list(book.rows("名单")) == [["企业名称", "从业人数"], ["示例企业", 12.0]]
