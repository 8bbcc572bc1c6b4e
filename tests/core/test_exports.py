"""Tables leave the house with place, filter and date, and run nothing in a spreadsheet."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from openliaison.core import exports
from tests.conftest import NOON


def sheet() -> exports.Sheet:
    rows = [["=HYPERLINK(1)", Decimal("1.50"), date(2026, 1, 2)], ["-1+1", None, NOON], ["https://x.example", 0, "是"]]
    return exports.Sheet("cases", [("Place", "铁岭县"), ("Filter", "+status")], ["名称", "Number", "Day"], rows)


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_what_a_spreadsheet_would_run_is_text(text):
    assert exports.safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", [-1, Decimal("-0.5"), 3.5, True])
def test_numbers_stay_numbers(value):
    assert exports.safe_cell(value) == value


def test_csv_says_where_and_under_which_filter_before_its_rows():
    with timezone.override("Asia/Shanghai"):
        rows = read(exports.csv_bytes(sheet()))

    assert rows[:4] == [["Place", "铁岭县"], ["Filter", "'+status"], [], ["名称", "Number", "Day"]]
    assert rows[4] == ["'=HYPERLINK(1)", "1.50", "2026-01-02"]
    assert rows[5] == ["'-1+1", "", "2026-11-23 12:00"]


def test_a_spreadsheet_knows_the_csv_as_utf8():
    assert exports.csv_bytes(sheet()).startswith(b"\xef\xbb\xbf")


def test_xlsx_holds_text_as_text_and_numbers_as_numbers():
    rows = CalamineWorkbook.from_filelike(io.BytesIO(exports.xlsx(sheet()))).get_sheet_by_index(0).to_python()

    assert rows[0][:2] == ["Place", "铁岭县"]
    assert rows[4][:2] == ["=HYPERLINK(1)", 1.5]
    assert rows[6][0] == "https://x.example"


def test_an_example_is_marked_in_name_and_head():
    answer = exports.answer(sheet(), "csv", at=NOON, is_example=True)

    assert read(answer.content)[0] == ["演示数据", "invented"]
    assert "-invented.csv" in answer.headers["Content-Disposition"]


def test_a_name_of_any_script_cannot_break_its_header():
    header = exports.attachment('诉求"; x=\r\ny.csv')

    assert "\r" not in header
    assert header.startswith('attachment; filename="export.csv"')
