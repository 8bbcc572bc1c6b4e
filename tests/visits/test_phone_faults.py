"""Two tabs at once, and a connection that breaks in the middle: afterwards everything is there once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from openliaison.cases.models import Case
from openliaison.core.models import Receipt
from openliaison.core.now import frozen
from openliaison.register.models import Fact
from openliaison.visits.models import Device, Visit, VisitFile
from openliaison.visits.services import recording
from tests.conftest import NOON
from tests.factories import World
from tests.visits.phones import Phone, jpeg, visit_item

pytestmark = pytest.mark.django_db(transaction=True)


def both_at_once(first, second) -> list[int]:
    """The statuses of two requests, each over a connection of its own."""
    start = Barrier(2)

    def run(request) -> int:
        with frozen(NOON):
            start.wait()
            try:
                return request().status_code
            finally:
                connection.close()

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(run, (first, second)))


def test_the_same_visit_from_two_tabs_at_once_is_one():
    world = World()
    one = Phone(world.officer)
    two = Phone(world.officer, device=one.device)
    item = visit_item(world.enterprise, problems=[{"text": "跳闸"}], facts={"employees": "260"}, read={})

    assert both_at_once(lambda: one.send(item), lambda: two.send(item)) == [200, 201]

    assert (Visit.objects.count(), Case.objects.count(), Fact.objects.count()) == (1, 1, 1)
    assert Device.objects.count() == 1


def test_two_visits_that_tell_the_same_fact_at_once_are_both_taken():
    world = World()
    items = [
        visit_item(world.enterprise, facts={"employees": value}, read={"employees": None}) for value in ("250", "260")
    ]
    one, two = Phone(world.officer), Phone(world.officer)
    one.send(visit_item(world.enterprise, facts={"employees": "240"}, read={"employees": None}))

    assert both_at_once(lambda: one.send(items[0]), lambda: two.send(items[1])) == [201, 201]

    assert Visit.objects.count() == 3
    assert Fact.objects.current().filter(key="employees").count() == 1


def test_the_same_picture_from_two_tabs_at_once_is_one():
    world = World()
    one, two = Phone(world.officer), Phone(world.officer)
    item, picture = visit_item(world.enterprise), jpeg()
    one.send(item)

    statuses = both_at_once(
        lambda: one.upload(item["client_key"], picture), lambda: two.upload(item["client_key"], picture)
    )

    assert set(statuses) <= {200, 201}
    assert VisitFile.objects.count() == 1


def test_a_connection_cut_in_the_middle_leaves_nothing_and_the_same_is_taken_again(monkeypatch):
    world = World()
    phone = Phone(world.officer)
    phone.client.raise_request_exception = False
    item = visit_item(
        world.enterprise, problems=[{"text": "跳闸"}], commitments=[{"text": "回电", "due_on": "2026-11-24"}]
    )

    def cut(**_arguments: Any) -> None:
        connection.connection.close()

    with monkeypatch.context() as broken:
        broken.setattr(recording.cases, "make_promise", cut)
        answer = phone.send(item)
    connection.close()

    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert not (Visit.objects.exists() or Case.objects.exists() or Receipt.objects.exists())
    assert phone.send(item).status_code == 201
    assert (Visit.objects.count(), Case.objects.count()) == (1, 1)
