"""A world with one case, and a caller that speaks JSON with a token."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from openliaison.accounts import tokens
from openliaison.accounts.models import Role
from tests.conftest import NOON
from tests.factories import World

ALL = [f"{room}:write" for room in tokens.ROOMS if room not in tokens.READ_ONLY] + ["accounts:read"]
API = "/api/v1/"


class Caller:
    """Another system: one token, JSON in and out, no cookies."""

    def __init__(self, role: Role, scopes: list[str] | None = None) -> None:
        token, self.secret = tokens.make_token(name="测试系统", scopes=scopes or ALL, days=30, by=role, at=NOON)
        self.token = token
        self.client = Client(enforce_csrf_checks=True)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(API + path, query, headers=self._headers)

    def post(self, path: str, **body: Any) -> Any:
        text = json.dumps(body, default=str)
        return self.client.post(API + path, text, content_type="application/json", headers=self._headers)

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}", "Accept-Language": "en"}


@pytest.fixture
def world(db: None) -> World:
    return World()
