"""The journal cannot be changed unseen, and takes every line while it is being sealed."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction

from openliaison.core import journal, seals
from openliaison.core.models import Journal, Place, Seal
from openliaison.desks import commands
from tests import factories
from tests.conftest import NOON


def note(subject: Place, verb: str = "tried") -> None:
    journal.record(subject, verb, by=None, at=NOON, reason="试")


def tamper(statement: str) -> None:
    """As the owner may who turns the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table core_journal disable trigger user")
        cursor.execute(statement)
        cursor.execute("alter table core_journal enable trigger user")


def small_place() -> Place:
    fields = {"time_zone": "Asia/Shanghai", "currency": "CNY", "number_scheme": "uscc", "industry_scheme": "isic4"}
    return Place.objects.create(code="x", name="某县", root_path="x/", **fields)


@pytest.fixture
def place(db: None) -> Place:
    return small_place()


def fault(stream: str = "journal") -> str:
    return next(f.fault for f in seals.findings() if f.stream == stream)


def test_each_seal_covers_what_was_written_since(place):
    note(place)
    note(place)
    seals.seal_all(NOON)
    note(place)
    seals.seal_all(NOON)

    assert [s.rows for s in Seal.objects.filter(stream="journal").order_by("id")] == [2, 1]
    first, second = Seal.objects.filter(stream="journal").order_by("id")
    assert second.previous == first.seal
    assert first.previous == seals.FIRST


def test_a_minute_without_a_line_makes_no_seal(place):
    note(place)

    assert seals.seal_all(NOON) == 1
    assert seals.seal_all(NOON + timedelta(minutes=1)) == 0


@pytest.mark.parametrize(
    "change",
    [
        "update core_journal set detail = '{}' where id = (select min(id) from core_journal)",
        "update core_journal set at = at - interval '1 second' where id = (select min(id) from core_journal)",
        "update core_journal set actor_id = null, role = 'x' where id = (select max(id) from core_journal)",
        "delete from core_journal where id = (select max(id) from core_journal)",
    ],
)
def test_a_change_to_a_sealed_row_is_found_and_named(place, change, capsys):
    for _ in range(3):
        note(place)
    seals.seal_all(NOON)
    assert fault() == ""
    last = Journal.objects.order_by("id").last().pk

    tamper(change)

    assert f"to {last} differ from what was sealed at 2026-11-23 04:00 UTC" in fault()
    assert commands.check([]) == 2
    assert "journal" in capsys.readouterr().out


def test_a_row_slipped_in_afterwards_is_found(place):
    note(place)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        note(place)  # its number is never given again: room for somebody's forgery
        raise ZeroDivisionError
    note(place)
    seals.seal_all(NOON)

    tamper(
        "insert into core_journal (id, at, role, verb, subject, locality_path, detail) overriding system value"
        " select max(id) - 1, now(), 'x', 'x', 'x', '', '{}' from core_journal"
    )

    assert "differ" in fault()


def test_a_seal_that_was_changed_breaks_the_chain(place):
    for _ in range(2):
        note(place)
        seals.seal_all(NOON)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table core_seal disable trigger user")
        cursor.execute("update core_seal set root = %s where id = (select min(id) from core_seal)", ["a" * 64])

    assert "differ" in fault()


def test_what_is_not_sealed_yet_is_counted_and_sound(place, capsys):
    note(place)

    assert commands.check([]) == 0
    assert "1 not yet: sound" in capsys.readouterr().out


def test_text_in_any_script_is_hashed_as_written(place):
    journal.record(place, "tried", by=None, at=NOON, text='㐂 “é” 🧾 \n \\ "')
    seals.seal_all(NOON)

    assert fault() == ""


@pytest.mark.parametrize("table", ["core_journal", "core_readlog", "core_seal"])
@pytest.mark.parametrize("statement", ["update {} set id = id", "delete from {}"])
def test_the_owner_too_is_refused_by_the_triggers(place, table, statement):
    coordinator = factories.role("coordinator")
    from openliaison.core import reads

    note(place)
    reads.write(scope=coordinator.scope(NOON), enterprise_id=factories.enterprise().pk, at=NOON)
    seals.seal_all(NOON)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


@pytest.mark.parametrize("table", ["core_journal", "core_readlog", "core_seal"])
def test_nobody_empties_an_append_only_table(place, table):
    with connection.cursor() as cursor:
        cursor.execute(f"alter table {table} enable trigger no_truncate")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(f"truncate {table} cascade")


def test_django_too_is_told_where_rows_are_written(place):
    note(place)
    with pytest.raises(TypeError, match="written by its own module"):
        Journal.objects.get().save()


@pytest.mark.django_db(transaction=True)
def test_writers_at_work_while_seals_are_made_lose_nothing():
    """Ids are given before commits: a seal must wait for the line that is on its way."""
    place, lines, writers = small_place(), 40, 3
    before = Journal.objects.count()
    stop = threading.Event()

    def write() -> None:
        try:
            for number in range(lines):
                with transaction.atomic():
                    note(place, f"line {number}")
        finally:
            connections.close_all()

    def seal() -> None:
        try:
            while not stop.is_set():
                seals.seal_all(NOON)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(writers)]
    sealer = threading.Thread(target=seal)
    sealer.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    stop.set()
    sealer.join(30)
    seals.seal_all(NOON)

    found = next(f for f in seals.findings() if f.stream == "journal")
    assert Journal.objects.count() == before + lines * writers
    assert (found.fault, found.unsealed) == ("", 0)
    assert Seal.objects.filter(stream="journal").count() > 1
