"""Tables that leave the house: CSV and XLSX, each saying where, when and under which filter it was made."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
INVENTED = ("演示数据", "invented")  # on every page, printout and export of an example place
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_BOM = b"\xef\xbb\xbf"  # the mark by which spreadsheets know UTF-8


@dataclass
class Sheet:
    """One table: lines about it, a blank line, the head, the rows (read once)."""

    name: str
    about: Sequence[tuple[str, str]]
    heads: Sequence[str]
    rows: Iterable[Sequence[Any]]


def answer(sheet: Sheet, kind: str, *, at: datetime, is_example: bool = False) -> HttpResponse:
    """The sheet as a download; `kind` is "xlsx", anything else gives CSV."""
    if is_example:
        sheet.about = [INVENTED, *sheet.about]
    ending = "xlsx" if kind == "xlsx" else "csv"
    content = xlsx(sheet) if ending == "xlsx" else csv_bytes(sheet)
    mark = "-invented" if is_example else ""
    response = HttpResponse(content, content_type=XLSX if ending == "xlsx" else "text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = attachment(
        f"{sheet.name}-{timezone.localtime(at):%Y%m%d-%H%M}{mark}.{ending}"
    )
    return response


def attachment(name: str) -> str:
    """The header under which a browser saves a file of any name."""
    ending = name.rsplit(".", 1)[-1]
    return f"attachment; filename=\"export.{ending}\"; filename*=UTF-8''{quote(name)}"


def safe_cell(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front."""
    plain = _plain(value)
    return f"'{plain}" if isinstance(plain, str) and plain.startswith(_FORMULA) else plain


def csv_bytes(sheet: Sheet) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([safe_cell(v) for v in line] for line in sheet.about)
    writer.writerow([])
    writer.writerow([safe_cell(v) for v in sheet.heads])
    writer.writerows([safe_cell(v) for v in row] for row in sheet.rows)
    return _BOM + out.getvalue().encode()


def xlsx(sheet: Sheet) -> bytes:
    """Written row by row: memory stays flat. Text is never taken for a formula or a link."""
    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True})
        page = book.add_worksheet()
        head = len(sheet.about) + 1
        page.set_column(0, max(len(sheet.heads) - 1, 0), 18)
        page.freeze_panes(head + 1, 0)
        for number, line in enumerate(sheet.about):
            page.write_row(number, 0, line)
        page.write_row(head, 0, sheet.heads, bold)
        for number, row in enumerate(sheet.rows, start=head + 1):
            for column, value in enumerate(row):
                _write(page, number, column, _plain(value))
    return out.getvalue()


def _write(page: Any, row: int, column: int, value: Any) -> None:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        page.write_number(row, column, value)
    else:
        page.write_string(row, column, str(value))


def _plain(value: Any) -> Any:
    """Instants in the place's zone, dates as ISO, unknown as an empty cell."""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else value
