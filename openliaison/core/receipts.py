"""What another system or a phone sent under a key of its own is taken once.

The first request makes the row; the same again finds it; the same key with other words is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from .errors import Refused
from .models import Receipt

_TAKE = (
    "insert into core_receipt (client_key, person_id, room, row_id, body_hash, at) values (%s, %s, %s, 0, %s, %s)"
    " on conflict (client_key) do nothing returning client_key"
)


class KeyUsed(Refused):
    """The key stands for something else."""


@transaction.atomic
def once(
    room: str, *, client_key: UUID | None, body: dict[str, Any], by: Any, at: datetime, make: Callable[[], models.Model]
) -> tuple[int, bool]:
    """Make a row, once per key.

    Args:
        room: what the key is used for, such as "visits.visit".
        client_key: made by the sender; without one every request makes a row.
        body: all that was sent, as plain values.

    Returns:
        The row's id, and whether it was made now.

    Raises:
        KeyUsed: the key was sent before with another body, for another thing or by another person.
    """
    if client_key is None:
        return make().pk, True
    digest = sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [client_key, by.user_id, room, digest, at])
        is_new = cursor.fetchone() is not None
    if is_new:
        row = make()
        Receipt.objects.filter(client_key=client_key).update(row_id=row.pk)
        return row.pk, True
    known = Receipt.objects.filter(client_key=client_key, person_id=by.user_id, room=room, body_hash=digest).first()
    if known is None:
        raise KeyUsed(_("This client_key stands for something else. Make a new one for something new."))
    return known.row_id, False
