"""A visit's world, and browsers of its people."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from openliaison.accounts.models import Role
from tests.factories import World


@pytest.fixture
def world(db) -> World:
    return World()


@pytest.fixture
def at_the_screen() -> Callable[..., Client]:
    """A browser in which this person has logged in, speaking English."""

    def log_in(role: Role, language: str = "en") -> Client:
        client = Client(headers={"Accept-Language": language})
        client.force_login(role.user)
        return client

    return log_in
