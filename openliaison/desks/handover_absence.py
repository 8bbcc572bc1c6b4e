"""Cover for an absence: a colleague sees and does the same for a while, and nothing changes hands."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from openliaison.accounts.models import Role, User
from openliaison.cases.models import Promise
from openliaison.core import journal, tasks
from openliaison.core.models import Place, Task
from openliaison.core.scope import AREA, Scope, acting_as, area
from openliaison.register.models import Link

from . import open_work
from .handover import ONE_DAY, NotPossible, ask_to_keep, ask_to_read, copy_tasks, one_at_a_time, require_desk
from .models import Handover

AWAY = N_("%(person)s is away when it falls due at %(enterprise)s, and you cover")


@transaction.atomic
def cover_absence(
    *, officer: User, cover: User, starts_on: date, ends_on: date, by: Role, at: datetime, client_key: uuid.UUID
) -> Handover:
    """Let a colleague see and do everything for an officer's enterprises from a day to a day.

    The cover is also asked for the promises and gets the tasks that fall due in these days.

    Args:
        by: the officer's own role, or the coordinator's.

    Raises:
        NotPossible: not an officer, dates the wrong way round, or nobody to cover for.
    """
    one_at_a_time(officer)
    if known := Handover.objects.filter(client_key=client_key, successor=cover).first():
        return known
    today = by.place.day(at)
    _check_absence(officer, cover, starts_on, ends_on, by, today)
    with acting_as(_house(by.place, today)):  # an officer may not write links; the house does, on their word
        made = _cover_links(officer, cover, by.place, starts_on, ends_on)
    if not made:
        raise NotPossible(_("%(name)s is not the liaison officer of any enterprise.") % {"name": officer.label})
    due = _due_meanwhile(officer, by.place, made, starts_on, ends_on)
    for link in made:
        journal.record(link.enterprise, "covered", by=by, at=at, giver=officer, taker=cover, until=ends_on)
    row = Handover.objects.create(
        place=by.place,
        client_key=client_key,
        person=officer,
        successor=cover,
        kind=Handover.Kind.ABSENCE,
        starts_on=starts_on,
        ends_on=ends_on,
        enterprises=sorted({link.enterprise_id for link in made}),
        promises=[p.pk for p in due.promises],
        task_count=len(due.tasks),
        made_by=by.user,
        made_at=at,
    )
    journal.record(row, "cover_named", by=by, at=at, giver=officer, taker=cover, starts_on=starts_on, ends_on=ends_on)
    ask_to_read(row, at)
    ask_to_keep(due.promises, cover, officer, at, why=AWAY)
    copy_tasks(due.tasks, cover, at)
    if by.user_id == officer.pk:
        _tell_desk(row, today, at)
    return row


@dataclass(frozen=True)
class _Due:
    promises: list[Promise]
    tasks: list[Task]


def _due_meanwhile(officer: User, place: Place, links: Iterable[Link], starts_on: date, ends_on: date) -> _Due:
    """What the officer would have had to see to in these days: read as the officer, whose word and list it is.

    Confidential promises stay with the officer and with whom the desk names.
    """
    ids = [link.enterprise_id for link in links]
    last = datetime.combine(ends_on + ONE_DAY, time(), tzinfo=place.zone)
    with acting_as(replace(open_work.of_person(officer, place), today=starts_on)):
        promises = Promise.objects.open().filter(enterprise_id__in=ids, due_on__lte=ends_on, is_confidential=False)
        mine = promises.filter(Q(made_by=officer) | Q(side=Promise.Side.ENTERPRISE)).select_related("enterprise__place")
        rows = Task.objects.filter(person=officer, place=place, done_at=None, kind=Task.Kind.TASK, due_at__lt=last)
        found = _Due(list(mine), list(rows))
    about = {journal.name(p) for p in found.promises}
    return _Due(found.promises, [t for t in found.tasks if t.subject not in about and t.subject not in _own(officer)])


def _own(officer: User) -> set[str]:
    """Tasks about the person themselves are nobody else's."""
    return {journal.name(officer)}


def _tell_desk(made: Handover, today: date, at: datetime) -> None:
    desk = Role.objects.in_office(today).filter(place=made.place, kind=Role.Kind.COORDINATOR)
    tasks.tell(
        set(desk.values_list("user_id", flat=True)),
        made,
        N_("%(cover)s covers for %(person)s from %(start)s to %(end)s"),
        url=reverse("desks:handover"),
        at=at,
        cover=made.successor.display_name,
        person=made.person.display_name,
        start=made.starts_on.isoformat(),
        end=made.ends_on.isoformat() if made.ends_on else "",
    )


def _check_absence(officer: User, cover: User, starts_on: date, ends_on: date, by: Role, today: date) -> None:
    if by.user_id != officer.pk:
        require_desk(by)
    if starts_on < today or ends_on < starts_on:
        raise NotPossible(_("An absence begins today or later, and ends no earlier than it begins."))
    serves = Role.objects.valid(today).filter(user=cover, place=by.place, kind=Role.Kind.OFFICER)
    if cover.pk == officer.pk or not cover.is_active or not serves.exists():
        raise NotPossible(_("%(name)s is not a liaison officer at work here; choose another.") % {"name": cover.label})


def _cover_links(officer: User, cover: User, place: Place, starts_on: date, ends_on: date) -> list[Link]:
    served = Link.objects.filter(place=place, user=officer, kind=Link.Kind.OFFICER).select_related("enterprise")
    standing = [link for link in served if (link.ends_on or starts_on) >= starts_on and link.starts_on <= ends_on]
    return Link.objects.bulk_create(
        Link(
            place=place,
            enterprise=link.enterprise,
            user=cover,
            kind=Link.Kind.COVER,
            starts_on=starts_on,
            ends_on=ends_on,
        )
        for link in standing
    )


@transaction.atomic
def end_cover(*, handover: Handover, by: Role, at: datetime) -> Handover:
    """The officer is back early: the cover ends with yesterday. One that has ended stays as it was."""
    if by.user_id != handover.person_id:
        require_desk(by)
    yesterday = by.place.day(at) - ONE_DAY
    if handover.ends_on and handover.ends_on <= yesterday:
        return handover
    with acting_as(_house(by.place, yesterday)):
        links = Link.objects.filter(user_id=handover.successor_id, kind=Link.Kind.COVER, ends_on=handover.ends_on)
        links.filter(starts_on=handover.starts_on, enterprise_id__in=handover.enterprises).update(ends_on=yesterday)
    _settle(handover, by.place, at)
    handover.ends_on = yesterday
    handover.save(update_fields=["ends_on"])
    journal.record(handover, "cover_ended", by=by, at=at)
    return handover


def _settle(handover: Handover, place: Place, at: datetime) -> None:
    """What the cover was given with the cover is the officer's alone again."""
    successor = User.objects.get(pk=handover.successor_id)
    with acting_as(open_work.of_person(successor, place)):
        given = Task.objects.filter(person=successor, created_at=handover.made_at, done_at=None)
        given.update(done_at=at)


def _house(place: Place, today: date) -> Scope:
    path_from, path_to = area(place.root_path)
    return Scope(AREA, user_id=0, place_id=place.pk, path_from=path_from, path_to=path_to, today=today)
