"""Imports at work. Every job may run twice: a batch that is not waiting for it is left alone."""

from __future__ import annotations

from datetime import timedelta

from procrastinate.contrib.django import app

from openliaison.core.now import now

from .importing import steps, storing
from .models import ImportBatch

KEPT = timedelta(days=90)


@app.task(name="register.import_check")
def check_import(batch_id: int) -> None:
    """Find out what taking a file in would do."""
    steps.check(batch=ImportBatch.objects.get(pk=batch_id), at=now())


@app.task(name="register.import_run")
def run_import(batch_id: int) -> None:
    """Take a file into the register."""
    steps.take_in(batch=ImportBatch.objects.get(pk=batch_id), at=now())


@app.task(name="register.import_undo")
def undo_import(batch_id: int) -> None:
    """Take an import back."""
    steps.undo(batch=ImportBatch.objects.get(pk=batch_id), at=now())


@app.periodic(cron="* * * * *")
@app.task(name="register.sweep_imports", queueing_lock="register.sweep_imports")
def sweep_imports(timestamp: int) -> None:
    """Mark imports that broke off with the server, so that they can be started again."""
    steps.sweep(at=now())


@app.periodic(cron="50 2 * * *")
@app.task(name="register.tidy_imports", queueing_lock="register.tidy_imports")
def tidy_imports(timestamp: int) -> None:
    """Remove uploaded files some weeks after their import; what was taken in and how to undo it stays on file."""
    storing.tidy(now() - KEPT)
