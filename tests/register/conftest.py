"""What the register's tests share: a small world, and people who open pages behind their walls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

from openliaison.accounts.models import Role


class Person:
    """Somebody at the site, acting in one role. After each answer the test is the house again."""

    def __init__(self, role: Role, language: str = "en") -> None:
        self.client = Client(headers={"accept-language": language})
        self.client.force_login(role.user)

    def get(self, url: str, **data: Any) -> Any:
        return self._back(self.client.get(url, data))

    def post(self, url: str, **data: Any) -> Any:
        return self._back(self.client.post(url, data))

    def _back(self, response: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("select set_config('role', 'none', true)")
        return response


@pytest.fixture
def at_site() -> type[Person]:
    return Person


@pytest.fixture
def english() -> Iterator[None]:
    """Sentences are compared in the source language."""
    with translation.override("en"):
        yield
