"""What a person decides on suggestions: accept, decline, take back. What changed meanwhile is told, not overwritten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from procrastinate.contrib.django import app

from openliaison.accounts.models import Role, User
from openliaison.core import journal, tasks
from openliaison.core.errors import Refused
from openliaison.core.places import setting
from openliaison.core.scope import acting_as
from openliaison.register import services as register
from openliaison.register.models import Enterprise, Link
from openliaison.register.selectors import listed_until

from ..errors import AlreadyDone, Incomplete, NotAllowed
from ..models import Proposal, Suggestion

JOB = "visits.accept_suggestions"
AT_ONCE = 100  # more are accepted by the worker
BY_PROPOSAL = N_("by a proposal of stationing that the desk accepted")
TAKEN_BACK = N_("the desk took the change back")
DAY = timedelta(days=1)


@dataclass
class Decided:
    """What became of the suggestions that were ticked."""

    accepted: list[Suggestion] = field(default_factory=list)
    outdated: list[Suggestion] = field(default_factory=list)


@transaction.atomic
def accept_suggestions(*, proposal: Proposal, ids: Iterable[int], by: Role, at: datetime) -> Decided:
    """Station as suggested, enterprise by enterprise; where something changed meanwhile the suggestion is outdated.

    Every officer is told once, with all that is new to them; who served before likewise.

    Raises:
        NotAllowed: not the coordinator of its area. AlreadyDone: not ready, or closed.
        Incomplete: nothing that can be accepted is ticked.
    """
    row = _ready(proposal, by)
    found = list(_open(row, ids).select_related("enterprise__place", "officer", "current"))
    if not found:
        raise Incomplete(_("Nothing that can be accepted is ticked. Tick some rows first."))
    today = by.place.day(at)
    check = _Check(found, by, today)
    result = Decided()
    for suggestion in found:
        if check.is_outdated(suggestion) or not _accepted(suggestion, check, by, at):
            suggestion.state = Suggestion.State.OUTDATED
            result.outdated.append(suggestion)
        else:
            suggestion.state = Suggestion.State.ACCEPTED
            result.accepted.append(suggestion)
        suggestion.decided_by, suggestion.decided_at = by.user, at
    Suggestion.objects.bulk_update(found, ["state", "decided_by", "decided_at", "link", "former"], batch_size=500)
    _tell(result.accepted, check.roles, at)
    accepted, outdated = len(result.accepted), len(result.outdated)
    journal.record(row, "suggestions_accepted", by=by, at=at, accepted=accepted, outdated=outdated)
    _close_if_decided(row, at)
    return result


@transaction.atomic
def accept_later(*, proposal: Proposal, ids: list[int], by: Role, at: datetime) -> None:
    """Hand many to the worker; the page shows when they are done."""
    row = _ready(proposal, by)
    row.step = "accepting"
    row.save(update_fields=["step"])
    app.configure_task(JOB).defer(proposal_id=row.pk, ids=ids, role_id=by.pk)


def accept_at_work(*, proposal_id: int, ids: list[int], role_id: int, at: datetime) -> None:
    """The worker's part of `accept_later`, as the person sees it. Twice is as once: what is decided is not open."""
    role = Role.objects.select_related("place", "locality", "user").get(pk=role_id)
    outcome: dict[str, int] = {}
    try:
        if role.is_valid(role.place.day(at)) and role.user.is_active:
            with acting_as(role.scope(at)):
                found = accept_suggestions(proposal=Proposal.objects.get(pk=proposal_id), ids=ids, by=role, at=at)
            outcome = {"accepted": len(found.accepted), "outdated": len(found.outdated)}
    except Refused:
        outcome = {"accepted": 0, "outdated": 0}
    finally:
        row = Proposal.objects.get(pk=proposal_id)
        row.step, row.measures = "", row.measures | ({"decided": outcome} if outcome else {})
        row.save(update_fields=["step", "measures"])


@transaction.atomic
def decline_suggestions(*, proposal: Proposal, ids: Iterable[int], by: Role, at: datetime) -> int:
    """Leave the ticked ones as they are; gives how many."""
    row = _ready(proposal, by)
    done = _open(row, ids).update(state=Suggestion.State.DECLINED, decided_by=by.user, decided_at=at)
    if not done:
        raise Incomplete(_("Nothing that can be declined is ticked. Tick some rows first."))
    journal.record(row, "suggestions_declined", by=by, at=at, count=done)
    _close_if_decided(row, at)
    return done


@transaction.atomic
def undo_acceptance(*, suggestion: Suggestion, by: Role, at: datetime) -> Suggestion:
    """Put back what was before an accepted suggestion; it can then be decided anew.

    Raises:
        NotAllowed: not the coordinator of its area.
        AlreadyDone: it is not accepted, too long ago, or somebody else was stationed since.
    """
    row = Suggestion.objects.select_for_update(of=("self",)).select_related("proposal").get(pk=suggestion.pk)
    _need_desk(row.proposal, by)
    today = by.place.day(at)
    days = int(setting(by.place, "stationing_undo_days", today))
    if row.state != Suggestion.State.ACCEPTED or row.link is None or row.decided_at is None:
        raise AlreadyDone(_("There is nothing to take back here."))
    if (today - by.place.day(row.decided_at)).days > days:
        raise AlreadyDone(_("This was accepted more than %(days)s days ago; station anew instead.") % {"days": days})
    if row.link.ends_on is not None:
        raise AlreadyDone(_("Somebody was stationed here since; nothing was changed."))
    _restore(row, today, by, at)
    row.state, row.decided_by, row.decided_at, row.link, row.former = Suggestion.State.OPEN, None, None, None, None
    row.save(update_fields=["state", "decided_by", "decided_at", "link", "former"])
    Proposal.objects.filter(pk=row.proposal_id).update(state=Proposal.State.READY, closed_at=None)
    journal.record(row.enterprise, "suggestion_taken_back", by=by, at=at, officer=row.officer)
    return row


def _restore(row: Suggestion, today: date, by: Role, at: datetime) -> None:
    """On the same day the former link simply goes on; later the former officer is stationed again."""
    link, former = row.link, row.former
    assert link is not None
    Enterprise.objects.select_for_update(no_key=True).get(pk=row.enterprise_id)
    if link.starts_on >= today:
        _as_if_never(link, former)
        return
    register.end_stationing(link=link, on=today - DAY, by=by, at=at, reason=TAKEN_BACK)
    if former is None:
        return
    role = Role.objects.in_office(today).filter(user=former.user, place=by.place, kind=Role.Kind.OFFICER).first()
    if role is None:
        raise AlreadyDone(_("The officer from before is no longer at work here; station another."))
    register.station(
        enterprise=row.enterprise,
        officer=role,
        kind=Link.Kind.OFFICER,
        starts_on=today,
        term_until=former.term_until if former.term_until and former.term_until >= today else None,
        by=by,
        at=at,
    )


def _as_if_never(link: Link, former: Link | None) -> None:
    link.ends_on, link.end_reason = link.starts_on - DAY, TAKEN_BACK  # before its own first day: it never began
    link.save(update_fields=["ends_on", "end_reason"])
    if former:
        former.ends_on, former.end_reason = None, ""
        former.save(update_fields=["ends_on", "end_reason"])


# ── What is needed, and what it does ─────────────────────────


def _need_desk(proposal: Proposal, by: Role) -> None:
    is_theirs = by.locality is not None and proposal.locality_path.startswith(by.locality.path)
    if by.kind != Role.Kind.COORDINATOR or by.place_id != proposal.place_id or not is_theirs:
        raise NotAllowed(_("Who serves whom is decided by the coordinator of the area."))


def _ready(proposal: Proposal, by: Role) -> Proposal:
    row = Proposal.objects.select_for_update(of=("self",), no_key=True).get(pk=proposal.pk)
    _need_desk(row, by)
    if row.state != Proposal.State.READY:
        raise AlreadyDone(
            _("This proposal is “%(state)s”; nothing can be decided on it.") % {"state": row.get_state_display()}
        )
    return row


def _open(proposal: Proposal, ids: Iterable[int]) -> object:
    rows = Suggestion.objects.select_for_update(of=("self",), no_key=True).filter(proposal=proposal, pk__in=list(ids))
    rows = rows.filter(state=Suggestion.State.OPEN).exclude(change=Suggestion.Change.NOBODY)
    return rows.order_by("enterprise_id")


class _Check:
    """What holds now for the enterprises of some suggestions, read once with their rows locked."""

    def __init__(self, found: list[Suggestion], by: Role, today: date) -> None:
        ids = [s.enterprise_id for s in found]
        self.today = today
        self.soon = listed_until(by.place, today)
        locked = Enterprise.objects.standing().select_for_update(no_key=True, of=("self",)).filter(pk__in=ids)
        inside = by.locality.path if by.locality else ""
        self.standing = {e.pk for e in locked.order_by("pk") if e.locality_path.startswith(inside)}
        links = Link.objects.active(today).filter(enterprise_id__in=ids, kind=Link.Kind.OFFICER)
        self.current = {link.enterprise_id: link for link in links.order_by("starts_on", "pk")}
        users = [s.officer_id for s in found if s.officer_id]
        roles = Role.objects.in_office(today).filter(user_id__in=users, place=by.place, kind=Role.Kind.OFFICER)
        self.roles = {role.user_id: role for role in roles.select_related("user", "place")}
        self.term = register.usual_term(by.place, today, today)

    def is_outdated(self, suggestion: Suggestion) -> bool:
        link = self.current.get(suggestion.enterprise_id)
        is_same = (link.user_id if link else None) == suggestion.current_id
        return not is_same or suggestion.enterprise_id not in self.standing or suggestion.officer_id not in self.roles


def _accepted(suggestion: Suggestion, check: _Check, by: Role, at: datetime) -> bool:
    former = check.current.get(suggestion.enterprise_id)
    try:
        with transaction.atomic():
            if suggestion.change == Suggestion.Change.KEEP:
                if former and former.term_until and former.term_until <= check.soon:
                    register.renew_term(link=former, by=by, at=at)
                return True
            assert suggestion.officer_id is not None
            suggestion.link = register.station(
                enterprise=suggestion.enterprise,
                officer=check.roles[suggestion.officer_id],
                kind=Link.Kind.OFFICER,
                starts_on=check.today,
                term_until=check.term,
                replace=former is not None,
                why_replaced=BY_PROPOSAL,
                by=by,
                at=at,
            )
            suggestion.former = former
    except Refused:
        return False
    return True


def _tell(accepted: list[Suggestion], roles: dict[int, Role], at: datetime) -> None:
    gained: dict[int, list[Enterprise]] = defaultdict(list)
    lost: dict[User, list[Enterprise]] = defaultdict(list)
    for suggestion in accepted:
        if suggestion.link and suggestion.officer_id:
            gained[suggestion.officer_id].append(suggestion.enterprise)
            if suggestion.current:
                lost[suggestion.current].append(suggestion.enterprise)
    for user_id, enterprises in gained.items():
        register.tell_officer(roles[user_id], enterprises, at=at)
    for user, enterprises in lost.items():
        _tell_former(user, enterprises, at)


def _tell_former(user: User, enterprises: list[Enterprise], at: datetime) -> None:
    first, more = enterprises[0], len(enterprises) - 1
    tasks.tell(
        [user],
        first,
        N_("%(name)s and %(n)s more have another officer now") if more else N_("%(name)s has another officer now"),
        url="/",
        at=at,
        name={"zh": first.name, "en": first.name_en or first.name},
        n=str(more),
    )


def _close_if_decided(row: Proposal, at: datetime) -> None:
    if Suggestion.objects.filter(proposal=row).to_decide().exists():
        return
    row.state, row.closed_at = Proposal.State.CLOSED, at
    row.save(update_fields=["state", "closed_at"])
