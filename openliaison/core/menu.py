"""The menu as data: what each role finds, in which order. An entry whose page is not built is not shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .scope import ADMIN, ANALYST, AREA, ENTERPRISE, HANDLER, INSPECTOR, LEADER, OFFICER

PHONE_PLACES = 4  # of the bottom bar, before "More" or the last entry

# How many things wait behind an entry. A room registers its count in AppConfig.ready().
BADGES: dict[str, Callable[[HttpRequest], int]] = {}


@dataclass(frozen=True)
class Entry:
    """One entry.

    Args:
        url_name: the page it opens.
        owns: beginnings of the names of further pages on which it is marked as the current one.
        on_phone: whether it may stand in the bottom bar.
        is_add: the round button in the middle of the bottom bar; in no other menu.
        group: entries of one group stand together, a line between groups.
    """

    url_name: str
    label: Promise
    icon: str
    roles: tuple[str, ...]
    owns: tuple[str, ...] = ()
    on_phone: bool = True
    is_add: bool = False
    group: int = 0

    @property
    def url(self) -> str | None:
        try:
            return reverse(self.url_name)
        except NoReverseMatch:
            return None


DESK = ("desks:briefing", "desks:dossier", "desks:rows", "desks:brief")

ENTRIES = (
    Entry("desks:home", _("Today"), "calendar-event", (OFFICER,), owns=DESK),
    Entry("desks:home", _("My desk"), "home", (AREA, HANDLER, INSPECTOR, ADMIN), owns=DESK),
    Entry("desks:home", _("Cockpit"), "gauge", (LEADER, ANALYST), owns=DESK),
    Entry("desks:home", _("Home"), "home", (ENTERPRISE,)),
    Entry(
        "register:enterprise_list",
        _("Enterprises"),
        "building-factory-2",
        (OFFICER, AREA, HANDLER, LEADER, INSPECTOR, ANALYST),
        owns=("register:",),
    ),
    Entry(
        "cases:case_list",
        _("Cases"),
        "inbox",
        (OFFICER, AREA, HANDLER, LEADER, ENTERPRISE, ANALYST),
        owns=("cases:case", "cases:paper", "cases:act", "cases:raise"),
    ),
    Entry("register:diary", _("Our diary"), "calendar-event", (ENTERPRISE,), owns=("register:booking",)),
    Entry(
        "register:diary_week",
        _("Diary"),
        "calendar-week",
        (AREA,),
        owns=("register:booking", "register:diary", "register:ask_visit"),
        on_phone=False,
    ),
    Entry(
        "register:bookings",
        _("Requests"),
        "calendar-event",
        (OFFICER, HANDLER, LEADER, INSPECTOR),
        owns=("register:booking", "register:diary", "register:ask_visit"),
        on_phone=False,
    ),
    Entry("visits:record", _("Record"), "plus", (OFFICER,), is_add=True),
    Entry("cases:raise", _("Raise a case"), "plus", (ENTERPRISE,), is_add=True),
    Entry("visits:visit_list", _("Visits"), "map-pin", (OFFICER, AREA, LEADER), owns=("visits:",), on_phone=False),
    Entry(
        "cases:promise_list",
        _("Promises"),
        "heart-handshake",
        (OFFICER, AREA, HANDLER, LEADER, ENTERPRISE),
        owns=("cases:promise", "cases:settle_promise"),
    ),
    Entry("visits:phone", _("Outbox"), "cloud-upload", (OFFICER,), on_phone=False),
    Entry(
        "register:time_offices",
        _("Asked time"),
        "clock-hour-4",
        (AREA, LEADER, ANALYST),
        ("register:time",),
        on_phone=False,
    ),
    Entry(
        "register:asked_by_us",
        _("What we ask"),
        "clock-hour-4",
        (HANDLER, INSPECTOR),
        ("register:time",),
        on_phone=False,
    ),
    Entry(
        "register:data_list",
        _("Data requests"),
        "forms",
        (OFFICER, AREA, HANDLER, INSPECTOR),
        ("register:data",),
        on_phone=False,
    ),
    Entry("register:own_file", _("Our file"), "file-text", (ENTERPRISE,)),
    Entry(
        "visits:stationing",
        _("Stationing"),
        "users-group",
        (AREA, LEADER),
        owns=("visits:propos", "visits:suggest", "visits:officers", "visits:terms", "visits:renew"),
        on_phone=False,
    ),
    Entry("register:import_list", _("Imports"), "cloud-upload", (AREA,), ("register:import",), on_phone=False, group=1),
    Entry(
        "accounts:people",
        _("People"),
        "users",
        (AREA, ADMIN),
        owns=(
            *("accounts:invit", "accounts:pe", "accounts:paper", "accounts:edit_role"),
            *("desks:handover", "desks:close", "visits:device", "visits:revoke"),
        ),
        group=1,
    ),
    Entry(
        "core:settings",
        _("Settings"),
        "adjustments",
        (ADMIN,),
        owns=("core:settings", "accounts:organ", "accounts:add_organ", "desks:categor", "desks:facts"),
        group=1,
    ),
)


@dataclass(frozen=True)
class Link:
    """An entry as one page shows it. `current` is "page", "true" (a page beneath it) or ""."""

    url: str
    label: str
    icon: str
    current: str
    is_add: bool
    badge: int
    starts_group: bool


def entries(role: str) -> list[Entry]:
    """The entries of a role whose pages exist, the round button among them."""
    return [e for e in ENTRIES if role in e.roles and e.url]


def links(request: HttpRequest) -> list[Link]:
    """The whole menu of the person who asks."""
    found = [e for e in entries(request.scope.role) if not e.is_add]  # type: ignore[attr-defined]
    return _links(request, found)


def phone_links(request: HttpRequest) -> list[Link]:
    """The bottom bar, the round button in its middle."""
    return _links(request, _phone_entries(request.scope.role))  # type: ignore[attr-defined]


def has_more(role: str) -> bool:
    """Whether the bottom bar leaves entries out, so that it ends in "More"."""
    return len(_phone_entries(role)) < len(entries(role))


def _phone_entries(role: str) -> list[Entry]:
    known = entries(role)
    add = [e for e in known if e.is_add]
    fitting = [e for e in known if e.on_phone and not e.is_add]
    fits_whole = len(fitting) + len(add) == len(known) <= PHONE_PLACES + 1
    shown = fitting if fits_whole else fitting[: PHONE_PLACES - len(add)]
    return [*shown[:2], *add, *shown[2:]]


def _links(request: HttpRequest, shown: list[Entry]) -> list[Link]:
    current = _current(request, shown)
    before = shown[0].group if shown else 0
    found = []
    for entry in shown:
        mark = "" if entry is not current else "page" if request.path == entry.url else "true"
        badge = BADGES[entry.url_name](request) if entry.url_name in BADGES else 0
        starts_group, before = entry.group != before, entry.group
        found.append(Link(str(entry.url), str(entry.label), entry.icon, mark, entry.is_add, badge, starts_group))
    return found


def _current(request: HttpRequest, shown: list[Entry]) -> Entry | None:
    """The entry whose page this is, else the one with the longest beginning of the page's name."""
    match = request.resolver_match
    name = match.view_name if match else ""
    exact = next((e for e in shown if e.url_name == name), None)
    if exact or not name:
        return exact
    owners = [(len(p), n, e) for n, e in enumerate(shown) for p in e.owns if name.startswith(p)]
    return max(owners, key=lambda o: o[:2])[2] if owners else None
