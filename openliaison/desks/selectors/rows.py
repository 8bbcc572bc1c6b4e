"""The rows behind every number: one named set per number. A number counts its set, its link opens it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from openliaison.cases.models import Case
from openliaison.core.models import Locality, Place
from openliaison.core.scope import ANALYST, AREA, ENTERPRISE, HANDLER, LEADER, OFFICER, Scope, area
from openliaison.engine.caseload import CONTENT_FROM, NOT_COUNTED
from openliaison.register import burden_selectors, search
from openliaison.register.models import Enterprise, Link
from openliaison.visits.models import Visit
from openliaison.visits.selectors import contact_limit

OF_CASES = (OFFICER, AREA, HANDLER, LEADER, ANALYST)
OF_THE_AREA = (AREA, LEADER, ANALYST)
THE_DESK = "-"  # as lead: nobody yet
SOON = timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Ask:
    """Who asks, when, and to what the rows are narrowed.

    Args:
        days: the span in which something was closed, ending today.
        month: its first day; then the month counts and not `days`.
        lead: an organisation's code, or THE_DESK.
    """

    scope: Scope
    place: Place
    at: datetime
    days: int = 90
    month: date | None = None
    lead: str = ""
    inside: Locality | None = None
    enterprise: int = 0
    officer: int = 0
    category: str = ""
    text: str = ""

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From the midnight on which the span begins to now, or a whole month."""
        if self.month:
            after = (self.month.replace(day=28) + timedelta(days=4)).replace(day=1)
            return self._midnight(self.month), self._midnight(after)
        today = self.place.day(self.at)
        return self._midnight(today - timedelta(days=self.days)), self.at + timedelta(seconds=1)

    def _midnight(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=self.place.zone)

    def but(self, **changes: Any) -> Ask:
        return replace(self, **changes)


@dataclass(frozen=True)
class Rows:
    """A named set.

    Args:
        kind: "case" or "enterprise": which list shows it.
        is_span: whether it looks back over the span.
    """

    label: Words
    definition: Words
    find: Callable[[Ask], QuerySet]
    kind: str = "case"
    roles: tuple[str, ...] = OF_CASES
    is_span: bool = False


def _cases(ask: Ask) -> Any:
    rows: Any = Case.objects.visible_to(ask.scope).defer("search")
    if ask.lead:
        rows = rows.filter(lead=None) if ask.lead == THE_DESK else rows.filter(lead__code=ask.lead)
    if ask.category:
        rows = rows.filter(category__code=ask.category)
    if ask.enterprise:
        rows = rows.filter(enterprise_id=ask.enterprise)
    if ask.text:
        rows = search.matching(rows, ask.text)
    return _inside(rows, ask)


def _inside(rows: QuerySet, ask: Ask) -> QuerySet:
    if ask.inside is None:
        return rows
    start, end = area(ask.inside.path)
    return rows.filter(locality_path__gte=start, locality_path__lt=end)


def _settled(ask: Ask) -> QuerySet:
    start, end = ask.span
    rows = _cases(ask).filter(status="closed", closed_at__gte=start, closed_at__lt=end)
    return rows.exclude(outcome__in=NOT_COUNTED)


def _enterprises(ask: Ask) -> QuerySet:
    rows = Enterprise.objects.visible_to(ask.scope).standing()
    rows = rows.filter(locality_path__gte=ask.scope.path_from, locality_path__lt=ask.scope.path_to)
    if ask.officer:
        served = Link.objects.visible_to(ask.scope).active(ask.scope.today).filter(user_id=ask.officer)
        rows = rows.filter(pk__in=served.filter(kind=Link.Kind.OFFICER).values("enterprise_id"))
    return _inside(search.matching(rows, ask.text), ask)


def _contacted(ask: Ask) -> QuerySet:
    return Visit.objects.visible_to(ask.scope).since(contact_limit(ask.place, ask.at)).values("enterprise_id")


def _too_often(ask: Ask) -> QuerySet:
    return _enterprises(ask).filter(pk__in=burden_selectors.often_visited(ask.place, ask.place.day(ask.at)))


def _unserved(ask: Ask) -> QuerySet:
    served = Link.objects.visible_to(ask.scope).active(ask.scope.today).filter(kind=Link.Kind.OFFICER)
    return _enterprises(ask).filter(~Exists(served.filter(enterprise=OuterRef("pk"))))


def with_last_contact(rows: QuerySet) -> QuerySet:
    """Enterprises with the instant of their last contact, the longest ago first."""
    last = Visit.objects.standing().filter(enterprise=OuterRef("pk")).order_by("-at").values("at")[:1]
    found = rows.select_related("locality").defer("search").annotate(last_at=Subquery(last))
    return found.order_by(F("last_at").asc(nulls_first=True), "name")


def longest_silent(rows: QuerySet, most: int) -> list[Any]:
    """The first of `with_last_contact`. Those never met come first and are many: an index gives them by name."""
    never = with_last_contact(
        rows.filter(~Exists(Visit.objects.standing().filter(enterprise=OuterRef("pk"))))
    ).order_by("name")
    found = list(never[:most])
    return found if len(found) == most else list(with_last_contact(rows)[:most])


ROWS: dict[str, Rows] = {
    "open": Rows(_("Open cases"), _("Submitted and not closed; drafts are left out."), lambda a: _cases(a).open()),
    "overdue": Rows(
        _("Overdue"),
        _("The county is to act, and now is at or past the due instant of the clock that runs."),
        lambda a: _cases(a).overdue(a.at),
    ),
    "due-soon": Rows(
        _("Due within a day"),
        _("The county is to act, and the clock that runs is due within the next 24 hours."),
        lambda a: _cases(a).running().filter(due_at__gt=a.at, due_at__lte=a.at + SOON),
    ),
    "new": Rows(
        _("New, not assigned"),
        _("Submitted; the desk has named no lead."),
        lambda a: _cases(a).filter(status="submitted"),
    ),
    "objections": Rows(
        _("Objections to rule on"),
        _("An office says that the case is not its own, and nobody has ruled."),
        lambda a: _cases(a).objected(),
        roles=(AREA, HANDLER),
    ),
    "extensions": Rows(
        _("More time asked"),
        _("The lead asks for more working days, and nobody has ruled."),
        lambda a: _cases(a).extension_asked(),
    ),
    "referrals": Rows(
        _("To refer up?"),
        _("The lead replied that it must be decided higher up."),
        lambda a: _cases(a).referral_asked(),
    ),
    "withdrawals": Rows(
        _("Withdrawals to call about"),
        _("The enterprise wants to withdraw; the desk calls before it closes."),
        lambda a: _cases(a).withdrawal_asked(),
    ),
    "with-enterprise": Rows(
        _("With the enterprise"),
        _("The enterprise is to answer a question, or to say whether a reply solves the case."),
        lambda a: _cases(a).put_to_enterprise(),
    ),
    "questions": Rows(
        _("Questions to the enterprise"),
        _("An office has asked; the clock is paused until the answer."),
        lambda a: _cases(a).filter(status="waiting_enterprise"),
    ),
    "to-confirm": Rows(
        _("Replies that wait for the enterprise's word"),
        _("An office has replied; only the enterprise says whether it is solved."),
        lambda a: _cases(a).filter(status="replied").exclude(reply_kind="referred"),
    ),
    "settled": Rows(
        _("Closed"),
        _("Closed in the span; not accepted and duplicates are left out, unanswered ones are in."),
        _settled,
        is_span=True,
    ),
    "solved": Rows(
        _("Solved"),
        _("Closed in the span with the enterprise's word that it is solved."),
        lambda a: _settled(a).filter(outcome="solved"),
        is_span=True,
    ),
    "silent": Rows(
        _("No answer"),
        _("Closed in the span after ten working days without the enterprise's word."),
        lambda a: _settled(a).filter(outcome="silent"),
        is_span=True,
    ),
    "timed": Rows(
        _("Closed with a result"),
        _("Closed in the span with a first result whose time is known."),
        lambda a: _settled(a).filter(solved_in_time__isnull=False),
        is_span=True,
    ),
    "in-time": Rows(
        _("In time"),
        _("Closed in the span; the first result came before the solution was due."),
        lambda a: _settled(a).filter(solved_in_time=True),
        is_span=True,
    ),
    "reached": Rows(
        _("Said how content they are"),
        _("Closed in the span; the enterprise gave a mark of 1 to 5."),
        lambda a: _settled(a).filter(satisfaction__isnull=False),
        is_span=True,
    ),
    "content": Rows(
        _("Content"),
        _("Closed in the span with a mark of 4 or 5 from the enterprise."),
        lambda a: _settled(a).filter(satisfaction__gte=CONTENT_FROM),
        is_span=True,
    ),
    "standing": Rows(
        _("Enterprises"),
        _("In the register, neither merged nor closed."),
        _enterprises,
        kind="enterprise",
        roles=OF_THE_AREA,
    ),
    "contacted": Rows(
        _("Contacted in time"),
        _("Visited, called or met online within the days that the place sets."),
        lambda a: _enterprises(a).filter(pk__in=_contacted(a)),
        kind="enterprise",
        roles=OF_THE_AREA,
    ),
    "not-contacted": Rows(
        _("Not contacted in time"),
        _("Neither visited nor called nor met online within the days that the place sets."),
        lambda a: _enterprises(a).exclude(pk__in=_contacted(a)),
        kind="enterprise",
        roles=OF_THE_AREA,
    ),
    "too-often": Rows(
        _("Visited too often"),
        _(
            "As many visits at the door within seven days as the place's ceiling, or more, whoever comes:"
            " made in the week behind, agreed or asked for in the week ahead. A joint visit counts once."
        ),
        _too_often,
        kind="enterprise",
        roles=OF_THE_AREA,
    ),
    "unserved": Rows(
        _("Without an officer"),
        _("No liaison officer is named today."),
        _unserved,
        kind="enterprise",
        roles=OF_THE_AREA,
    ),
}


def find(key: str, ask: Ask) -> QuerySet:
    return ROWS[key].find(ask)


def count(key: str, ask: Ask) -> int:
    """The number whose link is `url(key, …)`."""
    return find(key, ask).count()


def url(key: str, **narrowed: Any) -> str:
    """The page of a set; empty values are left out."""
    query = urlencode({k: v for k, v in narrowed.items() if v})
    path = reverse("desks:rows", args=[key])
    return f"{path}?{query}" if query else path


def is_for(key: str, role: str) -> bool:
    return key in ROWS and role in ROWS[key].roles and role != ENTERPRISE
