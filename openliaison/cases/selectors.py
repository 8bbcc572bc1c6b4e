"""Named reads of cases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from openliaison.accounts.models import Organisation
from openliaison.core.scope import Scope
from openliaison.engine.clock import ClockState, Stretch

from . import clock
from .models import Case, CaseFile, Entry, Promise

TOLD = ("submitted", "assigned", "in_hand", "replied", "closed")


@dataclass(frozen=True)
class Line:
    """One line of the conversation with what belongs to it."""

    entry: Entry
    files: list[CaseFile]
    organisations: list[Organisation]
    is_speech: bool
    is_enterprise: bool


SPEECH = {"message", "note", "asked", "answer", "replied", "answered", "rejected", "co_done", "returned", "reopened"}
SPEECH |= {"objected", "ruled", "extension_asked", "withdrawal_asked", "confirmed", "called", "contacted", "closed"}


def conversation(case: Case, scope: Scope) -> list[Line]:
    """What was said and what happened, as far as this person may read it."""
    entries = Entry.objects.visible_to(scope).filter(case=case).select_related("author", "organisation")
    files: dict[int | None, list[CaseFile]] = {}
    for file in CaseFile.objects.visible_to(scope).filter(case=case):
        files.setdefault(file.entry_id, []).append(file)
    rows = list(entries)
    offices = Organisation.objects.in_bulk({pk for e in rows for pk in _named(e)})
    return [
        Line(
            entry=e,
            files=files.get(e.pk, []),
            organisations=[offices[pk] for pk in _named(e) if pk in offices],
            is_speech=e.kind in SPEECH and bool(e.text),
            is_enterprise=e.author_role == "enterprise",
        )
        for e in rows
    ]


def _named(entry: Entry) -> list[int]:
    found = [entry.detail.get("lead"), entry.detail.get("organisation_id")]
    return [pk for pk in found if isinstance(pk, int)]


def loose_files(case: Case, scope: Scope) -> QuerySet:
    """Files that hang on no line."""
    return CaseFile.objects.visible_to(scope).filter(case=case, entry=None)


@dataclass(frozen=True)
class ClockPanel:
    """The clock that matters now, ready to be drawn."""

    name: str
    state: ClockState
    look: str  # ok | due | over | wait | none
    bars: list[tuple[float, float, str]]  # x and width in percent, class
    stretches: list[Stretch]

    @property
    def left_seconds(self) -> int:
        return self.state.left_seconds


def clock_panel(case: Case, at: datetime) -> ClockPanel | None:
    """The governing clock of a case with its explanation; None for a draft."""
    found = clock.clocks(case, at)
    if not found:
        return None
    name = case.due_clock if case.due_clock in found else _last(found)
    state = found[name]
    stretches = [s for s in state.stretches if s.kind != "off_hours"]
    return ClockPanel(name, state, _look(case, state, at), list(_bars(state)), stretches)


def _last(found: dict[str, ClockState]) -> str:
    return "reply" if "reply" in found and found["reply"].is_paused else "solution"


def _look(case: Case, state: ClockState, at: datetime) -> str:
    if case.status == Case.Status.CLOSED or state.stopped_at:
        return "none"
    if state.is_paused:
        return "wait"
    return due_look(state.due_at, at)


def due_look(due_at: datetime | None, at: datetime) -> str:
    """The colour of a due instant: past, within a day, or fine."""
    if due_at is None:
        return "none"
    if at >= due_at:
        return "over"
    return "due" if due_at - at <= timedelta(days=1) else "ok"


def _bars(state: ClockState) -> Iterable[tuple[float, float, str]]:
    whole = max(state.limit_seconds, state.used_seconds, 1)
    x = 0.0
    for stretch in state.stretches:
        if stretch.kind != "ran" or not stretch.seconds:
            continue
        width = 100 * stretch.seconds / whole
        is_over = x + 0.01 >= 100 * state.limit_seconds / whole
        yield round(x, 2), round(max(width - 0.3, 0.2), 2), "over" if is_over else (stretch.label or "run")
        x += width


def list_rows(scope: Scope, wanted: dict[str, Any], at: datetime) -> QuerySet:
    """Cases of a list, filtered by the page's query."""
    rows = Case.objects.visible_to(scope).select_related("enterprise__locality", "lead", "category")
    if status := wanted.get("status"):
        rows = rows.open() if status == "open" else rows.filter(status=status)
    if due := wanted.get("due"):
        midnight = at.astimezone().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        choices = {
            "overdue": lambda: rows.overdue(at),
            "today": lambda: rows.due_between(at, midnight),
            "objected": lambda: rows.filter(objections__ruled_at=None, objections__isnull=False),
            "referral": lambda: rows.filter(status="replied", reply_kind="referred"),
            "withdrawal": lambda: rows.open().exclude(withdrawal_asked_at=None),
            "extension": lambda: rows.filter(extensions__isnull=False, extensions__ruled_at=None),
        }
        rows = choices[due]() if due in choices else rows
    for key, field in (("category", "category__code"), ("lead", "lead__code"), ("outcome", "outcome")):
        if wanted.get(key):
            rows = rows.filter(**{field: wanted[key]})
    if str(wanted.get("enterprise", "")).isdigit():
        rows = rows.filter(enterprise_id=int(wanted["enterprise"]))
    if text := wanted.get("q", "").strip():
        rows = rows.filter(number__contains=text) | rows.filter(title__icontains=text)
    return rows


def promise_look(promise: Promise, scope: Scope) -> str:
    """State of a promise for the reader: open ones by their date."""
    if promise.state != Promise.State.OPEN:
        return f"promise.{promise.state}"
    days = (promise.due_on - scope.today).days if scope.today else 0
    return "promise.late" if days < 0 else "promise.due" if days <= 1 else "promise.open"
