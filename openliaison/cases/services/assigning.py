"""Who takes it: assignment, objection and ruling, declining, duplicates."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from procrastinate.contrib.django import app

from openliaison.accounts.models import Organisation, Role, User
from openliaison.cases.errors import AlreadyDone, Incomplete, NotAllowed
from openliaison.cases.models import Case, Category, Entry, Handling
from openliaison.core import tasks
from openliaison.core.places import setting

from . import steps


@steps.verb
def assign_case(
    *,
    case: Case,
    lead: Organisation,
    by: Role,
    at: datetime,
    co_handlers: Iterable[Organisation] = (),
    category: Category | None = None,
    person: User | None = None,
    expected_lead: Organisation | bool | None = False,
    client_key: uuid.UUID | None = None,
) -> Case:
    """Give the case to a lead (and co-handlers), or to another lead than before.

    Args:
        person: who in the lead organisation may see it; needed where the case is confidential.
        expected_lead: the lead that the deciding person saw; another one found means that somebody
            decided in between.

    Raises:
        NotAllowed, Incomplete, AlreadyDone.
    """
    case = steps.begin(case, "assign", by=by, at=at, client_key=client_key)
    if expected_lead is not False and case.lead_id != getattr(expected_lead, "pk", None):
        raise AlreadyDone(_decided_meanwhile(case))
    if case.objections.filter(ruled_at=None).exists():
        raise NotAllowed(_("An objection is open. Rule on it instead: the ruling names the lead."))
    check_person(case, lead, person, at)
    others = [o for o in co_handlers if o.pk != lead.pk]
    if others and case.is_confidential:
        raise Incomplete(_("The case is confidential: name the persons who help, one by one, once it is assigned."))
    if case.lead_id == lead.pk:
        raise AlreadyDone(_("%(lead)s leads this case already.") % {"lead": lead.label})
    case.category = category or case.category
    give_lead(case, lead, person=person, at=at)
    for organisation in others:
        _add_piece(case, organisation, at=at)
    case.assigned_at = case.assigned_at or at
    if case.status == Case.Status.SUBMITTED:
        case.status = Case.Status.ASSIGNED
    steps.say(case, Entry.Kind.ASSIGNED, by=by, at=at, lead=lead.pk, co=case.co_handlers, client_key=client_key)
    case = steps.finish(case, "assigned", by=by, at=at, lead=lead, co=case.co_handlers)
    tasks.settle(case, at=at)
    ask_lead(case, at)
    for organisation in others:
        _ask_helpers(case, steps.people_of(organisation, case, at), at)
    return case


@steps.verb
def add_co_handler(
    *,
    case: Case,
    organisation: Organisation,
    by: Role,
    at: datetime,
    person: User | None = None,
    client_key: uuid.UUID | None = None,
) -> Case:
    """Give another organisation a piece of the case."""
    case = steps.begin(case, "add_co", by=by, at=at, client_key=client_key)
    if case.is_confidential and by.kind != Role.Kind.COORDINATOR:
        raise NotAllowed(_("The case is confidential: only the desk names who else may see it. Ask it to."))
    check_person(case, organisation, person, at)
    if organisation.pk == case.lead_id or organisation.pk in case.co_handlers:
        raise AlreadyDone(_("%(name)s has a part in this case already.") % {"name": organisation.label})
    _add_piece(case, organisation, person=person, at=at)
    steps.say(case, Entry.Kind.CO_ADDED, by=by, at=at, organisation_id=organisation.pk, client_key=client_key)
    case = steps.finish(case, "co_handler_added", by=by, at=at, organisation=organisation)
    _ask_helpers(case, [person] if person else steps.people_of(organisation, case, at), at)
    return case


@steps.verb
def name_person(
    *,
    case: Case,
    person: User,
    organisation: Organisation,
    by: Role,
    at: datetime,
    as_arbiter: bool = False,
    client_key: uuid.UUID | None = None,
) -> Case:
    """Let one person of an organisation into a confidential case; or make them its arbiter."""
    case = steps.begin(case, "name_person", by=by, at=at, client_key=client_key)
    if not case.is_confidential:
        raise NotAllowed(_("Persons are named for confidential cases only; assign the organisation instead."))
    check_person(case, organisation, person, at)
    if not case.handlings.filter(user=person, ends_at=None).exists():
        _piece(case, organisation, Handling.Part.CO, person, at)
    if as_arbiter:
        case.arbiter = person
        case.handlings.update(arbiter=person)
    steps.say(case, Entry.Kind.NAMED, by=by, at=at, internal=True, person=person.pk, client_key=client_key)
    case = steps.finish(case, "person_named", by=by, at=at, person=person, as_arbiter=as_arbiter)
    _ask_helpers(case, [person], at)
    return case


@transaction.atomic
def categorise_case(*, case: Case, category: Category, by: Role, at: datetime, is_common: bool | None = None) -> Case:
    """Say what the case is about."""
    case = steps.begin(case, "categorise", by=by, at=at)
    before, case.category = case.category, category
    if is_common is not None:
        case.is_common = is_common
    return steps.finish(case, "categorised", by=by, at=at, before=before, category=category)


@steps.verb
def decline_case(
    *,
    case: Case,
    reason: str,
    by: Role,
    at: datetime,
    text: str = "",
    text_en: str = "",
    client_key: uuid.UUID | None = None,
) -> Case:
    """Close a case that the county cannot take, with a reason of the place's list, shown to the enterprise."""
    case = steps.begin(case, "decline", by=by, at=at, client_key=client_key)
    known = [r["key"] for r in setting(case.place, "decline_reasons", case.place.day(at))]
    if reason not in known:
        raise Incomplete(_("Choose a reason from the list: %(reasons)s.") % {"reasons": ", ".join(known)})
    case.decline_reason = reason
    return close(
        case, Case.Outcome.DECLINED, by=by, at=at, text=text, text_en=text_en, client_key=client_key, reason=reason
    )


@steps.verb
def mark_duplicate(
    *,
    case: Case,
    of: Case,
    by: Role,
    at: datetime,
    text: str = "",
    text_en: str = "",
    client_key: uuid.UUID | None = None,
) -> Case:
    """Close a case as the same matter of the same enterprise as another one."""
    case = steps.begin(case, "mark_duplicate", by=by, at=at, client_key=client_key)
    if of.pk == case.pk or of.enterprise_id != case.enterprise_id:
        raise Incomplete(_("A duplicate is another case of the same enterprise."))
    if of.outcome == Case.Outcome.DUPLICATE:
        raise Incomplete(_("Case %(number)s is itself a duplicate; name the first one.") % {"number": of.number})
    case.duplicate_of = of
    return close(
        case, Case.Outcome.DUPLICATE, by=by, at=at, text=text, text_en=text_en, client_key=client_key, of=of.number
    )


def close(
    case: Case,
    outcome: str,
    *,
    by: Role,
    at: datetime,
    text: str = "",
    text_en: str = "",
    client_key: uuid.UUID | None = None,
    **detail: object,
) -> Case:
    """The end of a case, whichever it is. The first result stands when it is reopened."""
    case.status, case.outcome, case.closed_at = Case.Status.CLOSED, outcome, at
    if by.kind == Role.Kind.COORDINATOR:  # what nobody needs to rule on any more
        case.objections.filter(ruled_at=None).update(ruled_at=at, ruled_by=by.user)
        case.extensions.filter(ruled_at=None).update(ruled_at=at, ruled_by=by.user)
    detail["outcome"] = outcome
    words: dict[str, Any] = {"text": text, "text_en": text_en, "client_key": client_key} | detail
    steps.say(case, Entry.Kind.CLOSED, by=by, at=at, **words)
    case = steps.finish(case, "closed", by=by, at=at, outcome=outcome)
    tasks.settle(case, at=at)
    link_handlers(case)
    tasks.tell(
        {p for p in (*steps.people_of_enterprise(case, at), *steps.officers(case, at)) if p.pk != by.user_id},
        case,
        N_("Case %(number)s is closed: %(title)s"),
        url=steps.url(case),
        at=at,
        **steps.params(case),
    )
    return case


def check_person(case: Case, organisation: Organisation, person: User | None, at: datetime) -> None:
    if not case.is_confidential:
        return
    if person is None:
        raise Incomplete(_("The case is confidential: name the person in %(name)s.") % {"name": organisation.label})
    works_there = Role.objects.in_office(case.place.day(at)).filter(
        user=person, organisation=organisation, kind=Role.Kind.HANDLER
    )
    if not works_there.exists():
        raise Incomplete(_("%(person)s does not work for %(name)s.") % {"person": person, "name": organisation.label})


def give_lead(case: Case, lead: Organisation, *, person: User | None, at: datetime) -> None:
    case.handlings.filter(part=Handling.Part.LEAD, ends_at=None).update(ends_at=at)
    case.handlings.filter(organisation=lead, part=Handling.Part.CO, ends_at=None).update(ends_at=at)
    case.co_handlers = [pk for pk in case.co_handlers if pk != lead.pk]
    case.lead = lead
    _piece(case, lead, Handling.Part.LEAD, person, at)
    link_handlers(case)


def _add_piece(case: Case, organisation: Organisation, *, at: datetime, person: User | None = None) -> None:
    if organisation.pk == case.lead_id or organisation.pk in case.co_handlers:
        return
    case.co_handlers = [*case.co_handlers, organisation.pk]
    _piece(case, organisation, Handling.Part.CO, person, at)
    link_handlers(case)


def _piece(case: Case, organisation: Organisation, part: str, person: User | None, at: datetime) -> None:
    Handling(
        case=case,
        organisation=organisation,
        user=person if case.is_confidential else None,
        locality_path=case.locality_path,
        part=part,
        starts_at=at,
        arbiter_id=case.arbiter_id if case.is_confidential else None,
    ).save(force_insert=True)


def link_handlers(case: Case) -> None:
    """What the offices of the case may know of its enterprise follows from what they still handle."""
    app.configure_task("cases.link_handlers").defer(case_id=case.pk)


def ask_lead(case: Case, at: datetime) -> None:
    assert case.lead is not None
    tasks.ask(
        steps.people_of(case.lead, case, at),
        case,
        N_("Answer case %(number)s: %(title)s"),
        why=N_("Assigned to your office; from %(enterprise)s"),
        url=steps.url(case),
        at=at,
        due_at=case.due_at,
        **steps.params(case),
    )


def _ask_helpers(case: Case, people: list[User], at: datetime) -> None:
    tasks.ask(
        people,
        case,
        N_("Help with case %(number)s: %(title)s"),
        url=steps.url(case),
        at=at,
        due_at=case.due_at,
        **steps.params(case),
    )


def _decided_meanwhile(case: Case) -> str:
    last = case.entries.filter(kind=Entry.Kind.ASSIGNED).select_related("author").last()
    return _("%(person)s assigned case %(number)s to %(lead)s in the meantime. Look at it before you decide again.") % {
        "person": last.author.label if last and last.author else _("Somebody"),
        "number": case.number,
        "lead": case.lead.label if case.lead else _("no office"),
    }
