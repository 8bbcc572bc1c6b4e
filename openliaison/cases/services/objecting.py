""" "Not ours": objections, and who rules on them."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from openliaison.accounts.models import Organisation, Role, User
from openliaison.cases import clock, rules
from openliaison.cases.errors import AlreadyDone, NotAllowed, TooLate
from openliaison.cases.models import Case, Entry, Handling, Objection
from openliaison.core import tasks

from . import steps
from .assigning import ask_lead, check_person, give_lead, link_handlers
from .steps import covers


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
        _judges(case, at),
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
    _check_judge(case, rules.capacities(case, by, at), at)
    text = steps.need(text, _("Give the reason of the ruling."))
    check_person(case, lead, person, at)
    objection.ruling, objection.ruled_lead, objection.ruled_by, objection.ruled_at = text, lead, by.user, at
    objection.is_final = is_second
    objection.save(update_fields=["ruling", "ruled_lead", "ruled_by", "ruled_at", "is_final"])
    if not stays:
        _release(case, objection.organisation_id, at)
    if case.lead_id != lead.pk:
        give_lead(case, lead, person=person, at=at)
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
    ask_lead(case, at)
    return case


def _ask_for_arbiter(case: Case, at: datetime) -> None:
    tasks.ask(
        steps.coordinators(case, at),
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
    link_handlers(case)


def _judges(case: Case, at: datetime) -> list[User]:
    if case.return_count < 2:
        return steps.coordinators(case, at)
    if case.arbiter:
        return [case.arbiter]
    if case.is_confidential:
        return []
    return _leaders(case, at) or steps.coordinators(case, at)


def _leaders(case: Case, at: datetime) -> list[User]:
    roles = Role.objects.in_office(case.place.day(at)).filter(place_id=case.place_id, kind=Role.Kind.LEADER)
    return [r.user for r in roles.select_related("user", "locality") if covers(r, case.locality_path)]


def _check_judge(case: Case, held: frozenset[str], at: datetime) -> None:
    """A first return is the desk's, a second one the arbiter's (the desk's, where nobody is there to be one)."""
    if case.return_count < 2:
        if rules.COORDINATOR not in held:
            raise NotAllowed(_("The desk rules on a first return; the arbiter on a second."))
        return
    if rules.ARBITER in held:
        return
    if case.is_confidential and case.arbiter_id is None:
        raise NotAllowed(_("This is the second return: name the arbiter among the persons of this case first."))
    nobody_else = not case.is_confidential and case.arbiter_id is None and not _leaders(case, at)
    if not (rules.COORDINATOR in held and nobody_else):
        raise NotAllowed(_("This is the second return: the arbiter rules."))
