"""The verbs of an import: receive, map, check, decide, take in, undo. Each is one transaction with one journal row.

A batch is taken in, or taken back, in one transaction: all of it or nothing. How far it has come is written on a second
connection (`progress`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from openliaison.accounts.models import Role
from openliaison.core import journal
from openliaison.core.models import Place
from openliaison.register import facts, followers
from openliaison.register.errors import AlreadyDone, Incomplete
from openliaison.register.models import Enterprise, ImportBatch, ImportMapping, ImportRow, LookAlike

from . import progress, undoing, wording
from .head import Head
from .names import street_key
from .on_file import name_key
from .planning import count
from .prepare import Prepared, catalogue_of
from .problems import Unreadable
from .targets import SCALES
from .writing import Writer, row_copier, row_of

State, Action = ImportBatch.State, ImportRow.Action
COUNTS = ("created", "updated", "unchanged", "refused", "undecided", "skipped")
TASKS = {
    State.CHECKING: "register.import_check",
    State.RUNNING: "register.import_run",
    State.UNDOING: "register.import_undo",
}
BEFORE = {
    State.CHECKING: (State.UPLOADED, State.CHECKED, State.FAILED),
    State.RUNNING: (State.UPLOADED, State.CHECKED, State.FAILED),
    State.UNDOING: (State.DONE,),
}
CHOICES = {"same": Action.UPDATED, "another": Action.CREATED, "skip": Action.SKIPPED}
NAMED = 20  # kept enterprises that the outcome names


def known_file(place: Place, area: str, sha256: str) -> ImportBatch | None:
    """A batch of the same file that stands: waiting, at work, or taken in with nothing left to decide."""
    same = ImportBatch.objects.filter(place=place, locality_path=area, sha256=sha256)
    same = same.exclude(state__in=[State.FAILED, State.UNDONE])
    return same.exclude(state=State.DONE, undecided__gt=0).order_by("-pk").first()


@transaction.atomic
def receive_file(
    *,
    place: Place,
    area: str,
    file_name: str,
    sha256: str,
    source: str,
    as_of: date,
    by: Role | None,
    at: datetime,
    client_key: UUID | None = None,
) -> ImportBatch:
    """Note that a file has come. Sent twice with one key it is one batch.

    Raises:
        Incomplete: the day for which the file speaks lies ahead.
    """
    facts.need_as_of(as_of, place.day(at))
    batch, is_new = ImportBatch.objects.get_or_create(
        client_key=client_key or uuid4(),
        defaults={
            "place": place,
            "locality_path": area,
            "file_name": file_name,
            "sha256": sha256,
            "source": source.strip()[:60] or file_name[:60],
            "as_of": as_of,
            "started_by": by.user if by else None,
            "created_at": at,
        },
    )
    if is_new:
        journal.record(batch, "import_received", by=by, at=at, file=file_name, sha256=sha256)
    return batch


@transaction.atomic
def map_columns(
    *,
    batch: ImportBatch,
    sheet: str,
    head: Head,
    mapping: Mapping[int, str],
    units: Mapping[int, int],
    by: Role | None,
    at: datetime,
) -> ImportBatch:
    """Settle what each column means, and remember it for files with the same head.

    Args:
        mapping: column number → target, for the columns that are taken.
        units: column number → how many currency units one of its units is.

    Raises:
        Incomplete: no name, a target twice, or a sum without its unit.
        AlreadyDone: the batch is at work or taken in.
    """
    batch = _locked(batch, (State.UPLOADED, State.CHECKED, State.FAILED), at)
    _need_sound_mapping(batch.place, head, mapping, units)
    batch.sheet, batch.head_first, batch.head_last = sheet, head.first, head.last
    batch.signature = head.signature
    batch.mapping = {str(k): v for k, v in mapping.items()}
    batch.units = {str(k): v for k, v in units.items() if k in mapping}
    batch.state, batch.outcome = State.UPLOADED, {}
    batch.save()
    ImportMapping.objects.update_or_create(
        place=batch.place,
        signature=head.signature,
        defaults={
            "mapping": {label: mapping.get(i, "") for i, label in enumerate(head.labels) if label},
            "units": {head.labels[i]: factor for i, factor in units.items()},
            "used_at": at,
        },
    )
    journal.record(batch, "import_mapped", by=by, at=at)
    return batch


def _need_sound_mapping(place: Place, head: Head, mapping: Mapping[int, str], units: Mapping[int, int]) -> None:
    targets = catalogue_of(place).targets
    chosen = list(mapping.values())
    if "name" not in chosen:
        raise Incomplete(_("No column is the enterprise’s name. Say which one is."))
    for key in chosen:
        if key not in targets:
            raise Incomplete(_("“%(key)s” is not something a column can be.") % {"key": key})
        if chosen.count(key) > 1:
            raise Incomplete(
                _("Two columns are “%(what)s”. Leave one of them out.") % {"what": wording.target(targets[key])}
            )
    for at, key in mapping.items():
        if targets[key].money and units.get(at) not in SCALES:
            raise Incomplete(
                _("In which unit are the sums of column “%(column)s”? Choose it.") % {"column": head.labels[at]}
            )


@transaction.atomic
def take_again(*, batch: ImportBatch, by: Role | None, at: datetime) -> ImportBatch:
    """A new batch of the same file with the same mapping: for rows that waited for a decision, or after undoing."""
    again = receive_file(
        place=batch.place,
        area=batch.locality_path,
        file_name=batch.file_name,
        sha256=batch.sha256,
        source=batch.source,
        as_of=batch.as_of,
        by=by,
        at=at,
    )
    for name in ("sheet", "head_first", "head_last", "signature", "mapping", "units"):
        setattr(again, name, getattr(batch, name))
    again.save()
    return start(batch=again, state=State.CHECKING, by=by, at=at)


@transaction.atomic
def start(*, batch: ImportBatch, state: str, by: Role | None, at: datetime) -> ImportBatch:
    """Hand a batch to the worker: to be checked, taken in or undone.

    Raises:
        AlreadyDone: it is at work, or its state does not allow this.
        Incomplete: a later file must be undone first.
    """
    batch = begin(batch=batch, state=state, by=by, at=at)
    app.configure_task(TASKS[State(state)]).defer(batch_id=batch.pk)
    return batch


@transaction.atomic
def begin(*, batch: ImportBatch, state: str, by: Role | None, at: datetime) -> ImportBatch:
    """Mark a batch as at work; for the command, which does the work itself, and for `start`."""
    batch = _locked(batch, BEFORE[State(state)], at)
    if not batch.mapping:
        raise Incomplete(_("Say first what the columns mean."))
    if state == State.UNDOING:
        _need_last(batch)
    batch.state, batch.beat_at, batch.rows_done, batch.outcome = state, at, 0, {}
    batch.save(update_fields=["state", "beat_at", "rows_done", "outcome"])
    journal.record(batch, f"import_{state}", by=by, at=at)
    return batch


def _need_last(batch: ImportBatch) -> None:
    if later := undoing.later_batches(batch):
        raise Incomplete(
            _("“%(file)s” was taken in later and changed some of the same enterprises. Undo that file first.")
            % {"file": later[0].file_name}
        )


def _locked(batch: ImportBatch, states: tuple[str, ...], at: datetime) -> ImportBatch:
    """The batch, locked, in one of the states; one whose work broke off counts as failed."""
    batch = ImportBatch.objects.select_for_update(of=("self",), no_key=True).select_related("place").get(pk=batch.pk)
    if progress.is_interrupted(batch, at):
        batch.state = State.DONE if batch.state == State.UNDOING else State.FAILED
    if batch.state not in states:
        raise AlreadyDone(
            _("This import is “%(state)s” and cannot do that now. Reload the page.")
            % {"state": batch.get_state_display()}
        )
    return batch


# ── Done by the worker or the command ────────────────────────


def check(*, batch: ImportBatch, at: datetime) -> ImportBatch:
    """Read and plan every row, and write down only what is wrong with which."""
    return _work(batch, State.CHECKING, at, _check)


def take_in(*, batch: ImportBatch, at: datetime) -> ImportBatch:
    """Take the whole file into the register, or nothing of it."""
    return _work(batch, State.RUNNING, at, _take_in)


def undo(*, batch: ImportBatch, at: datetime) -> ImportBatch:
    """Take the whole batch back (see `undoing`)."""
    return _work(batch, State.UNDOING, at, _undo)


def _work(batch: ImportBatch, state: str, at: datetime, do: Any) -> ImportBatch:
    """One transaction around `do`; on a fault nothing of it remains and the batch says why."""
    try:
        with transaction.atomic():
            batch = ImportBatch.objects.select_related("place").get(pk=batch.pk)
            if batch.state != state or not progress.hold(batch):
                return batch
            with progress.Beat(batch) as beat:
                do(batch, beat, at)
            return batch
    except Unreadable as error:
        return _fail(batch, state, {"code": error.code, **error.params}, at)
    except Incomplete as error:
        return _fail(batch, state, {"code": "refused", "text": str(error)}, at)
    except Exception:
        _fail(batch, state, {"code": "fault"}, at)
        raise


@transaction.atomic
def _fail(batch: ImportBatch, while_: str, outcome: dict[str, Any], at: datetime) -> ImportBatch:
    """What broke off while undoing is still taken in; everything else has failed."""
    state = State.DONE if while_ == State.UNDOING else State.FAILED
    ImportBatch.objects.filter(pk=batch.pk).update(state=state, outcome=outcome, finished_at=at)
    batch.refresh_from_db()
    journal.record(batch, "import_failed", by=None, at=at, code=outcome["code"])
    return batch


def _check(batch: ImportBatch, beat: progress.Beat, at: datetime) -> None:
    _run(batch, beat, at, None)
    batch.state = State.CHECKED
    batch.save()


def _take_in(batch: ImportBatch, beat: progress.Beat, at: datetime) -> None:
    prepared = Prepared(batch, at)
    with connection.cursor() as cursor:  # the index of search words is filled in large helpings
        cursor.execute("set local gin_pending_list_limit = '64MB'; set local maintenance_work_mem = '64MB'")
    _run(batch, beat, at, Writer(batch, prepared.definitions, prepared.localities.home, at), prepared)
    batch.state, batch.finished_at = State.DONE, at
    batch.save()
    _relocate(batch)
    journal.record(batch, "imported", by=batch.started_by, at=at, **{name: getattr(batch, name) for name in COUNTS})


def _relocate(batch: ImportBatch) -> None:
    """What other rooms keep of the places that the file changed, or changed back."""
    rows = ImportRow.objects.filter(batch=batch, before__identity__has_key="locality_path")
    followers.relocate(rows.values_list("enterprise_id", flat=True))


def _run(
    batch: ImportBatch, beat: progress.Beat, at: datetime, writer: Writer | None, prepared: Prepared | None = None
) -> None:
    prepared = prepared or Prepared(batch, at)
    planner = prepared.planner()
    planner.skipped = _skipped(batch)
    ImportRow.objects.filter(batch=batch).delete()
    totals = dict.fromkeys(COUNTS, 0)
    done, rows = 0, row_copier()
    for plans in planner.plan_all(prepared.readings()):
        if writer:
            writer.write(plans)
        else:
            told = [p for p in plans if p.reading.problems or p.action not in (Action.CREATED, Action.UNCHANGED)]
            rows.write(row_of(batch, p, p.enterprise.id if p.enterprise else None) for p in told)
        for action, number in count(plans).items():
            totals[action] += number
        done += len(plans)
        beat.tell(done, prepared.twice.total)
    prepared.spool.close()
    batch.rows_total = batch.rows_done = done
    for name, number in totals.items():
        setattr(batch, name, number)


def _skipped(batch: ImportBatch) -> frozenset[int]:
    rows = ImportRow.objects.filter(batch=batch, action=Action.SKIPPED)
    return frozenset(rows.values_list("row_number", flat=True))


def _undo(batch: ImportBatch, beat: progress.Beat, at: datetime) -> None:
    _need_last(batch)
    kept = undoing.take_back(batch)
    batch.state, batch.undone_at = State.UNDONE, at
    batch.outcome = {"code": "kept", "count": len(kept), "names": [e.name for e in kept[:NAMED]]} if kept else {}
    batch.save()
    _relocate(batch)
    journal.record(batch, "import_undone", by=None, at=at, kept=len(kept))


def sweep(*, at: datetime) -> int:
    """Mark batches whose work broke off, so that they can be started again; gives how many."""
    stuck = [b for b in ImportBatch.objects.filter(state__in=ImportBatch.WORKING) if progress.is_interrupted(b, at)]
    for batch in stuck:
        _fail(batch, batch.state, {"code": "interrupted"}, at)
    return len(stuck)


# ── Look-alikes ──────────────────────────────────────────────


@transaction.atomic
def decide(
    *, row: ImportRow, choice: str, by: Role | None, at: datetime, enterprise: Enterprise | None = None
) -> ImportRow:
    """Say whether a row of a file is an enterprise on file. Remembered for every file to come.

    Args:
        choice: "same" (as `enterprise`), "another" (than all that were shown), or "skip" (this file only).

    Raises:
        AlreadyDone: it was decided, or the file was taken in.
        Incomplete: "same" without saying as which.
    """
    row = ImportRow.objects.select_for_update(of=("self",)).select_related("batch").get(pk=row.pk)
    if row.batch.state != State.CHECKED or row.action != Action.UNDECIDED:
        raise AlreadyDone(_("This row was decided already, or its file has moved on. Reload the page."))
    if choice not in CHOICES:
        raise Incomplete(_("Say whether it is the same, another, or is left out."))
    candidates = row.cells.get("candidates", [])
    if choice == "same" and (enterprise is None or enterprise.pk not in candidates):
        raise Incomplete(_("Say which enterprise on file it is."))
    action = CHOICES[choice]
    if choice != "skip":
        _remember(row, {i: choice == "same" and i == enterprise.pk for i in candidates}, by, at)  # type: ignore[union-attr]
    row.action = action
    row.enterprise = enterprise if choice == "same" else None
    row.save(update_fields=["action", "enterprise"])
    counted = action.value
    ImportBatch.objects.filter(pk=row.batch_id).update(**{counted: F(counted) + 1, "undecided": F("undecided") - 1})
    journal.record(row.batch, "look_alike_decided", by=by, at=at, row=row.row_number, choice=choice)
    return row


def _remember(row: ImportRow, verdicts: dict[int, bool], by: Role | None, at: datetime) -> None:
    cells = row.cells
    key = f"{name_key(cells['name'])}|{street_key(cells.get('street', ''))}"[:420]
    for enterprise_id, is_same in verdicts.items():
        LookAlike.objects.update_or_create(
            place_id=row.batch.place_id,
            key=key,
            enterprise_id=enterprise_id,
            defaults={"is_same": is_same, "decided_by": by.user if by else None, "decided_at": at},
        )
