"""Import and undo: the register is exactly what it was, but for what people have added since."""

from __future__ import annotations

import json
import tempfile
from datetime import date
from pathlib import Path

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openliaison.register import services
from openliaison.register.errors import AlreadyDone, Incomplete
from openliaison.register.models import Contact, Enterprise, Fact, ImportRow, Site
from tests import factories
from tests.conftest import NOON

from .import_files import HEADS, csv_file, number, row
from .test_import_steps import State, counts, take, undo

pytestmark = pytest.mark.django_db


def picture() -> str:
    """The whole register, row by row."""
    tables = (Enterprise, Fact, Contact, Site)
    rows = {m.__name__: list(m.objects.order_by("pk").values()) for m in tables}
    return json.dumps(rows, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False)


def test_undo_takes_everything_back(tmp_path):
    place = factories.place()
    take(place, csv_file(tmp_path / "a.csv", [HEADS, row(1), row(2)]))
    before = picture()

    batch = take(
        place,
        csv_file(
            tmp_path / "b.csv", [HEADS, row(1, name="别的名字", staff="9", phone="1"), row(2, contact="某乙"), row(3)]
        ),
    )
    assert counts(batch) == {"created": 1, "updated": 2}
    assert picture() != before
    undone = undo(batch)

    assert picture() == before
    assert (undone.state, undone.outcome) == (State.UNDONE, {})


def test_undo_happens_once(tmp_path):
    batch = take(factories.place(), csv_file(tmp_path / "a.csv", [HEADS, row(1)]))
    undo(batch)

    with pytest.raises(AlreadyDone):
        undo(batch)


def test_an_enterprise_to_which_something_was_attached_stays_and_is_named(tmp_path):
    place = factories.place()
    batch = take(place, csv_file(tmp_path / "a.csv", [HEADS, row(1), row(2), row(3), row(4)]))
    visited, told, changed, _plain = Enterprise.objects.order_by("number")
    factories.stationed(factories.role("officer"), visited)
    services.record_fact(
        enterprise=told, key="employees", value=77, source="visit", as_of=date(2026, 11, 23), by=None, at=NOON
    )
    services.add_contact(enterprise=changed, name="某丙", by=None, at=NOON)

    undone = undo(batch)

    assert set(Enterprise.objects.values_list("number", flat=True)) == {number(1), number(2), number(3)}
    assert undone.outcome["count"] == 3
    assert set(undone.outcome["names"]) == {visited.name, told.name, changed.name}


def test_what_people_changed_since_is_not_put_back(tmp_path):
    place = factories.place()
    take(place, csv_file(tmp_path / "a.csv", [HEADS, row(1)]))
    batch = take(
        place, csv_file(tmp_path / "b.csv", [HEADS, row(1, name="文件里的名字", street="文件里的路", staff="30")])
    )
    made = Enterprise.objects.get()
    Enterprise.objects.update(name="人改的名字")
    services.record_fact(
        enterprise=made, key="employees", value=77, source="visit", as_of=date(2026, 11, 23), by=None, at=NOON
    )

    undo(batch)
    made.refresh_from_db()

    assert (made.name, made.street) == ("人改的名字", "示例路1号")
    assert [f.value for f in Fact.objects.current().filter(key="employees")] == [77]


def test_a_later_file_about_the_same_enterprises_is_undone_first(tmp_path, english):
    place = factories.place()
    first = take(place, csv_file(tmp_path / "a.csv", [HEADS, row(1)]))
    second = take(place, csv_file(tmp_path / "b.csv", [HEADS, row(1, staff="30")]))

    with pytest.raises(Incomplete, match=r"“b.csv” was taken in later"):
        undo(first)
    undo(second)
    undo(first)

    assert not Enterprise.objects.exists()


def test_undoing_keeps_the_lines_of_other_batches(tmp_path):
    place = factories.place()
    first = take(place, csv_file(tmp_path / "a.csv", [HEADS, row(1)]))
    take(place, csv_file(tmp_path / "b.csv", [HEADS, row(1, place="火星镇"), row(2)]))

    undo(first)

    assert list(ImportRow.objects.exclude(batch=first).values_list("row_number", "enterprise__number")) == [
        (2, None),
        (3, number(2)),
    ]


_CELL = st.sampled_from(["", "12", "0", "坏", "12.5", "1e3"])
_NAMES = st.sampled_from(["甲公司", "乙有限公司", "丙厂", "铁岭县甲有限公司", "", "<b>丁</b>"])
_NUMBERS = st.one_of(st.just(""), st.integers(1, 4).map(number), st.just("9.12E+17"))
_PLACES = st.sampled_from(["新台子镇", "211221102", "火星", "西丰县", ""])
_ROWS = st.lists(
    st.builds(
        lambda n, name, num, place, staff, phone, street: row(
            n, name=name, number=num, place=place, staff=staff, phone=phone, street=street
        ),
        st.integers(1, 9),
        _NAMES,
        _NUMBERS,
        _PLACES,
        _CELL,
        st.sampled_from(["", "024-1", "024-2"]),
        st.sampled_from(["", "东街", "西街"]),
    ),
    max_size=6,
)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(first=_ROWS, second=_ROWS)
def test_import_and_undo_is_the_identity_whatever_the_file(first, second):
    from django.db import transaction

    place = factories.place()
    with transaction.atomic(), tempfile.TemporaryDirectory() as folder:
        take(place, csv_file(Path(folder) / "a.csv", [HEADS, row(8), *first]))
        before = picture()
        batch = take(place, csv_file(Path(folder) / "b.csv", [HEADS, row(9), *second]), as_of=date(2026, 11, 22))
        assert batch.state == State.DONE

        undone = undo(batch)

        assert undone.state == State.UNDONE
        assert picture() == before
        transaction.set_rollback(True)
