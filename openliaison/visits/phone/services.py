"""What a phone sends is taken in by the services that the pages use, each thing once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from openliaison.accounts.models import Role
from openliaison.cases import errors as case_errors
from openliaison.cases import services as cases
from openliaison.cases.models import Case, Entry, Promise
from openliaison.cases.selectors import promise_look
from openliaison.core import formatting
from openliaison.core.errors import Refused
from openliaison.core.models import Receipt
from openliaison.core.receipts import once
from openliaison.core.scope import Scope
from openliaison.register.models import Enterprise
from openliaison.register.rules import serves
from openliaison.visits import services
from openliaison.visits.models import LateVisit, Visit, VisitFile

from . import late
from .clock import Moment, moment, visited
from .door import Changed
from .files import attach_to_visit
from .heard import arguments
from .pack import ROOM, latest_questions, version
from .shapes import AnswerBody, Item, PromiseBody, Unfit, VisitBody, fit


@dataclass(frozen=True)
class Sender:
    """Who sends, and when it arrives."""

    role: Role
    scope: Scope
    at: datetime


@dataclass(frozen=True)
class Taken:
    """One item of the outbox, taken in now or before."""

    row_id: int
    is_new: bool


def aware(value: datetime | None, role: Role) -> datetime | None:
    """An instant; without an offset it is meant by the place's clock."""
    if value is None or value.tzinfo is not None:
        return value
    return value.replace(tzinfo=role.place.zone)


def saved_at(item: Item, sender: Sender) -> Moment:
    return moment(aware(item.made_at, sender.role), aware(item.sent_at, sender.role), sender.at)


def take_once(item: Item, sender: Sender, make: Callable[[], Any]) -> Taken:
    """Do it, unless this person's phone sent the very same under this key before.

    Raises:
        Changed: the key stands for something else.
    """
    body = {"kind": item.kind, "made_at": item.made_at.isoformat() if item.made_at else None, "body": item.body}
    room = f"{ROOM}{item.kind}"
    row_id, is_new = once(room, client_key=item.client_key, body=body, by=sender.role, at=sender.at, make=make)
    return Taken(row_id, is_new)


# ── Visits ───────────────────────────────────────────────────


def take_visit(item: Item, sender: Sender) -> Taken:
    """A visit written on the phone."""
    return take_once(item, sender, lambda: _record(item, sender))


def _record(item: Item, sender: Sender) -> Visit | LateVisit:
    body = fit(VisitBody, item.body)
    rows = Enterprise.objects.visible_to(sender.scope).select_related("place", "locality")
    enterprise = rows.filter(pk=body.enterprise_id).first()
    if enterprise is None:
        raise services.NotAllowed(_("This enterprise is not on file any more. Tell the desk what you heard."))
    when = _visited(body, item, enterprise, sender)
    told: dict[str, Any] = {"enterprise": enterprise, "by": sender.role, "at": sender.at, "visited_at": when}
    today, day = sender.role.place.day(sender.at), sender.role.place.day(when)
    if serves(enterprise, sender.role, today):
        return services.record_visit(client_key=item.client_key, **told, **arguments(body, enterprise))
    late.need_served(enterprise, sender.role, day, today)
    return late.hold_visit(key=item.client_key, body=item.body, **told)


def _visited(body: VisitBody, item: Item, enterprise: Enterprise, sender: Sender) -> datetime:
    saved = saved_at(item, sender)
    typed = aware(body.visited_at, sender.role)
    when = visited(typed, aware(item.made_at, sender.role), saved, sender.at)
    if typed is None and when < enterprise.created_at:
        by_phone = _("By the phone's clock this was on %(day)s, before %(name)s was on file. Say when it was.")
        said = {"day": formatting.day(when, "long"), "name": enterprise.label}
        raise Unfit({"visited_at": by_phone % said})
    return when


# ── Answers ──────────────────────────────────────────────────


def take_answer(item: Item, sender: Sender) -> Taken:
    """What the enterprise answers to an office's question, written on the phone."""
    return take_once(item, sender, lambda: _answer(item, sender))


def _answer(item: Item, sender: Sender) -> Case:
    body = fit(AnswerBody, item.body)
    rows = Case.objects.visible_to(sender.scope).defer("search").select_related("place", "enterprise")
    case = rows.filter(pk=body.case_id).first()
    if case is None:
        raise services.NotAllowed(_("This case is no longer for you to see. Tell its officer or the desk."))
    _need_as_read(case, body, sender.scope)
    try:
        return cases.answer_question(
            case=case, text=body.text, by=sender.role, at=sender.at, client_key=item.client_key
        )
    except Refused as error:  # somebody was faster
        raise Changed(str(error), case_now(rows.get(pk=case.pk), sender.scope)) from None


def _need_as_read(case: Case, body: AnswerBody, scope: Scope) -> None:
    question = latest_questions([case], scope).get(case.pk)
    is_asked = question is not None and question.pk == body.entry_id
    if is_asked and body.version in ("", version(case, question)):
        return
    text = _("Case %(number)s went on while you wrote: it is now “%(state)s”. Your answer was not sent.")
    said = {"number": case.number, "state": case.get_outcome_display() or case.get_status_display()}
    raise Changed(text % said, case_now(case, scope))


def case_now(case: Case, scope: Scope) -> dict[str, Any]:
    """How a case stands, to be shown beside what the phone wanted to say."""
    question = latest_questions([case], scope).get(case.pk)
    last = Entry.objects.visible_to(scope).filter(case=case).select_related("author").order_by("at", "pk").last()
    return {
        "kind": "case",
        "id": case.pk,
        "number": case.number,
        "title": case.label,
        "state": case.status,
        "state_label": case.get_outcome_display() or case.get_status_display(),
        "question": {"entry_id": question.pk, "text": question.body} if question else None,
        "version": version(case, question),
        "last": _entry(last) if last else None,
        "url": f"/cases/{case.pk}/",
    }


def _entry(entry: Entry) -> dict[str, Any]:
    by = entry.author.label if entry.author else ""
    return {"label": entry.kind_label, "text": entry.body, "by": by, "at": entry.at.isoformat()}


# ── Promises ─────────────────────────────────────────────────


def take_promise(item: Item, sender: Sender) -> Taken:
    """Whether a promise was kept, said on the phone."""
    return take_once(item, sender, lambda: _settle(item, sender))


def _settle(item: Item, sender: Sender) -> Promise:
    body = fit(PromiseBody, item.body)
    found = Promise.objects.visible_to(sender.scope).select_related("enterprise").filter(pk=body.promise_id).first()
    if found is None:
        raise services.NotAllowed(_("This promise is no longer for you to see. Tell its officer or the desk."))
    try:
        is_kept = body.state == Promise.State.KEPT
        return cases.keep_promise(
            promise=found, is_kept=is_kept, reason=body.reason.strip(), by=sender.role, at=sender.at
        )
    except case_errors.Incomplete as error:
        raise Unfit({"reason": str(error)}) from None
    except case_errors.AlreadyDone as error:
        found.refresh_from_db()
        if found.state == body.state:
            return found
        raise Changed(str(error), promise_now(found, sender.scope)) from None


def promise_now(row: Promise, scope: Scope) -> dict[str, Any]:
    """How a promise stands."""
    return {
        "kind": "promise",
        "id": row.pk,
        "text": row.label,
        "state": row.state,
        "state_label": row.get_state_display(),
        "look": promise_look(row, scope),
        "reason": row.settled_reason,
        "url": "/cases/promises/",
    }


# ── Files ────────────────────────────────────────────────────


def take_file(file_id: UUID, key: UUID, upload: UploadedFile, sender: Sender) -> tuple[UUID, bool]:
    """A picture of the visit that came under `key`: the number under which it stands, and whether it is new.

    Raises:
        Changed: the visit has not arrived yet.
    """
    told: dict[str, Any] = {"file_id": file_id, "upload": upload, "by": sender.role, "at": sender.at}
    if visit := visit_of(key, sender.scope):
        was_there = VisitFile.objects.filter(visit=visit).values_list("pk", flat=True)
        before = set(was_there)
        kept = attach_to_visit(visit=visit, **told)
        return kept.pk, kept.pk not in before
    receipt = Receipt.objects.visible_to(sender.scope).filter(client_key=key, room=f"{ROOM}visit").first()
    if receipt is None:
        raise Changed(_("The visit has not arrived yet; the picture follows it."), {}, why="visit_missing")
    waits = late.held(key, sender.scope)
    late.hold_file(key=key, visit_id=None if waits else receipt.row_id, **told)
    return file_id, True


TAKE: dict[str, Callable[[Item, Sender], Taken]] = {
    "visit": take_visit,
    "answer": take_answer,
    "promise": take_promise,
}


def visit_of(key: UUID, scope: Scope) -> Visit | None:
    """The visit that came under a phone's key, while the person may see it."""
    return Visit.objects.visible_to(scope).filter(client_key=key).select_related("enterprise").first()
