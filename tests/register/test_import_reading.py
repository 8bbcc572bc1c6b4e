"""Files into rows: kinds, encodings, heads, numbers, values. No database."""

from __future__ import annotations

import zipfile
from datetime import date
from decimal import Decimal

import pytest

from openliaison.register import numbers
from openliaison.register.importing import values
from openliaison.register.importing.book import Book
from openliaison.register.importing.head import find_head, plain
from openliaison.register.importing.localities import Localities, Spot
from openliaison.register.importing.mapping import Mapper, read_unit, unit_in_heading
from openliaison.register.importing.names import Cores
from openliaison.register.importing.problems import Unreadable
from openliaison.register.importing.rows import Column, RowReader, Setup
from openliaison.register.importing.targets import IDENTITY, Catalogue, Target

from .import_files import HEADS, csv_file, number, row, xlsx_file

CHINA = "cn.uscc"
CAPITAL = Target("fact:registered_capital_10k", "注册资本", "Registered capital", frozenset(), "decimal", "10k_cny")
FOUNDED = Target("fact:registered_on", "注册日期", "Registered on", frozenset({"成立日期"}), "date")
STAFF = Target("fact:employees", "从业人数", "Employees", frozenset(), "int", "persons")
CATALOGUE = Catalogue({t.key: t for t in (*IDENTITY, CAPITAL, FOUNDED, STAFF)})
MAPPER = Mapper(CATALOGUE, CHINA)
SPOTS = [
    Spot(1, "2112", "铁岭市", "Tieling", "t/2112/"),
    Spot(2, "211221", "铁岭县", "Tieling County", "t/2112/211221/"),
    Spot(3, "211221101", "新台子镇", "Xintaizi Town", "t/2112/211221/211221101/"),
    Spot(4, "211202001", "红旗街道", "Hongqi", "t/2112/211202/211202001/"),
    Spot(5, "211204001", "红旗街道", "Hongqi", "t/2112/211204/211204001/"),
]
SETUP = Setup(CHINA, "CNY", date(2026, 11, 23), Localities(SPOTS, "t/2112/"), lambda t: t if t == "3311" else None)


def reader(*keys: str, factor: int | None = None) -> RowReader:
    columns = [Column(i, f"列{i}", CATALOGUE.targets[k], factor) for i, k in enumerate(keys)]
    return RowReader(SETUP, columns, len(keys))


def codes(reading) -> list[str]:
    return [p.code for p in reading.problems]


# ── Files ────────────────────────────────────────────────────


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_file_reads_alike_in_each_encoding(tmp_path, encoding):
    book = Book(csv_file(tmp_path / "a.csv", [HEADS, row(1)], encoding))

    assert list(book.rows()) == [HEADS, row(1)]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_the_separator_is_found(tmp_path, separator):
    path = tmp_path / "a.csv"
    path.write_text(f"企业名称{separator}地址\n甲公司{separator}某路\n", encoding="utf-8")

    assert list(Book(path).rows()) == [["企业名称", "地址"], ["甲公司", "某路"]]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 \x00", "wrong_kind"),
        (b"\xef\xbb\xbf  <html><table><tr><td>a</td></tr></table>", "web_page"),
        (b"PK\x03\x04 not really a zip", "broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, "broken"),
        ("Name,Street\nCafé Zoë,Élysée\n".encode("cp1252"), "encoding"),
        (b"a,b\n\x00\x01,2\n", "not_text"),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(tmp_path, content, code):
    path = tmp_path / "list.xls"
    path.write_bytes(content)

    with pytest.raises(Unreadable) as caught:
        list(Book(path).rows(Book(path).sheets[0]))

    assert caught.value.code == code


def test_a_word_document_is_named(tmp_path):
    path = tmp_path / "list.xlsx"
    with zipfile.ZipFile(path, "w") as parcel:
        parcel.writestr("word/document.xml", "<w/>")

    with pytest.raises(Unreadable) as caught:
        Book(path)

    assert caught.value.params == {"kind": "Word"}


def _workbook(path, sheet_xml: str, shared: str = ""):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parcel:
        parcel.writestr("xl/workbook.xml", "<workbook/>")
        parcel.writestr("xl/worksheets/sheet1.xml", sheet_xml)
        if shared:
            parcel.writestr("xl/sharedStrings.xml", shared)
    return path


@pytest.mark.parametrize(
    ("sheet", "code"),
    [
        ('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>', "too_many_rows"),
        ('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>', "too_many_columns"),
    ],
)
def test_one_cell_far_away_is_refused_before_memory_is_used(tmp_path, sheet, code):
    with pytest.raises(Unreadable) as caught:
        Book(_workbook(tmp_path / "far.xlsx", sheet))

    assert caught.value.code == code


def test_a_small_file_that_unpacks_to_gigabytes_is_refused(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parcel:
        parcel.writestr("xl/workbook.xml", "<workbook/>")
        with parcel.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(700):
                sheet.write(b" " * 1024 * 1024)
    assert path.stat().st_size < 2_000_000

    with pytest.raises(Unreadable) as caught:
        Book(path)

    assert caught.value.code == "bomb"


def test_one_long_text_shown_in_many_cells_counts_in_each(tmp_path):
    cells = "".join(f'<c r="A{n}" t="s"><v>0</v></c>' for n in range(1, 15_000))
    shared = f"<sst><si><t>{'x' * 32_000}</t></si></sst>"

    with pytest.raises(Unreadable) as caught:
        Book(_workbook(tmp_path / "texts.xlsx", f'<row r="1">{cells}</row>', shared))

    assert caught.value.code == "bomb"


def test_more_rows_than_the_limit_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("openliaison.register.importing.book.MOST_ROWS", 10)
    book = Book(csv_file(tmp_path / "a.csv", [["企业名称"], *[[f"甲{n}"] for n in range(200)]]))

    with pytest.raises(Unreadable) as caught:
        list(book.rows())

    assert caught.value.code == "too_many_rows"


# ── The head ─────────────────────────────────────────────────


def test_the_head_is_found_under_two_titles(tmp_path):
    rows = [["铁岭县企业名单"], ["填报单位：某局", "", "2026年"], HEADS, row(1), row(2)]
    book = Book(xlsx_file(tmp_path / "a.xlsx", rows, merges=[(0, 0, 0, 8, "铁岭县企业名单")]))

    head = find_head(book.top("名单"), book.merges("名单"), MAPPER.is_known)

    assert (head.first, head.last, list(head.labels)) == (2, 2, HEADS)


def test_a_head_of_two_rows_with_merged_cells_is_one_head(tmp_path):
    upper = ["企业名称", "统一社会信用代码", "", ""]
    lower = ["", "", "联系人", "联系电话"]
    rows = [["名单"], upper, lower, ["甲公司", number(1), "某甲", "024"]]
    merges = [
        (0, 0, 0, 3, "名单"),
        (1, 0, 2, 0, "企业名称"),
        (1, 1, 2, 1, "统一社会信用代码"),
        (1, 2, 1, 3, "联系方式"),
    ]
    book = Book(xlsx_file(tmp_path / "a.xlsx", rows, merges))

    head = find_head(book.top("名单"), book.merges("名单"), MAPPER.is_known)

    assert (head.first, head.last) == (1, 2)
    assert head.labels == ("企业名称", "统一社会信用代码", "联系方式 · 联系人", "联系方式 · 联系电话")


def test_a_table_that_does_not_begin_in_the_first_column_keeps_its_columns(tmp_path):
    book = Book(xlsx_file(tmp_path / "a.xlsx", [["", "企业名称", "地址"], ["", "甲公司", "某路"]]))

    assert list(book.rows("名单")) == [["", "企业名称", "地址"], ["", "甲公司", "某路"]]


def test_headings_are_compared_without_brackets_and_blanks():
    assert plain(" 注册资本（万元） ") == plain("注册 资本") == "注册资本"


# ── The mapping ──────────────────────────────────────────────


def test_columns_are_proposed_by_heading_likeness_and_contents():
    head = find_head([["单位名称", "代 码 栏", "从业人员数量", "备注"]], [], MAPPER.is_known)
    rows = [["甲公司", number(1), "12", ""], ["乙公司", number(2), "9", ""]]

    found = MAPPER.propose(head, rows, {})

    assert [(p.target, p.reason) for p in found][:2] == [("name", "heading"), ("number", "contents")]


def test_a_remembered_mapping_wins_also_where_a_column_was_left_out():
    head = find_head([["企业名称", "地址"]], [], MAPPER.is_known)

    found = MAPPER.propose(head, [["甲", "乙"]], {"企业名称": "name", "地址": ""})

    assert [(p.target, p.reason) for p in found] == [("name", "remembered"), ("", "remembered")]


@pytest.mark.parametrize(
    ("label", "factor"),
    [
        ("注册资本(万元)", 10_000),
        ("注册资本（单位：元）", 1),
        ("注册资本[亿元]", 100_000_000),
        ("capital_10k", 10_000),
        ("注册资本", None),
    ],
)
def test_the_unit_of_sums_is_read_from_the_heading_or_asked_for(label, factor):
    assert unit_in_heading(label, CAPITAL) == factor


def test_units_have_words():
    assert [read_unit(w) for w in ("元", "万元", "亿元", "dollars", "thousand", "斤")] == [
        1,
        10_000,
        100_000_000,
        1,
        1000,
        None,
    ]


# ── Numbers ──────────────────────────────────────────────────


@pytest.mark.parametrize(
    "cell", [9.12112821229199e17, "9.12112821229199E+17", "9.12E+17", 912112821229199633, "912112821229199000"]
)
def test_a_number_that_a_spreadsheet_destroyed_is_named(cell):
    assert numbers.read(cell, CHINA)[1] == "number_destroyed"


def test_a_right_number_of_digits_only_is_taken_as_text():
    digits = next(n for i in range(1, 400) if (n := number(i)).isdigit())

    assert numbers.read(digits, CHINA) == (digits, "", "")


@pytest.mark.parametrize("dressed", [" {} ", '="{}"', "'{}", "{}\u200b"])
def test_what_clings_to_a_number_is_taken_off(dressed):
    assert numbers.read(dressed.format(number(7)), CHINA)[0] == number(7)


def test_a_wrong_check_digit_is_said_and_a_mistaken_letter_is_proposed():
    good = next(n for i in range(1, 400) if "0" in (n := number(i))[8:])
    at = good.index("0", 8)
    last = "1" if good[-1] != "1" else "2"

    assert numbers.read(good[:-1] + last, CHINA)[1] == "number_check_digit"
    assert numbers.read(good[:at] + "O" + good[at + 1 :], CHINA)[1:] == ("number_format", good)


def test_without_a_scheme_any_number_is_taken():
    assert numbers.read("A-17", "none") == ("A-17", "", "")
    assert numbers.read(" a 17 ", "none").number == numbers.clean("none", "A 17") == "A 17"
    assert numbers.read("1" * 41, "none").problem == "too_long"


# ── Values ───────────────────────────────────────────────────


@pytest.mark.parametrize(
    "written", ["2020-03-05", "2020/3/5", "2020.03.05", "2020年3月5日", "20200305", 43895.0, "2020-03-05 00:00:00"]
)
def test_dates_are_read_as_offices_write_them(written):
    assert values.day(written) == date(2020, 3, 5)


def test_western_dates_follow_the_place():
    assert values.day("3/5/2020", month_first=True) == date(2020, 3, 5)
    assert values.day("3/5/2020") == date(2020, 5, 3)
    assert values.day("3/25/2020") == date(2020, 3, 25)


@pytest.mark.parametrize(
    ("cell", "factor", "yuan"),
    [
        ("500", 10_000, 5_000_000),
        (1.5, 100_000_000, 150_000_000),
        ("500万元", 1, 5_000_000),
        ("1,200.50", 1, Decimal("1200.50")),
        ("500万元人民币", 10_000, 5_000_000),
    ],
)
def test_sums_are_brought_to_whole_currency_units(cell, factor, yuan):
    assert values.money(cell, factor=factor, currency="CNY") == (yuan, False)


def test_a_sum_in_another_currency_is_marked():
    assert values.money("500万美元", factor=1, currency="CNY").is_foreign


@pytest.mark.parametrize("cell", ['=HYPERLINK("http://x","y")', "@SUM(A1)", "+cmd|'/c calc'!A0", "=1+1"])
def test_formulas_are_refused(cell):
    with pytest.raises(values.Unfit, match="formula"):
        values.text(cell)


def test_phones_and_negative_numbers_are_no_formulas():
    assert (values.text("+86 24 7"), values.text("-12"), values.text('="007"')) == ("+86 24 7", "-12", "007")


@pytest.mark.parametrize("cell", ["<script>alert(1)</script>", "甲<br/>公司", "<img src=x>"])
def test_markup_is_refused(cell):
    with pytest.raises(values.Unfit, match="markup"):
        values.text(cell)


# ── Rows ─────────────────────────────────────────────────────


def test_a_row_is_read_with_its_unit_place_and_date():
    found = reader("name", "number", "locality", "fact:registered_capital_10k", "fact:registered_on", factor=1).read(
        ["甲公司", number(3), "铁岭县新台子镇", "5,000,000元", "2015年3月2日"], 4
    )

    assert (found.name, found.number, found.spot.code) == ("甲公司", number(3), "211221101")
    assert found.facts == {"registered_capital_10k": "500", "registered_on": "2015-03-02"}
    assert not found.problems


@pytest.mark.parametrize(
    ("keys", "cells", "code"),
    [
        (["name"], [""], "name_missing"),
        (["name", "fact:registered_on"], ["甲", "2027-01-01"], "date_ahead"),
        (["name", "fact:employees"], ["甲", "12.5"], "not_whole"),
        (["name", "fact:employees"], ["甲", "许多"], "not_a_number"),
        (["name"], ["甲", "", "多出来的"], "too_many_cells"),
        (["name"], ["甲" * 201], "too_long"),
    ],
)
def test_a_fault_refuses_the_row_and_names_the_column(keys, cells, code):
    found = reader(*keys).read(cells if any(cells) else ["", "x"][: len(keys)], 9)

    assert codes(found) == [code]
    assert found.is_refused


@pytest.mark.parametrize(
    ("key", "cell", "code"),
    [
        ("locality", "火星", "locality_unknown"),
        ("locality", "红旗街道", "locality_twice"),
        ("industry", "9999", "industry_unknown"),
        ("status", "睡着", "status_unknown"),
        ("contact.email", "甲", "email"),
    ],
)
def test_what_is_not_known_is_a_warning_and_no_loss(key, cell, code):
    found = reader("name", key).read(["甲公司", cell], 2)

    assert codes(found) == [code]
    assert not found.is_refused


def test_short_rows_are_read_and_totals_notes_and_blank_lines_are_not():
    rows = [["企业名称", "地址", "从业人数"], ["甲公司"], ["", "", ""], ["合计", "", ""], ["注：截至2026年"]]

    found = list(reader("name", "street", "fact:employees").read_all(iter(rows), 1))

    assert [(r.name, r.row_number) for r in found] == [("甲公司", 2)]


def test_a_sum_whose_row_names_another_currency_is_left_out():
    found = reader("name", "fact:registered_capital_10k", "currency", factor=10_000).read(["甲公司", "500", "USD"], 2)

    assert (codes(found), found.facts) == (["other_currency"], {})


def test_names_have_a_core():
    cores = Cores(["铁岭市", "铁岭县"])

    assert cores.core("铁岭县北岗专用汽车有限责任公司") == cores.core("北岗专用汽车有限公司") == "北岗专用汽车"
    assert cores.core("The A-1 Cleaners, LLC") == cores.core("A1 Cleaners Inc.")
    assert cores.core("北岗专用汽车") != cores.core("南岗专用汽车")
