"""The department's verbs: answer, ask, extend, reply, finish a piece; and the way up and back."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from openliaison.accounts.models import Role
from openliaison.cases import clock
from openliaison.cases.errors import AlreadyDone, Incomplete, NotAllowed, TooLate
from openliaison.cases.models import Case, Entry, Extension, Handling
from openliaison.core import tasks
from openliaison.core.places import limit

from . import asked_time, steps


@steps.verb
def answer_case(
    *, case: Case, text: str, by: Role, at: datetime, text_en: str = "", client_key: uuid.UUID | None = None
) -> Case:
    """The lead says what will be done and by when: the reply clock stops, the case is in hand."""
    case = steps.begin(case, "answer", by=by, at=at, client_key=client_key)
    text = steps.need(text, _("Say what will be done and by when."))
    _refuse_while_objected(case)
    case.answered_at = case.answered_at or at
    case.contacted_at = case.contacted_at or at
    case.status = Case.Status.IN_HAND
    steps.say(case, Entry.Kind.ANSWERED, by=by, at=at, text=text, text_en=text_en, client_key=client_key)
    case = steps.finish(case, "answered", by=by, at=at)
    _tell_enterprise(case, N_("%(lead)s has taken up case %(number)s: %(title)s"), at)
    return case


@steps.verb
def ask_enterprise(
    *, case: Case, text: str, by: Role, at: datetime, text_en: str = "", client_key: uuid.UUID | None = None
) -> Case:
    """Put a question to the enterprise: the clock pauses until it answers, ten working days in all."""
    case = steps.begin(case, "ask", by=by, at=at, client_key=client_key)
    text = steps.need(text, _("Write the question."))
    _refuse_while_objected(case)
    case.contacted_at = case.contacted_at or at
    case.status = Case.Status.WAITING
    question = steps.say(case, Entry.Kind.ASKED, by=by, at=at, text=text, text_en=text_en, client_key=client_key)
    asked_time.note_question(question, by, at)
    case = steps.finish(case, "asked", by=by, at=at)
    tasks.ask(
        steps.people_of_enterprise(case, at) or steps.officers(case, at),
        case,
        N_("A question on case %(number)s: %(title)s"),
        why=N_("The office goes on as soon as it is answered"),
        url=steps.url(case),
        at=at,
        **steps.params(case),
    )
    return case


@steps.verb
def answer_question(
    *, case: Case, text: str, by: Role, at: datetime, text_en: str = "", client_key: uuid.UUID | None = None
) -> Case:
    """The enterprise answers (or somebody writes down its answer): the clock runs on."""
    case = steps.begin(case, "answer_question", by=by, at=at, client_key=client_key)
    text = steps.need(text, _("Write the answer."))
    case.status = Case.Status.IN_HAND if case.answered_at else Case.Status.ASSIGNED
    steps.say(case, Entry.Kind.ANSWER, by=by, at=at, text=text, text_en=text_en, client_key=client_key)
    case = steps.finish(case, "question_answered", by=by, at=at)
    tasks.settle(case, at=at)
    assert case.lead_id is not None
    tasks.ask(
        steps.people_of(case.lead_id, case, at),
        case,
        N_("The enterprise has answered on case %(number)s: %(title)s"),
        url=steps.url(case),
        at=at,
        due_at=case.due_at,
        **steps.params(case),
    )
    return case


@steps.verb
def request_extension(
    *, case: Case, days: int, reason: str, by: Role, at: datetime, client_key: uuid.UUID | None = None
) -> Case:
    """Ask the coordinator for more time: once, at least a working day before due, at most 15 working days."""
    case = steps.begin(case, "request_extension", by=by, at=at, client_key=client_key)
    reason = steps.need(reason, _("Say why more time is needed; the enterprise reads it."))
    if case.extensions.exists():
        raise AlreadyDone(_("More time was asked for once; it cannot be asked for again."))
    most = int(limit(case.place, "extension_max", case.place.day(at)).amount)
    if not 1 <= days <= most:
        raise Incomplete(_("Ask for 1 to %(days)s working days.") % {"days": most})
    if not clock.may_ask_extension(case, at):
        raise TooLate(_("More time is asked for at least one working day before the case is due."))
    extension = Extension(case=case, days=days, reason=reason, asked_by=by.user, asked_at=at)
    extension.save(force_insert=True)
    steps.say(case, Entry.Kind.EXTENSION_ASKED, by=by, at=at, text=reason, days=days, client_key=client_key)
    case = steps.finish(case, "extension_asked", by=by, at=at, days=days)
    tasks.ask(
        steps.coordinators(case, at),
        case,
        N_("%(days)s more working days asked for case %(number)s"),
        why=N_("%(title)s"),
        url=steps.url(case),
        at=at,
        due_at=case.due_at,
        **steps.params(case, days=str(days)),
    )
    return case


@steps.verb
def rule_extension(
    *,
    case: Case,
    is_granted: bool,
    by: Role,
    at: datetime,
    text: str = "",
    text_en: str = "",
    client_key: uuid.UUID | None = None,
) -> Case:
    """Grant or refuse more time."""
    case = steps.begin(case, "rule_extension", by=by, at=at, client_key=client_key)
    extension = case.extensions.filter(ruled_at=None).first()
    if extension is None:
        raise AlreadyDone(steps.with_last(_("There is no open request for more time."), case))
    if not is_granted:
        steps.need(text, _("Say why more time is refused."))
    extension.is_granted, extension.ruling, extension.ruled_by, extension.ruled_at = is_granted, text, by.user, at
    extension.save(update_fields=["is_granted", "ruling", "ruled_by", "ruled_at"])
    kind = Entry.Kind.EXTENSION_GRANTED if is_granted else Entry.Kind.EXTENSION_REFUSED
    steps.say(case, kind, by=by, at=at, text=text, text_en=text_en, days=extension.days, client_key=client_key)
    case = steps.finish(case, "extension_ruled", by=by, at=at, granted=is_granted, days=extension.days)
    about = N_("More time granted for case %(number)s") if is_granted else N_("More time refused for case %(number)s")
    assert case.lead is not None
    tasks.tell(steps.people_of(case.lead, case, at), case, about, url=steps.url(case), at=at, **steps.params(case))
    return case


@steps.verb
def reply_case(
    *,
    case: Case,
    reply_kind: str,
    text: str,
    by: Role,
    at: datetime,
    text_en: str = "",
    planned_on: date | None = None,
    client_key: uuid.UUID | None = None,
) -> Case:
    """The lead's reply: solved, planned by a date, explained, or to be decided higher up."""
    case = steps.begin(case, "reply", by=by, at=at, client_key=client_key)
    text = steps.need(text, _("Write what was done, or why it cannot be."))
    _refuse_while_objected(case)
    _check_plan(case, reply_kind, planned_on, at)
    case.reply_kind, case.planned_on, case.replied_at = reply_kind, planned_on, at
    case.answered_at = case.answered_at or at
    case.contacted_at = case.contacted_at or at
    case.status = Case.Status.REPLIED
    steps.say(
        case,
        Entry.Kind.REPLIED,
        by=by,
        at=at,
        text=text,
        text_en=text_en,
        client_key=client_key,
        reply_kind=reply_kind,
        planned_on=planned_on.isoformat() if planned_on else None,
    )
    case = steps.finish(case, "replied", by=by, at=at, reply_kind=reply_kind, planned_on=planned_on)
    tasks.settle(case, at=at)
    if reply_kind == Case.ReplyKind.REFERRED:
        _ask_desk_to_refer(case, at)
    else:
        _ask_for_verdict(case, at)
    return case


@steps.verb
def finish_piece(
    *, case: Case, text: str, by: Role, at: datetime, text_en: str = "", client_key: uuid.UUID | None = None
) -> Case:
    """A co-handler's part is done; the case stays with the lead."""
    case = steps.begin(case, "finish_piece", by=by, at=at, client_key=client_key)
    mine = case.handlings.filter(organisation=by.organisation, part=Handling.Part.CO, ends_at=None)
    piece = mine.filter(Q(user=None) | Q(user_id=by.user_id)).first()
    if piece is None or piece.done_at:
        raise AlreadyDone(_("Your part was finished before."))
    text = steps.need(text, _("Say what your office did."))
    piece.done_at = at
    piece.save(update_fields=["done_at"])
    steps.say(case, Entry.Kind.CO_DONE, by=by, at=at, text=text, text_en=text_en, client_key=client_key)
    case = steps.finish(case, "piece_finished", by=by, at=at)
    assert case.lead is not None
    tasks.tell(
        steps.people_of(case.lead, case, at),
        case,
        N_("A co-handler has finished its part of case %(number)s: %(title)s"),
        url=steps.url(case),
        at=at,
        **steps.params(case),
    )
    return case


@steps.verb
def refer_up(
    *, case: Case, by: Role, at: datetime, text: str = "", text_en: str = "", client_key: uuid.UUID | None = None
) -> Case:
    """Confirm that the matter must be decided higher up. The clock runs on."""
    case = steps.begin(case, "refer_up", by=by, at=at, client_key=client_key)
    _need_referral(case)
    case.status = Case.Status.REFERRED_UP
    steps.say(case, Entry.Kind.REFERRED_UP, by=by, at=at, text=text, text_en=text_en, client_key=client_key)
    case = steps.finish(case, "referred_up", by=by, at=at)
    tasks.settle(case, at=at)
    _tell_enterprise(case, N_("Case %(number)s was referred to a higher level: %(title)s"), at)
    return case


@steps.verb
def refuse_referral(
    *, case: Case, text: str, by: Role, at: datetime, text_en: str = "", client_key: uuid.UUID | None = None
) -> Case:
    """The desk holds that the matter can be solved here: back to the lead, same clock."""
    case = steps.begin(case, "refuse_referral", by=by, at=at, client_key=client_key)
    _need_referral(case)
    text = steps.need(text, _("Say what the lead can do itself."))
    case.status, case.reply_kind = Case.Status.IN_HAND, ""
    steps.say(case, Entry.Kind.RETURNED, by=by, at=at, text=text, text_en=text_en, client_key=client_key)
    case = steps.finish(case, "referral_refused", by=by, at=at)
    _ask_lead_again(case, at)
    return case


@steps.verb
def return_from_above(
    *, case: Case, text: str, by: Role, at: datetime, text_en: str = "", client_key: uuid.UUID | None = None
) -> Case:
    """The upper level has answered: the lead goes on with it."""
    case = steps.begin(case, "return_from_above", by=by, at=at, client_key=client_key)
    text = steps.need(text, _("Write what the upper level answered."))
    case.status, case.reply_kind = Case.Status.IN_HAND, ""
    steps.say(case, Entry.Kind.RETURNED, by=by, at=at, text=text, text_en=text_en, client_key=client_key)
    case = steps.finish(case, "returned_from_above", by=by, at=at)
    _ask_lead_again(case, at)
    return case


def _refuse_while_objected(case: Case) -> None:
    if case.objections.filter(ruled_at=None).exists():
        raise NotAllowed(_("An objection is open; the desk rules on it today. Until then nobody replies."))


def _check_plan(case: Case, reply_kind: str, planned_on: date | None, at: datetime) -> None:
    if reply_kind not in Case.ReplyKind.values:
        raise Incomplete(_("Choose what kind of reply it is."))
    if reply_kind == Case.ReplyKind.PLANNED:
        if planned_on is None:
            raise Incomplete(_("A planned solution needs its date."))
        if planned_on <= case.place.day(at):
            raise Incomplete(_("The date of a planned solution lies ahead of today."))
    elif planned_on is not None:
        raise Incomplete(_("Only a planned solution has a date."))


def _need_referral(case: Case) -> None:
    if case.reply_kind != Case.ReplyKind.REFERRED:
        raise NotAllowed(_("The lead did not ask to refer this case up; the enterprise gives its verdict."))


def _ask_for_verdict(case: Case, at: datetime) -> None:
    tasks.ask(
        steps.people_of_enterprise(case, at) or steps.officers(case, at),
        case,
        N_("Is it solved? Case %(number)s: %(title)s"),
        why=N_("%(lead)s has replied; only the enterprise can say so"),
        url=steps.url(case),
        at=at,
        **steps.params(case, lead=steps.names(case.lead)),
    )


def _ask_desk_to_refer(case: Case, at: datetime) -> None:
    tasks.ask(
        steps.coordinators(case, at),
        case,
        N_("Refer up? Case %(number)s: %(title)s"),
        why=N_("%(lead)s says that it must be decided higher up"),
        url=steps.url(case),
        at=at,
        due_at=case.due_at,
        **steps.params(case, lead=steps.names(case.lead)),
    )


def _ask_lead_again(case: Case, at: datetime) -> None:
    tasks.settle(case, at=at)
    assert case.lead is not None
    tasks.ask(
        steps.people_of(case.lead, case, at),
        case,
        N_("Case %(number)s is back with you: %(title)s"),
        url=steps.url(case),
        at=at,
        due_at=case.due_at,
        **steps.params(case),
    )


def _tell_enterprise(case: Case, about: str, at: datetime) -> None:
    tasks.tell(
        steps.people_of_enterprise(case, at),
        case,
        about,
        url=steps.url(case),
        at=at,
        **steps.params(case, lead=steps.names(case.lead)),
    )
