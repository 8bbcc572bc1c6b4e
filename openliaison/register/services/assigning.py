"""Who serves whom: officer, deputy, cover; one by one or many at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from openliaison.accounts.models import Role
from openliaison.core import journal, tasks
from openliaison.core.errors import Refused

from .. import rules
from ..errors import AlreadyDone, Incomplete, NotAllowed
from ..models import Enterprise, Link
from ..models.enterprises import SERVING, WITH_TERM
from .terms import usual_term

MOST_AT_ONCE = 1000
DAY = timedelta(days=1)
REPLACED = N_("replaced by another officer")


@dataclass
class Assigned:
    """What became of a bulk assignment."""

    done: list[Enterprise] = field(default_factory=list)
    refused: list[tuple[Enterprise, str]] = field(default_factory=list)


@transaction.atomic
def station(
    *,
    enterprise: Enterprise,
    officer: Role,
    kind: str,
    starts_on: date,
    by: Role | None,
    at: datetime,
    ends_on: date | None = None,
    term_until: date | None = None,
    replace: bool = False,
    why_replaced: str = "",
) -> Link:
    """Let an officer, deputy or cover serve an enterprise.

    Args:
        ends_on: the last day; a cover must have one.
        term_until: when to renew or hand over; where it is left out, after the place's usual term.
        replace: end the officer in office the day before, instead of refusing.
        why_replaced: kept with the officer who is replaced; a msgid, or in somebody's words.

    Raises:
        NotAllowed: not an officer, or not this coordinator's enterprise.
        AlreadyDone: this person serves it already, or another officer is in office.
        Incomplete: the days do not fit.
    """
    _need_officer(officer, enterprise, kind)
    _need_days(kind, starts_on, ends_on, term_until)
    rules.need_unmerged(enterprise)
    rules.need_steer(by, enterprise)
    Enterprise.objects.select_for_update(no_key=True).get(pk=enterprise.pk)
    _clear_the_way(enterprise, officer, kind, starts_on, ends_on, why_replaced or REPLACED if replace else "")
    if term_until is None and kind in WITH_TERM and ends_on is None:
        term_until = usual_term(enterprise.place, starts_on, enterprise.place.day(at))
    link = Link.objects.create(
        place_id=enterprise.place_id,
        enterprise=enterprise,
        user=officer.user,
        kind=kind,
        starts_on=starts_on,
        ends_on=ends_on,
        term_until=term_until,
    )
    journal.record(enterprise, "stationed", by=by, at=at, officer=officer.user, kind=kind, starts_on=starts_on)
    return link


@transaction.atomic
def station_many(
    *,
    enterprises: Iterable[Enterprise],
    officer: Role,
    kind: str,
    starts_on: date,
    by: Role,
    at: datetime,
    term_until: date | None = None,
    replace: bool = False,
    why_replaced: str = "",
) -> Assigned:
    """Station one officer or deputy with many; each that cannot be is told with its reason.

    Raises:
        Incomplete: more than can be done at once. NotAllowed: not an officer.
    """
    wanted = list(enterprises)
    if not wanted:
        raise Incomplete(_("No enterprise is ticked. Tick some rows, or take all that the filter finds."))
    if len(wanted) > MOST_AT_ONCE:
        raise Incomplete(_("At most %(most)s at once; narrow the filter.") % {"most": MOST_AT_ONCE})
    result = Assigned()
    for enterprise in wanted:
        try:
            station(
                enterprise=enterprise,
                officer=officer,
                kind=kind,
                starts_on=starts_on,
                term_until=term_until,
                replace=replace,
                why_replaced=why_replaced,
                by=by,
                at=at,
            )
            result.done.append(enterprise)
        except Refused as error:
            result.refused.append((enterprise, str(error)))
    if result.done:
        tell_officer(officer, result.done, at=at)
    return result


def tell_officer(officer: Role, enterprises: list[Enterprise], *, at: datetime) -> None:
    """Let the officer know whom they serve from now on."""
    first = enterprises[0]
    is_one = len(enterprises) == 1
    url = reverse("register:enterprise", args=[first.pk]) if is_one else reverse("register:enterprise_list")
    tasks.tell(
        [officer.user],
        first,
        N_("You now serve %(name)s") if is_one else N_("You now serve %(name)s and %(n)s more"),
        url=url if is_one else f"{url}?serving=me",
        at=at,
        name={"zh": first.name, "en": first.name_en or first.name},
        n=str(len(enterprises) - 1),
    )


@transaction.atomic
def end_stationing(*, link: Link, on: date, by: Role | None, at: datetime, reason: str = "") -> Link:
    """Let a stationing, or a leader's responsibility, end with a day, that day included.

    Raises:
        AlreadyDone: it has ended. Incomplete: the day is before its first. NotAllowed.
    """
    row = Link.objects.select_for_update(of=("self",)).select_related("enterprise", "user").get(pk=link.pk)
    if row.kind == Link.Kind.HANDLER:
        raise NotAllowed(_("An organisation that handles cases leaves by itself, some time after the last case."))
    rules.need_steer(by, row.enterprise)
    today = row.place.day(at)
    if row.ends_on and row.ends_on < today:
        raise AlreadyDone(_("This ended on %(day)s.") % {"day": row.ends_on})
    if on < row.starts_on <= today:
        raise Incomplete(_("It began only on %(day)s; the end must not be earlier.") % {"day": row.starts_on})
    on = max(on, row.starts_on - DAY)  # one that has not begun never begins
    row.ends_on, row.end_reason = on, " ".join(reason.split())[:200]
    row.save(update_fields=["ends_on", "end_reason"])
    journal.record(
        row.enterprise, "stationing_ended", by=by, at=at, officer=row.user, kind=row.kind, on=on, reason=row.end_reason
    )
    return row


def _need_officer(officer: Role, enterprise: Enterprise, kind: str) -> None:
    if officer.kind != Role.Kind.OFFICER or officer.place_id != enterprise.place_id:
        raise NotAllowed(_("%(name)s is not a liaison officer.") % {"name": officer.user.label})
    if kind not in SERVING:
        raise NotAllowed(_("An officer serves as officer, deputy or cover."))


def _need_days(kind: str, starts_on: date, ends_on: date | None, term_until: date | None) -> None:
    if kind == Link.Kind.COVER and ends_on is None:
        raise Incomplete(_("A cover is for a time: say until which day."))
    if ends_on and ends_on < starts_on:
        raise Incomplete(_("The last day is before the first."))
    if term_until and term_until < starts_on:
        raise Incomplete(_("The term would end before it begins."))


def _clear_the_way(
    enterprise: Enterprise, officer: Role, kind: str, starts_on: date, ends_on: date | None, why_replaced: str
) -> None:
    """Args:
    why_replaced: said where the officer in office is to be replaced; else they stand in the way.
    """
    in_office = Link.objects.filter(enterprise=enterprise, kind=kind).select_related("user")
    in_office = in_office.filter(Q(ends_on=None) | Q(ends_on__gte=starts_on))
    if ends_on:
        in_office = in_office.filter(starts_on__lte=ends_on)
    for link in in_office:
        if link.user_id == officer.user_id:
            raise AlreadyDone(_("%(name)s serves %(enterprise)s already.") % _named(link, enterprise))
        if kind != Link.Kind.OFFICER:
            continue
        if not why_replaced:
            raise AlreadyDone(
                _("%(name)s is the liaison officer of %(enterprise)s. End that first, or replace.")
                % _named(link, enterprise)
            )
        link.ends_on = starts_on - DAY  # before its own first day: it never began
        link.end_reason = why_replaced[:200]
        link.save(update_fields=["ends_on", "end_reason"])


def _named(link: Link, enterprise: Enterprise) -> dict[str, Any]:
    return {"name": link.user.label if link.user else "", "enterprise": enterprise.label}
