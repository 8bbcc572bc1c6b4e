"""Every URL × every role is answered as docs/reference/access.csv says."""

from __future__ import annotations

import os

import pytest

from openliaison.core.access import PUBLIC
from openliaison.core.scope import ROLES
from tests.core import access_table as table
from tests.core.rich_world import RichWorld

pytestmark = pytest.mark.django_db
REWRITE = "REWRITE_ACCESS_TABLE=1 .venv/bin/python -m pytest tests/core/test_access.py"


@pytest.fixture(scope="module")
def found(built: RichWorld, django_db_blocker) -> tuple[list[list[str]], list[str]]:
    from openliaison.core.now import frozen
    from tests.conftest import NOON

    with django_db_blocker.unblock(), frozen(NOON):
        rows, faults = table.lines(built)
    if os.environ.get("REWRITE_ACCESS_TABLE"):
        table.FILE.write_text(table.as_text(rows), encoding="utf-8")
    return rows, faults


def test_every_parameter_has_a_sample(rich):
    samples = table.Samples(rich)
    for url in table.urls():
        assert set(samples.of(url)) == set(url.parameters)


def test_every_view_says_who_gets_in():
    silent = [f"{u.name} ({u.route})" for u in table.urls() if u.allowed is None]
    assert not silent, f"Put @roles(…), @everybody() or @public from core.access on: {', '.join(silent)}"


def test_roles_on_views_are_roles_of_the_database():
    for url in table.urls():
        assert url.allowed == PUBLIC or (url.allowed and url.allowed <= set(ROLES)), url.name


def test_every_url_has_its_line():
    listed = {row[0] for row in table.written()}
    known = {u.name for u in table.urls()}
    assert not known - listed, f"Not in docs/reference/access.csv: {sorted(known - listed)}. Look and write: {REWRITE}"
    assert not listed - known, f"Gone, but in docs/reference/access.csv: {sorted(listed - known)}. {REWRITE}"


def test_no_url_breaks_for_anybody(found):
    _rows, faults = found
    assert not faults, "\n".join(faults)


def test_everybody_gets_what_the_table_says(found):
    rows, _faults = found
    said = {(r[0], r[2]): r for r in table.written()}
    differing = [
        f"{row[0]} {row[2]}: {who} gets {now}, the table says {was}"
        for row in rows
        for who, now, was in zip(table.COLUMNS, row[3:], said.get((row[0], row[2]), row)[3:], strict=True)
        if now != was
    ]
    new = [f"{r[0]} {r[2]} is not in the table" for r in rows if (r[0], r[2]) not in said]
    assert not differing + new, "\n".join([*differing, *new, f"If this is meant: {REWRITE}"])


def test_what_a_view_says_is_what_happens(found):
    """Who is not named is refused before anything is looked up; who is named is not sent away."""
    rows, _faults = found
    allowed = {u.name: u.allowed for u in table.urls()}
    kinds = dict(zip(table.OURS, table.OUR_ROLES, strict=True))
    for row in rows:
        cells = dict(zip(table.COLUMNS, row[3:], strict=True))
        for who, role in kinds.items():
            if allowed[row[0]] != PUBLIC and role not in allowed[row[0]]:
                assert cells[who] == "403", f"{row[0]} {row[2]}: {who} gets {cells[who]}, the view does not name {role}"
            else:
                assert cells[who] not in ("log-in", "401"), f"{row[0]} {row[2]}: {who} is sent away"


def test_a_stranger_gets_in_where_the_view_is_public_and_nowhere_else(found):
    rows, _faults = found
    allowed = {u.name: u.allowed for u in table.urls()}
    programs = {u.name for u in table.urls() if u.name.startswith("api:") or hasattr(u.view, "answers_json")}
    for row in rows:
        if allowed[row[0]] == PUBLIC:
            assert row[3] in ("in", "404"), f"{row[0]}: a stranger gets {row[3]}"
        else:
            assert row[3] == ("401" if row[0] in programs else "log-in"), f"{row[0]}: a stranger gets {row[3]}"


def test_people_of_another_place_find_nothing_of_ours(found):
    rows, _faults = found
    objects = {u.name for u in table.urls() if u.is_of_an_object}
    for row in rows:
        cells = dict(zip(table.COLUMNS, row[3:], strict=True))
        for who in table.ABROAD:
            if row[0] in objects:
                assert cells[who] in ("403", "404"), f"{row[0]} {row[2]}: {who} gets {cells[who]}"


def test_the_next_county_finds_no_case_visit_promise_fact_or_contact_of_ours(found):
    rows, _faults = found
    private = {
        "case_id",
        "visit_id",
        "promise_id",
        "file_id",
        "fact_id",
        "contact_id",
        "task_id",
        "token_id",
        "batch_id",
        "booking_id",
        "proposal_id",
        "suggestion_id",
        "conflict_id",
        "device_id",
        "sheet_id",
    }
    objects = {u.name for u in table.urls() if private & set(u.parameters)}
    for row in rows:
        cells = dict(zip(table.COLUMNS, row[3:], strict=True))
        for who in table.NEXT_DOOR:
            if row[0] in objects:
                assert cells[who] in ("403", "404"), f"{row[0]} {row[2]}: {who} gets {cells[who]}"
