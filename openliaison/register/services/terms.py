"""For how long somebody serves: a term is when to renew or hand over; service goes on until it is ended."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from openliaison.accounts.models import Role
from openliaison.core import journal
from openliaison.core.errors import Refused
from openliaison.core.models import Place
from openliaison.core.places import setting

from .. import rules
from ..errors import AlreadyDone, Incomplete, NotAllowed
from ..models import Link
from ..models.enterprises import WITH_TERM

DAY = timedelta(days=1)


@dataclass
class Renewed:
    """What became of many renewals."""

    done: list[Link] = field(default_factory=list)
    refused: list[tuple[Link, str]] = field(default_factory=list)


def usual_term(place: Place, starts_on: date, today: date) -> date:
    """The last day of a term that begins on a day, by the place's `term_months`."""
    return months_after(starts_on, int(setting(place, "term_months", today))) - DAY


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


@transaction.atomic
def renew_term(*, link: Link, by: Role, at: datetime, until: date | None = None) -> Link:
    """Let the term of an officer or deputy run on: until a day, or for another usual term.

    Raises:
        AlreadyDone: the service has ended, or the term runs as long already. Incomplete: a day that is past.
        NotAllowed: nobody with a term, or not this coordinator's enterprise.
    """
    row = Link.objects.select_for_update(of=("self",)).select_related("enterprise", "user", "place").get(pk=link.pk)
    rules.need_steer(by, row.enterprise)
    if row.kind not in WITH_TERM:
        raise NotAllowed(_("Only officers and deputies serve for a term."))
    today = row.place.day(at)
    if row.ends_on and row.ends_on < today:
        raise AlreadyDone(_("This ended on %(day)s.") % {"day": row.ends_on})
    row.term_until = _next_term(row, until, today)
    row.save(update_fields=["term_until"])
    journal.record(row.enterprise, "term_renewed", by=by, at=at, officer=row.user, kind=row.kind, until=row.term_until)
    return row


def _next_term(row: Link, until: date | None, today: date) -> date:
    if until is not None and until < today:
        raise Incomplete(_("The last day of a term must not be past."))
    wanted = until or usual_term(row.place, max(today, (row.term_until or today) + DAY), today)
    if until is None and row.term_until and row.term_until >= usual_term(row.place, today, today):
        raise AlreadyDone(_("The term runs until %(day)s; it was renewed already.") % {"day": row.term_until})
    return wanted


def renew_terms(*, links: Iterable[Link], by: Role, at: datetime) -> Renewed:
    """Renew many terms, each by itself; one that cannot be is told with its reason.

    Raises:
        Incomplete: none is ticked.
    """
    wanted = list(links)
    if not wanted:
        raise Incomplete(_("Nothing is ticked. Tick some rows first."))
    result = Renewed()
    for link in wanted:
        try:
            result.done.append(renew_term(link=link, by=by, at=at))
        except Refused as error:
            result.refused.append((link, str(error)))
    return result
