"""The doors of the phone: what they take, once, and how they refuse."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.test import Client

from openliaison.cases.models import Case, Promise
from openliaison.register.models import Fact
from openliaison.visits.models import Visit
from tests.conftest import NOON
from tests.factories import enterprise

ANDROID = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"


class Phone:
    """A browser of one officer, with a number of its own."""

    def __init__(self, who, device: uuid.UUID | None = None, language: str = "en", **client: Any) -> None:
        self.device = device or uuid.uuid4()
        self.client = Client(headers={"Accept-Language": language, "User-Agent": ANDROID}, **client)
        if who is not None:
            self.client.force_login(who.user)

    def get(self, path: str, **headers: str):
        return self.client.get(path, headers={"X-Device": str(self.device), **headers})

    def post(self, path: str, content: Any = None, **headers: str):
        told = {"X-Device": str(self.device), **headers}
        return self.client.post(path, json.dumps(content or {}), content_type="application/json", headers=told)

    def send(self, item: dict[str, Any]):
        return self.post("/phone/sync", item)


def visit_item(firm, *, made_at=NOON, sent_at=NOON, key=None, kind="visit", **body) -> dict[str, Any]:
    told = {"enterprise_id": firm.pk, "mode": "visit", "nothing_new": False, "notes": "订单恢复", **body}
    return {
        "client_key": str(key or uuid.uuid4()),
        "kind": kind,
        "made_at": made_at.isoformat(),
        "sent_at": sent_at.isoformat(),
        "device": str(uuid.uuid4()),
        "body": told,
    }


@pytest.fixture
def phone(world):
    return Phone(world.officer)


def test_a_visit_with_all_that_came_of_it_is_taken_once(world, phone):
    item = visit_item(
        world.enterprise,
        problems=[{"text": "每天傍晚跳闸", "category": "energy", "wanted_result": "", "is_confidential": False}],
        commitments=[{"text": "带电网的人来", "due_on": "2026-11-25", "side": "county"}],
        facts={"employees": "260"},
        read={"employees": None},
    )

    first, again = phone.send(item), phone.send(item)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"] == Visit.objects.get().pk
    assert Case.objects.get().visit_id == first.json()["id"]
    assert Promise.objects.get().due_on.isoformat() == "2026-11-25"
    assert Fact.objects.get(key="employees").value == 260


def test_the_pack_says_what_the_officer_may_see(world, phone):
    case = world.assigned()
    other = enterprise("别家的企业")

    packed = phone.get("/phone/pack.json")

    content = packed.json()
    assert [e["id"] for e in content["enterprises"]] == [world.enterprise.pk]
    assert content["enterprises"][0]["cases"][0]["number"] == case.number
    assert other.name not in packed.content.decode()
    assert content["server_time"] == NOON.isoformat()


def test_an_unchanged_pack_is_not_sent_again(world, phone):
    first = phone.get("/phone/pack.json")
    assert phone.get("/phone/pack.json", **{"If-None-Match": first["ETag"]}).status_code == 304

    phone.send(visit_item(world.enterprise))

    assert phone.get("/phone/pack.json", **{"If-None-Match": first["ETag"]}).status_code == 200
