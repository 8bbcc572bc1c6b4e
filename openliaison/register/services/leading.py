"""Which leader is responsible for an enterprise: answerable for it, but not one of those who go there."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from openliaison.accounts.models import Role
from openliaison.core import journal, tasks

from .. import rules
from ..errors import AlreadyDone, NotAllowed
from ..models import Enterprise, Link

DAY = timedelta(days=1)
ANOTHER_LEADER = N_("another leader is responsible")


@transaction.atomic
def name_leader(*, enterprise: Enterprise, leader: Role, starts_on: date, by: Role | None, at: datetime) -> Link:
    """Let a leader be responsible for an enterprise; who was before ends the day before.

    Raises:
        NotAllowed: not a leader, or not this coordinator's enterprise. AlreadyDone: they are already.
    """
    _need_leader(leader, enterprise, enterprise.place.day(at))
    rules.need_unmerged(enterprise)
    rules.need_steer(by, enterprise)
    Enterprise.objects.select_for_update(no_key=True).get(pk=enterprise.pk)
    _clear(enterprise, leader, starts_on)
    link = Link.objects.create(
        place_id=enterprise.place_id,
        enterprise=enterprise,
        user=leader.user,
        kind=Link.Kind.LEADER,
        starts_on=starts_on,
    )
    journal.record(enterprise, "leader_named", by=by, at=at, leader=leader.user, starts_on=starts_on)
    tasks.tell(
        [leader.user],
        enterprise,
        N_("You are responsible for %(name)s"),
        url=reverse("register:enterprise", args=[enterprise.pk]),
        at=at,
        name={"zh": enterprise.name, "en": enterprise.name_en or enterprise.name},
    )
    return link


def _need_leader(leader: Role, enterprise: Enterprise, today: date) -> None:
    is_one = leader.kind == Role.Kind.LEADER and leader.place_id == enterprise.place_id
    if not (is_one and leader.is_valid(today) and leader.user.is_active):
        raise NotAllowed(_("%(name)s is not a leader at work here.") % {"name": leader.user.label})


def _clear(enterprise: Enterprise, leader: Role, starts_on: date) -> None:
    rows = Link.objects.filter(enterprise=enterprise, kind=Link.Kind.LEADER).select_related("user")
    for link in rows.filter(Q(ends_on=None) | Q(ends_on__gte=starts_on)):
        if link.user_id == leader.user_id:
            raise AlreadyDone(_("%(name)s is responsible for it already.") % {"name": leader.user.label})
        link.ends_on, link.end_reason = starts_on - DAY, ANOTHER_LEADER
        link.save(update_fields=["ends_on", "end_reason"])
