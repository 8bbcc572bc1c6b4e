"""`openliaison stationing propose`: files in, a file out; a fault is told with its place and its cure."""

import csv
import subprocess
import sys

import pytest

from openliaison.cli import main

ENTERPRISES = """\
id,name,path,latitude,longitude,sector,language,current,term_until,wants_change,barred_organisations,history
E1,Bolt,p/c/a/,42.0,124.0,33,zh,li,2026-10-31,,,li:9
E2,=Crane,p/c/b/,42.1,124.1,34,,,,yes,,

E3,"Two
lines",p/c/b/,,,34,,gone,,,trade,wu：3； li:1
"""
OFFICERS = """\
\ufeffid,name,path,latitude,longitude,organisation,languages
li,李,p/c/a/,42.0,124.0,trade,zh
wu,Wu,p/c/b/,42.1,124.1,,
"""


@pytest.fixture
def run(tmp_path, capsys):
    def call(enterprises=ENTERPRISES, officers=OFFICERS, *words, weights=None):
        files = {"enterprises": enterprises, "officers": officers} | ({"weights": weights} if weights else {})
        given = []
        for name, text in files.items():
            path = tmp_path / (f"{name}.toml" if name == "weights" else f"{name}.csv")
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
            given += [f"--{name}", str(path)]
        code = main(["stationing", "propose", *given, "--out", str(tmp_path / "out.csv"), *words])
        return code, capsys.readouterr()

    return call


def written(tmp_path):
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_each_enterprise_gets_an_officer_and_the_reasons(run, tmp_path):
    code, said = run(ENTERPRISES, OFFICERS, "--today", "2026-11-23")

    rows = written(tmp_path)
    assert code == 0 and said.err == ""
    assert [(r["enterprise"], r["officer"], r["officer_name"], r["current"], r["change"]) for r in rows] == [
        ("E1", "li", "李", "li", "keep"),
        ("E2", "wu", "Wu", "", "new"),
        ("E3", "wu", "Wu", "gone", "move"),
    ]
    assert rows[0]["reasons"].startswith("stays; term_over on=2026-10-31; same_locality km=0.0; language language=zh; ")
    assert "served_before visits=3" in rows[2]["reasons"]
    assert rows[1]["name"] == "'=Crane", "a spreadsheet would take it for a formula"
    assert rows[2]["name"] == "Two\nlines"
    assert "unserved               2           0" in said.out


def test_loads_and_weights_are_taken(run, tmp_path):
    few = "id\nE1\nE2\nE3\n"
    assert run(few, OFFICERS, "--usual", "1", "--most", "1")[0] == 0
    assert [r["change"] for r in written(tmp_path)].count("nobody") == 1
    assert "no_room officers=2 most=1" in next(r for r in written(tmp_path) if r["change"] == "nobody")["reasons"]
    near = "id,latitude,longitude\nE1,42.0,124.0\n"
    assert run(near, OFFICERS)[0] == 0 and written(tmp_path)[0]["officer"] == "li"
    assert run(near, OFFICERS.replace("name,path", "name,held"), weights="near = 0\nstep = 0\n")[0] == 2
    assert run(near, "id,held,latitude,longitude\nli,2,42,124\nwu,,43,124\n", weights="near = 0")[0] == 0
    assert written(tmp_path)[0]["officer"] == "wu"


@pytest.mark.parametrize(
    ("enterprises", "told"),
    [
        ("id,naem\nA,b\n", "enterprises.csv, line 1, column 2: “naem” is none of id, name"),
        ("id,id\nA,b\n", "line 1: column “id” stands there twice"),
        ("name\nA\n", "line 1: there is no column “id”"),
        ("", "line 1: there is no column “id”"),
        ("id,name\n,b\n", "line 2, column id: is empty"),
        ("id\nA\nA\n", "line 3, column id: “A” stands on line 2 already"),
        (
            "id,latitude,longitude\nA,124,42\n",
            "line 2, column latitude: 124 is beyond ±90 degrees; are the two exchanged",
        ),
        ("id,latitude,longitude\nA,nan,42\n", "line 2, column latitude: nan is beyond"),
        ("id,latitude,longitude\nA,x,42\n", "column latitude: “x” is no number of degrees; write it as 42.123"),
        ("id,latitude\nA,42\n", "line 2, column longitude: is empty though latitude is given"),
        ("id,term_until\nA,31.10.2026\n", "column term_until: “31.10.2026” is no day; write it as 2026-11-30"),
        ("id,wants_change\nA,maybe\n", "column wants_change: “maybe” is neither yes nor no"),
        ("id,history\nA,li 9\n", "column history: “li 9” is not OFFICER:VISITS"),
        ("id,history\nA,li:-9\n", "column history: “-9” is no whole number"),
        ("id\nA,B,C\n", "line 2, column 2: there are more cells than the 1 columns"),
        ("id,pinned\nA,sun\n", "column pinned: enterprise A is pinned to “sun”, who is not among the officers"),
        ("id,pinned,barred\nA,li,li\n", "Enterprise A is pinned to li, who may not serve it"),
        ('id\n"A\n', "save the table as CSV once more"),
        ("id\nA\0\n", "line 2: holds a NUL"),
        ("id,name\nA,联络\n".encode("gb18030"), "line 2: is not UTF-8; save the file as “CSV UTF-8”"),
        ("id,term_until\nA,2026-10-31\n", "has terms (term_until); say the day with --today"),
    ],
)
def test_a_bad_file_is_told_with_line_column_and_cure(run, tmp_path, enterprises, told):
    code, said = run(enterprises)

    assert code == 2 and told in said.err
    assert not (tmp_path / "out.csv").exists()


def test_the_faults_of_both_files_are_told_at_once(run):
    code, said = run("id,wants_change\nA,maybe\n", "id,room,held\nli,-1,x\n")
    assert code == 2
    assert said.err.splitlines() == [
        "openliaison: enterprises.csv, line 2, column wants_change: “maybe” is neither yes nor no.",
        "openliaison: officers.csv, line 2, column room: “-1” is no whole number from 0 on.",
        "openliaison: officers.csv, line 2, column held: “x” is no whole number from 0 on.",
    ]


def test_many_faults_are_not_all_printed(run):
    said = run("id\n" + "A\n" * 80)[1].err.splitlines()
    assert len(said) == 51 and said[-1] == "openliaison: and 29 more faults."


@pytest.mark.parametrize(
    ("weights", "told"),
    [
        ("near = x", "weights.toml: Invalid value (at line 1, column 8)"),
        ("nearr = 1", "There is no weight “nearr”; there are: near"),
        ("near = -1", "The weight “near” is -1"),
    ],
)
def test_bad_weights_are_told(run, weights, told):
    code, said = run(weights=weights)
    assert code == 2 and told in said.err


def test_files_that_cannot_be_read_or_written_are_told(run, tmp_path, capsys):
    enterprises, officers = tmp_path / "enterprises.csv", tmp_path / "officers.csv"
    run("id\nA\n")

    def told(*words):
        given = {"--enterprises": enterprises, "--officers": officers, "--out": tmp_path / "out.csv"}
        given |= dict([words])
        assert main(["stationing", "propose", *(str(w) for pair in given.items() for w in pair)]) == 2
        return capsys.readouterr().err

    assert "none.csv: cannot be read (No such file" in told("--officers", tmp_path / "none.csv")
    assert "cannot be read (Is a directory)" in told("--officers", tmp_path)
    assert "cannot be written" in told("--out", tmp_path / "no" / "out.csv")
    assert "is one of the files to read" in told("--out", enterprises)
    assert "1 ≤ usual ≤ most" in told("--usual", 9)


def test_too_many_pairs_are_refused(run, monkeypatch):
    monkeypatch.setattr("openliaison.visits.commands.MOST_PAIRS", 1)
    code, said = run("id\nA\n")
    assert code == 2 and "1 enterprises × 2 officers are more than 1 pairs; give one county at a time" in said.err


def test_it_needs_neither_django_nor_a_database(tmp_path):
    (tmp_path / "e.csv").write_text("id\nA\n")
    (tmp_path / "o.csv").write_text("id\nli\n")
    code = (
        "import sys; from openliaison.cli import main; "
        "main('stationing propose --enterprises e.csv --officers o.csv --out x.csv'.split()); "
        "sys.exit('django' in sys.modules or 'psycopg' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True).returncode == 0
    assert (tmp_path / "x.csv").exists()


def test_asking_whom_to_see_next_loads_no_numpy():
    code = "import sys, openliaison.engine.stationing; sys.exit('numpy' in sys.modules or 'ortools' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
