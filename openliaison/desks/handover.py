"""Handing over open work for good, when a person leaves. For a while: `handover_absence`."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from openliaison.accounts.models import Role, User
from openliaison.cases.models import Case, Handling, Promise
from openliaison.core import journal, tasks
from openliaison.core.errors import Refused
from openliaison.core.models import Place, Task
from openliaison.core.scope import acting_as
from openliaison.register import services as register
from openliaison.register.models import Link
from openliaison.register.models.enterprises import WITH_TERM

from . import open_work
from .models import Handover

ONE_DAY = timedelta(days=1)
HANDED_OVER = N_("handed over to a successor")
HANDED_ON = N_("%(person)s gave it to %(enterprise)s and has handed it over to you")


class NotPossible(Refused):
    """This work cannot go to that person; the text says why."""


@dataclass
class Share:
    """What one successor takes over."""

    successor: User
    links: list[Link] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    confidential: list[Case] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)

    @property
    def enterprise_ids(self) -> list[int]:
        rows = (*self.links, *self.cases, *self.confidential, *self.promises)
        return sorted({row.enterprise_id for row in rows})

    @property
    def total(self) -> int:
        return sum(len(rows) for rows in (self.links, self.cases, self.confidential, self.promises, self.tasks))


def shares(
    work: open_work.OpenWork, successor: User, *, by_kind: dict[str, User], by_enterprise: dict[int, User]
) -> list[Share]:
    """Who takes what: a choice for an enterprise counts before one for a kind of work, then the general one.

    What is confidential follows its own choice only, never the enterprise's.
    """
    found: dict[int, Share] = {}
    for kind in ("links", "cases", "confidential", "promises", "tasks"):
        for row in getattr(work, kind):
            enterprise = getattr(row, "enterprise_id", None) if kind != "confidential" else None
            who = by_enterprise.get(enterprise or 0) or by_kind.get(kind) or successor
            share = found.setdefault(who.pk, Share(who))
            getattr(share, kind).append(row)
    return list(found.values())


@transaction.atomic
def hand_over(
    *, person: User, wanted: Iterable[Share], by: Role, at: datetime, client_key: uuid.UUID
) -> list[Handover]:
    """Give a person's open work to their successors, all of it or nothing. Each gets a task with a written brief.

    A promise stays the word of whoever gave it; the successor is asked to keep it.

    Raises:
        NotPossible: not the desk, a successor who cannot do this work, or somebody handed it over just now.
    """
    require_desk(by)
    one_at_a_time(person)
    if known := list(Handover.objects.filter(client_key=client_key)):
        return known
    wanted = [share for share in wanted if share.total]
    if not wanted:
        raise NotPossible(_("Nothing open hangs on %(name)s; there is nothing to hand over.") % {"name": person.label})
    today = by.place.day(at)
    _require_standing(person, wanted, today)
    for share in wanted:
        _require_fit(share, person, by.place, today)
    return [_give(share, person, by=by, at=at, client_key=client_key) for share in wanted]


def one_at_a_time(person: User) -> None:
    """Two who hand over one person's work at the same moment wait for each other; sent twice, it happens once."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('desks.handover'), %s)", [person.pk % 2**31])


def _require_standing(person: User, wanted: Iterable[Share], today: date) -> None:
    """What is to be given still hangs on the person: nobody gave it away while the page was open."""
    ids = [link.pk for share in wanted for link in share.links]
    ended = Link.objects.filter(pk__in=ids, ends_on__lt=today).select_related("enterprise").first()
    if ended:
        raise NotPossible(
            _("%(enterprise)s was handed over or ended a moment ago. Open the page again to see what is left.")
            % {"enterprise": ended.enterprise.label}
        )


def require_desk(by: Role) -> None:
    if by.kind != Role.Kind.COORDINATOR:
        raise NotPossible(_("Work is handed over by the coordinator's desk."))


def _require_fit(share: Share, person: User, place: Place, today: date) -> None:
    """A successor must be able to see and do what they take over."""
    who = share.successor
    held = list(Role.objects.valid(today).filter(user=who, place=place)) if who.is_active else []
    names = {"name": who.label}
    if who.pk == person.pk or not held:
        raise NotPossible(_("%(name)s cannot take over: choose somebody else who is at work here.") % names)
    is_officer = any(r.kind == Role.Kind.OFFICER for r in held)
    through = [c for c in share.confidential if c.officer_id == person.pk]
    serving = [link for link in share.links if link.kind != Link.Kind.LEADER]
    if (serving or share.cases or through) and not is_officer:
        raise NotPossible(_("%(name)s is not a liaison officer and cannot serve enterprises.") % names)
    if len(serving) < len(share.links) and not any(r.kind == Role.Kind.LEADER for r in held):
        raise NotPossible(_("%(name)s is not a leader and cannot be responsible for enterprises.") % names)
    offices = {r.organisation_id for r in held if r.kind == Role.Kind.HANDLER}
    if any(piece.organisation_id not in offices for piece in _pieces(share, person)):
        raise NotPossible(_("%(name)s does not work in the office that handles the confidential case.") % names)


def _pieces(share: Share, person: User) -> list[Handling]:
    return list(Handling.objects.filter(case__in=share.confidential, user=person, ends_at=None))


def _give(share: Share, person: User, *, by: Role, at: datetime, client_key: uuid.UUID) -> Handover:
    today = by.place.day(at)
    for link in share.links:
        _move_link(link, share.successor, today)
        journal.record(
            link.enterprise, "link_handed_over", by=by, at=at, kind=link.kind, giver=person, taker=share.successor
        )
    for piece in _pieces(share, person):
        _move_piece(piece, share.successor, at)
    for case in (*share.cases, *share.confidential):
        _move_case(case, person, share.successor)
        journal.record(case, "handed_over", by=by, at=at, giver=person, taker=share.successor)
    _move_tasks(share.tasks, person, share.successor, by.place, at)
    made = Handover.objects.create(
        place=by.place,
        client_key=client_key,
        person=person,
        successor=share.successor,
        kind=Handover.Kind.LEAVE,
        starts_on=today,
        enterprises=share.enterprise_ids,
        cases=[c.pk for c in (*share.cases, *share.confidential)],
        promises=[p.pk for p in share.promises],
        task_count=len(share.tasks),
        made_by=by.user,
        made_at=at,
    )
    journal.record(made, "handed_over", by=by, at=at, giver=person, taker=share.successor, enterprises=made.enterprises)
    ask_to_keep(share.promises, share.successor, person, at)
    ask_to_read(made, at)
    return made


def _move_link(link: Link, successor: User, today: date) -> None:
    Link.objects.filter(pk=link.pk).update(ends_on=today - ONE_DAY, end_reason=HANDED_OVER)
    starts_on = max(today, link.starts_on)
    others = Link.objects.filter(enterprise=link.enterprise, user=successor, ends_on=None)
    if link.kind == Link.Kind.OFFICER:
        others.filter(kind__in=(Link.Kind.DEPUTY, Link.Kind.COVER)).update(ends_on=today - ONE_DAY)
    if others.filter(kind=link.kind).exists():
        return
    Link.objects.create(
        place=link.place,
        enterprise=link.enterprise,
        user=successor,
        kind=link.kind,
        starts_on=starts_on,
        ends_on=link.ends_on,
        term_until=_term(link, starts_on, today),
    )


def _term(link: Link, starts_on: date, today: date) -> date | None:
    """A successor begins a term of their own; who never had one, or serves until a day, has none."""
    if link.ends_on or link.kind not in WITH_TERM:
        return None
    return register.usual_term(link.place, starts_on, today)


def _move_case(case: Case, person: User, successor: User) -> None:
    if case.officer_id == person.pk:
        Case.objects.filter(pk=case.pk).update(officer=successor)
    if case.arbiter_id == person.pk:
        Case.objects.filter(pk=case.pk).update(arbiter=successor)
        Handling.objects.filter(case=case).update(arbiter=successor)


def _move_piece(piece: Handling, successor: User, at: datetime) -> None:
    Handling.objects.filter(pk=piece.pk).update(ends_at=at)
    has_one = Handling.objects.filter(
        case_id=piece.case_id, organisation_id=piece.organisation_id, user=successor, ends_at=None
    )
    if has_one.exists():
        return
    Handling(
        case_id=piece.case_id,
        organisation_id=piece.organisation_id,
        user=successor,
        locality_path=piece.locality_path,
        part=piece.part,
        arbiter_id=piece.arbiter_id,
        starts_at=at,
        done_at=piece.done_at,
    ).save(force_insert=True)


def _move_tasks(rows: list[Task], person: User, successor: User, place: Place, at: datetime) -> None:
    with acting_as(open_work.of_person(person, place)):  # a list of tasks is behind its person's wall
        Task.objects.filter(pk__in=[t.pk for t in rows], done_at=None).update(done_at=at)
    copy_tasks(rows, successor, at)


def copy_tasks(rows: Iterable[Task], successor: User, at: datetime) -> None:
    kept = ("place_id", "kind", "subject", "about", "why", "params", "url", "due_at")
    Task.objects.bulk_create(
        Task(person=successor, created_at=at, **{name: getattr(t, name) for name in kept}) for t in rows
    )


def ask_to_keep(promises: Iterable[Promise], successor: User, person: User, at: datetime, why: str = HANDED_ON) -> None:
    """Args:
    why: a msgid with %(person)s and %(enterprise)s.
    """
    for promise in promises:
        zone = promise.place.zone
        tasks.ask(
            [successor],
            promise,
            N_("See that this promise is kept: %(text)s"),
            why=why,
            url=reverse("cases:promise_list"),
            at=at,
            due_at=datetime.combine(promise.due_on, time(17, 30), tzinfo=zone),
            text=promise.told,
            person=person.display_name,
            enterprise={"zh": promise.enterprise.name, "en": promise.enterprise.name_en},
        )


def ask_to_read(made: Handover, at: datetime) -> None:
    about = {
        Handover.Kind.ABSENCE: N_("Cover for %(person)s until %(day)s: read the brief"),
        Handover.Kind.LEAVE: N_("Take over from %(person)s: read the brief"),
    }
    tasks.ask(
        [made.successor],
        made,
        about[Handover.Kind(made.kind)],
        why=N_("%(count)s enterprises, with their open cases and promises"),
        url=reverse("desks:handover_brief", args=[made.pk]),
        at=at,
        person=made.person.display_name,
        day=made.ends_on.isoformat() if made.ends_on else "",
        count=str(len(made.enterprises)),
    )
