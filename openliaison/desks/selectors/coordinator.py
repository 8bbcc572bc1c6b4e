"""The coordinator's desk: what is new and who might lead it, what to rule on, who is reached too little or too much."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openliaison.accounts.models import Organisation
from openliaison.cases.models import Case, Extension, Objection, Promise
from openliaison.core import formatting
from openliaison.core.calendars import calendar
from openliaison.core.places import setting
from openliaison.core.scope import Scope
from openliaison.engine.clock import Calendar
from openliaison.register.models import Enterprise, Link
from openliaison.visits.selectors import contact_days

from . import rows
from .clocks import clocked
from .often import too_often
from .rows import Ask
from .tasks import open_tasks

PRECEDENT_DAYS = 365
NEW_SHOWN, OVERDUE_SHOWN, DISPUTES, SHORT = 12, 6, 3, 5


@dataclass(frozen=True)
class Tile:
    key: str
    label: str
    count: int
    url: str
    look: str  # over or due where somebody is to act, else ""


@dataclass(frozen=True)
class Suggestion:
    """Who might lead a case, and why."""

    lead: Organisation
    why: str


@dataclass(frozen=True)
class Newcomer:
    """A case to assign."""

    case: Case
    suggestion: Suggestion | None
    waited_seconds: int
    is_late: bool
    hint: str  # why it cannot be assigned in one click


@dataclass(frozen=True)
class Dispute:
    """An objection to rule on, with what was said before."""

    case: Case
    objections: list[Objection]  # the open one last
    rule_by_at: datetime
    is_second: bool
    precedent: str


def my_desk(ask: Ask) -> dict[str, Any]:
    """Everything on the desk."""
    scope, place, at = ask.scope, ask.place, ask.at
    days = calendar(place)
    shown = (
        Case.objects.visible_to(scope)
        .defer("search")
        .select_related("enterprise__locality", "category__organisation", "lead")
    )
    new = list(shown.filter(status="submitted").order_by("submitted_at")[:NEW_SHOWN])
    disputes = _disputed(ask)
    led = _led(scope, at, {c.category_id for c in [*new, *disputes] if c.category_id})
    withdrawn = rows.find("withdrawals", ask).select_related("enterprise").order_by("withdrawal_asked_at")
    referred = rows.find("referrals", ask).select_related("enterprise", "lead").order_by("replied_at")
    overdue = rows.find("overdue", ask).select_related("enterprise", "lead").order_by("due_at")
    return {
        "tiles": tiles(ask),
        "new": newcomers(new, led, days, at),
        "disputes": _disputes(disputes, led, scope),
        "extensions": _extensions(ask),
        "withdrawals": withdrawn[:SHORT],
        "referrals": referred[:SHORT],
        "overdue": clocked(overdue[:OVERDUE_SHOWN], place, at),
        "offices": overdue_by_office(ask),
        "too_often": too_often(ask, SHORT),
        "silent": silent(ask),
        "loaded": loaded(ask),
        "late_promises": late_promises(ask)[:SHORT],
        "tasks": open_tasks(scope)[:4],
        "contact_days": contact_days(place, at),
        "at": at,
    }


def tiles(ask: Ask) -> list[Tile]:
    """What waits; each tile opens its rows."""
    listed = [
        ("new", _("new, not assigned"), ""),
        ("objections", _("objections to rule on"), "over"),
        ("extensions", _("more time asked"), "due"),
        ("referrals", _("to refer up?"), "due"),
        ("withdrawals", _("withdrawals to call about"), "due"),
        ("overdue", _("overdue at offices"), "over"),
        ("too-often", _("visited too often"), "due"),
        ("not-contacted", _("not contacted in %(n)s days") % {"n": contact_days(ask.place, ask.at)}, "due"),
        ("unserved", _("without an officer"), "due"),
    ]
    counted = [(key, label, look, rows.count(key, ask)) for key, label, look in listed]
    found = [Tile(key, label, n, rows.url(key), look if n else "") for key, label, look, n in counted]
    late = late_promises(ask).count()
    url = f"{reverse('cases:promise_list')}?state=late"
    return [*found, Tile("late-promises", _("promises late"), late, url, "over" if late else "")]


# New cases


def _led(scope: Scope, at: datetime, categories: set[int]) -> dict[int, Counter[int]]:
    """Of the cases of each category assigned within a year: how many each office leads or led."""
    since = at - timedelta(days=PRECEDENT_DAYS)
    found = Case.objects.visible_to(scope).filter(category_id__in=categories, assigned_at__gte=since)
    found = found.exclude(lead=None).order_by().values_list("category_id", "lead_id").annotate(n=Count("*"))
    led: dict[int, Counter[int]] = defaultdict(Counter)
    for category_id, lead_id, n in found:
        led[category_id][lead_id] = n
    return led


def newcomers(new: list[Case], led: dict[int, Counter[int]], days: Calendar, at: datetime) -> list[Newcomer]:
    """Cases without a lead, who waits longest first, each with who might lead it and why."""
    usual = {pk: _most(counts) for pk, counts in led.items()}
    offices = Organisation.objects.in_bulk([pk for pk, _n in usual.values()])
    found = []
    for case in new:
        suggestion = suggest(case, led.get(case.category_id or 0, Counter()), offices)
        waited = days.working_between(case.submitted_at or at, at)
        is_late = case.due_at is not None and case.due_at <= at
        found.append(Newcomer(case, suggestion, waited, is_late, _hint(case, suggestion)))
    return found


def suggest(case: Case, led: Counter[int], offices: dict[int, Organisation]) -> Suggestion | None:
    """The office of the category; where the category names none, the one that led most of its cases."""
    if case.category is None:
        return None
    lead = case.category.organisation
    if lead is None and led:
        lead = offices[_most(led)[0]]
    return Suggestion(lead, _why(case, lead, led)) if lead else None


def _why(case: Case, lead: Organisation, led: Counter[int]) -> str:
    names = {"category": case.category.label if case.category else ""}
    of_category = _("It is the office of the category “%(category)s”") % names
    whole, part = sum(led.values()), led[lead.pk]
    if not whole:
        return of_category + _("; none of this category was assigned within a year.")
    counted = ngettext(
        "it led %(part)s of the %(whole)s case of “%(category)s” within a year.",
        "it led %(part)s of the %(whole)s cases of “%(category)s” within a year.",
        whole,
    )
    counted %= names | {"part": part, "whole": whole}
    is_named = case.category is not None and case.category.organisation_id == lead.pk
    return of_category + _("; ") + counted if is_named else counted[:1].upper() + counted[1:]


def _hint(case: Case, suggestion: Suggestion | None) -> str:
    if case.is_confidential:
        return _("Confidential: name a person.")
    if suggestion is None:
        return _("No office is known for it: read it and choose.")
    return ""


def _most(led: Counter[int]) -> tuple[int, int]:
    """The office with the most cases; of equals the one with the smaller id, so that it does not flicker."""
    return min(led.items(), key=lambda item: (-item[1], item[0]))


# Rulings


def _disputed(ask: Ask) -> list[Case]:
    """Cases with an open objection, the first to be ruled on first."""
    found = Objection.objects.visible_to(ask.scope).filter(ruled_at=None, case__in=rows.find("objections", ask))
    found = found.select_related("case__enterprise", "case__category", "case__lead")
    return [o.case for o in found.order_by("rule_by_at", "pk")[:DISPUTES]]


def _disputes(found: list[Case], led: dict[int, Counter[int]], scope: Scope) -> list[Dispute]:
    said: dict[int, list[Objection]] = defaultdict(list)
    listed = Objection.objects.visible_to(scope).filter(case__in=found)
    for o in listed.select_related("organisation", "ruled_lead").order_by("raised_at", "pk"):
        said[o.case_id].append(o)
    disputes = []
    for case in found:
        said[case.pk].sort(key=lambda o: o.ruled_at is None)
        open_ = said[case.pk][-1]
        precedent = _precedent(case, led.get(case.category_id or 0, Counter()))
        disputes.append(Dispute(case, said[case.pk], open_.rule_by_at, case.return_count >= 2, precedent))
    return sorted(disputes, key=lambda d: d.rule_by_at)


def _precedent(case: Case, led: Counter[int]) -> str:
    if case.lead is None or not led:
        return ""
    numbers = {"part": led[case.lead_id or 0], "whole": sum(led.values()), "lead": case.lead.label}
    return _("%(lead)s led %(part)s of %(whole)s cases of this category within a year. The clock runs on.") % numbers


def _extensions(ask: Ask) -> QuerySet:
    found = Extension.objects.visible_to(ask.scope).filter(ruled_at=None, case__in=rows.find("extensions", ask))
    return found.select_related("case__enterprise", "case__lead").order_by("asked_at")[:SHORT]


def overdue_by_office(ask: Ask) -> list[dict[str, Any]]:
    """Overdue cases by who holds them, with the oldest due instant; the desk itself is one of them."""
    found = rows.find("overdue", ask).order_by().values("lead_id").annotate(n=Count("pk"), oldest=Min("due_at"))
    listed = sorted(found, key=lambda r: (-r["n"], r["oldest"]))
    offices = Organisation.objects.in_bulk([r["lead_id"] for r in listed if r["lead_id"]])
    return [
        {
            "office": offices.get(r["lead_id"]),
            "count": r["n"],
            "oldest": r["oldest"],
            "url": rows.url("overdue", lead=offices[r["lead_id"]].code if r["lead_id"] else rows.THE_DESK),
        }
        for r in listed
    ]


# Promises


def late_promises(ask: Ask) -> QuerySet:
    """Open promises of both sides whose day is over, the longest first; who keeps them is reminded from here."""
    rows_of_it: Any = Promise.objects.visible_to(ask.scope)
    late = rows_of_it.late(ask.place.day(ask.at)).select_related("enterprise", "organisation")
    return late.order_by("due_on", "pk")


# Who is reached


@dataclass(frozen=True)
class Silent:
    """An enterprise that nobody has spoken to for too long."""

    enterprise: Enterprise
    last_at: datetime | None
    officers: list[Any]


def silent(ask: Ask) -> list[Silent]:
    """The longest ago first, with who is to get in touch."""
    found = rows.longest_silent(rows.find("not-contacted", ask), SHORT)
    links = Link.objects.visible_to(ask.scope).active(ask.scope.today).filter(enterprise__in=found)  # type: ignore[arg-type]
    serving: dict[int, list[Any]] = defaultdict(list)
    for link in links.exclude(user=None).select_related("user").order_by("-kind"):
        serving[link.enterprise_id].append(link.user)
    return [Silent(e, e.last_at, serving[e.pk]) for e in found]


def loaded(ask: Ask) -> list[dict[str, Any]]:
    """Officers who serve more enterprises than the place allows; by name, never as a ranking."""
    most = int(setting(ask.place, "officer_load", ask.place.day(ask.at))["most"])
    serving = Link.objects.visible_to(ask.scope).active(ask.scope.today).filter(kind=Link.Kind.OFFICER)  # type: ignore[arg-type]
    busy = serving.order_by().values("user_id").annotate(n=Count("*")).filter(n__gt=most)  # few, wherever they serve
    inside = Q(enterprise__in=rows.find("standing", ask).values("pk"), user__in=busy.values("user_id"))
    counted = serving.filter(inside).order_by().values("user_id", "user__display_name", "user__display_name_en")
    found = counted.annotate(n=Count("enterprise_id", distinct=True)).filter(n__gt=most)
    return [
        {
            "name": (r["user__display_name_en"] if formatting.locale() == "en" else "") or r["user__display_name"],
            "count": r["n"],
            "most": most,
            "officer": r["user_id"],
            "url": rows.url("standing", officer=r["user_id"]),
        }
        for r in sorted(found, key=lambda r: r["user__display_name"])
    ]
