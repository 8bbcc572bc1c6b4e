"""The same fault in many rows, told once: how many rows, which column, and the first of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.db import connection

from openliaison.core import formatting
from openliaison.register.models import ImportBatch

from . import wording

FIRST = 3  # rows that are named
_SUMS = f"""
    select problem ->> 'code', coalesce(problem ->> 'column', ''), count(distinct row.id),
        (array_agg(distinct row.row_number order by row.row_number))[1:{FIRST}],
        (array_agg(problem order by row.row_number))[1]::text
    from register_importrow row, jsonb_array_elements(row.problems) problem
    where row.batch_id = %s group by 1, 2 order by 3 desc, 4
"""


@dataclass(frozen=True)
class Sum:
    """One kind of fault in one column, with its first row's words as the example."""

    code: str
    column: str
    rows: int
    first: list[int]
    example: dict[str, Any]

    @property
    def key(self) -> str:
        return f"{self.code}|{self.column}"

    @property
    def wanted(self) -> dict[str, Any]:
        """Rows that have this fault, as a filter."""
        return {"problems__contains": [{"code": self.code} | ({"column": self.column} if self.column else {})]}

    @property
    def words(self) -> str:
        return wording.problem(self.example)

    @property
    def first_rows(self) -> str:
        return ("、" if formatting.locale() == "zh_Hans" else ", ").join(map(str, self.first))


def sums(batch: ImportBatch) -> list[Sum]:
    """Every kind of fault of a batch, the most frequent first."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [batch.pk])
        return [Sum(code, column, n, first, json.loads(text)) for code, column, n, first, text in cursor.fetchall()]
