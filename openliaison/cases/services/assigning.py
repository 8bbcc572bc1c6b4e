"""Who takes it: assignment, objection and ruling, declining, duplicates."""

from __future__ import annotations

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


@transaction.atomic
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
) -> Case:
    """Give the case to a lead (and co-handlers), or to another lead than before.

    Args:
        person: who in the lead organisation may see it; needed where the case is confidential.
        expected_lead: the lead that the deciding person saw; another one found means that somebody
            decided in between.

    Raises:
        NotAllowed, Incomplete, AlreadyDone.
    """
    case = steps.begin(case, "assign", by=by, at=at)
    if expected_lead is not False and case.lead_id != getattr(expected_lead, "pk", None):
        raise AlreadyDone(
            _("Somebody assigned case %(number)s to %(lead)s in the meantime. Look at it before you decide again.")
            % {"number": case.number, "lead": case.lead.label if case.lead else _("nobody")}
        )
    if case.objections.filter(ruled_at=None).exists():
        raise NotAllowed(_("An objection is open. Rule on it instead: the ruling names the lead."))
    _check_person(case, lead, person)
    if category:
        case.category = category
    if case.lead_id == lead.pk:
        raise AlreadyDone(_("%(lead)s leads this case already.") % {"lead": lead.label})
    _give(case, lead, person=person, at=at)
    for organisation in co_handlers:
        _add_piece(case, organisation, at=at)
    case.assigned_at = case.assigned_at or at
    if case.status == Case.Status.SUBMITTED:
        case.status = Case.Status.ASSIGNED
    steps.say(case, Entry.Kind.ASSIGNED, by=by, at=at, lead=lead.pk, co=case.co_handlers)
    case = steps.finish(case, "assigned", by=by, at=at, lead=lead, co=case.co_handlers)
    tasks.settle(case, at=at)
    _ask_lead(case, at)
    return case


@transaction.atomic
def add_co_handler(
    *, case: Case, organisation: Organisation, by: Role, at: datetime, person: User | None = None
) -> Case:
    """Give another organisation a piece of the case."""
    case = steps.begin(case, "add_co", by=by, at=at)
    _check_person(case, organisation, person)
    if organisation.pk == case.lead_id or organisation.pk in case.co_handlers:
        raise AlreadyDone(_("%(name)s has a part in this case already.") % {"name": organisation.label})
    _add_piece(case, organisation, person=person, at=at)
    steps.say(case, Entry.Kind.CO_ADDED, by=by, at=at, organisation_id=organisation.pk)
    case = steps.finish(case, "co_handler_added", by=by, at=at, organisation=organisation)
    people = [person] if person else steps.people_of(organisation, case)
    tasks.ask(
        people,
        case,
        N_("Help with case %(number)s: %(title)s"),
        url=steps.url(case),
        at=at,
        due_at=case.due_at,
        **steps.params(case),
    )
    return case


@transaction.atomic
def name_person(
    *, case: Case, person: User, organisation: Organisation, by: Role, at: datetime, as_arbiter: bool = False
) -> Case:
    """Let one person of an organisation into a confidential case; or make them its arbiter."""
    case = steps.begin(case, "name_person", by=by, at=at)
    if not case.is_confidential:
        raise NotAllowed(_("Persons are named for confidential cases only; assign the organisation instead."))
    _check_person(case, organisation, person)
    if as_arbiter:
        case.arbiter = person
    if not case.handlings.filter(user=person, ends_at=None).exists():
        _add_piece(case, organisation, person=person, at=at)
    steps.say(case, Entry.Kind.NAMED, by=by, at=at, internal=True, person=person.pk)
    return steps.finish(case, "person_named", by=by, at=at, person=person, as_arbiter=as_arbiter)


@transaction.atomic
def categorise_case(*, case: Case, category: Category, by: Role, at: datetime, is_common: bool | None = None) -> Case:
    """Say what the case is about."""
    case = steps.begin(case, "categorise", by=by, at=at)
    before, case.category = case.category, category
    if is_common is not None:
        case.is_common = is_common
    return steps.finish(case, "categorised", by=by, at=at, before=before, category=category)


@transaction.atomic
def decline_case(*, case: Case, reason: str, by: Role, at: datetime, text: str = "", text_en: str = "") -> Case:
    """Close a case that the county cannot take, with a reason of the place's list, shown to the enterprise."""
    case = steps.begin(case, "decline", by=by, at=at)
    known = [r["key"] for r in setting(case.place, "decline_reasons", at.date())]
    if reason not in known:
        raise Incomplete(_("Choose a reason from the list: %(reasons)s.") % {"reasons": ", ".join(known)})
    case.decline_reason = reason
    return close(case, Case.Outcome.DECLINED, by=by, at=at, text=text, text_en=text_en, reason=reason)


@transaction.atomic
def mark_duplicate(*, case: Case, of: Case, by: Role, at: datetime, text: str = "", text_en: str = "") -> Case:
    """Close a case as the same matter of the same enterprise as another one."""
    case = steps.begin(case, "mark_duplicate", by=by, at=at)
    if of.pk == case.pk or of.enterprise_id != case.enterprise_id:
        raise Incomplete(_("A duplicate is another case of the same enterprise."))
    if of.outcome == Case.Outcome.DUPLICATE:
        raise Incomplete(_("Case %(number)s is itself a duplicate; name the first one.") % {"number": of.number})
    case.duplicate_of = of
    return close(case, Case.Outcome.DUPLICATE, by=by, at=at, text=text, text_en=text_en, of=of.number)


@transaction.atomic
def object_to_case(*, case: Case, reason: str, by: Role, at: datetime, reason_en: str = "") -> Objection:
    """ "Not ours": once per organisation, within a working day, with a reason. The clock runs on.

    The second return of a case, by whomever, goes to its arbiter.
    """
    case = steps.begin(case, "object", by=by, at=at)
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
    rule_by = clock.end_of_working_day(case.place, at)
    objection = Objection(
        case=case, organisation=organisation, reason=reason, raised_by=by.user, raised_at=at, rule_by_at=rule_by
    )
    objection.save(force_insert=True)
    steps.say(case, Entry.Kind.OBJECTED, by=by, at=at, text=reason, text_en=reason_en)
    case = steps.finish(case, "objected", by=by, at=at, organisation=organisation)
    tasks.ask(
        _judges(case),
        case,
        N_("Rule today on the objection of %(office)s, case %(number)s"),
        why=N_("Return no. %(count)s of %(title)s"),
        url=steps.url(case),
        at=at,
        due_at=rule_by,
        **steps.params(case, office=organisation.name, count=str(case.return_count)),
    )
    return objection


@transaction.atomic
def rule_objection(
    *, case: Case, lead: Organisation, text: str, by: Role, at: datetime, text_en: str = "", person: User | None = None
) -> Case:
    """Decide an open objection: who leads from now on. The arbiter's ruling is final."""
    case = steps.begin(case, "rule", by=by, at=at)
    objection = case.objections.filter(ruled_at=None).first()
    if objection is None:
        raise AlreadyDone(_("There is no open objection: somebody has ruled on it."))
    is_second = case.return_count >= 2
    held = rules.capacities(case, by, at)
    if is_second != (rules.ARBITER in held) and not (is_second and _is_arbiter(case, by, held)):
        raise NotAllowed(
            _("This is the second return: the arbiter rules.") if is_second else _("The desk rules on a first return.")
        )
    text = steps.need(text, _("Give the reason of the ruling."))
    _check_person(case, lead, person)
    objection.ruling, objection.ruled_lead, objection.ruled_by, objection.ruled_at = text, lead, by.user, at
    objection.is_final = is_second
    objection.save(update_fields=["ruling", "ruled_lead", "ruled_by", "ruled_at", "is_final"])
    if case.lead_id != lead.pk:
        _give(case, lead, person=person, at=at)
        if case.status != Case.Status.WAITING:
            case.status = Case.Status.ASSIGNED if case.answered_at is None else Case.Status.IN_HAND
    steps.say(case, Entry.Kind.RULED, by=by, at=at, text=text, text_en=text_en, lead=lead.pk, final=is_second)
    case = steps.finish(case, "ruled", by=by, at=at, lead=lead, final=is_second)
    tasks.settle(case, at=at)
    _ask_lead(case, at)
    return case


def close(
    case: Case, outcome: str, *, by: Role | None, at: datetime, text: str = "", text_en: str = "", **detail: object
) -> Case:
    """The end of a case, whichever it is. The first result stands when it is reopened."""
    case.status, case.outcome, case.closed_at = Case.Status.CLOSED, outcome, at
    steps.say(case, Entry.Kind.CLOSED, by=by, at=at, text=text, text_en=text_en, outcome=outcome, **detail)
    case = steps.finish(case, "closed", by=by, at=at, outcome=outcome)
    tasks.settle(case, at=at)
    _link_handlers(case)
    tasks.tell(
        {p for p in (*steps.people_of_enterprise(case), *steps.officers(case, at)) if not by or p.pk != by.user_id},
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


def _judges(case: Case) -> list[User]:
    if case.return_count < 2:
        return steps.coordinators(case)
    if case.arbiter:
        return [case.arbiter]
    leaders = Role.objects.filter(place_id=case.place_id, kind=Role.Kind.LEADER, user__is_active=True)
    reach = [r.user for r in leaders.select_related("user", "locality") if _covers(r, case)]
    return reach or steps.coordinators(case)


def _covers(role: Role, case: Case) -> bool:
    return bool(role.locality) and case.locality_path.startswith(role.locality.path)


def _is_arbiter(case: Case, by: Role, held: frozenset[str]) -> bool:
    """The arbiter; or the desk, where nobody is there to be one or the case is confidential."""
    has_one = case.arbiter_id is not None or any(p.pk != by.user_id for p in _judges(case))
    return rules.ARBITER in held or (rules.COORDINATOR in held and (case.is_confidential or not has_one))
