"""CSV files as offices make them: UTF-8 or GB18030, comma, semicolon or tab."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

from .problems import Unreadable

PIECE = 1 << 20
LONGEST_CELL = 32_768
SEPARATORS = (",", ";", "\t", "|")


def rows(path: Path) -> Iterator[list[str]]:
    """The rows of the file, read as they are wanted.

    Raises:
        Unreadable: neither encoding fits, or the file is not a table of text.
    """
    encoding = encoding_of(path)
    separator = _separator(path, encoding)
    csv.field_size_limit(LONGEST_CELL)
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=separator)
        while True:
            try:
                yield next(reader)
            except StopIteration:
                return
            except csv.Error:
                raise Unreadable("broken_csv", line=reader.line_num) from None


def encoding_of(path: Path) -> str:
    """utf-8-sig, utf-16 (by its mark) or gb18030."""
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _known(path, "utf-16")
    if _decodes(path, "utf-8-sig"):
        return _without_nul(path, "utf-8-sig")
    return _known(path, "gb18030")


def _known(path: Path, encoding: str) -> str:
    if not _decodes(path, encoding) or (encoding == "gb18030" and not _is_chinese(path)):
        raise Unreadable("encoding")
    return _without_nul(path, encoding)


def _without_nul(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding, newline="") as file:
        if any("\0" in piece for piece in iter(lambda: file.read(PIECE), "")):
            raise Unreadable("not_text")
    return encoding


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            for piece in iter(lambda: file.read(PIECE), b""):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _is_chinese(path: Path) -> bool:
    """Whether what GB18030 makes of the file is everyday Chinese: a Western file decodes too, into rare characters."""
    with path.open(encoding="gb18030", newline="") as file:
        strange = [c for c in file.read(PIECE) if c > "\x7f"]
    everyday = sum(_is_gb2312(c) for c in strange)
    return everyday >= 0.8 * len(strange)


def _is_gb2312(character: str) -> bool:
    try:
        return bool(character.encode("gb2312"))
    except UnicodeEncodeError:
        return False


def _separator(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding, newline="") as file:
        lines = file.read(PIECE // 16).splitlines()[:30]
    counts = {s: max((line.count(s) for line in lines), default=0) for s in SEPARATORS}
    best = max(SEPARATORS, key=lambda s: counts[s])
    return best if counts[best] else ","
