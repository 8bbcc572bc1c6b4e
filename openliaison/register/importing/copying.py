"""Many rows into a table at once, by PostgreSQL's COPY."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, models


class Copier:
    """Writes rows of one model. A field that a row does not name gets the model's default.

    Args:
        names: the fields (attribute names, "locality_id") that the rows bring.
    """

    def __init__(self, model: type[models.Model], names: Iterable[str]) -> None:
        self.model, self.names = model, list(names)
        fields = {f.attname: f for f in model._meta.concrete_fields}
        self.fixed = {
            name: f.get_default()
            for name, f in fields.items()
            if name not in self.names and not f.primary_key and not f.null
        }
        self.order = [*self.names, *self.fixed]
        self.json = {n for n in self.order if isinstance(fields[n], models.JSONField)}
        quote = connection.ops.quote_name
        columns = ", ".join(quote(str(fields[n].column)) for n in self.order)
        self.sql = f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN"

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        with connection.cursor() as cursor, cursor.copy(self.sql) as copy:
            for row in rows:
                copy.write_row([self._value(name, row.get(name, self.fixed.get(name))) for name in self.order])

    def _value(self, name: str, value: Any) -> Any:
        return json.dumps(value, ensure_ascii=False) if name in self.json and value is not None else value


def new_ids(model: type[models.Model], count: int) -> list[int]:
    """Numbers for rows to come, taken from the table's own sequence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select nextval(pg_get_serial_sequence(%s, 'id')) from generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]
