"""The read log: who from outside its team opened an enterprise's file, once per person and day."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from .scope import Scope


def write(*, scope: Scope, enterprise_id: int, at: datetime) -> None:
    """Note one read. The second of a day adds nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into core_readlog (person_id, role, organisation_id, place_id, enterprise_id, day, at)"
            " values (%s, %s, nullif(%s, 0), %s, %s, %s, %s) on conflict do nothing",
            [scope.user_id, scope.role, scope.organisation_id, scope.place_id, enterprise_id, scope.today, at],
        )
