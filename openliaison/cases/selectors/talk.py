"""The conversation of a case and who holds it, as far as a person may read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from openliaison.accounts.models import Organisation
from openliaison.cases.models import Case, CaseFile, Entry
from openliaison.core.calendars import calendar
from openliaison.core.scope import Scope
from openliaison.engine.clock import is_in_last_hour

SPEECH = {"message", "note", "asked", "answer", "replied", "answered", "rejected", "co_done", "returned", "reopened"}
SPEECH |= {"objected", "ruled", "extension_asked", "withdrawal_asked", "withdrawal_dropped", "confirmed", "called"}
SPEECH |= {"contacted", "closed", "referred_up", "extension_granted", "extension_refused", "reminded"}


@dataclass(frozen=True)
class Line:
    """One line of the conversation with what belongs to it."""

    entry: Entry
    files: list[CaseFile]
    organisations: list[Organisation]
    is_speech: bool
    is_enterprise: bool
    is_late_question: bool  # asked in the last working hour of its day: shown as such

    @property
    def icon(self) -> str:
        if self.is_enterprise:
            return "building-factory-2"
        return "lock" if self.entry.is_internal else _ICONS.get(self.entry.kind, "users")


_ICONS = {
    "objected": "scale",
    "ruled": "scale",
    "called": "phone",
    "contacted": "phone",
    "reminded": "bell",
    "closed": "check",
    "assigned": "send",
    "co_added": "users",
    "planned": "calendar-event",
    "due_again": "calendar-event",
    "referred_up": "flag",
    "opened_up": "lock-open",
    "named": "user-shield",
}


def conversation(case: Case, scope: Scope) -> list[Line]:
    """What was said and what happened, as far as this person may read it."""
    rows = list(Entry.objects.visible_to(scope).filter(case=case).select_related("author", "organisation"))
    files: dict[int | None, list[CaseFile]] = {}
    for file in CaseFile.objects.visible_to(scope).filter(case=case):
        files.setdefault(file.entry_id, []).append(file)
    offices = Organisation.objects.in_bulk({pk for e in rows for pk in _named(e)})
    is_late = _late_questions(case, rows)
    return [
        Line(
            entry=e,
            files=files.get(e.pk, []),
            organisations=[offices[pk] for pk in _named(e) if pk in offices],
            is_speech=e.kind in SPEECH and bool(e.text),
            is_enterprise=e.author_role == "enterprise" or bool(e.detail.get("on_behalf")),
            is_late_question=is_late(e),
        )
        for e in rows
    ]


def _late_questions(case: Case, rows: Iterable[Entry]) -> Callable[[Entry], bool]:
    if not any(e.kind == Entry.Kind.ASKED for e in rows):
        return lambda entry: False
    days = calendar(case.place)
    return lambda entry: entry.kind == Entry.Kind.ASKED and is_in_last_hour(days, entry.at)


def _named(entry: Entry) -> list[int]:
    found = [entry.detail.get("lead"), entry.detail.get("organisation_id")]
    return [pk for pk in found if isinstance(pk, int)]


def loose_files(case: Case, scope: Scope) -> list[CaseFile]:
    """Files that hang on no line."""
    return list(CaseFile.objects.visible_to(scope).filter(case=case, entry=None))


@dataclass(frozen=True)
class Holder:
    """An organisation with a part in the case."""

    organisation: Organisation
    is_lead: bool
    since: datetime | None
    done_at: datetime | None


def holders(case: Case, lines: list[Line]) -> list[Holder]:
    """Who holds the case and since when, read from its story: the enterprise sees no other rows."""
    pks = [pk for pk in (case.lead_id, *case.co_handlers) if pk]
    offices = Organisation.objects.in_bulk(pks)
    entries = [line.entry for line in lines]
    return [
        Holder(offices[pk], pk == case.lead_id, _since(entries, pk), _done(entries, pk)) for pk in pks if pk in offices
    ]


def _since(entries: list[Entry], pk: int) -> datetime | None:
    """The beginning of the last unbroken time with this office."""
    since, holder = None, None
    for e in entries:
        if e.kind in ("assigned", "ruled") and e.detail.get("lead"):
            since = e.at if e.detail["lead"] == pk and holder != pk else since
            holder = e.detail["lead"]
        if pk == e.detail.get("organisation_id") or pk in e.detail.get("co", []):
            since = since or e.at
    return since


def _done(entries: list[Entry], pk: int) -> datetime | None:
    return next((e.at for e in reversed(entries) if e.kind == "co_done" and e.organisation_id == pk), None)
