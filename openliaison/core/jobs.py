"""Work done after the answer, and by the clock. Every job may run twice."""

from __future__ import annotations

from datetime import datetime

from procrastinate.contrib.django import app

from . import seals
from .models import Task
from .now import now


@app.periodic(cron="* * * * *")
@app.task(name="core.seal", queueing_lock="core.seal", pass_context=False)
def seal(timestamp: int) -> None:
    """Seal the journal and the read log where something was written."""
    seals.seal_all(now())


@app.task(name="core.settle_tasks")
def settle_tasks(subject: str, before: str) -> None:
    """Mark what people were asked about a subject before an instant as done: the reason is gone."""
    asked = Task.objects.filter(subject=subject, done_at=None, created_at__lt=datetime.fromisoformat(before))
    asked.update(done_at=now())
