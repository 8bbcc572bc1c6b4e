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
from openliaison.register.rules import serves

from . import promise_people as people
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
    visit_id: int | None = None,
    told_on: date | None = None,
    client_key: uuid.UUID | None = None,
) -> Promise:
    """Write down what was promised, by whom and by when.

    Args:
        organisation: whose promise it is, on the county's side; the person's own where it is left out.
            Another office is told, and may say that it is not its promise.
        visit_id: the visit at which it was made.
        told_on: the day of the talk, where it is written down later: who served then may, and it may be due since.

    Raises:
        Incomplete: no text, a date gone by, or nobody who promises.
        NotAllowed: the case or enterprise is not theirs.
    """
    known = Promise.objects.filter(client_key=client_key, made_by_id=by.user_id).first() if client_key else None
    if known:
        return known
    text = steps.need(text, _("Say what was promised."))
    if due_on < (told_on or enterprise.place.day(at)):
        raise Incomplete(_("A promise is due today or later."))
    if case:
        rules.require(case, by, "promise", at)
    else:
        _require_team(enterprise, by, at, told_on)
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
        visit_id=visit_id,
        is_confidential=bool(case and case.is_confidential),
    )
    journal.record(promise, "promised", by=by, at=at, due_on=due_on, side=side)
    _tell_of(promise, by, at)
    return promise


@transaction.atomic
def keep_promise(*, promise: Promise, by: Role, at: datetime, is_kept: bool = True, reason: str = "") -> Promise:
    """Say that a promise was kept, or that it was not and why. Each side settles the other's or its own.

    Args:
        reason: what was done, or why it was not. The other side's own word needs none.
    """
    return _settle(promise, Promise.State.KEPT if is_kept else Promise.State.BROKEN, reason, by=by, at=at)


@transaction.atomic
def withdraw_promise(*, promise: Promise, reason: str, by: Role, at: datetime) -> Promise:
    """Take a promise back, with the reason shown to the other side."""
    reason = steps.need(reason, _("Say why the promise is withdrawn; the other side reads it."))
    return _settle(promise, Promise.State.WITHDRAWN, reason, by=by, at=at)


def lock(promise: Promise) -> Promise:
    """The row as it stands, held until the transaction ends.

    Raises:
        AlreadyDone: it was settled before.
    """
    rows = Promise.objects.select_for_update(of=("self",))
    found = rows.select_related("enterprise", "organisation", "place", "made_by", "case__lead").get(pk=promise.pk)
    if found.state != Promise.State.OPEN:
        raise AlreadyDone(_("This promise was settled before: %(state)s.") % {"state": found.get_state_display()})
    return found


def _settle(promise: Promise, state: str, reason: str, *, by: Role, at: datetime) -> Promise:
    promise, reason = lock(promise), reason.strip()
    people.need_concerned(promise, by, at)
    if state == Promise.State.WITHDRAWN and not people.is_maker(promise, by):
        raise NotAllowed(_("Only who made a promise withdraws it."))
    if state == Promise.State.BROKEN:
        reason = steps.need(reason, _("Say why it was not kept."))
    if state == Promise.State.KEPT and not people.is_of_other_side(promise, by, at):
        reason = steps.need(reason, _("Say what was done; the other side reads it."))
    promise.state, promise.settled_at, promise.settled_by, promise.settled_reason = state, at, by.user, reason[:300]
    promise.save(update_fields=["state", "settled_at", "settled_by", "settled_reason"])
    journal.record(promise, f"promise_{state}", by=by, at=at, reason=reason)
    tasks.settle(promise, at=at)
    return promise


def _require_team(enterprise: Enterprise, by: Role, at: datetime, told_on: date | None) -> None:
    is_own = by.kind == Role.Kind.ENTERPRISE and by.enterprise_id == enterprise.pk
    is_served = serves(enterprise, by, by.place.day(at), told_on)
    is_desk = by.kind == Role.Kind.COORDINATOR and covers(by, enterprise.locality_path)
    if not (is_own or is_served or is_desk):
        raise NotAllowed(_("Promises to %(name)s are made by its team or within a case.") % {"name": enterprise.label})


def _tell_of(promise: Promise, by: Role, at: datetime) -> None:
    """The other side is told, and the office that is to keep it; of a confidential case without its words."""
    tasks.tell(
        [person for person in people.other_side(promise, at) if person.pk != by.user_id],
        promise,
        N_("Promised by %(day)s: %(text)s"),
        url=people.page(promise),
        at=at,
        day=promise.due_on.isoformat(),
        text=promise.told,
    )
    tell_office(promise, by, at)


def tell_office(promise: Promise, by: Role, at: datetime) -> None:
    """An office for which somebody else promised learns of it, and that it may say it is not its own."""
    if promise.side != Promise.Side.COUNTY or by.organisation_id == promise.organisation_id:
        return
    tasks.ask(
        [person for person in people.keepers(promise, at) if person.pk not in (by.user_id, promise.made_by_id)],
        promise,
        N_("Promised for your office by %(day)s: %(text)s"),
        why=N_("%(name)s promised it to %(enterprise)s. Keep it, or say that it is not yours."),
        url=people.page(promise),
        at=at,
        day=promise.due_on.isoformat(),
        text=promise.told,
        name={"zh": by.user.display_name, "en": by.user.display_name_en or by.user.display_name},
        enterprise=steps.names(promise.enterprise),
    )
