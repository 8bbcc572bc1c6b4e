"""What an import does to the register: made, changed, left, asked, refused; all of it or nothing."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from openliaison.core.models import Journal, Place
from openliaison.register import services
from openliaison.register.errors import Incomplete
from openliaison.register.importing import progress, steps, storing, wording
from openliaison.register.importing.head import head_at
from openliaison.register.importing.prepare import Table
from openliaison.register.models import Contact, Enterprise, Fact, ImportBatch, ImportMapping, ImportRow
from openliaison.visits.models import Visit
from tests import factories
from tests.conftest import NOON

from .import_files import HEADS, csv_file, number, row

State = ImportBatch.State
AREA = "tieling/211200/211221/"
TODAY = date(2026, 11, 23)

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    return factories.place()


def receive(place: Place, path: Path, *, area: str = AREA, as_of: date = TODAY, source: str = "名单") -> ImportBatch:
    digest = storing.keep(storing.pieces_of(path))
    return steps.receive_file(
        place=place, area=area, file_name=path.name, sha256=digest, source=source, as_of=as_of, by=None, at=NOON
    )


def mapped(batch: ImportBatch, **changes: str) -> ImportBatch:
    """The batch with its columns as proposed; `changes` by heading."""
    table = Table(batch)
    columns = table.columns()
    mapping = {c.at: changes.get(c.label, c.proposal.target) for c in columns}
    return steps.map_columns(
        batch=batch,
        sheet=table.sheet,
        head=table.head,
        mapping={at: key for at, key in mapping.items() if key},
        units={c.at: c.unit for c in columns if c.unit},
        by=None,
        at=NOON,
    )


def take(place: Place, path: Path, *, dry: bool = False, **how) -> ImportBatch:
    batch = mapped(receive(place, path, **how))
    state = State.CHECKING if dry else State.RUNNING
    steps.begin(batch=batch, state=state, by=None, at=NOON)
    return (steps.check if dry else steps.take_in)(batch=batch, at=NOON)


def undo(batch: ImportBatch) -> ImportBatch:
    steps.begin(batch=batch, state=State.UNDOING, by=None, at=NOON)
    return steps.undo(batch=batch, at=NOON)


def counts(batch: ImportBatch) -> dict[str, int]:
    return {name: n for name in steps.COUNTS if (n := getattr(batch, name))}


def problems(batch: ImportBatch) -> list[tuple[int, str]]:
    rows = batch.rows.order_by("row_number")
    return [(r.row_number, p["code"]) for r in rows for p in r.problems]


# ── New ones ─────────────────────────────────────────────────


def test_visits_move_with_an_enterprise_that_a_file_moves_and_back(place, tmp_path):
    take(place, csv_file(tmp_path / "a.csv", [HEADS, row(1)]))
    made = Enterprise.objects.get()
    before = made.locality_path
    officer = factories.role("officer").user
    visit = Visit(place=place, enterprise=made, locality_path=before, officer=officer, at=NOON, recorded_at=NOON)
    visit.nothing_new = True
    visit.save()

    batch = take(place, csv_file(tmp_path / "b.csv", [HEADS, row(1, place="阿吉镇")]))
    made.refresh_from_db()
    visit.refresh_from_db()
    assert visit.locality_path == made.locality_path != before
    undo(batch)
    visit.refresh_from_db()
    assert visit.locality_path == before


def test_a_file_is_kept_for_ninety_days_and_then_asked_for_again(place, tmp_path):
    old = take(place, csv_file(tmp_path / "a.csv", [HEADS, row(1)]))
    new = receive(place, csv_file(tmp_path / "b.csv", [HEADS, row(2)]))
    ImportBatch.objects.filter(pk=old.pk).update(created_at=NOON - timedelta(days=91))
    for batch in (old, new):
        os.utime(storing.path(batch.sha256), (0, 0))

    assert storing.tidy(NOON - timedelta(days=90)) == 1
    assert storing.path(new.sha256).exists()
    again = steps.take_again(batch=old, by=None, at=NOON)
    again = steps.check(batch=again, at=NOON)
    assert (again.state, again.outcome) == (State.FAILED, {"code": "gone"})


def test_a_row_becomes_an_enterprise_with_facts_and_contact(place, tmp_path):
    batch = take(place, csv_file(tmp_path / "a.csv", [HEADS, row(1)]), as_of=date(2026, 6, 30))

    made = Enterprise.objects.get()
    facts = {f.key: f for f in made.facts.all()}
    assert (made.number, made.locality.name, made.street, made.batch) == (number(1), "新台子镇", "示例路1号", batch)
    assert facts["registered_capital_10k"].value == "500"
    assert facts["employees"].value == 20
    assert (facts["employees"].source, facts["employees"].source_ref, facts["employees"].as_of) == (
        "import",
        "a.csv",
        date(2026, 6, 30),
    )
    contact = made.contacts.get()
    assert (contact.name, contact.phone, contact.is_main) == ("某甲", "024-00000000", True)
    assert counts(batch) == {"created": 1}


def test_what_is_taken_in_is_found_by_pinyin_as_if_it_had_been_added_by_hand(place, tmp_path):
    by_hand = services.add_enterprise(
        place=place, name="示例1号机械有限公司", number=number(1), locality=factories.locality(), by=None, at=NOON
    )
    by_hand.refresh_from_db()
    wanted = by_hand.search
    by_hand.delete()

    take(place, csv_file(tmp_path / "a.csv", [HEADS, row(1)]))

    assert Enterprise.objects.get().search == wanted


def test_the_batch_leaves_one_line_in_the_journal_with_its_counts(place, tmp_path):
    take(place, csv_file(tmp_path / "a.csv", [HEADS, row(1), row(2)]))

    line = Journal.objects.get(verb="imported")
    assert '"created": 2' in line.detail


def test_a_dry_run_counts_the_same_and_writes_nothing_into_the_register(place, tmp_path):
    path = csv_file(tmp_path / "a.csv", [HEADS, row(1), row(2, number="坏"), row(3, founded="2030-01-01")])

    dry = take(place, path, dry=True)

    assert counts(dry) == {"created": 1, "refused": 2}
    assert problems(dry) == [(3, "number_format"), (4, "date_ahead")]
    assert not Enterprise.objects.exists()


# ── Known ones ───────────────────────────────────────────────


def test_a_known_number_changes_what_differs_and_blank_cells_change_nothing(place, tmp_path):
    take(place, csv_file(tmp_path / "a.csv", [HEADS, row(1)]))

    batch = take(place, csv_file(tmp_path / "b.csv", [HEADS, row(1, name="新名字机械有限公司", street="", staff="25")]))

    made = Enterprise.objects.get()
    assert (made.name, made.street) == ("新名字机械有限公司", "示例路1号")
    assert [f.value for f in made.facts.current().filter(key="employees")] == [25]
    assert counts(batch) == {"updated": 1}


def test_the_same_rows_in_another_file_change_nothing(place, tmp_path):
    take(place, csv_file(tmp_path / "a.csv", [HEADS, row(1)]))
    before = Fact.objects.count(), Contact.objects.count()

    batch = take(place, csv_file(tmp_path / "b.csv", [HEADS, row(1), [""] * 9]))

    assert counts(batch) == {"unchanged": 1}
    assert (Fact.objects.count(), Contact.objects.count()) == before


def test_the_same_value_is_written_anew_once_the_old_one_has_faded(place, tmp_path):
    take(place, csv_file(tmp_path / "a.csv", [HEADS, row(1)]), as_of=date(2025, 1, 1))

    take(place, csv_file(tmp_path / "b.csv", [HEADS, row(1), []]), as_of=TODAY)

    current = Fact.objects.current().get(key="employees")
    assert current.as_of == TODAY


def test_an_older_file_adds_history_and_does_not_overwrite(place, tmp_path):
    take(place, csv_file(tmp_path / "a.csv", [HEADS, row(1, staff="30")]), as_of=TODAY)

    take(place, csv_file(tmp_path / "b.csv", [HEADS, row(1, staff="10")]), as_of=date(2024, 12, 31))

    assert Fact.objects.current().get(key="employees").value == 30
    assert set(Fact.objects.filter(key="employees").values_list("value", flat=True)) == {30, 10}


def test_without_a_number_the_key_of_the_source_says_who_it_is(place, tmp_path):
    heads = ["编号", "企业名称", "地址"]
    take(place, csv_file(tmp_path / "a.csv", [heads, ["K1", "甲公司", "东街"]]), source="税务")

    batch = take(place, csv_file(tmp_path / "b.csv", [heads, ["K1", "甲乙公司", "西街"]]), source="税务")
    other = take(place, csv_file(tmp_path / "c.csv", [heads, ["K1", "丙公司", "南街"]]), source="统计")

    assert (counts(batch), counts(other)) == ({"updated": 1}, {"created": 1})
    assert set(Enterprise.objects.values_list("name", flat=True)) == {"甲乙公司", "丙公司"}


def test_branches_in_other_streets_are_not_duplicates(place, tmp_path):
    heads = ["企业名称", "地址"]
    take(place, csv_file(tmp_path / "a.csv", [heads, ["连锁店", "东街"], ["连锁店", "西街"]]))

    batch = take(place, csv_file(tmp_path / "b.csv", [heads, ["连锁店", "东街"], ["连锁店", "南街"]]))

    assert counts(batch) == {"created": 1, "unchanged": 1}


def test_a_known_contact_gets_the_new_phone_and_a_new_one_is_added_beside(place, tmp_path):
    take(place, csv_file(tmp_path / "a.csv", [HEADS, row(1)]))

    take(place, csv_file(tmp_path / "b.csv", [HEADS, row(1, phone="024-1")]))
    take(place, csv_file(tmp_path / "c.csv", [HEADS, row(1, contact="某乙", phone="024-2")]))

    found = Contact.objects.order_by("pk").values_list("name", "phone", "is_main")
    assert list(found) == [("某甲", "024-1", True), ("某乙", "024-2", False)]


# ── Faults ───────────────────────────────────────────────────


def test_a_number_twice_in_a_file_is_refused_with_the_first_row(place, tmp_path):
    batch = take(place, csv_file(tmp_path / "a.csv", [HEADS, row(1), row(2), row(3, number=number(1))]))

    assert counts(batch) == {"created": 2, "refused": 1}
    assert batch.rows.get(action="refused").problems[0]["hint"] == "2"


def test_rows_outside_the_area_are_refused_with_a_sentence(place, tmp_path, english):
    batch = take(place, csv_file(tmp_path / "a.csv", [HEADS, row(1), row(2, place="西丰县")]))

    refused = batch.rows.get(action="refused")
    assert wording.problem(refused.problems[0]) == (
        "“西丰县” is outside your area (铁岭县); let its own coordinator import it."
    )
    assert counts(batch) == {"created": 1, "refused": 1}


def test_an_enterprise_on_file_elsewhere_cannot_be_drawn_into_the_area(place, tmp_path):
    factories.enterprise("外县企业", at="211223100", number=number(1))

    batch = take(place, csv_file(tmp_path / "a.csv", [HEADS, row(1)]))

    assert problems(batch) == [(2, "on_file_elsewhere")]


def test_an_unknown_locality_falls_back_to_the_area_and_is_told(place, tmp_path):
    batch = take(place, csv_file(tmp_path / "a.csv", [HEADS, row(1, place="火星镇")]))

    assert Enterprise.objects.get().locality.code == "211221"
    assert problems(batch) == [(2, "locality_unknown")]


@pytest.mark.parametrize(
    ("rows", "code"),
    [([HEADS], "no_rows"), ([HEADS, ["", ""], ["合计"]], "no_rows"), ([["1", "2"], ["3", "4"]], "no_head")],
)
def test_a_file_without_rows_or_head_is_said_to_be_so(place, tmp_path, rows, code):
    batch = receive(place, csv_file(tmp_path / "a.csv", rows))

    if code == "no_head":
        with pytest.raises(steps.Unreadable, match=code):
            Table(batch)
        return
    steps.begin(batch=mapped(batch), state=State.RUNNING, by=None, at=NOON)
    batch = steps.take_in(batch=batch, at=NOON)
    assert (batch.state, batch.outcome["code"]) == (State.FAILED, code)


def test_a_fault_in_the_middle_leaves_nothing_and_the_batch_can_run_again(place, tmp_path, monkeypatch):
    monkeypatch.setattr("openliaison.register.importing.planning.CHUNK", 2)
    batch = mapped(receive(place, csv_file(tmp_path / "a.csv", [HEADS, *[row(n) for n in range(1, 7)]])))
    steps.begin(batch=batch, state=State.RUNNING, by=None, at=NOON)
    real, calls = steps.Writer.write, []

    def breaks(self, plans):
        calls.append(len(plans))
        if len(calls) == 3:
            raise RuntimeError("the disk is full")
        real(self, plans)

    monkeypatch.setattr(steps.Writer, "write", breaks)
    with pytest.raises(RuntimeError):
        steps.take_in(batch=batch, at=NOON)
    batch.refresh_from_db()
    assert (batch.state, batch.outcome["code"]) == (State.FAILED, "fault")
    assert not Enterprise.objects.exists() and not Fact.objects.exists() and not ImportRow.objects.exists()

    monkeypatch.setattr(steps.Writer, "write", real)
    steps.begin(batch=batch, state=State.RUNNING, by=None, at=NOON)
    assert counts(steps.take_in(batch=batch, at=NOON)) == {"created": 6}


def test_work_that_broke_off_is_noticed_and_marked(place, tmp_path):
    batch = mapped(receive(place, csv_file(tmp_path / "a.csv", [HEADS, row(1)])))
    steps.begin(batch=batch, state=State.RUNNING, by=None, at=NOON)
    batch.refresh_from_db()

    assert not progress.is_interrupted(batch, NOON + timedelta(seconds=10))
    assert steps.sweep(at=NOON + timedelta(minutes=2)) == 1
    batch.refresh_from_db()
    assert (batch.state, batch.outcome["code"]) == (State.FAILED, "interrupted")


def test_work_that_waits_for_the_worker_has_not_broken_off(place, tmp_path):
    batch = mapped(receive(place, csv_file(tmp_path / "a.csv", [HEADS, row(1)])))

    steps.start(batch=batch, state=State.CHECKING, by=None, at=NOON)

    assert steps.sweep(at=NOON + timedelta(hours=1)) == 0


def test_a_job_that_runs_twice_takes_in_once(place, tmp_path):
    batch = take(place, csv_file(tmp_path / "a.csv", [HEADS, row(1)]))

    again = steps.take_in(batch=batch, at=NOON)

    assert (again.state, Enterprise.objects.count()) == (State.DONE, 1)


# ── The mapping ──────────────────────────────────────────────


def test_the_mapping_is_remembered_by_the_head(place, tmp_path):
    first = receive(place, csv_file(tmp_path / "a.csv", [["企业名称", "备用"], ["甲公司", "东街"]]))
    mapped(first, 备用="street")

    table = Table(receive(place, csv_file(tmp_path / "b.csv", [["标题"], ["企业名称", "备用"], ["乙公司", "西街"]])))

    assert [(c.proposal.target, c.proposal.reason) for c in table.columns()] == [
        ("name", "remembered"),
        ("street", "remembered"),
    ]
    assert ImportMapping.objects.count() == 1


@pytest.mark.parametrize(
    ("mapping", "units", "message"),
    [
        ({1: "street"}, {}, "No column is the enterprise’s name"),
        ({0: "name", 1: "name"}, {}, "Two columns are “Name”"),
        ({0: "name", 1: "fact:registered_capital_10k"}, {}, "In which unit are the sums of column “乙”"),
        ({0: "name", 1: "fact:nonsense"}, {}, "not something a column can be"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused(place, tmp_path, english, mapping, units, message):
    batch = receive(place, csv_file(tmp_path / "a.csv", [["甲", "乙"], ["a", "b"]]))
    head = head_at([["甲", "乙"]], [], 0, 0)

    with pytest.raises(Incomplete, match=message):
        steps.map_columns(batch=batch, sheet="", head=head, mapping=mapping, units=units, by=None, at=NOON)


def test_a_file_for_a_day_ahead_is_refused(place, tmp_path):
    with pytest.raises(Incomplete):
        receive(place, csv_file(tmp_path / "a.csv", [HEADS, row(1)]), as_of=date(2026, 11, 24))


# ── Once ─────────────────────────────────────────────────────


def test_the_same_file_is_recognised_while_it_stands(place, tmp_path):
    path = csv_file(tmp_path / "a.csv", [HEADS, row(1)])
    batch = take(place, path)

    assert steps.known_file(place, AREA, batch.sha256) == batch
    undo(batch)
    assert steps.known_file(place, AREA, batch.sha256) is None
