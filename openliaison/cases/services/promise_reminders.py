"""Who keeps a promise is reminded: by the house when its day comes near, by the desk when it is late."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from openliaison.accounts.models import Role
from openliaison.cases.errors import AlreadyDone, Incomplete, NotAllowed
from openliaison.cases.models import Promise
from openliaison.cases.selectors import soon_days
from openliaison.core import journal, tasks
from openliaison.core.models import Journal

from . import promise_people as people
from . import steps
from .promises import lock

STAGES = ["", *Promise.Reminded.values]
WORDS = {
    Promise.Reminded.SOON: N_("Promised, due by %(day)s: %(text)s"),
    Promise.Reminded.TODAY: N_("Promised, due today: %(text)s"),
    Promise.Reminded.LATE: N_("Promised and late since %(day)s: %(text)s"),
}


def stage(promise: Promise, today: date, days: int) -> str:
    """How near its day has come."""
    if promise.due_on < today:
        return Promise.Reminded.LATE
    if promise.due_on == today:
        return Promise.Reminded.TODAY
    return Promise.Reminded.SOON if promise.due_on <= today + timedelta(days=days) else ""


@transaction.atomic
def remind_keepers(*, promise: Promise, at: datetime) -> bool:
    """Put the promise on the list of who keeps it, once as it comes near, once on its day, once when it is late.

    Returns:
        Whether somebody was reminded now.
    """
    promise = lock(promise)
    today = promise.place.day(at)
    reached = stage(promise, today, soon_days(promise.place, today))
    if STAGES.index(reached) <= STAGES.index(promise.reminded):
        return False
    promise.reminded = reached
    promise.save(update_fields=["reminded"])
    journal.record(promise, "promise_due", by=None, at=at, stage=reached)
    tasks.settle(promise, at=at)
    _ask(promise, WORDS[Promise.Reminded(reached)], at, why="", by=None)
    return True


@transaction.atomic
def remind_promise(*, promise: Promise, by: Role, at: datetime) -> Promise:
    """The desk reminds who keeps a promise that is due or late; once a day, whoever presses.

    Raises:
        NotAllowed: not of this area's desk. Incomplete: not due yet. AlreadyDone: settled, or reminded today.
    """
    promise = lock(promise)
    if not people.is_desk(promise, by):
        raise NotAllowed(_("The desk of the area reminds of promises."))
    today = promise.place.day(at)
    if promise.due_on > today:
        raise Incomplete(_("It is not due yet; who keeps it is reminded by itself."))
    told = Journal.objects.filter(subject=journal.name(promise), verb="promise_reminded")
    if told.filter(at__gte=at - timedelta(days=1)).exists():
        raise AlreadyDone(_("They were reminded within a day."))
    journal.record(promise, "promise_reminded", by=by, at=at)
    words = WORDS[Promise.Reminded.TODAY if promise.due_on == today else Promise.Reminded.LATE]
    _ask(promise, words, at, why=N_("The desk asks: keep it, agree on another day, or say why not."), by=by)
    return promise


def _ask(promise: Promise, words: str, at: datetime, *, why: str, by: Role | None) -> None:
    tasks.ask(
        [person for person in people.keepers(promise, at) if by is None or person.pk != by.user_id],
        promise,
        words,
        why=why or (N_("To %(enterprise)s") if promise.side == Promise.Side.COUNTY else ""),
        url=people.page(promise),
        at=at,
        day=promise.due_on.isoformat(),
        text=promise.told,
        enterprise={"zh": "一家企业", "en": "an enterprise"}
        if promise.is_confidential
        else steps.names(promise.enterprise),
    )
