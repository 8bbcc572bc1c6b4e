"""Rows that look like enterprises on file: asked once, by number and then by name, and remembered."""

from __future__ import annotations

import pytest

from openliaison.register.errors import AlreadyDone
from openliaison.register.importing import steps
from openliaison.register.models import LookAlike
from tests import factories
from tests.conftest import NOON

from .import_files import HEADS, csv_file, number, row
from .test_import_steps import State, counts, place, take

pytestmark = pytest.mark.django_db
__all__ = ["place"]


def test_a_look_alike_is_asked_once_and_the_answer_is_remembered(place, tmp_path):
    on_file = factories.enterprise("北岗专用汽车有限公司", street="旧街")
    rows = [HEADS, row(1, name="铁岭县北岗专用汽车有限责任公司")]
    dry = take(place, csv_file(tmp_path / "a.csv", rows), dry=True)
    assert counts(dry) == {"undecided": 1}

    steps.decide(row=dry.rows.get(), choice="same", enterprise=on_file, by=None, at=NOON)
    steps.begin(batch=dry, state=State.RUNNING, by=None, at=NOON)
    batch = steps.take_in(batch=dry, at=NOON)
    on_file.refresh_from_db()

    assert counts(batch) == {"updated": 1}
    assert (on_file.number, on_file.name) == (number(1), "铁岭县北岗专用汽车有限责任公司")
    assert LookAlike.objects.get().is_same


def test_another_makes_a_new_one_and_is_not_asked_again(place, tmp_path):
    factories.enterprise("北岗专用汽车有限公司")
    rows = [HEADS, row(1, name="铁岭县北岗专用汽车有限责任公司", number="")]
    dry = take(place, csv_file(tmp_path / "a.csv", rows), dry=True)

    steps.decide(row=dry.rows.get(), choice="another", by=None, at=NOON)
    later = take(place, csv_file(tmp_path / "b.csv", [*rows, []]), dry=True)

    assert counts(later) == {"created": 1}


def test_a_row_left_out_stays_out_and_its_batch_goes_on(place, tmp_path):
    factories.enterprise("北岗专用汽车有限公司")
    rows = [HEADS, row(1, name="铁岭县北岗专用汽车有限责任公司"), row(2)]
    dry = take(place, csv_file(tmp_path / "a.csv", rows), dry=True)
    steps.decide(row=dry.rows.get(), choice="skip", by=None, at=NOON)

    steps.begin(batch=dry, state=State.RUNNING, by=None, at=NOON)

    assert counts(steps.take_in(batch=dry, at=NOON)) == {"created": 1, "skipped": 1}


def test_two_right_numbers_are_two_enterprises_whatever_their_names(place, tmp_path):
    factories.enterprise("示例1号机械有限公司", number=number(99))

    assert counts(take(place, csv_file(tmp_path / "a.csv", [HEADS, row(1)]), dry=True)) == {"created": 1}


def test_a_decision_is_taken_once(place, tmp_path):
    on_file = factories.enterprise("北岗专用汽车有限公司")
    dry = take(place, csv_file(tmp_path / "a.csv", [HEADS, row(1, name="北岗专用汽车公司")]), dry=True)
    asked = dry.rows.get()
    steps.decide(row=asked, choice="same", enterprise=on_file, by=None, at=NOON)

    with pytest.raises(AlreadyDone):
        steps.decide(row=asked, choice="another", by=None, at=NOON)
