"""What happens to a promise before it is settled, and after: another day, "not ours", another office, "not so"."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.utils.translation import ngettext

from openliaison.accounts.models import Organisation, Role
from openliaison.cases.errors import AlreadyDone, Incomplete, NotAllowed
from openliaison.cases.models import Promise
from openliaison.core import journal, tasks
from openliaison.core.models import Place
from openliaison.core.places import setting

from . import promise_people as people
from . import steps
from .promises import lock, tell_office


@transaction.atomic
def move_promise(*, promise: Promise, due_on: date, reason: str, by: Role, at: datetime) -> Promise:
    """Write down another day that both sides agreed on. The first day stays on file and in the measures.

    Raises:
        Incomplete: no reason, the same day, or one gone by. NotAllowed: between others. AlreadyDone: settled.
    """
    promise = lock(promise)
    people.need_concerned(promise, by, at)
    reason = steps.need(reason, _("Say why another day was agreed; the other side reads it."))
    if due_on < promise.place.day(at):
        raise Incomplete(_("A promise is due today or later."))
    if due_on == promise.due_on:
        raise Incomplete(_("It is due on that day already."))
    before = promise.due_on
    promise.first_due_on = promise.promised_on
    promise.due_on, promise.moved_reason, promise.reminded = due_on, reason[:300], ""
    promise.save(update_fields=["first_due_on", "due_on", "moved_reason", "reminded"])
    journal.record(promise, "promise_moved", by=by, at=at, due_on=due_on, was=before, reason=reason)
    tasks.settle(promise, at=at)
    told = [*people.other_side(promise, at), *people.keepers(promise, at)]
    tasks.tell(
        [person for person in told if person.pk != by.user_id],
        promise,
        N_("Now promised by %(day)s: %(text)s"),
        why=N_("“%(words)s”"),
        url=people.page(promise),
        at=at,
        day=due_on.isoformat(),
        text=promise.told,
        words=_words(promise, reason),
    )
    return promise


@transaction.atomic
def dispute_promise(*, promise: Promise, reason: str, by: Role, at: datetime) -> Promise:
    """The side to which it was promised says "not so": it is open again, within days of being called kept.

    Raises:
        AlreadyDone: it is not called kept. Incomplete: no words, or too late. NotAllowed: the keeper's own side.
    """
    rows = Promise.objects.select_for_update(of=("self",)).select_related("enterprise", "place", "made_by")
    promise = rows.select_related("organisation", "case__lead").get(pk=promise.pk)
    if promise.state != Promise.State.KEPT or promise.settled_at is None:
        raise AlreadyDone(_("Nobody says that this promise was kept."))
    if not people.is_of_other_side(promise, by, at):
        raise NotAllowed(_("Only the side to which it was promised says that it is not so."))
    days = reopen_days(promise.place, at)
    if promise.place.day(at) > promise.place.day(promise.settled_at) + timedelta(days=days):
        raise Incomplete(_too_late(days))
    reason = steps.need(reason, _("Say what is missing; the other side reads it."))
    promise.state, promise.settled_at, promise.settled_by, promise.settled_reason = Promise.State.OPEN, None, None, ""
    promise.disputed_at, promise.disputed_reason, promise.reminded = at, reason[:300], ""
    promise.save()
    journal.record(promise, "promise_disputed", by=by, at=at, reason=reason)
    tasks.ask(
        people.keepers(promise, at),
        promise,
        N_("Not kept yet, says the other side: %(text)s"),
        why=N_("“%(words)s”"),
        url=people.page(promise),
        at=at,
        text=promise.told,
        words=_words(promise, reason),
    )
    return promise


@transaction.atomic
def disown_promise(*, promise: Promise, reason: str, by: Role, at: datetime) -> Promise:
    """The office for which somebody else promised says that it is not its promise. Who made it decides.

    Raises:
        NotAllowed: another office's, or made by the office itself. Incomplete: no reason. AlreadyDone: said or settled.
    """
    promise = lock(promise)
    if promise.disowned_at is not None:
        raise AlreadyDone(_("It was said before; who made the promise decides."))
    if not is_disownable(promise, by, at):
        raise NotAllowed(_("Only the office for which somebody else promised says that it is not its own."))
    reason = steps.need(reason, _("Say why it is not your office's, and whose it might be."))
    promise.disowned_at, promise.disowned_reason = at, reason[:300]
    promise.save(update_fields=["disowned_at", "disowned_reason"])
    journal.record(promise, "promise_disowned", by=by, at=at, reason=reason)
    tasks.settle(promise, at=at)
    tasks.ask(
        people.keepers(promise, at),
        promise,
        N_("%(office)s says that a promise is not its own: %(text)s"),
        why=N_("“%(words)s”"),
        url=people.page(promise),
        at=at,
        office=steps.names(promise.organisation),
        text=promise.told,
        words=_words(promise, reason),
    )
    return promise


def is_disownable(promise: Promise, by: Role, at: datetime) -> bool:
    """Whether it was promised for the person's office by somebody outside it."""
    is_office = by.kind == Role.Kind.HANDLER and by.organisation_id == promise.organisation_id
    if not is_office or promise.side != Promise.Side.COUNTY or promise.disowned_at is not None:
        return False
    inside = Role.objects.in_office(promise.place.day(at)).filter(organisation_id=promise.organisation_id)
    return not inside.filter(user_id=promise.made_by_id).exists()


@transaction.atomic
def hand_promise(*, promise: Promise, organisation: Organisation, by: Role, at: datetime) -> Promise:
    """Name another office that keeps it. The enterprise's claim and its day stay as they are.

    Raises:
        NotAllowed: not who made it, nor who serves the enterprise, nor the desk. Incomplete: the same office.
    """
    promise = lock(promise)
    is_office = by.kind == Role.Kind.HANDLER and promise.made_by_id != by.user_id
    if by.kind == Role.Kind.ENTERPRISE or is_office or not people.is_concerned(promise, by, at):
        raise NotAllowed(_("Who made the promise, who serves the enterprise or the desk names another office."))
    if promise.side != Promise.Side.COUNTY:
        raise NotAllowed(_("The enterprise promised this itself."))
    if organisation.pk == promise.organisation_id and promise.disowned_at is None:
        raise Incomplete(_("It is with %(office)s already.") % {"office": organisation.label})
    before, promise.organisation = promise.organisation, organisation
    promise.disowned_at, promise.disowned_reason, promise.reminded = None, "", ""
    promise.save(update_fields=["organisation", "disowned_at", "disowned_reason", "reminded"])
    journal.record(promise, "promise_handed", by=by, at=at, to=organisation, was=before)
    tasks.settle(promise, at=at)
    tell_office(promise, by, at)
    return promise


def reopen_days(place: Place, at: datetime) -> int:
    """For how many days "kept" can be answered with "not so"."""
    return int(setting(place, "promise_reopen_days", place.day(at)))


def _too_late(days: int) -> str:
    return ngettext(
        "“Not so” is said within %(n)s day. Ask for a new promise.",
        "“Not so” is said within %(n)s days. Ask for a new promise.",
        days,
    ) % {"n": days}


def _words(promise: Promise, reason: str) -> str:
    """What a task may quote: of a confidential case nothing."""
    return "…" if promise.is_confidential else reason[:200]
