"""The enterprise's own verdict, its silence, its withdrawal, and reopening."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from procrastinate.contrib.django import app

from openliaison.accounts.models import Role
from openliaison.cases import clock
from openliaison.cases.errors import AlreadyDone, Incomplete, NotAllowed, TooEarly, TooLate
from openliaison.cases.models import Case, Entry
from openliaison.core import tasks
from openliaison.core.places import limit

from . import steps
from .assigning import close, link_handlers

YES, PARTLY, NO = "yes", "partly", "no"
VERDICTS = (YES, PARTLY, NO)


@steps.verb
def confirm_case(
    *,
    case: Case,
    verdict: str,
    by: Role,
    at: datetime,
    is_enough: bool = False,
    text: str = "",
    text_en: str = "",
    satisfaction: int | None = None,
    client_key: uuid.UUID | None = None,
) -> Case:
    """What the enterprise says of the reply: yes, partly (enough or not), no.

    The coordinator may write it down after a call; the line then says so.

    Raises:
        NotAllowed: the reply refers the case up, which is not put to the enterprise.
        Incomplete: a "no" without a word of what is missing.
    """
    case = steps.begin(case, "confirm", by=by, at=at, client_key=client_key)
    if verdict not in VERDICTS:
        raise Incomplete(_("Answer yes, partly or no."))
    if case.reply_kind == Case.ReplyKind.REFERRED:
        raise NotAllowed(_("The lead wants to refer this case up; the desk decides on that first."))
    if satisfaction is not None and satisfaction not in range(1, 6):
        raise Incomplete(_("Satisfaction goes from 1 to 5."))
    case.satisfaction = satisfaction if satisfaction is not None else case.satisfaction
    is_over = verdict == YES or (verdict == PARTLY and is_enough)
    if not is_over:
        return _send_back(case, verdict, text, text_en, by=by, at=at, client_key=client_key)
    is_plan = verdict == YES and case.reply_kind == Case.ReplyKind.PLANNED and not _was_asked_again(case)
    steps.say(
        case,
        Entry.Kind.CONFIRMED,
        by=by,
        at=at,
        text=text,
        text_en=text_en,
        client_key=client_key,
        verdict=verdict,
        satisfaction=satisfaction,
        on_behalf=by.kind != Role.Kind.ENTERPRISE,
    )
    if is_plan:
        return _plan(case, by=by, at=at)
    return close(case, _outcome(case, verdict), by=by, at=at)


@steps.verb
def ask_again(*, case: Case, at: datetime, by: Role | None = None, client_key: uuid.UUID | None = None) -> Case:
    """The date of a planned solution is here: the enterprise is asked whether it was kept."""
    case = steps.begin(case, "ask_again", by=None, at=at, client_key=client_key)
    if case.status != Case.Status.PLANNED:
        raise AlreadyDone(_("The case is not waiting for a date."))
    planned_on = case.planned_on
    assert planned_on is not None
    if case.place.day(at) < planned_on:
        raise TooEarly(_("The date is %(day)s.") % {"day": planned_on})
    case.status, case.replied_at = Case.Status.REPLIED, at
    steps.say(case, Entry.Kind.DUE_AGAIN, by=by, at=at, planned_on=planned_on.isoformat(), client_key=client_key)
    case = steps.finish(case, "asked_again", by=by, at=at)
    tasks.ask(
        steps.people_of_enterprise(case, at) or steps.officers(case, at),
        case,
        N_("It was to be done by %(day)s. Is it? Case %(number)s: %(title)s"),
        url=steps.url(case),
        at=at,
        **steps.params(case, day=planned_on.isoformat()),
    )
    return case


@steps.verb
def remind_enterprise(
    *,
    case: Case,
    at: datetime,
    by: Role | None = None,
    text: str = "",
    text_en: str = "",
    asks_desk_to_call: bool = False,
    client_key: uuid.UUID | None = None,
) -> Case:
    """Remind the enterprise of a reply or a question it has not answered; the last time the desk is to call."""
    case = steps.begin(case, "remind", by=by, at=at, client_key=client_key)
    if case.status not in (Case.Status.REPLIED, Case.Status.WAITING):
        raise AlreadyDone(steps.with_last(_("The enterprise has answered."), case))
    if case.status == Case.Status.REPLIED and case.reply_kind == Case.ReplyKind.REFERRED:
        raise NotAllowed(_("The lead wants to refer this case up; the desk decides on that first."))
    steps.say(case, Entry.Kind.REMINDED, by=by, at=at, text=text, text_en=text_en, client_key=client_key)
    case = steps.finish(case, "reminded", by=by, at=at)
    asked = {"url": steps.url(case), "at": at, **steps.params(case)}
    people = steps.people_of_enterprise(case, at) or steps.officers(case, at)
    tasks.ask(people, case, N_("Reminder: please answer on case %(number)s: %(title)s"), **asked)
    if asks_desk_to_call:
        about = N_("Call %(enterprise)s: it has not answered on case %(number)s")
        tasks.ask(steps.coordinators(case, at), case, about, why=N_("Reminded twice in writing"), **asked)
    return case


@steps.verb
def close_silent(
    *, case: Case, by: Role, at: datetime, text: str = "", text_en: str = "", client_key: uuid.UUID | None = None
) -> Case:
    """Close a case whose enterprise never answered: after ten working days and a call."""
    case = steps.begin(case, "close_silent", by=by, at=at, client_key=client_key)
    if case.reply_kind == Case.ReplyKind.REFERRED:
        raise NotAllowed(_("The lead wants to refer this case up; decide on that first."))
    assert case.replied_at is not None
    if at < clock.due_after(case.place, case.replied_at, "silence_close", at):
        raise TooEarly(_("A silent case is closed ten working days after the reply, not before."))
    if not case.entries.filter(kind=Entry.Kind.CALLED, at__gte=case.replied_at).exists():
        raise TooEarly(_("Call the enterprise first and record the call, reached or not."))
    return close(case, Case.Outcome.SILENT, by=by, at=at, text=text, text_en=text_en, client_key=client_key)


@steps.verb
def request_withdrawal(
    *, case: Case, text: str, by: Role, at: datetime, text_en: str = "", client_key: uuid.UUID | None = None
) -> Case:
    """The enterprise no longer wants the case pursued. The desk calls before it is closed."""
    case = steps.begin(case, "request_withdrawal", by=by, at=at, client_key=client_key)
    if case.withdrawal_asked_at:
        raise AlreadyDone(_("You have asked for that; the desk will call you."))
    case.withdrawal_asked_at = at
    steps.say(case, Entry.Kind.WITHDRAWAL_ASKED, by=by, at=at, text=text, text_en=text_en, client_key=client_key)
    case = steps.finish(case, "withdrawal_asked", by=by, at=at)
    tasks.ask(
        steps.coordinators(case, at),
        case,
        N_("Call %(enterprise)s: it wants to withdraw case %(number)s"),
        why=N_("Was it pressed to? %(title)s"),
        url=steps.url(case),
        at=at,
        **steps.params(case),
    )
    return case


@steps.verb
def confirm_withdrawal(
    *, case: Case, by: Role, at: datetime, text: str = "", text_en: str = "", client_key: uuid.UUID | None = None
) -> Case:
    """Close a case as withdrawn, after the desk has spoken to the enterprise."""
    case = steps.begin(case, "confirm_withdrawal", by=by, at=at, client_key=client_key)
    asked = case.withdrawal_asked_at
    if asked is None:
        raise NotAllowed(_("The enterprise has not asked to withdraw this case."))
    reached = case.entries.filter(kind=Entry.Kind.CALLED, at__gte=asked, detail__reached=True)
    if not reached.exists():
        raise TooEarly(_("Speak to the enterprise first and record the call: was it pressed to withdraw?"))
    return close(case, Case.Outcome.WITHDRAWN, by=by, at=at, text=text, text_en=text_en, client_key=client_key)


@steps.verb
def drop_withdrawal(
    *, case: Case, by: Role, at: datetime, text: str = "", text_en: str = "", client_key: uuid.UUID | None = None
) -> Case:
    """The enterprise wants the case pursued after all: it goes on as it stood."""
    case = steps.begin(case, "drop_withdrawal", by=by, at=at, client_key=client_key)
    if case.withdrawal_asked_at is None:
        raise AlreadyDone(steps.with_last(_("Nobody asks to withdraw this case."), case))
    case.withdrawal_asked_at = None
    steps.say(case, Entry.Kind.WITHDRAWAL_DROPPED, by=by, at=at, text=text, text_en=text_en, client_key=client_key)
    return steps.finish(case, "withdrawal_dropped", by=by, at=at)


@steps.verb
def reopen_case(
    *, case: Case, by: Role, at: datetime, text: str = "", text_en: str = "", client_key: uuid.UUID | None = None
) -> Case:
    """Take a closed case up again within ninety days: a new solution clock, the first result stands."""
    case = steps.begin(case, "reopen", by=by, at=at, client_key=client_key)
    if case.outcome == Case.Outcome.DUPLICATE and case.duplicate_of:
        raise NotAllowed(_("It is a duplicate: go on in case %(number)s.") % {"number": case.duplicate_of.number})
    assert case.closed_at is not None
    window = limit(case.place, "reopen_window", case.place.day(at))
    if at > case.closed_at + timedelta(days=int(window.amount)):
        raise TooLate(
            _("Cases are reopened within %(days)s days. Raise it as a new case; this one is named in it.")
            % {"days": int(window.amount)}
        )
    if case.outcome != Case.Outcome.SILENT:  # who was silent needs one tap only
        text = steps.need(text, _("Say what is still wrong."))
    has_lead = case.lead_id is not None
    case.status = Case.Status.IN_HAND if has_lead else Case.Status.SUBMITTED
    case.closed_at, case.outcome, case.reply_kind, case.planned_on = None, "", "", None
    case.withdrawal_asked_at, case.decline_reason = None, ""
    case.reopened_at, case.reopen_count = at, case.reopen_count + 1
    steps.say(case, Entry.Kind.REOPENED, by=by, at=at, text=text, text_en=text_en, client_key=client_key)
    case = steps.finish(case, "reopened", by=by, at=at)
    link_handlers(case)
    people = [*steps.coordinators(case, at), *(steps.people_of(case.lead, case, at) if case.lead else [])]
    tasks.ask(
        people,
        case,
        N_("Reopened: case %(number)s: %(title)s"),
        url=steps.url(case),
        at=at,
        due_at=case.due_at,
        **steps.params(case),
    )
    return case


@steps.verb
def lift_confidentiality(*, case: Case, by: Role, at: datetime, client_key: uuid.UUID | None = None) -> Case:
    """Only the enterprise opens a confidential case to the offices and totals that cases usually reach."""
    case = steps.begin(case, "lift_confidentiality", by=by, at=at, client_key=client_key)
    if not case.is_confidential:
        raise AlreadyDone(_("The case is not confidential."))
    case.is_confidential = False
    case.promises.update(is_confidential=False)
    steps.say(case, Entry.Kind.OPENED_UP, by=by, at=at, client_key=client_key)
    case = steps.finish(case, "opened_up", by=by, at=at)
    app.configure_task("cases.open_up").defer(case_id=case.pk)
    return case


def _send_back(
    case: Case, verdict: str, text: str, text_en: str, *, by: Role, at: datetime, client_key: uuid.UUID | None
) -> Case:
    text = steps.need(text, _("Say what is still missing, so that the office can act."))
    case.status, case.reply_kind, case.planned_on = Case.Status.IN_HAND, "", None
    case.redo_count += 1
    steps.say(
        case,
        Entry.Kind.REJECTED,
        by=by,
        at=at,
        text=text,
        text_en=text_en,
        client_key=client_key,
        verdict=verdict,
        on_behalf=by.kind != Role.Kind.ENTERPRISE,
    )
    case = steps.finish(case, "rejected", by=by, at=at, verdict=verdict)
    tasks.settle(case, at=at)
    assert case.lead is not None
    tasks.ask(
        [*steps.people_of(case.lead, case, at), *steps.coordinators(case, at)],
        case,
        N_("The enterprise says no: case %(number)s: %(title)s"),
        why=N_("Same clock, return no. %(count)s"),
        url=steps.url(case),
        at=at,
        due_at=case.due_at,
        **steps.params(case, count=str(case.redo_count)),
    )
    return case


def _plan(case: Case, *, by: Role, at: datetime) -> Case:
    assert case.planned_on is not None
    case.status = Case.Status.PLANNED
    steps.say(case, Entry.Kind.PLANNED, by=by, at=at, planned_on=case.planned_on.isoformat())
    case = steps.finish(case, "planned", by=by, at=at, planned_on=case.planned_on)
    tasks.settle(case, at=at)
    return case


def _was_asked_again(case: Case) -> bool:
    """Whether the date of the last plan has come: then a yes means that it was kept."""
    last_plan = case.entries.filter(kind=Entry.Kind.REPLIED).order_by("at", "id").last()
    asked_again = case.entries.filter(kind=Entry.Kind.DUE_AGAIN)
    return last_plan is not None and asked_again.filter(at__gte=last_plan.at).exists()


def _outcome(case: Case, verdict: str) -> str:
    if verdict == PARTLY:
        return Case.Outcome.PARTLY
    return Case.Outcome.EXPLAINED if case.reply_kind == Case.ReplyKind.EXPLAINED else Case.Outcome.SOLVED
