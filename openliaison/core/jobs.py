"""Work done after the answer, and by the clock. Every job may run twice."""

from __future__ import annotations

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
def settle_tasks(subject: str, kinds: list[str] | None = None) -> None:
    """Mark what people were asked about a subject as done: the reason is gone."""
    open_tasks = Task.objects.filter(subject=subject, done_at=None)
    if kinds:
        open_tasks = open_tasks.filter(about__in=kinds)
    open_tasks.update(done_at=now())
