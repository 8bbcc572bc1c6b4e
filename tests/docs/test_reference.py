"""The reference says what the code says: commands, settings, place files, verbs, terms, clocks."""

from __future__ import annotations

import ast
import re
import tomllib
from dataclasses import fields
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from config.api import schema
from openliaison.accounts import tokens
from openliaison.cases import rules
from openliaison.cases.models import Case
from openliaison.cli import COMMANDS
from openliaison.core import place_pack
from openliaison.core.api import MOST_ROWS
from openliaison.desks.selectors.rows import ROWS
from openliaison.engine import caseload
from openliaison.engine.clock import Calendar, Limit, WorkingHours
from openliaison.register.importing import head, kinds

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"
WHO = ("author", "enterprise", "officer", "coordinator", "lead", "co", "arbiter")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def page(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def first_cells(text: str) -> set[str]:
    """Every `code` word in the first cell of a table's rows."""
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("|")]
    return {word for cell in rows for word in re.findall(r"`([^`]+)`", cell)}


@cache
def sources() -> str:
    """All code of product and configuration, as one text."""
    files = [*(ROOT / "openliaison").rglob("*.py"), *(ROOT / "config").rglob("*.py")]
    return "\n".join(f.read_text(encoding="utf-8") for f in sorted(files) if "migrations" not in f.parts)


# Commands


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_section_and_an_example(name):
    sections = re.split(r"^## ", page("cli.md"), flags=re.M)
    own = [s for s in sections if s.startswith(f"`openliaison {name}`\n")]
    assert len(own) == 1, f"cli.md has no section “## `openliaison {name}`”"
    assert re.search(rf"^    openliaison {name}\b", own[0], flags=re.M), f"cli.md shows no example of {name}"


def test_no_command_is_documented_that_is_not_there():
    documented = re.findall(r"^## `openliaison ([a-z ]+)`$", page("cli.md"), flags=re.M)
    assert sorted(documented) == sorted(COMMANDS)


def options_in(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "attr", "") == "add_argument"]
    names = [a.value for c in calls for a in c.args if isinstance(a, ast.Constant)]
    return {n for n in names if isinstance(n, str) and n.startswith("--")}


@pytest.mark.parametrize("file", sorted({t.split(":")[0].replace(".", "/") + ".py" for t, _w, _d in COMMANDS.values()}))
def test_every_option_is_documented(file):
    found = options_in(file)
    assert {o for o in found if f"`{o}" not in page("cli.md") and f" {o}" not in page("cli.md")} == set()


# Settings


def environment_names() -> set[str]:
    """Variables that the code reads or sets."""
    return set(re.findall(r"[\"'](OPENLIAISON_[A-Z_]+|DATABASE_(?:OWNER_)?URL|XDG_RUNTIME_DIR)[\"']", sources()))


def test_every_variable_is_documented_and_read():
    documented = {w for w in first_cells(page("settings.md")) if w.isupper()}
    assert documented == environment_names()


def place_keys(kind: str) -> set[str]:
    """Keys that the code asks of a place: setting(place, "…"), limit(place, "…"), due_after(place, start, "…")."""
    patterns = {
        "setting": [r"\bsetting\(\s*[\w.()]+,\s*\"([a-z0-9_]+)\""],
        "limit": [r"\blimit\(\s*(?:[\w.()]+,\s*)?\"([a-z0-9_]+)\"", r"\bdue_after\([^\"\n]*\"([a-z0-9_]+)\""],
    }
    return {key for pattern in patterns[kind] for key in re.findall(pattern, sources())}


@pytest.mark.parametrize("kind", ["setting", "limit"])
def test_every_key_that_the_code_asks_of_a_place_is_documented(kind):
    asked = place_keys(kind)
    assert asked, "the search for keys finds none: has the function another name?"
    assert asked - first_cells(page("settings.md")) == set()


@pytest.mark.parametrize("place", ["tieling", "riverton-en"])
def test_every_key_of_a_supplied_place_is_documented(place):
    pack = place_pack.read_pack(ROOT / "places" / place)
    keys = {r.key for r in pack.settings} | {r.key for r in pack.clocks}
    assert keys - first_cells(page("settings.md")) == set()


def test_the_documented_clock_lengths_are_those_of_the_example():
    pack = place_pack.read_pack(ROOT / "places" / "tieling")
    section = page("settings.md").split("## `clocks.csv`")[1]
    documented = dict(re.findall(r"^\| `(\w+)` \|[^|]*\| ([\d.]+ \w+) \|", section, flags=re.M))
    assert documented == {r.key: f"{r.amount.normalize():f} {r.unit}" for r in pack.clocks}


# Files of a place

FILES = {
    "place.toml": place_pack.PlaceRow,
    "localities.csv": place_pack.LocalityRow,
    "organisations.csv": place_pack.OrganisationRow,
    "categories.csv": place_pack.CategoryRow,
    "calendar.csv": place_pack.CalendarRow,
    "clocks.csv": place_pack.ClockRow,
    "facts.csv": place_pack.FactRow,
    "replies.csv": place_pack.ReplyRow,
}


@pytest.mark.parametrize("file", FILES)
def test_every_column_of_a_place_file_is_documented(file):
    section = page("place-files.md").split(f"\n## `{file}`\n")[1].split("\n## ")[0]
    assert first_cells(section) == {f.name for f in fields(FILES[file])}


def test_every_row_type_of_a_pack_is_among_them():
    rows = {v for k, v in vars(place_pack).items() if k.endswith("Row") and k != "Row"}
    assert rows - set(FILES.values()) == {place_pack.SettingRow}


# Cases


def verbs_table() -> str:
    """The table of cases.md as the rules have it."""
    lines = ["| verb | in words | who | when |", "|---|---|---|---|"]
    for name, verb in rules.VERBS.items():
        who = ", ".join(w for w in WHO if w in verb.who)
        when = ", ".join(s.value for s in Case.Status if s in verb.when)
        lines.append(f"| `{name}` | {verb.words} | {who} | {when} |")
    return "\n".join(lines)


def test_the_table_of_verbs_is_that_of_the_rules():
    assert verbs_table() in page("cases.md"), "put this into cases.md:\n" + verbs_table()


def test_every_capacity_has_its_word():
    assert {w for verb in rules.VERBS.values() for w in verb.who} == set(WHO)


def test_every_state_is_explained():
    section = page("cases.md").split("## States")[1].split("## ")[0]
    assert {s.value for s in Case.Status} <= first_cells(section)


@pytest.mark.parametrize("choices", [Case.ReplyKind, Case.Outcome], ids=["kinds of reply", "outcomes"])
def test_every_kind_and_outcome_is_named(choices):
    section = page("cases.md").split("## States")[1].split("## ")[0]
    assert [c for c in choices.values if f"`{c}`" not in section] == []


# Terms


def terms() -> list[list[str]]:
    rows = [line.strip("|").split("|") for line in page("glossary.md").splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


@pytest.mark.parametrize("term", terms(), ids=lambda t: t[1])
def test_each_term_has_both_languages_and_stands_in_the_code(term):
    chinese, english, code = term
    assert re.search(r"[\u4e00-\u9fff]", chinese) and re.search(r"[A-Za-z]", english)
    assert re.search(rf"\b{re.escape(code.strip('`'))}\b", sources()), f"{code} is not in the code"


# The clock

EXAMPLE = re.compile(r"^\| ([\w-]+) \| (\d{4}-[\d-]+ [\d:]+) \| (\d+) (\w+) \| (\d{4}-[\d-]+ [\d:]+) \|", flags=re.M)


def calendar(place: str) -> Calendar:
    pack = place_pack.read_pack(ROOT / "places" / place)
    hours = [WorkingHours(h["valid_from"], _week(h["week"])) for h in pack.place.hours]
    days = {row.day: row.kind for row in pack.calendar}
    return Calendar(ZoneInfo(pack.place.time_zone), hours, days, {d.year for d in days})


def _week(week: dict[str, list[str]]) -> dict[int, list[tuple[time, ...]]]:
    return {
        WEEKDAYS.index(day): [tuple(map(time.fromisoformat, s.split("-"))) for s in spans]
        for day, spans in week.items()
    }


@pytest.mark.parametrize("example", EXAMPLE.findall(page("clock.md")), ids=lambda e: f"{e[0]} {e[1]} {e[2]} {e[3]}")
def test_the_examples_of_the_clock_are_computed_as_written(example):
    place, start, amount, unit, expected = example
    days = calendar(place)
    begun = datetime.fromisoformat(start).replace(tzinfo=days.zone).astimezone(UTC)
    due = days.due(begun, Limit(int(amount), unit)).astimezone(days.zone)
    assert f"{due:%Y-%m-%d %H:%M}" == expected


def test_there_are_examples_of_the_clock():
    assert len(EXAMPLE.findall(page("clock.md"))) >= 8


# Indicators


def sets_table() -> str:
    """The table of indicators.md as the desks count."""
    lines = ["| set | name | definition |", "|---|---|---|"]
    with override("en"):
        lines += [f"| `{key}` | {rows.label} | {rows.definition} |" for key, rows in ROWS.items()]
    return "\n".join(lines)


def test_the_table_of_indicators_is_that_of_the_desks():
    assert sets_table() in page("indicators.md"), "put this into indicators.md:\n" + sets_table()


def test_every_set_that_a_figure_names_is_there():
    figures = page("indicators.md").split("## Cases")[1].split("**Shares**")[0]
    named = set(re.findall(r"`([a-z-]+)`", figures))
    assert named and named <= set(ROWS)


def test_the_examples_of_the_indicators_are_computed_as_written():
    found = caseload.spread([1, 2, 3, 4, 5, 6, 7, 8, 9, 30])
    assert (found.median, found.worst_tenth) == (5.5, 9)
    assert caseload.share(163, 214).percent == 76


# API


def operations() -> set[tuple[str, str]]:
    """Method and path of each operation; the verbs of a case are one."""
    found = {(method.upper(), path) for path, methods in schema()["paths"].items() for method in methods}
    return {(m, re.sub(r"(/cases/\{case_id\}/)\w+$", r"\1{verb}", path)) for m, path in found}


def test_every_operation_of_the_api_is_documented_and_no_other():
    rows = re.findall(r"^\| (GET|POST|PUT|PATCH|DELETE) \| `([^`]+)` \| \S", page("api.md"), flags=re.M)
    assert set(rows) == operations()


def test_the_limits_of_the_api_are_those_of_the_code():
    for number in (MOST_ROWS, tokens.LONGEST_DAYS):
        assert f"at most {number}" in page("api.md")
    assert [f"`{room}`" for room in tokens.ROOMS if f"`{room}`" not in page("api.md")] == []


# Files of enterprises


def test_the_limits_of_an_import_are_those_of_the_code():
    assert f"at most {kinds.MOST_MB} MB and {kinds.MOST_ROWS:,} rows" in page("files.md")
    assert f"the first {head.LOOKED_AT} rows" in page("files.md")


def test_every_target_of_a_column_is_documented():
    with (ROOT / "openliaison" / "register" / "importing" / "headings.toml").open("rb") as file:
        targets = set(tomllib.load(file)["identity"])
    assert first_cells(page("files.md")) == targets
