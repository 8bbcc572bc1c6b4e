"""Who takes it: assignment, objection and ruling, declining, duplicates."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from procrastinate.contrib.django import app

from openliaison.accounts.models import Organisation, Role, User
from openliaison.cases import clock, rules
from openliaison.cases.errors import AlreadyDone, Incomplete, NotAllowed, TooLate
from openliaison.cases.models import Case, Category, Entry, Handling, Objection
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
    _check_person(case, lead, person)
    others = [o for o in co_handlers if o.pk != lead.pk]
    if others and case.is_confidential:
        raise Incomplete(_("The case is confidential: name the persons who help, one by one, once it is assigned."))
    if case.lead_id == lead.pk:
        raise AlreadyDone(_("%(lead)s leads this case already.") % {"lead": lead.label})
    case.category = category or case.category
    _give(case, lead, person=person, at=at)
    for organisation in others:
        _add_piece(case, organisation, at=at)
    case.assigned_at = case.assigned_at or at
    if case.status == Case.Status.SUBMITTED:
        case.status = Case.Status.ASSIGNED
    steps.say(case, Entry.Kind.ASSIGNED, by=by, at=at, lead=lead.pk, co=case.co_handlers, client_key=client_key)
    case = steps.finish(case, "assigned", by=by, at=at, lead=lead, co=case.co_handlers)
    tasks.settle(case, at=at)
    _ask_lead(case, at)
    for organisation in others:
        _ask_helpers(case, steps.people_of(organisation, case), at)
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
    _check_person(case, organisation, person)
    if organisation.pk == case.lead_id or organisation.pk in case.co_handlers:
        raise AlreadyDone(_("%(name)s has a part in this case already.") % {"name": organisation.label})
    _add_piece(case, organisation, person=person, at=at)
    steps.say(case, Entry.Kind.CO_ADDED, by=by, at=at, organisation_id=organisation.pk, client_key=client_key)
    case = steps.finish(case, "co_handler_added", by=by, at=at, organisation=organisation)
    _ask_helpers(case, [person] if person else steps.people_of(organisation, case), at)
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
    _check_person(case, organisation, person)
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
    known = [r["key"] for r in setting(case.place, "decline_reasons", at.date())]
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


@steps.verb
def object_to_case(
    *, case: Case, reason: str, by: Role, at: datetime, reason_en: str = "", client_key: uuid.UUID | None = None
) -> Case:
    """ "Not ours": once per organisation, within a working day, with a reason. The clock runs on.

    The second return of a case, by whomever, goes to its arbiter.
    """
    case = steps.begin(case, "object", by=by, at=at, client_key=client_key)
    organisation = by.organisation
    assert organisation is not None  # handlers have one: a constraint of the row
    reason = steps.need(reason, _("Say why it is not yours, and whose it is."))
    if case.objections.filter(organisation=organisation).exists():
        raise AlreadyDone(_("Your office has objected once; a ruling is final. Reply, or ask for help."))
    if case.objections.filter(is_final=True).exists():
        raise TooLate(_("The arbiter has ruled on this case; the ruling is final."))
    piece = case.handlings.filter(organisation=organisation, ends_at=None).latest("starts_at")
    if at >= clock.due_after(case.place, piece.starts_at, "objection", at):
        raise TooLate(_("Objections are made within one working day of the assignment. Reply, or ask for help."))
    case.return_count += 1
    if case.is_confidential and case.return_count >= 2 and case.arbiter_id is None:
        _ask_for_arbiter(case, at)
    rule_by = clock.end_of_working_day(case.place, at)
    Objection(
        case=case, organisation=organisation, reason=reason, raised_by=by.user, raised_at=at, rule_by_at=rule_by
    ).save(force_insert=True)
    steps.say(case, Entry.Kind.OBJECTED, by=by, at=at, text=reason, text_en=reason_en, client_key=client_key)
    case = steps.finish(case, "objected", by=by, at=at, organisation=organisation)
    tasks.ask(
        _judges(case),
        case,
        N_("Rule today on the objection of %(office)s, case %(number)s"),
        why=N_("Return no. %(count)s of %(title)s"),
        url=steps.url(case),
        at=at,
        due_at=rule_by,
        **steps.params(case, office=steps.names(organisation), count=str(case.return_count)),
    )
    return case


@steps.verb
def rule_objection(
    *,
    case: Case,
    lead: Organisation,
    text: str,
    by: Role,
    at: datetime,
    text_en: str = "",
    person: User | None = None,
    stays: bool = True,
    client_key: uuid.UUID | None = None,
) -> Case:
    """Decide an open objection: who leads from now on. The arbiter's ruling is final.

    Args:
        stays: whether a co-handler that objected keeps its piece; a lead that objected leads on only
            where the ruling names it.
    """
    case = steps.begin(case, "rule", by=by, at=at, client_key=client_key)
    objection = case.objections.filter(ruled_at=None).first()
    if objection is None:
        raise AlreadyDone(steps.with_last(_("There is no open objection."), case))
    is_second = case.return_count >= 2
    _check_judge(case, rules.capacities(case, by, at))
    text = steps.need(text, _("Give the reason of the ruling."))
    _check_person(case, lead, person)
    objection.ruling, objection.ruled_lead, objection.ruled_by, objection.ruled_at = text, lead, by.user, at
    objection.is_final = is_second
    objection.save(update_fields=["ruling", "ruled_lead", "ruled_by", "ruled_at", "is_final"])
    if not stays:
        _release(case, objection.organisation_id, at)
    if case.lead_id != lead.pk:
        _give(case, lead, person=person, at=at)
        if case.status != Case.Status.WAITING:
            case.status = Case.Status.ASSIGNED if case.answered_at is None else Case.Status.IN_HAND
    steps.say(
        case,
        Entry.Kind.RULED,
        by=by,
        at=at,
        text=text,
        text_en=text_en,
        lead=lead.pk,
        final=is_second,
        client_key=client_key,
    )
    case = steps.finish(case, "ruled", by=by, at=at, lead=lead, final=is_second)
    tasks.settle(case, at=at)
    _ask_lead(case, at)
    return case


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
    kept = {"text": text, "text_en": text_en, "client_key": client_key}
    steps.say(case, Entry.Kind.CLOSED, by=by, at=at, outcome=outcome, **kept, **detail)
    case = steps.finish(case, "closed", by=by, at=at, outcome=outcome)
    tasks.settle(case, at=at)
    _link_handlers(case)
    tasks.tell(
        {p for p in (*steps.people_of_enterprise(case), *steps.officers(case, at)) if p.pk != by.user_id},
        case,
        N_("Case %(number)s is closed: %(title)s"),
        url=steps.url(case),
        at=at,
        **steps.params(case),
    )
    return case


def _check_person(case: Case, organisation: Organisation, person: User | None) -> None:
    if not case.is_confidential:
        return
    if person is None:
        raise Incomplete(_("The case is confidential: name the person in %(name)s.") % {"name": organisation.label})
    if not Role.objects.filter(user=person, organisation=organisation, kind=Role.Kind.HANDLER).exists():
        raise Incomplete(_("%(person)s does not work for %(name)s.") % {"person": person, "name": organisation.label})


def _give(case: Case, lead: Organisation, *, person: User | None, at: datetime) -> None:
    case.handlings.filter(part=Handling.Part.LEAD, ends_at=None).update(ends_at=at)
    case.handlings.filter(organisation=lead, part=Handling.Part.CO, ends_at=None).update(ends_at=at)
    case.co_handlers = [pk for pk in case.co_handlers if pk != lead.pk]
    case.lead = lead
    _piece(case, lead, Handling.Part.LEAD, person, at)
    _link_handlers(case)


def _add_piece(case: Case, organisation: Organisation, *, at: datetime, person: User | None = None) -> None:
    if organisation.pk == case.lead_id or organisation.pk in case.co_handlers:
        return
    case.co_handlers = [*case.co_handlers, organisation.pk]
    _piece(case, organisation, Handling.Part.CO, person, at)
    _link_handlers(case)


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


def _link_handlers(case: Case) -> None:
    app.configure_task("cases.link_handlers").defer(case_id=case.pk)


def _ask_lead(case: Case, at: datetime) -> None:
    assert case.lead is not None
    tasks.ask(
        steps.people_of(case.lead, case),
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


def _ask_for_arbiter(case: Case, at: datetime) -> None:
    tasks.ask(
        steps.coordinators(case),
        case,
        N_("Name the arbiter among the persons of case %(number)s"),
        why=N_("It was returned a second time"),
        url=steps.url(case),
        at=at,
        due_at=clock.end_of_working_day(case.place, at),
        **steps.params(case),
    )


def _release(case: Case, organisation_id: int, at: datetime) -> None:
    """A co-handler's piece is taken away."""
    case.handlings.filter(organisation_id=organisation_id, part=Handling.Part.CO, ends_at=None).update(ends_at=at)
    case.co_handlers = [pk for pk in case.co_handlers if pk != organisation_id]


def _decided_meanwhile(case: Case) -> str:
    last = case.entries.filter(kind=Entry.Kind.ASSIGNED).select_related("author").last()
    return _("%(person)s assigned case %(number)s to %(lead)s in the meantime. Look at it before you decide again.") % {
        "person": last.author.label if last and last.author else _("Somebody"),
        "number": case.number,
        "lead": case.lead.label if case.lead else _("nobody"),
    }


def _judges(case: Case) -> list[User]:
    if case.return_count < 2:
        return steps.coordinators(case)
    if case.arbiter:
        return [case.arbiter]
    if case.is_confidential:
        return []
    return _leaders(case) or steps.coordinators(case)


def _leaders(case: Case) -> list[User]:
    roles = Role.objects.filter(place_id=case.place_id, kind=Role.Kind.LEADER, user__is_active=True)
    return [r.user for r in roles.select_related("user", "locality") if _covers(r, case)]


def _covers(role: Role, case: Case) -> bool:
    return bool(role.locality) and case.locality_path.startswith(role.locality.path)


def _check_judge(case: Case, held: frozenset[str]) -> None:
    """A first return is the desk's, a second one the arbiter's (the desk's, where nobody is there to be one)."""
    if case.return_count < 2:
        if rules.COORDINATOR not in held:
            raise NotAllowed(_("The desk rules on a first return; the arbiter on a second."))
        return
    if rules.ARBITER in held:
        return
    if case.is_confidential and case.arbiter_id is None:
        raise NotAllowed(_("This is the second return: name the arbiter among the persons of this case first."))
    nobody_else = not case.is_confidential and case.arbiter_id is None and not _leaders(case)
    if not (rules.COORDINATOR in held and nobody_else):
        raise NotAllowed(_("This is the second return: the arbiter rules."))
