"""What the house does with visits. Every job may run twice."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from openliaison.core.now import now

from .phone import late
from .stationing import jobs as stationing_jobs  # noqa: F401  its tasks are found by name


@app.task(name=late.JOB, retry=RetryStrategy(max_attempts=5, exponential_wait=3))
def record_late(late_id: int) -> None:
    """Record a visit that came in after its officer's service had ended."""
    late.record_late(late_id=late_id, at=now())
