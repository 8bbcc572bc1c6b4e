"""Words between people that do not move the case by themselves."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from openliaison.accounts.models import Role, User
from openliaison.cases.models import Case, Entry, ExternalRef
from openliaison.core import journal, tasks

from . import steps


@steps.verb
def send_message(
    *, case: Case, text: str, by: Role, at: datetime, text_en: str = "", client_key: uuid.UUID | None = None
) -> Case:
    """Write into the conversation. The first word of an office to the enterprise ends the contact clock."""
    case = steps.begin(case, "message", by=by, at=at, client_key=client_key)
    text = steps.need(text, _("The message is empty."))
    if by.kind != Role.Kind.ENTERPRISE and case.contacted_at is None and case.is_open:
        case.contacted_at = at
    steps.say(case, Entry.Kind.MESSAGE, by=by, at=at, text=text, text_en=text_en, client_key=client_key)
    _tell_others(case, by, at)
    return steps.finish(case, "message_sent", by=by, at=at)


@steps.verb
def note_case(
    *, case: Case, text: str, by: Role, at: datetime, text_en: str = "", client_key: uuid.UUID | None = None
) -> Case:
    """Write a note that coordinator and handling organisations see, the enterprise never."""
    case = steps.begin(case, "note", by=by, at=at, client_key=client_key)
    text = steps.need(text, _("The note is empty."))
    steps.say(case, Entry.Kind.NOTE, by=by, at=at, text=text, text_en=text_en, internal=True, client_key=client_key)
    journal.record(case, "noted", by=by, at=at)
    return case


@steps.verb
def record_contact(
    *, case: Case, by: Role, at: datetime, text: str = "", text_en: str = "", client_key: uuid.UUID | None = None
) -> Case:
    """Note that somebody called or wrote to the enterprise: the contact clock stops at the first."""
    case = steps.begin(case, "contact", by=by, at=at, client_key=client_key)
    case.contacted_at = case.contacted_at or at
    steps.say(case, Entry.Kind.CONTACTED, by=by, at=at, text=text, text_en=text_en, client_key=client_key)
    return steps.finish(case, "contacted", by=by, at=at)


@steps.verb
def record_call(
    *,
    case: Case,
    reached: bool,
    by: Role,
    at: datetime,
    text: str = "",
    text_en: str = "",
    client_key: uuid.UUID | None = None,
) -> Case:
    """Note a call from the desk: about a silence, a withdrawal, or how it went."""
    case = steps.begin(case, "call_back", by=by, at=at, client_key=client_key)
    if reached and case.is_open:
        case.contacted_at = case.contacted_at or at
    steps.say(case, Entry.Kind.CALLED, by=by, at=at, text=text, text_en=text_en, reached=reached, client_key=client_key)
    return steps.finish(case, "called", by=by, at=at, reached=reached)


@transaction.atomic
def refer_externally(*, case: Case, system: str, number: str, by: Role, at: datetime, state: str = "") -> ExternalRef:
    """Keep the number and state that another system gives the same matter."""
    case = steps.begin(case, "refer_externally", by=by, at=at)
    ref, _created = ExternalRef.objects.update_or_create(
        case=case, system=system, defaults={"number": number, "state": state, "changed_at": at}
    )
    journal.record(case, "external_ref", by=by, at=at, system=system, number=number, state=state)
    return ref


def _tell_others(case: Case, by: Role, at: datetime) -> None:
    people: set[User] = set(steps.officers(case, at))
    if case.lead_id:
        people |= set(steps.people_of(case.lead_id, case, at))
    if by.kind != Role.Kind.ENTERPRISE:
        people |= set(steps.people_of_enterprise(case, at))
    tasks.tell(
        {p for p in people if p.pk != by.user_id},
        case,
        N_("New message on case %(number)s: %(title)s"),
        url=steps.url(case),
        at=at,
        **steps.params(case),
    )
