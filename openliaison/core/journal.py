"""The journal: who did what, when, to what. Append-only, sealed by `core.seals`."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, models

_INSERT = (
    "insert into core_journal (at, actor_id, role, verb, subject, place_id, locality_path, detail)"
    " values (%s, %s, current_user, %s, %s, %s, %s, %s)"
)


def record(subject: models.Model, verb: str, *, by: Any, at: datetime, **detail: Any) -> None:
    """Write one line. Model instances in `detail` are kept as "room.model:id".

    Args:
        subject: the row it is about; its `place_id` and `locality_path` are kept where it has them.
        verb: past tense, e.g. "assigned".
        by: the person, or the role they act in; None for the system.
    """
    text = json.dumps({k: _plain(v) for k, v in detail.items()}, sort_keys=True, ensure_ascii=False)
    place_id = getattr(subject, "place_id", None)
    path = getattr(subject, "locality_path", "")
    actor_id = getattr(by, "user_id", None) or (by.pk if by else None)
    with connection.cursor() as cursor:  # no RETURNING: the writer may not be allowed to read the journal
        cursor.execute(_INSERT, [at, actor_id, verb, name(subject), place_id, path, text])


def name(subject: models.Model) -> str:
    """How a row is called in the journal and in tasks: "cases.case:12"."""
    return f"{subject._meta.label_lower}:{subject.pk}"


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return name(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, list | tuple | set):
        return [_plain(v) for v in value]
    return value
