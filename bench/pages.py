"""Which pages the web benchmark asks for, by role, with the rows they are asked about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

LIST, DETAIL, HOME, SEARCH, API = "list", "detail", "home", "search", "api"
BUDGET_MS = {LIST: 150, DETAIL: 150, HOME: 500, SEARCH: 100, API: 150}


@dataclass(frozen=True)
class Page:
    """One page a role is measured on."""

    kind: str
    name: str
    path: str

    @property
    def budget_ms(self) -> int:
        return BUDGET_MS[self.kind]


ROLES = {
    "officer": "wangli",
    "coordinator": "linjie",
    "city coordinator": "citydesk",
    "department": "guojian",
    "leader": "duanyu",
    "enterprise": "beigang",
    "inspector": "tangwei",
    "analyst": "fanxue",
    "administrator": "admin",
}
# (kind, name, URL name and arguments, query, roles; none: every role). A page that is not there is left out.
CASES = ("officer", "coordinator", "city coordinator", "department", "leader", "enterprise", "analyst")
STAFF = ("officer", "coordinator", "city coordinator", "department", "leader", "inspector", "analyst")
VISITS = ("officer", "coordinator", "city coordinator", "leader")
PROMISES = ("officer", "coordinator", "city coordinator", "department", "leader", "enterprise")
BOOKINGS = ("officer", "coordinator", "city coordinator", "department", "leader", "inspector", "analyst")
AREA_WIDE = ("coordinator", "city coordinator", "leader", "analyst")
SEES = ("officer", "coordinator", "city coordinator", "leader")
LISTS: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    (HOME, "home", "desks:home", "", ()),
    (LIST, "enterprises", "register:enterprise_list", "", STAFF),
    (LIST, "enterprises, page 200", "register:enterprise_list", "page=200", ("coordinator", "leader")),
    (LIST, "enterprises by industry", "register:enterprise_list", "sort=-industry", ("coordinator",)),
    (LIST, "enterprises by place", "register:enterprise_list", "sort=locality_path", ("coordinator",)),
    (LIST, "enterprises of a township", "register:enterprise_list", "place=211221101", STAFF),
    (LIST, "enterprises of a division", "register:enterprise_list", "industry=33", ("coordinator", "leader")),
    (LIST, "enterprises without officer", "register:enterprise_list", "serving=nobody", ("coordinator", "leader")),
    (LIST, "enterprises, my own", "register:enterprise_list", "serving=me", ("officer",)),
    (SEARCH, "enterprises, searched", "register:enterprise_list", "q=恒创机械", STAFF),
    (SEARCH, "enterprises, by pinyin", "register:enterprise_list", "q=hcjx", ("coordinator",)),
    (LIST, "cases", "cases:case_list", "", CASES),
    (LIST, "cases, open by due", "cases:case_list", "status=open&sort=due_at", CASES),
    (LIST, "cases, overdue", "cases:case_list", "due=overdue", CASES),
    (LIST, "cases, closed as solved", "cases:case_list", "status=closed&outcome=solved", ("coordinator", "leader")),
    (LIST, "cases by enterprise", "cases:case_list", "sort=enterprise__name", ("coordinator",)),
    (LIST, "cases of a category", "cases:case_list", "category=energy", ("coordinator", "department", "leader")),
    (LIST, "cases with an objection", "cases:case_list", "due=objected", ("coordinator",)),
    (LIST, "cases, page 100", "cases:case_list", "page=100", ("coordinator", "leader")),
    (SEARCH, "cases, searched", "cases:case_list", "q=供电", CASES),
    (LIST, "promises", "cases:promise_list", "", PROMISES),
    (LIST, "promises, kept", "cases:promise_list", "state=kept", ("coordinator", "department")),
    (LIST, "visits", "visits:visit_list", "", VISITS),
    (LIST, "visits, searched", "visits:visit_list", "q=机械", ("coordinator",)),
    (LIST, "promises, late", "cases:promise_list", "state=late", ("coordinator", "department", "leader")),
    (LIST, "who needs a visit", "desks:needing", "", ("coordinator", "city coordinator", "leader")),
    (LIST, "not contacted", "desks:rows not-contacted", "", AREA_WIDE),
    (LIST, "visited too often", "desks:rows too-often", "", AREA_WIDE),
    (LIST, "bookings", "register:bookings", "", BOOKINGS),
    (LIST, "the week's diary", "register:diary_week", "", ("coordinator", "city coordinator")),
    (LIST, "our diary", "register:diary", "", ("enterprise",)),
    (LIST, "data requests", "register:data_list", "", ("coordinator", "department")),
    (LIST, "ledger", "register:time_lines", "", ("officer", *AREA_WIDE, "department")),
    (LIST, "ledger by office", "register:time_offices", "", AREA_WIDE),
    (LIST, "asked by us", "register:asked_by_us", "", ("department",)),
    (DETAIL, "our time", "register:our_time", "", ("enterprise",)),
    (LIST, "stationing", "visits:stationing", "", ("coordinator", "city coordinator", "leader")),
    (LIST, "officers", "visits:officers", "", ("coordinator", "city coordinator", "leader")),
    (LIST, "terms", "visits:terms", "", ("coordinator", "city coordinator")),
    (LIST, "proposals", "visits:proposals", "", ("coordinator",)),
    (LIST, "conflicts", "visits:conflicts", "", ("officer", "coordinator")),
    (LIST, "phones", "visits:devices", "", ("officer", "coordinator")),
    (LIST, "bell", "desks:bell", "", ()),
    (SEARCH, "search from the head bar", "desks:search", "q=恒创", ()),
    (SEARCH, "search, a case's number", "desks:search", "q=2026-0418", ("coordinator", "department", "leader")),
    (LIST, "look-alikes and imports", "register:import_list", "", ("coordinator",)),
    (LIST, "people", "accounts:people", "", ("administrator",)),
    (LIST, "settings", "core:settings", "", ("administrator",)),
    (DETAIL, "our file", "register:own_file", "", ("enterprise",)),
    (DETAIL, "raise a case", "cases:raise", "", ("officer", "coordinator", "enterprise")),
    (DETAIL, "record a visit", "visits:record", "", ("officer",)),
    (API, "API enterprises", "api:enterprises", "", STAFF),
    (API, "API cases", "api:cases", "", CASES),
    (API, "API visits", "api:visits", "", VISITS),
    (API, "API tasks", "api:tasks", "", ("coordinator", "department")),
)


def of_role(name: str, scope: Any) -> list[Page]:
    """The pages of one role, those of single rows with rows that this scope sees."""
    found = []
    for kind, title, url_name, query, roles in LISTS:
        if roles and name not in roles:
            continue
        try:
            name_of_url, *args = url_name.split()
            path = reverse(name_of_url, args=args)
        except NoReverseMatch:
            continue
        found.append(Page(kind, title, f"{path}?{query}" if query else path))
    return found + _rows(name, scope)


def _rows(name: str, scope: Any) -> list[Page]:
    from openliaison.cases.models import Case, Promise
    from openliaison.register.models import Booking, Enterprise
    from openliaison.visits.models import Visit

    found = []
    cases = Case.objects.visible_to(scope).filter(is_confidential=False)
    # The case with the longest story among the newest, and the enterprise it belongs to.
    newest = list(cases.order_by("-created_at").values_list("pk", flat=True)[:300])
    if newest and name in CASES:
        case = max(Case.objects.filter(pk__in=newest), key=lambda c: c.entries.count())
        found.append(Page(DETAIL, "a case", reverse("cases:case", args=[case.pk])))
        found.append(Page(DETAIL, "a case on paper", reverse("cases:paper", args=[case.pk])))
        found.append(Page(DETAIL, "an enterprise's cases", reverse("cases:of_enterprise", args=[case.enterprise_id])))
        enterprise_id = case.enterprise_id
    else:
        enterprise_id = Enterprise.objects.visible_to(scope).order_by("-pk").values_list("pk", flat=True).first()
    if name in STAFF and enterprise_id:
        found.append(Page(DETAIL, "an enterprise", reverse("register:enterprise", args=[enterprise_id])))
    if name in SEES and enterprise_id:
        found.append(Page(DETAIL, "briefing", reverse("desks:briefing", args=[enterprise_id])))
    if name in BOOKINGS and enterprise_id:
        found.append(Page(DETAIL, "an enterprise's diary", reverse("register:diary_of", args=[enterprise_id])))
    booking = Booking.objects.visible_to(scope).order_by("-starts_at").values_list("pk", flat=True).first()
    if booking and (name in BOOKINGS or name == "enterprise"):
        found.append(Page(DETAIL, "a booking", reverse("register:booking", args=[booking])))
    promise = Promise.objects.visible_to(scope).order_by("-made_at").values_list("pk", flat=True).first()
    if promise and name in PROMISES:
        found.append(Page(DETAIL, "a promise", reverse("cases:promise", args=[promise])))
    visit = Visit.objects.visible_to(scope).order_by("-at").values_list("pk", flat=True).first()
    if visit and name in VISITS:
        found.append(Page(DETAIL, "a visit", reverse("visits:visit", args=[visit])))
        found.append(Page(DETAIL, "a visit's note", reverse("visits:note", args=[visit])))
    return found
