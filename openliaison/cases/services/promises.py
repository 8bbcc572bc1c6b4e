"""Promises of both sides: made, kept, withdrawn with a reason. The enterprise sees them all."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from openliaison.accounts.models import Organisation, Role
from openliaison.cases import rules
from openliaison.cases.errors import AlreadyDone, Incomplete, NotAllowed
from openliaison.cases.models import Case, Promise
from openliaison.core import journal, tasks
from openliaison.register.models import Enterprise

from . import steps
from .steps import covers


@transaction.atomic
def make_promise(
    *,
    enterprise: Enterprise,
    text: str,
    due_on: date,
    by: Role,
    at: datetime,
    case: Case | None = None,
    side: str = Promise.Side.COUNTY,
    organisation: Organisation | None = None,
    text_en: str = "",
    client_key: uuid.UUID | None = None,
) -> Promise:
    """Write down what was promised, by whom and by when.

    Args:
        organisation: whose promise it is, on the county's side; the person's own where it is left out.

    Raises:
        Incomplete: no text, a date gone by, or nobody who promises.
        NotAllowed: the case or enterprise is not theirs.
    """
    known = Promise.objects.filter(client_key=client_key, made_by_id=by.user_id).first() if client_key else None
    if known:
        return known
    text = steps.need(text, _("Say what was promised."))
    if due_on < enterprise.place.day(at):
        raise Incomplete(_("A promise is due today or later."))
    if case:
        rules.require(case, by, "promise", at)
    else:
        _require_team(enterprise, by, at)
    if by.kind == Role.Kind.ENTERPRISE:
        side, organisation = Promise.Side.ENTERPRISE, None
    elif side == Promise.Side.COUNTY:
        organisation = organisation or by.organisation
        if organisation is None:
            raise Incomplete(_("Say which office promises it."))
    promise = Promise.objects.create(
        place_id=enterprise.place_id,
        enterprise=enterprise,
        locality_path=enterprise.locality_path,
        case=case,
        client_key=client_key or uuid.uuid4(),
        side=side,
        organisation=organisation if side == Promise.Side.COUNTY else None,
        made_by=by.user,
        made_at=at,
        text=text,
        text_en=text_en,
        due_on=due_on,
        is_confidential=bool(case and case.is_confidential),
    )
    journal.record(promise, "promised", by=by, at=at, due_on=due_on, side=side)
    _tell_of(promise, by, at)
    return promise


@transaction.atomic
def keep_promise(*, promise: Promise, by: Role, at: datetime, is_kept: bool = True, reason: str = "") -> Promise:
    """Say that a promise was kept, or that it was not and why. Each side settles the other's or its own."""
    return _settle(promise, Promise.State.KEPT if is_kept else Promise.State.BROKEN, reason, by=by, at=at)


@transaction.atomic
def withdraw_promise(*, promise: Promise, reason: str, by: Role, at: datetime) -> Promise:
    """Take a promise back, with the reason shown to the other side."""
    reason = steps.need(reason, _("Say why the promise is withdrawn; the other side reads it."))
    return _settle(promise, Promise.State.WITHDRAWN, reason, by=by, at=at)


def _settle(promise: Promise, state: str, reason: str, *, by: Role, at: datetime) -> Promise:
    promise = Promise.objects.select_for_update(of=("self",)).select_related("enterprise").get(pk=promise.pk)
    if promise.state != Promise.State.OPEN:
        raise AlreadyDone(_("This promise was settled before: %(state)s.") % {"state": promise.get_state_display()})
    _may_settle(promise, state, by, at)
    if state == Promise.State.BROKEN:
        reason = steps.need(reason, _("Say why it was not kept."))
    promise.state, promise.settled_at, promise.settled_by, promise.settled_reason = state, at, by.user, reason
    promise.save(update_fields=["state", "settled_at", "settled_by", "settled_reason"])
    journal.record(promise, f"promise_{state}", by=by, at=at, reason=reason)
    tasks.settle(promise, at=at)
    return promise


def _may_settle(promise: Promise, state: str, by: Role, at: datetime) -> None:
    is_maker = promise.made_by_id == by.user_id or (
        promise.organisation_id is not None and promise.organisation_id == by.organisation_id
    )
    is_enterprise = by.kind == Role.Kind.ENTERPRISE and by.enterprise_id == promise.enterprise_id
    is_desk = by.kind == Role.Kind.COORDINATOR
    if promise.side == Promise.Side.ENTERPRISE:
        is_maker = is_enterprise
    if state == Promise.State.WITHDRAWN and not is_maker:
        raise NotAllowed(_("Only who made a promise withdraws it."))
    is_served = promise.enterprise.links.active(by.place.day(at)).filter(user_id=by.user_id).exists()
    if not (is_maker or is_enterprise or is_desk or is_served):
        raise NotAllowed(_("This promise is between others."))


def _require_team(enterprise: Enterprise, by: Role, at: datetime) -> None:
    is_own = by.kind == Role.Kind.ENTERPRISE and by.enterprise_id == enterprise.pk
    is_served = enterprise.links.active(by.place.day(at)).filter(user_id=by.user_id).exists()
    is_desk = by.kind == Role.Kind.COORDINATOR and covers(by, enterprise.locality_path)
    if not (is_own or is_served or is_desk):
        raise NotAllowed(_("Promises to %(name)s are made by its team or within a case.") % {"name": enterprise.label})


def _tell_of(promise: Promise, by: Role, at: datetime) -> None:
    """The other side is told; of a confidential case without its words."""
    if promise.side == Promise.Side.ENTERPRISE and promise.case and promise.case.lead:
        people = steps.people_of(promise.case.lead, promise.case, at)
    else:
        roles = Role.objects.in_office(by.place.day(at)).filter(enterprise_id=promise.enterprise_id)
        people = [role.user for role in roles.select_related("user")]
    tasks.tell(
        [person for person in people if person.pk != by.user_id],
        promise,
        N_("Promised by %(day)s: %(text)s"),
        url=steps.url(promise.case) if promise.case else "/cases/promises/",
        at=at,
        day=promise.due_on.isoformat(),
        text=promise.told,
    )
