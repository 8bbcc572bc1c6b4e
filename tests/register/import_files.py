"""Files as offices send them, made on the spot."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from stdnum.cn import uscc

HEADS = [
    "企业名称",
    "统一社会信用代码",
    "成立日期",
    "注册资本(万元)",
    "所在地",
    "地址",
    "从业人数",
    "联系人",
    "联系电话",
]


def number(n: int, area: str = "211221") -> str:
    """The n-th invented unified code that is right."""
    base = f"91{area}{n:09d}"
    return base + uscc.calc_check_digit(base)


def row(n: int, **fields: str) -> list[str]:
    """An invented enterprise."""
    given = {
        "name": f"示例{n}号机械有限公司",
        "number": number(n),
        "founded": "2015-03-02",
        "capital": "500",
        "place": "新台子镇",
        "street": f"示例路{n}号",
        "staff": "20",
        "contact": "某甲",
        "phone": "024-00000000",
    } | fields
    return list(given.values())


def csv_file(path: Path, rows: Sequence[Sequence[Any]], encoding: str = "utf-8") -> Path:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def xlsx_file(path: Path, rows: Sequence[Sequence[Any]], merges: Sequence[tuple[int, int, int, int, str]] = ()) -> Path:
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("名单")
        for at, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if cell not in ("", None):
                    sheet.write(at, column, cell)
        for first_row, first_column, last_row, last_column, text in merges:
            sheet.merge_range(first_row, first_column, last_row, last_column, text)
    return path
