"""A fact told offline while the register learned otherwise: neither is overwritten, a person chooses."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from openliaison.core.models import Task
from openliaison.register.models import Fact
from openliaison.register.services import record_fact
from openliaison.visits import services
from openliaison.visits.models import FactConflict, Visit
from tests.conftest import NOON
from tests.factories import role, stationed
from tests.visits.phones import Phone, visit_item

LATER = NOON + timedelta(hours=3)


@pytest.fixture
def phone(world):
    return Phone(world.officer)


@pytest.fixture
def long_on_file(world):
    world.enterprise.created_at = NOON - timedelta(days=30)
    world.enterprise.save(update_fields=["created_at"])


def register_learns(world, value):
    return record_fact(
        enterprise=world.enterprise,
        key="employees",
        value=value,
        source="enterprise",
        as_of=NOON.date(),
        by=world.manager,
        at=NOON,
    )


def told(world, value, *, read, made_at=NOON, **more):
    return visit_item(
        world.enterprise, facts={"employees": value}, read={"employees": read}, made_at=made_at, sent_at=NOON, **more
    )


def standing():
    return Fact.objects.current().get(key="employees").value


def test_the_visit_is_recorded_and_the_fact_is_put_to_a_person(world, phone):
    register_learns(world, 300)

    answer = phone.send(told(world, "260", read=None))

    assert answer.status_code == 201
    (conflict,) = answer.json()["conflicts"]
    assert (conflict["mine"], conflict["theirs"]) == ("260 persons", "300 persons")
    assert conflict["theirs_source"] == "the enterprise"
    assert conflict["theirs_as_of"] == NOON.date().isoformat()
    assert standing() == 300
    assert Visit.objects.count() == 1
    assert phone.get("/phone/pack.json").json()["conflicts"] == [conflict]


def test_the_officer_is_asked_by_the_bell(world, phone):
    register_learns(world, 300)
    phone.send(told(world, "260", read=None))

    task = Task.objects.get(person=world.officer.user, url="/visits/conflicts/")
    assert "北岗" in task.text


def test_what_has_not_changed_since_it_was_read_is_written(world, phone):
    register_learns(world, 300)

    assert phone.send(told(world, "260", read=300)).json()["conflicts"] == []
    assert standing() == 260


def test_both_say_the_same_and_the_word_on_file_is_fresh_again(world, phone):
    fact = register_learns(world, 260)

    assert phone.send(told(world, "260", read=250)).json()["conflicts"] == []
    fact.refresh_from_db()
    assert fact.confirmed_by == world.officer.user
    assert Fact.objects.filter(key="employees").count() == 1


@pytest.mark.parametrize("take", ["mine", "theirs"])
def test_the_choice_stands_and_made_twice_is_one(world, phone, take):
    register_learns(world, 300)
    phone.send(told(world, "260", read=None))
    conflict = FactConflict.objects.get()

    answers = [phone.post(f"/phone/conflicts/{conflict.pk}", {"take": take}) for _ in range(2)]

    assert [a.status_code for a in answers] == [200, 200]
    assert standing() == (260 if take == "mine" else 300)
    assert Fact.objects.filter(key="employees").count() == (2 if take == "mine" else 1)
    other = phone.post(f"/phone/conflicts/{conflict.pk}", {"take": "theirs" if take == "mine" else "mine"})
    assert (other.status_code, other.json()["now"]["state"]) == (409, take)


def test_a_third_word_meanwhile_is_shown_before_anything_is_chosen(world, phone):
    register_learns(world, 300)
    phone.send(told(world, "260", read=None))
    register_learns(world, 310)
    conflict = FactConflict.objects.get()

    first = phone.post(f"/phone/conflicts/{conflict.pk}", {"take": "mine"})

    assert (first.status_code, first.json()["now"]["theirs"]) == (409, "310 persons")
    assert standing() == 310
    assert phone.post(f"/phone/conflicts/{conflict.pk}", {"take": "mine"}).status_code == 200
    assert standing() == 260


def test_the_visits_word_counts_even_against_a_later_day(world, phone, long_on_file):
    register_learns(world, 300)
    phone.send(told(world, "260", read=None, made_at=NOON - timedelta(days=2)))

    services.settle_conflict(conflict=FactConflict.objects.get(), take="mine", by=world.officer, at=LATER)

    assert standing() == 260


def test_the_later_of_ones_own_visits_counts_in_whatever_order_they_arrive(world, phone, long_on_file):
    monday, tuesday = (told(world, v, read=None, made_at=NOON - timedelta(days=d)) for v, d in (("250", 2), ("260", 1)))

    assert [phone.send(item).json()["conflicts"] for item in (tuesday, monday)] == [[], []]
    assert standing() == 260
    assert set(Fact.objects.values_list("value", "as_of")) == {(250, date(2026, 11, 21)), (260, date(2026, 11, 22))}


def test_of_two_visits_on_one_day_the_later_counts(world, phone, long_on_file):
    early, late = (told(world, v, read=None, made_at=NOON - timedelta(hours=h)) for v, h in (("250", 3), ("260", 1)))

    for item in (late, early):
        phone.send(item)

    assert standing() == 260


def test_a_colleagues_word_from_another_visit_is_put_to_a_person(world, phone):
    deputy = role("officer")
    stationed(deputy, world.enterprise, kind="deputy")
    Phone(deputy).send(told(world, "250", read=None))

    assert len(phone.send(told(world, "260", read=None)).json()["conflicts"]) == 1


def test_the_page_shows_both_words_and_takes_the_choice(world, phone, at_the_screen):
    register_learns(world, 300)
    phone.send(told(world, "260", read=None))
    browser, conflict = at_the_screen(world.officer), FactConflict.objects.get()

    page = browser.get("/visits/conflicts/").content.decode()
    assert "260 persons" in page and "300 persons" in page
    browser.post(f"/visits/conflicts/{conflict.pk}/", {"take": "neither"})
    assert FactConflict.objects.get().state == "open"
    browser.post(f"/visits/conflicts/{conflict.pk}/", {"take": "mine"})

    assert standing() == 260
    assert "Nothing to choose" in browser.get("/visits/conflicts/").content.decode()


def test_strangers_see_no_conflict(world, phone, at_the_screen):
    register_learns(world, 300)
    phone.send(told(world, "260", read=None))
    other = role("officer")
    conflict = FactConflict.objects.get()

    assert "300" not in at_the_screen(other).get("/visits/conflicts/").content.decode()
    assert Phone(other).post(f"/phone/conflicts/{conflict.pk}", {"take": "mine"}).status_code == 404
