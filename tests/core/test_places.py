"""Files seed a place; what was edited on screen wins over a later load."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from openliaison.accounts.models import Organisation
from openliaison.core import places
from openliaison.core.errors import Refused
from openliaison.core.models import ClockLimit, Locality, Place, Setting
from openliaison.core.place_pack import read_pack
from openliaison.desks import commands
from openliaison.desks.places import load_place
from tests import factories
from tests.conftest import NOON, ROOT
from tests.core.test_place_pack import change

pytestmark = pytest.mark.django_db
FOLDER = Path(ROOT) / "places" / "riverton-en"
TODAY = NOON.date()


@pytest.fixture
def place() -> Place:
    return load_place(FOLDER)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    import shutil

    return Path(shutil.copytree(FOLDER, tmp_path / "riverton-en"))


def test_an_area_is_a_range_of_the_tree(place):
    root = Locality.objects.get(path=place.root_path)
    inside = Locality.objects.filter(place=place).exclude(pk=root.pk)

    assert inside.exists()
    assert all(row.path.startswith(root.path) for row in inside)


def test_loading_twice_changes_nothing(place):
    before = [model.objects.count() for model in (Place, Locality, ClockLimit, Organisation)]
    load_place(FOLDER)

    assert [model.objects.count() for model in (Place, Locality, ClockLimit, Organisation)] == before


def test_what_was_edited_on_screen_stays_and_the_rest_is_refreshed(place, folder, capsys):
    edited = ClockLimit.objects.filter(place=place, key="reply").latest("valid_from")
    edited.amount, edited.edited_at = Decimal(7), NOON
    edited.save()
    change(folder, "organisations.csv", Organisation.objects.filter(place=place).order_by("pk")[0].name, "New Name")

    load_place(folder)

    edited.refresh_from_db()
    assert edited.amount == 7
    assert Organisation.objects.filter(place=place, name="New Name").exists()
    assert commands.place_diff([str(folder)]) == 0
    said = capsys.readouterr().out
    assert "reply" in said
    assert "7" in said


def test_a_folder_with_faults_changes_nothing(place, folder, capsys):
    change(folder, "calendar.csv", ",off,", ",holiday,")
    change(folder, "place.toml", place.name, "Elsewhere")

    assert commands.place_load([str(folder)]) == 2
    assert "calendar.csv" in capsys.readouterr().err
    place.refresh_from_db()
    assert place.name != "Elsewhere"


def test_a_limit_holds_from_its_day(place):
    ClockLimit.objects.create(place=place, key="reply", amount=5, unit="wd", valid_from=date(2027, 1, 1))

    assert places.limit(place, "reply", date(2027, 1, 1)).amount == 5
    assert places.limit(place, "reply", date(2026, 12, 31)).amount != 5


def test_what_a_place_does_not_say_is_refused_in_words(place):
    with pytest.raises(Refused, match="no “no_such_clock”"):
        places.limit(place, "no_such_clock", TODAY)
    with pytest.raises(Refused, match="no “no_such_key”"):
        places.setting(place, "no_such_key", TODAY)


def test_what_a_newer_release_asks_of_a_place_begins_with_the_default(place):
    Setting.objects.filter(place=place, key__in=["visits_a_week", "officer_load"]).delete()
    Setting.objects.filter(place=place, key="contact_every_days").update(value=12)
    defaults = read_pack(Path(ROOT) / "places" / "tieling")
    assert places.fill_missing(place, defaults) == ["officer_load", "visits_a_week"]
    assert places.setting(place, "visits_a_week", TODAY) == 2
    assert places.setting(place, "contact_every_days", TODAY) == 12, "what the place says itself stays"
    assert places.fill_missing(place, defaults) == []


def test_several_places_live_in_one_installation(place):
    other = factories.place("tieling")

    assert Place.objects.count() == 2
    shared = set(Locality.objects.filter(place=place).values_list("path", flat=True))
    assert not shared & set(Locality.objects.filter(place=other).values_list("path", flat=True))
