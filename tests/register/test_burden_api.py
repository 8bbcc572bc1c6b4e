"""Asked time and data requests by API: the same services, the same walls."""

from __future__ import annotations

import json
import uuid
from datetime import date

import pytest

from openliaison.register.models import Booking, Fact
from openliaison.register.services import burden
from tests import factories
from tests.conftest import NOON

TODAY = date(2026, 11, 23)
ASK = {
    "purpose": "用工",
    "wanted_by": "2026-12-10",
    "questions": [{"key": "employees"}, {"label": "几人？", "type": "int"}],
}


def send(browser, path, body):
    return browser.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")


@pytest.fixture
def spent(world):
    for code, minutes in (("grid", 50), ("housing", 70)):
        burden.spend(
            enterprise=world.enterprise, on=TODAY, minutes=minutes, kind="inspection", what="检查",
            organisation=factories.organisation(code), is_at_door=True, source=uuid.uuid4(), by=None, at=NOON,
        )  # fmt: skip


def test_the_ledger_shows_each_what_is_theirs(world, at_the_screen, spent):
    def minutes(role, query=""):
        found = at_the_screen(role).get(f"/api/v1/asked-time{query}").json()
        return sorted(row["minutes"] for row in found["items"])

    assert minutes(world.coordinator) == [50, 70]
    assert minutes(world.coordinator, "?organisation=grid") == [50]
    assert minutes(world.lead) == [50]
    assert minutes(world.manager) == [50, 70]
    assert minutes(world.stranger) == []


def test_the_load_counts_everybody_and_names_nobody(world, at_the_screen, spent):
    found = at_the_screen(world.lead).get(f"/api/v1/enterprises/{world.enterprise.pk}/load")

    told = found.json()
    assert (told["visits_7_days"], told["minutes_month"], told["minutes_month_of_yours"]) == (2, 120, 50)
    assert (told["most_minutes"], told["most_minutes_of_one"]) == (240, 120)
    assert "housing" not in found.content.decode()


def test_asked_and_answered_by_api(world, at_the_screen):
    body = ASK | {"enterprise_id": world.enterprise.pk, "client_key": str(uuid.uuid4())}
    office, firm = at_the_screen(world.lead), at_the_screen(world.manager)
    made = send(office, "data-requests", body)
    assert made.status_code == 201
    assert send(office, "data-requests", body).json()["id"] == made.json()["id"]

    path = f"data-requests/{made.json()['id']}"
    bad = send(firm, f"{path}/answer", {"answers": {"employees": "viele", "q2": 3}, "as_of": "2026-11-23"})
    assert bad.status_code == 422
    good = send(firm, f"{path}/answer", {"answers": {"employees": 120, "q2": 3}, "as_of": "2026-11-23"})
    assert good.json()["answers"]["values"] == {"employees": 120, "q2": 3}
    assert Fact.objects.get(key="employees").value == 120
    assert office.get(f"/api/v1/{path}").json()["state"] == "recorded"
    assert (
        send(firm, f"{path}/answer", {"answers": {"employees": 1, "q2": 3}, "as_of": "2026-11-23"}).status_code == 409
    )
    assert at_the_screen(world.other).get(f"/api/v1/{path}").status_code == 404


def test_what_is_on_file_and_what_is_too_much_are_refused_by_api(world, at_the_screen, spent):
    from openliaison.register.services import record_fact

    office = at_the_screen(world.coordinator)
    body = ASK | {"enterprise_id": world.enterprise.pk}
    record_fact(enterprise=world.enterprise, key="employees", value=118, source="import", as_of=TODAY, by=None, at=NOON)
    held = send(office, "data-requests", body)
    assert held.status_code == 422
    assert "118" in held.json()["error"]
    burden.spend(
        enterprise=world.enterprise, on=TODAY, minutes=120, kind="data", what="x", organisation=None, is_at_door=False,
        source=uuid.uuid4(), by=None, at=NOON,
    )  # fmt: skip
    over = send(office, "data-requests", body | {"questions": [{"label": "几人？", "type": "int"}]})
    assert over.status_code == 422
    assert "ceiling" in over.json()["error"]
    assert not Booking.objects.exists()
