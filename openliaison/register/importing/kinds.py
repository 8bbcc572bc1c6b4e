"""What a file is by its content, whatever its name says."""

from __future__ import annotations

import zipfile
from pathlib import Path

from .problems import Unreadable

CSV, XLSX, XLS = "csv", "xlsx", "xls"
MOST_MB = 50
MOST_ROWS = 200_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"\x1f\x8b": "gzip",
}


def kind_of(path: Path) -> str:
    """CSV, XLSX or XLS.

    Raises:
        Unreadable: the file is gone, empty, too large or something else.
    """
    if not path.exists():
        raise Unreadable("gone")
    size = path.stat().st_size
    if not size:
        raise Unreadable("empty")
    if size > MOST_MB * 1024 * 1024:
        raise Unreadable("too_large", mb=size // 1024 // 1024, most=MOST_MB)
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith(b"PK"):
        return _zip_kind(path)
    if start.startswith(_OLE):
        return XLS
    other = next((name for mark, name in _OTHERS.items() if start.startswith(mark)), None)
    if other:
        raise Unreadable("wrong_kind", kind=other)
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise Unreadable("web_page")
    return CSV


def _zip_kind(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as parcel:
            names = set(parcel.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise Unreadable("broken") from None
    if "xl/workbook.xml" in names:
        return XLSX
    raise Unreadable("wrong_kind", kind="Word" if "word/document.xml" in names else "ZIP")
