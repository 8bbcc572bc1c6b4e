"""Data requests: a list of questions to one enterprise or many, counted, stopped over the ceiling, answered once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from openliaison.accounts.models import Role
from openliaison.core import formatting
from openliaison.core.errors import Refused

from .. import data_questions, facts
from ..data_questions import OnFile, Question
from ..errors import AlreadyDone, Incomplete, NotAllowed
from ..models import Booking, Enterprise, Fact
from . import diary, diary_steps
from .facts import record_fact

S = Booking.State
MOST_AT_ONCE = 200
ANSWERABLE = (S.REQUESTED, S.ACCEPTED)


class OnFileAlready(Incomplete):
    """Something is asked that is held and fresh."""

    def __init__(self, held: Iterable[OnFile]) -> None:
        self.held = list(held)
        super().__init__(" ".join(one.sentence for one in self.held))


@dataclass
class Asked:
    """What became of asking many at once."""

    sheet: uuid.UUID
    done: list[Booking] = field(default_factory=list)
    left_out: list[tuple[Enterprise, str]] = field(default_factory=list)


@transaction.atomic
def ask_data(
    *,
    enterprise: Enterprise,
    purpose: str,
    questions: Iterable[Mapping[str, Any]],
    wanted_by: date,
    by: Role,
    at: datetime,
    purpose_en: str = "",
    over_reason: str = "",
    client_key: uuid.UUID | None = None,
    sheet: uuid.UUID | None = None,
) -> Booking:
    """Ask an enterprise for data. The same key twice is one request.

    Raises:
        OnFileAlready: something is held and fresh. AlreadyDone: the same office has asked it and waits.
        diary.Stopped: the stop sign stands and no reason is given. Incomplete, NotAllowed.
    """
    place = enterprise.place
    read = data_questions.read(place, questions)
    if client_key and (known := Booking.objects.filter(client_key=client_key, requested_by_id=by.user_id).first()):
        return known
    diary.need_may_ask(enterprise, Booking.Kind.DATA, by, at)
    diary_steps.hold_diary(enterprise.pk)
    keys = [q["key"] for q in read if q.get("key")]
    if held := data_questions.on_file(enterprise, keys, by.scope(at), place.day(at)):
        raise OnFileAlready(held.values())
    _refuse_asked_twice(enterprise, read, by)
    booking = diary.request_booking(
        enterprise=enterprise,
        kind=Booking.Kind.DATA,
        purpose=purpose,
        purpose_en=purpose_en,
        starts_at=datetime.combine(wanted_by, time(23, 59), place.zone),
        minutes=data_questions.minutes(read, place, place.day(at)),
        questions=read,
        over_reason=over_reason,
        client_key=client_key,
        by=by,
        at=at,
    )
    booking.sheet = sheet or booking.client_key
    booking.save(update_fields=["sheet"])
    return booking


def ask_data_of_many(
    *, enterprises: Sequence[Enterprise], by: Role, at: datetime, client_key: uuid.UUID, **asked: Any
) -> Asked:
    """Ask many the same, each checked singly: those over the ceiling, or of whom all is on file, are left out.

    Raises:
        Incomplete: nobody is chosen, or more than MOST_AT_ONCE; or the questions cannot be asked of anybody.
    """
    if not enterprises:
        raise Incomplete(_("Choose at least one enterprise."))
    if len(enterprises) > MOST_AT_ONCE:
        raise Incomplete(_("At most %(n)s enterprises at once. Narrow the filter.") % {"n": MOST_AT_ONCE})
    data_questions.read(by.place, asked["questions"])
    result = Asked(client_key)
    for enterprise in enterprises:
        key = uuid.uuid5(client_key, str(enterprise.pk)) if len(enterprises) > 1 else client_key
        try:
            booking = ask_data(enterprise=enterprise, by=by, at=at, client_key=key, sheet=client_key, **asked)
            result.done.append(booking)
        except Refused as error:
            result.left_out.append((enterprise, str(error)))
    return result


def _refuse_asked_twice(enterprise: Enterprise, questions: list[Question], by: Role) -> None:
    waiting = Booking.objects.filter(enterprise=enterprise, kind=Booking.Kind.DATA, state__in=ANSWERABLE)
    waiting = (
        waiting.filter(organisation=by.organisation) if by.organisation_id else waiting.filter(requested_by=by.user)
    )
    wanted = {q.get("key") or q["label"].casefold() for q in questions}
    for other in waiting.order_by("-requested_at"):
        twice = wanted & {q.get("key") or str(q.get("label")).casefold() for q in other.questions}
        if twice:
            told = {"what": ", ".join(sorted(twice)), "day": formatting.day(other.requested_at)}
            raise AlreadyDone(_("Your office asked for this on %(day)s and has no answer yet: %(what)s.") % told)


@transaction.atomic
def answer_data(*, booking: Booking, answers: Mapping[str, Any], as_of: date, by: Role, at: datetime) -> Booking:
    """The enterprise answers: what the catalogue knows becomes facts. The same answers sent twice are one answer.

    Args:
        answers: by question: the catalogue's key, or the id of an office's own.
        as_of: for which day they hold, today or earlier.

    Raises:
        NotAllowed: another enterprise. AlreadyDone: it was answered otherwise, or nobody waits for it.
        Incomplete: an answer is missing or does not fit, or the day lies ahead.
    """
    if by.kind != Role.Kind.ENTERPRISE or by.enterprise_id != booking.enterprise_id:
        raise NotAllowed(_("Only the enterprise itself answers what it is asked."))
    diary_steps.hold_diary(booking.enterprise_id)
    row = diary_steps.locked(booking.pk)
    today = row.place.day(at)
    if _said_before(row, answers, as_of, today):
        return row
    _need_waiting(row)
    facts.need_as_of(as_of, today)
    values = _read_answers(row, answers, today)
    told = {"values": values, "as_of": as_of.isoformat()}
    for key in (q["key"] for q in row.questions if q.get("key")):
        record_fact(
            enterprise=row.enterprise,
            key=key,
            value=values[key],
            source=Fact.Source.ENTERPRISE,
            source_ref=row.purpose[:200],
            as_of=as_of,
            by=by,
            at=at,
        )
    answered = {"answers": told, "answered_by": by.user, "answered_at": at}
    diary_steps.settle(row, S.RECORDED, by=by, at=at, verb="data_answered", **answered)
    diary_steps.tell_askers(row, N_("%(enterprise)s has answered: %(what)s"), at=at, by=by)
    return row


def _said_before(row: Booking, answers: Mapping[str, Any], as_of: date, today: date) -> bool:
    """Whether these very answers are on file."""
    try:
        return row.answers == {"values": _read_answers(row, answers, today), "as_of": as_of.isoformat()}
    except Incomplete:
        return False


def _need_waiting(row: Booking) -> None:
    if row.kind != Booking.Kind.DATA:
        raise NotAllowed(_("This is no data request."))
    if row.answers is not None:
        told = {"day": formatting.instant(row.answered_at), "who": row.answered_by.label if row.answered_by else ""}  # type: ignore[arg-type]
        raise AlreadyDone(_("It was answered on %(day)s by %(who)s. Correct single values in your file.") % told)
    if row.state not in ANSWERABLE:
        raise AlreadyDone(
            _("This request is “%(state)s”: nobody waits for an answer.") % {"state": row.get_state_display()}
        )


def _read_answers(row: Booking, answers: Mapping[str, Any], today: date) -> dict[str, Any]:
    entries = data_questions.definitions(row.place, row.questions)
    if unknown := sorted(set(answers) - set(entries)):
        raise Incomplete(_("Nobody asked for “%(what)s”.") % {"what": unknown[0][:60]})
    found = {}
    for name, entry in entries.items():
        given = answers.get(name)
        if given is None or (given == "" and not entry.type.startswith("list")):
            raise Incomplete(_("%(label)s is empty.") % {"label": entry.label})
        found[name] = facts.read(entry, given, row.place, today=today)
    return found
