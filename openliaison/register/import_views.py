"""Pages of the import: the list, the upload, the columns, the check, the progress, the result, the undoing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from openliaison.core import formatting
from openliaison.core.access import roles
from openliaison.core.errors import Refused
from openliaison.core.now import now
from openliaison.core.pages import Column, ListPage
from openliaison.core.scope import AREA

from .import_forms import BatchFilter, RowFilter, UploadForm, choices, column_choices
from .importing import progress, steps, storing, summing, wording
from .importing.book import Book
from .importing.prepare import Table
from .importing.problems import Unreadable
from .models import Enterprise, ImportBatch, ImportRow

State, Action = ImportBatch.State, ImportRow.Action
HEADS_SHOWN = 15
ALIKE_SHOWN = 20
MANY = 3  # from so many rows with the same fault on, faults are summed up
STATES = {"check": State.CHECKING, "run": State.RUNNING}


# ── The list and the upload ──────────────────────────────────


@roles(AREA)
def import_list(request: HttpRequest) -> HttpResponse:
    """The files taken in, newest first."""
    filters = BatchFilter(request.GET)
    rows = _batches(request).select_related("started_by").filter(**filters.wanted)
    page = ListPage(request, rows, _batch_columns(), default_sort="-created_at", filters=filters, name="imports")
    if kind := request.GET.get("export"):
        return page.export(kind, "imports", now())
    return render(request, "register/import_list.html", {"list": page, "page": page.page, "filters": filters})


def _batches(request: HttpRequest) -> QuerySet:
    return ImportBatch.objects.visible_to(request.scope)  # type: ignore[attr-defined]


def _batch_columns() -> list[Column]:
    return [
        Column("file", _("File"), lambda b: b.file_name, "file_name"),
        Column("state", _("State"), lambda b: b.get_state_display(), "state"),
        Column("rows", _("Rows"), lambda b: b.rows_total, "rows_total", is_number=True),
        Column("created", _("New"), lambda b: b.created, "created", is_number=True),
        Column("updated", _("Changed"), lambda b: b.updated, "updated", is_number=True),
        Column("unchanged", _("Unchanged"), lambda b: b.unchanged, "unchanged", is_number=True, is_extra=True),
        Column("refused", _("Refused"), lambda b: b.refused, "refused", is_number=True),
        Column("undecided", _("To decide"), lambda b: b.undecided, "undecided", is_number=True),
        Column("source", _("Source"), lambda b: b.source, "source", is_extra=True),
        Column("by", _("By"), lambda b: b.started_by.label if b.started_by else _("command line")),
        Column("created_at", _("When"), lambda b: b.created_at, "created_at"),
    ]


@roles(AREA)
def import_new(request: HttpRequest) -> HttpResponse:
    """Take a file; one that was taken in before is recognised."""
    initial = {"as_of": request.scope.today}  # type: ignore[attr-defined]
    form = UploadForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            return _received(request, form.cleaned_data)
        except Unreadable as error:
            form.add_error("file", wording.unreadable(error))
        except Refused as error:
            form.add_error("as_of", str(error))
    status = 422 if request.method == "POST" else 200
    return render(request, "register/import_new.html", {"form": form, "stages": _stages(0)}, status=status)


def _received(request: HttpRequest, given: dict[str, Any]) -> HttpResponse:
    upload, area, place = given["file"], request.role.locality.path, request.place  # type: ignore[attr-defined]
    digest = storing.keep(upload.chunks())
    try:
        Book(storing.path(digest))
    except Unreadable:
        storing.drop(digest)
        raise
    if known := steps.known_file(place, area, digest):
        messages.warning(request, _same_file(known))
        return redirect("register:import_batch", known.pk)
    batch = steps.receive_file(
        place=place,
        area=area,
        file_name=storing.clean_name(upload.name),
        sha256=digest,
        source=given["source"],
        as_of=given["as_of"],
        by=request.role,  # type: ignore[attr-defined]
        at=now(),
        client_key=given["client_key"],
    )
    return redirect("register:import_map", batch.pk)


def _same_file(batch: ImportBatch) -> str:
    day = formatting.day(batch.created_at, "year")
    if batch.state == State.DONE:
        return _(
            "This very file was taken in on %(day)s. Nothing was changed. To take it in otherwise, undo it first."
        ) % {"day": day}
    return _("This very file came on %(day)s already; here is where it stands.") % {"day": day}


# ── The columns ──────────────────────────────────────────────


@roles(AREA)
def import_map(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Which sheet, which head, and what each column means."""
    batch = get_object_or_404(_batches(request).select_related("place"), pk=batch_id)
    sent = request.POST if request.method == "POST" else None
    wanted = sent or request.GET
    try:
        table = Table(batch, sheet=wanted.get("sheet"), head=_head(wanted.get("head", "")))
    except Unreadable as error:
        context = {"batch": batch, "fault": wording.unreadable(error), "stages": _stages(1)}
        return render(request, "register/import_unreadable.html", context, status=422)
    fault = _settle(request, batch, table, sent) if sent else ""
    if sent and not fault:
        return redirect("register:import_batch", batch.pk)
    return render(
        request, "register/import_map.html", _map_context(batch, table, sent, fault), status=422 if fault else 200
    )


def _head(text: str) -> tuple[int, int] | None:
    first, _sep, last = text.partition("-")
    is_one = first.isascii() and first.isdigit() and last.isascii() and last.isdigit()
    return (int(first), int(last)) if is_one else None


def _settle(request: HttpRequest, batch: ImportBatch, table: Table, sent: Any) -> str:
    """Keep the mapping and have the file checked; what is wrong with it, or ""."""
    chosen = column_choices(table, sent)
    try:
        with transaction.atomic():
            steps.map_columns(
                batch=batch,
                sheet=table.sheet,
                head=table.head,
                mapping={c.column.at: c.target for c in chosen if c.target},
                units={c.column.at: c.unit for c in chosen if c.unit and c.units},
                by=request.role,  # type: ignore[attr-defined]
                at=now(),
            )
            steps.start(batch=batch, state=State.CHECKING, by=request.role, at=now())  # type: ignore[attr-defined]
    except Refused as error:
        return str(error)
    return ""


def _map_context(batch: ImportBatch, table: Table, sent: Any, fault: str) -> dict[str, Any]:
    return {
        "batch": batch,
        "table": table,
        "columns": column_choices(table, sent),
        "groups": choices(table),
        "heads": _head_choices(table),
        "head": f"{table.head.first}-{table.head.last}",
        "is_remembered": table.remembered is not None,
        "fault": fault,
        "stages": _stages(1),
    }


def _head_choices(table: Table) -> list[tuple[str, str]]:
    """Every row near the top that holds something, and the head that was found."""
    found = {f"{table.head.first}-{table.head.last}": _head_words(table.head.first, table.head.last, table.head.labels)}
    for at, row in enumerate(table.top[:HEADS_SHOWN]):
        if any(str(cell).strip() for cell in row):
            found.setdefault(f"{at}-{at}", _head_words(at, at, row))
    return sorted(found.items(), key=lambda pair: [int(n) for n in pair[0].split("-")])


def _head_words(first: int, last: int, cells: Any) -> str:
    words = [str(c).strip()[:12] for c in cells if str(c).strip()][:4]
    rows = str(first + 1) if first == last else f"{first + 1}–{last + 1}"
    return _("row %(row)s: %(words)s …") % {"row": rows, "words": ", ".join(words)}


# ── The batch: check, progress, result ───────────────────────


@roles(AREA)
def import_batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Where an import stands: what the check found, how far it has come, what became of it."""
    batch = get_object_or_404(_batches(request).select_related("place", "started_by"), pk=batch_id)
    if batch.state == State.UPLOADED:
        return redirect("register:import_map", batch.pk)
    found = summing.sums(batch)
    filters = RowFilter(request.GET, found=found)
    rows = ListPage(request, _rows(request, batch, found), _row_columns(), default_sort="row_number", filters=filters)
    if kind := request.GET.get("export"):
        return rows.export(kind, f"import-{batch.pk}-rows", now())
    for row in rows.page:
        row.worded, row.shown_name = [wording.problem(p) for p in row.problems], row_name(row)
        row.columns = [p["column"] for p in row.problems if p.get("column")]
    context = {
        "batch": batch,
        "list": rows,
        "page": rows.page,
        "filters": filters,
        "sums": found if any(s.rows >= MANY for s in found) else [],
        "alike": _alike(request, batch),
        "is_interrupted": progress.is_interrupted(batch, now()),
        "outcome": wording.outcome(batch.outcome),
        "stages": _stages(_stage_of(batch)),
    }
    return render(request, "register/import_batch.html", context)


@roles(AREA)
def import_progress(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The progress alone, asked for every two seconds; at the end the page is loaded anew."""
    batch = get_object_or_404(_batches(request), pk=batch_id)
    is_interrupted = progress.is_interrupted(batch, now())
    if not batch.is_working or is_interrupted:
        return HttpResponseClientRefresh()
    return render(request, "register/import_progress.html", {"batch": batch, "is_interrupted": False})


def _rows(request: HttpRequest, batch: ImportBatch, found: list[summing.Sum]) -> QuerySet:
    rows = ImportRow.objects.visible_to(request.scope).filter(batch=batch).select_related("enterprise")  # type: ignore[attr-defined]
    for one in found:
        if one.key == request.GET.get("fault"):
            rows = rows.filter(**one.wanted)
    action = request.GET.get("action", "")
    if action in Action.values:
        return rows.filter(action=action)
    return rows.filter(~Q(problems=[]) | Q(action__in=[Action.REFUSED, Action.UNDECIDED, Action.SKIPPED]))


def _row_columns() -> list[Column]:
    return [
        Column("row", _("Row"), lambda r: r.row_number, "row_number", is_number=True),
        Column("action", _("What becomes of it"), lambda r: r.get_action_display(), "action"),
        Column("name", _("Enterprise"), row_name),
        Column("column", _("Column"), lambda r: "; ".join(p.get("column", "") for p in r.problems)),
        Column("problem", _("What is wrong and what to do"), lambda r: " ".join(map(wording.problem, r.problems))),
    ]


def row_name(row: ImportRow) -> str:
    """The enterprise on file, else the name as the row has it."""
    return row.enterprise.label if row.enterprise else (row.cells or {}).get("name", "")


def _alike(request: HttpRequest, batch: ImportBatch) -> list[dict[str, Any]]:
    """Rows that look like enterprises on file, side by side with them."""
    if batch.state != State.CHECKED or not batch.undecided:
        return []
    rows = list(batch.rows.filter(action=Action.UNDECIDED)[:ALIKE_SHOWN])
    ids = {i for row in rows for i in row.cells["candidates"]}
    known = Enterprise.objects.visible_to(request.scope).select_related("locality").in_bulk(ids)  # type: ignore[attr-defined]
    return [{"row": row, "candidates": [known[i] for i in row.cells["candidates"] if i in known]} for row in rows]


def _stage_of(batch: ImportBatch) -> int:
    if batch.state in (State.CHECKING, State.CHECKED):
        return 2
    return 3 if batch.state in (State.RUNNING, State.FAILED) else 4


def _stages(at: int) -> list[dict[str, Any]]:
    """The way of a file, and where on it the page stands."""
    words = [_("Send the file"), _("Match columns"), _("Check"), _("Take in"), _("Result")]
    return [{"label": word, "is_done": i < at, "is_now": i == at} for i, word in enumerate(words)]


@roles(AREA)
@require_POST
def import_start(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Check again, or take in."""
    batch = get_object_or_404(_batches(request), pk=batch_id)
    state = STATES.get(request.POST.get("what", ""), State.CHECKING)
    return _started(request, batch, lambda: steps.start(batch=batch, state=state, by=request.role, at=now()))  # type: ignore[attr-defined]


@roles(AREA)
@require_POST
def import_again(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The same file once more, for rows that waited for a decision or after undoing."""
    batch = get_object_or_404(_batches(request).select_related("place"), pk=batch_id)
    return _started(request, batch, lambda: steps.take_again(batch=batch, by=request.role, at=now()))  # type: ignore[attr-defined]


@roles(AREA)
def import_undo(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Ask once, then take the whole file back."""
    batch = get_object_or_404(_batches(request), pk=batch_id)
    if request.method == "POST":
        return _started(
            request, batch, lambda: steps.start(batch=batch, state=State.UNDOING, by=request.role, at=now())
        )  # type: ignore[attr-defined]
    if batch.state != State.DONE:
        messages.warning(request, _("Only what is taken in can be undone."))
        return redirect("register:import_batch", batch.pk)
    consequence = _(
        "%(created)s new enterprises go, %(updated)s changed ones become what they were, with facts and contacts. What"
        " people have added since stays, and is named."
    )
    context = {
        "question": _("Undo the import of “%(file)s”?") % {"file": batch.file_name},
        "consequence": consequence % {"created": batch.created, "updated": batch.updated},
        "yes": _("Undo it"),
        "back": reverse("register:import_batch", args=[batch.pk]),
        "action": "",
        "form": None,
        "is_grave": True,
    }
    return render(request, "core/confirm.html", context)


def _started(request: HttpRequest, batch: ImportBatch, call: Any) -> HttpResponse:
    try:
        with transaction.atomic():
            batch = call()
    except Refused as error:
        messages.error(request, str(error))
    return redirect("register:import_batch", batch.pk)


@roles(AREA)
@require_POST
def import_decide(request: HttpRequest, row_id: int) -> HttpResponse:
    """The same, another, or left out this time."""
    row = get_object_or_404(ImportRow.objects.visible_to(request.scope), pk=row_id)  # type: ignore[attr-defined]
    choice, _sep, pk = request.POST.get("choice", "").partition(":")
    rows = Enterprise.objects.visible_to(request.scope)  # type: ignore[attr-defined]
    enterprise = rows.filter(pk=int(pk)).first() if pk.isascii() and pk.isdigit() else None
    try:
        with transaction.atomic():
            steps.decide(row=row, choice=choice, enterprise=enterprise, by=request.role, at=now())  # type: ignore[attr-defined]
    except Refused as error:
        messages.error(request, str(error))
    return redirect(reverse("register:import_batch", args=[row.batch_id]) + "#alike")
