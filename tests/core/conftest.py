"""The rich world, built once for a file: every test works in a savepoint of its transaction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.core.rich_world import RichWorld


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[RichWorld]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield RichWorld()
        transaction.set_rollback(True)


@pytest.fixture
def rich(built: RichWorld, db: None) -> RichWorld:
    return built
