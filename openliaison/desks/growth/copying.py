"""Many rows into one table: rows of a model, written by COPY with ids taken from the table's own sequence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache, lru_cache
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models
from django.db.models.base import ModelState

from openliaison.register import search

Row = TypeVar("Row", bound=models.Model)


@cache
def _blank(model: type[models.Model]) -> dict[str, Any]:
    return {name: value for name, value in model().__dict__.items() if name != "_state"}


def new(model: type[Row], **values: Any) -> Row:
    """A row with its defaults, made some five times faster than by the model's own constructor.

    Args:
        values: by column attribute: `enterprise_id`, not `enterprise`.
    """
    row = model.__new__(model)
    row.__dict__.update(_blank(model), _state=ModelState(), **values)
    return row


def copy(rows: Sequence[models.Model]) -> int:
    """Write rows of one model as they stand; returns how many."""
    if not rows:
        return 0
    fields = rows[0]._meta.concrete_fields
    names = ", ".join(f'"{f.column}"' for f in fields)
    wanted = [(f.attname, isinstance(f, models.JSONField)) for f in fields]
    with connection.cursor() as cursor, cursor.copy(f'COPY "{rows[0]._meta.db_table}" ({names}) FROM STDIN') as out:
        for row in rows:
            values = row.__dict__
            out.write_row([_json(values[name]) if is_json else values[name] for name, is_json in wanted])
    return len(rows)


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def number(rows: Sequence[models.Model]) -> None:
    """Give rows their ids; other writers may take ids at the same time."""
    if not rows:
        return
    meta = rows[0]._meta
    with connection.cursor() as cursor:
        cursor.execute(
            "select nextval(pg_get_serial_sequence(%s, %s)) from generate_series(1, %s)",
            [meta.db_table, meta.pk.column, len(rows)],
        )
        for row, (pk,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = pk


def vector(own: str, *shared: str) -> str:
    """The words of `search.vector` as COPY takes them; there is no quote or backslash in them.

    Args:
        own: what this row alone has, first in order.
        shared: what many rows have alike; their words are remembered.
    """
    found = dict.fromkeys([*search.words(own), *_words(shared)])
    return " ".join(f"'{word}'" for word in list(found)[: search.MOST_WORDS])


@lru_cache(maxsize=5_000)
def _words(texts: tuple[str, ...]) -> list[str]:
    return search.words(*texts)


def key(rng: Random) -> UUID:
    """A client key as a browser would have made it, the same for the same seed."""
    return UUID(int=rng.getrandbits(128), version=4)
