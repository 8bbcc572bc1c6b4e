"""`openliaison register import` and `register undo`, and the real files where they are at hand."""

from __future__ import annotations

import csv

import pytest

from openliaison.register import commands
from openliaison.register.models import Enterprise, Fact, ImportBatch
from tests import factories

from .import_files import HEADS, csv_file, number, row, xlsx_file

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    factories.place()


def test_it_prints_counts_and_faults_by_row_and_column(tmp_path, capsys):
    path = csv_file(tmp_path / "list.csv", [HEADS, row(1), row(2, number="9.12E+17"), row(3, founded="明年")])

    assert commands.import_file([str(path)]) == 0

    out = capsys.readouterr().out
    assert "3 rows, 1 new, 0 changed, 0 unchanged, 2 refused" in out
    assert "list.csv, row 3, column “统一社会信用代码”: “9.12E+17” is a number that a spreadsheet has destroyed" in out
    assert "list.csv, row 4, column “成立日期”: “明年” is not a date; write it as 2026-01-31." in out


def test_the_same_fault_in_many_rows_takes_one_line(tmp_path, capsys):
    wrong = [row(n, founded="明年") for n in range(1, 31)]
    path = csv_file(tmp_path / "list.csv", [HEADS, *wrong, row(40, staff="许多")])

    commands.import_file([str(path), "--dry-run"])

    out = capsys.readouterr().out.splitlines()
    assert len(out) == 3
    assert out[1] == (
        "list.csv, 30 rows, column “成立日期”, for example: “明年” is not a date; write it as 2026-01-31."
        " First rows: 2, 3, 4."
    )
    assert out[2].startswith("list.csv, row 32, column “从业人数”: “许多”")


def test_it_speaks_chinese_where_the_terminal_does(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    commands.import_file([str(csv_file(tmp_path / "list.csv", [HEADS, row(1, number="9.12E+17")]))])

    assert "第 2 行" in capsys.readouterr().out


def test_a_dry_run_writes_nothing_and_the_real_run_follows(tmp_path, capsys):
    path = str(csv_file(tmp_path / "list.csv", [HEADS, row(1)]))

    assert commands.import_file([path, "--dry-run"]) == 0
    assert not Enterprise.objects.exists()
    assert commands.import_file([path, "--as-of", "2026-01-31", "--source", "税务"]) == 0

    assert ImportBatch.objects.get().source == "税务"
    assert set(Fact.objects.values_list("as_of", flat=True)) == {commands._day("2026-01-31")}


def test_the_same_file_again_says_so_and_doubles_nothing(tmp_path, capsys):
    path = str(csv_file(tmp_path / "list.csv", [HEADS, row(1)]))
    commands.import_file([path])
    capsys.readouterr()

    assert commands.import_file([path]) == 0

    assert "This very file was taken in as import" in capsys.readouterr().out
    assert Enterprise.objects.count() == 1


def test_columns_and_units_can_be_named(tmp_path, capsys):
    path = str(csv_file(tmp_path / "list.csv", [["户名", "资本", "备注"], ["甲公司", "3000000", "x"]]))

    asked = commands.import_file([path, "--map", "户名=name", "--map", "资本=registered_capital_10k"])
    error = capsys.readouterr().err
    done = commands.import_file(
        [path, "--map", "户名=name", "--map", "资本=registered_capital_10k", "--unit", "资本=元"]
    )

    assert (asked, done) == (2, 0)
    assert "In which unit are the sums of column “资本”? Say --unit “资本=万元”." in error
    assert Fact.objects.get().value == "300"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere.csv"], "there is no such file"),
        (["FILE", "--place", "atlantis"], "There is no place “atlantis”"),
        (["FILE", "--map", "不存在=name"], "There is no column “不存在”"),
        (["FILE", "--map", "地址=nonsense"], "“nonsense” is not something a column can be"),
        (["FILE", "--unit", "注册资本(万元)=斤"], "“斤” is no unit"),
        (["FILE", "--map", "name"], "needs an equals sign"),
        (["FILE", "--as-of", "2027-01-01"], "lies ahead"),
    ],
)
def test_bad_words_are_answered_with_a_sentence_and_exit_code_2(tmp_path, capsys, words, message):
    path = csv_file(tmp_path / "list.csv", [HEADS, row(1)])

    assert commands.import_file([str(path) if w == "FILE" else w for w in words]) == 2

    assert message in capsys.readouterr().err
    assert not Enterprise.objects.exists()


def test_a_file_of_another_kind_is_refused_with_the_cure(tmp_path, capsys):
    path = tmp_path / "list.xls"
    path.write_bytes(b"<html><body><table></table></body></html>")

    assert commands.import_file([str(path)]) == 2

    assert "web page under the name of a table" in capsys.readouterr().err


def test_undo_by_number_and_only_once(tmp_path, capsys):
    commands.import_file([str(csv_file(tmp_path / "list.csv", [HEADS, row(1)]))])
    batch = str(ImportBatch.objects.get().pk)

    assert commands.undo([batch]) == 0
    assert not Enterprise.objects.exists()
    assert commands.undo([batch]) == 2
    assert commands.undo(["999999"]) == 2


def test_a_workbook_with_titles_and_numbers_as_figures(tmp_path, capsys):
    digits = next(n for i in range(1, 400) if (n := number(i)).isdigit())
    rows = [["企业名单"], ["单位：万元"], HEADS, row(1, number=digits), row(2, number=float(digits))]

    assert commands.import_file([str(xlsx_file(tmp_path / "list.xlsx", rows))]) == 0

    assert Enterprise.objects.get().number == digits
    assert "row 5" in capsys.readouterr().out


# ── A second place, another schema ───────────────────────────


def small_riverton(path):
    heads = ["name", "classification", "category", "street", "city", "zip", "started_on"]
    rows = [
        ["RIVER DINER LLC", "RESTAURANTS", "FOOD - DRINK", "MAIN ST", "RIVERTON", "72201", "2012-02-17"],
        ["RIVER DINER LLC", "MIXED DRINK PERMIT", "PERMITS", "MAIN ST", "RIVERTON", "72201", "2012-02-17"],
        ["RIVER DINER LLC", "RESTAURANTS", "FOOD - DRINK", "MILL RD", "RIVERTON", "72205", "3/25/2014"],
    ]
    return csv_file(path, [heads, *rows])


def test_a_list_without_numbers_joins_two_licences_and_keeps_two_branches(tmp_path, capsys):
    factories.place("riverton-en")

    assert commands.import_file([str(small_riverton(tmp_path / "b.csv")), "--place", "riverton"]) == 0

    facts = Fact.objects.filter(key="licence_class").order_by("enterprise__street")
    assert [f.value for f in facts] == [["RESTAURANTS", "MIXED DRINK PERMIT"], ["RESTAURANTS"]]
    assert Fact.objects.filter(key="registered_on", value="2014-03-25").count() == 1
    assert "row 3: The same name and street as row 2" in capsys.readouterr().out


def test_the_real_register_of_tieling_is_taken_in_whole(shared, capsys):
    path = shared / "cn-tieling-enterprises" / "enterprises.csv"

    assert commands.import_file([str(path), "--place", "tieling"]) == 0

    with path.open(encoding="utf-8", newline="") as file:
        numbers = {r["uscc"] for r in csv.DictReader(file)}
    assert set(Enterprise.objects.values_list("number", flat=True)) == numbers
    assert sum(n.isdigit() for n in numbers) == 556
    assert Fact.objects.filter(key="registered_capital_10k").count() == 1304


def test_the_real_licences_of_little_rock_are_taken_in_whole(shared, capsys):
    factories.place("riverton-en")

    assert (
        commands.import_file([str(shared / "us-littlerock-businesses" / "businesses.csv"), "--place", "riverton"]) == 0
    )

    batch = ImportBatch.objects.get()
    assert (batch.rows_total, batch.created, batch.unchanged, batch.refused) == (6160, 5935, 225, 0)
