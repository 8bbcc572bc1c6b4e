"""Signs of life of a batch, on a connection of their own: seen by others while its one transaction is still open.

Whoever works on a batch holds an advisory lock for the length of the transaction. A batch that says it is being worked
on, without lock, waiting job or fresh sign of life, was interrupted: its transaction is gone and nothing was written.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, connections
from procrastinate.contrib.django.models import ProcrastinateJob

from openliaison.core.now import now
from openliaison.register.models import ImportBatch

LOCK = 40_117  # the kind of lock: imports
SILENT = timedelta(seconds=30)


class Beat:
    """Tells how far a batch has come."""

    def __init__(self, batch: ImportBatch) -> None:
        self.batch_id = batch.pk
        self.connection = connections["default"].copy()

    def __enter__(self) -> Beat:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def tell(self, done: int, total: int) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(
                "update register_importbatch set rows_done = %s, rows_total = %s, beat_at = %s where id = %s",
                [done, total, now(), self.batch_id],
            )


def hold(batch: ImportBatch) -> bool:
    """Take the batch's lock until the transaction ends; False where somebody else works on it."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s, %s)", [LOCK, batch.pk])
        return bool(cursor.fetchone()[0])


def is_interrupted(batch: ImportBatch, at: datetime) -> bool:
    """Whether the work on a batch broke off."""
    if not batch.is_working or (batch.beat_at and batch.beat_at > at - SILENT):
        return False
    return not _is_held(batch) and not _waits(batch)


def _is_held(batch: ImportBatch) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select 1 from pg_locks where locktype = 'advisory' and classid = %s and objid = %s"
            " and database = (select oid from pg_database where datname = current_database()))",
            [LOCK, batch.pk],
        )
        return bool(cursor.fetchone()[0])


def _waits(batch: ImportBatch) -> bool:
    jobs = ProcrastinateJob.objects.filter(task_name__startswith="register.import_", status="todo")
    return jobs.filter(args__batch_id=batch.pk).exists()
