"""Lines of the ledger that whoever asked may not see: kept as told by the house."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from procrastinate.contrib.django import app

from .services import burden


@app.task(name="register.keep_burden_line")
def keep_line(enterprise_id: int, source: str, line: dict[str, Any] | None) -> None:
    """Write or strike a line; safe to run twice."""
    key = uuid.UUID(source)
    burden.BurdenEntry.objects.filter(source=key).delete()
    if line is not None:
        burden.put_line(enterprise_id, key, line | {"on": date.fromisoformat(line["on"])})
