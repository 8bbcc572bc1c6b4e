"""The screens that are looked at and checked: one list for pictures, for axe and for the width of phones.

`python -m tests.shots` takes a picture of each, in both sizes and languages.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Screen:
    """One page as one person of the example sees it.

    Args:
        path: where it is; with `follow`, the page on which the first link of that selector is followed.
    """

    name: str
    who: str
    path: str
    follow: str = ""


FIRST_ROW = "tbody a[href]"

SCREENS = (
    Screen("log-in", "", "/account/log-in/"),
    # The officer's phone
    Screen("today", "wangli", "/"),
    Screen("briefing", "wangli", "/briefing/1/"),
    Screen("visit-form", "wangli", "/visits/record/?enterprise=1"),
    Screen("visits", "wangli", "/visits/"),
    Screen("visit", "wangli", "/visits/", FIRST_ROW),
    Screen("officer-enterprises", "wangli", "/enterprises/"),
    Screen("officer-enterprise", "wangli", "/enterprises/1/"),
    Screen("officer-cases", "wangli", "/cases/"),
    Screen("officer-promises", "wangli", "/cases/promises/"),
    Screen("officer-promise", "wangli", "/cases/promises/", FIRST_ROW),
    Screen("officer-requests", "wangli", "/enterprises/bookings/"),
    Screen("officer-bell", "wangli", "/bell/"),
    Screen("officer-more", "wangli", "/more/"),
    Screen("officer-help", "wangli", "/help/"),
    Screen("phone-today", "wangli", "/phone/"),
    Screen("phone-briefing", "wangli", "/phone/?briefing#/e/1"),
    Screen("phone-visit", "wangli", "/phone/?visit#/e/1/visit"),
    Screen("phone-outbox", "wangli", "/phone/?outbox#/outbox"),
    Screen("phone-this", "wangli", "/phone/?me#/me"),
    Screen("officer-account", "wangli", "/account/me/"),
    Screen("officer-conflicts", "wangli", "/visits/conflicts/"),
    Screen("officer-phones", "wangli", "/visits/phones/"),
    # The coordinator's desk
    Screen("desk", "linjie", "/"),
    Screen("desk-cases", "linjie", "/cases/"),
    Screen("desk-new-case", "linjie", "/cases/?status=submitted", FIRST_ROW),
    Screen("desk-objected", "linjie", "/cases/?due=objected", FIRST_ROW),
    Screen("desk-overdue", "linjie", "/cases/?due=overdue", FIRST_ROW),
    Screen("desk-closed", "linjie", "/cases/?status=closed", FIRST_ROW),
    Screen("desk-enterprises", "linjie", "/enterprises/"),
    Screen("desk-enterprise", "linjie", "/enterprises/1/"),
    Screen("desk-not-contacted", "linjie", "/rows/not-contacted/"),
    Screen("desk-needing", "linjie", "/needs/"),
    Screen("desk-promises", "linjie", "/cases/promises/?state=late"),
    Screen("stationing", "linjie", "/stationing/"),
    Screen("stationing-officers", "linjie", "/stationing/officers/"),
    Screen("stationing-terms", "linjie", "/stationing/terms/"),
    Screen("stationing-propose", "linjie", "/stationing/propose/"),
    Screen("stationing-proposal", "linjie", "/stationing/proposals/", FIRST_ROW),
    Screen("desk-imports", "linjie", "/enterprises/imports/"),
    Screen("desk-search", "linjie", "/search/?q=bg"),
    Screen("desk-diary", "linjie", "/enterprises/diary/week/"),
    Screen("desk-refusal", "linjie", "/enterprises/bookings/?state=not_now", FIRST_ROW),
    Screen("desk-joint", "linjie", "/enterprises/bookings/?kind=joint", FIRST_ROW),
    Screen("desk-asked-time", "linjie", "/enterprises/time/offices/"),
    Screen("desk-lines", "linjie", "/enterprises/time/lines/"),
    Screen("desk-data", "linjie", "/enterprises/data/"),
    Screen("desk-phones", "linjie", "/visits/phones/"),
    Screen("desk-help", "linjie", "/help/"),
    # A department
    Screen("department", "guojian", "/"),
    Screen("department-cases", "guojian", "/cases/"),
    Screen("department-case", "guojian", "/cases/?status=in_hand", FIRST_ROW),
    Screen("department-ask", "guojian", "/enterprises/1/ask/"),
    Screen("department-requests", "guojian", "/enterprises/bookings/"),
    Screen("department-asked", "guojian", "/enterprises/time/by-us/"),
    Screen("department-lines", "guojian", "/enterprises/time/lines/"),
    Screen("department-data", "guojian", "/enterprises/data/"),
    Screen("department-answers", "guojian", "/enterprises/data/?state=recorded", FIRST_ROW),
    Screen("department-whom", "guojian", "/enterprises/data/ask/"),
    Screen("department-questions", "guojian", "/enterprises/data/ask/?enterprise=1"),
    Screen("department-help", "guojian", "/help/"),
    # The leader
    Screen("cockpit", "duanyu", "/"),
    Screen("leader-officers", "duanyu", "/stationing/officers/"),
    Screen("leader-cases", "duanyu", "/cases/"),
    Screen("leader-requests", "duanyu", "/enterprises/bookings/"),
    Screen("leader-help", "duanyu", "/help/"),
    # The enterprise
    Screen("enterprise", "beigang", "/"),
    Screen("enterprise-cases", "beigang", "/cases/"),
    Screen("enterprise-case", "beigang", "/cases/", FIRST_ROW),
    Screen("enterprise-raise", "beigang", "/cases/raise/"),
    Screen("enterprise-file", "beigang", "/enterprises/ours/"),
    Screen("enterprise-promises", "beigang", "/cases/promises/"),
    Screen("enterprise-visit", "beigang", "/visits/", FIRST_ROW),
    Screen("our-diary", "beigang", "/enterprises/diary/"),
    Screen("our-diary-question", "beigang", "/enterprises/diary/", "h3.vname a"),
    Screen("our-time", "beigang", "/enterprises/time/"),
    Screen("enterprise-help", "beigang", "/help/"),
    # Inspector, analyst, administrator
    Screen("inspector", "tangwei", "/"),
    Screen("inspector-requests", "tangwei", "/enterprises/bookings/"),
    Screen("analyst", "fanxue", "/"),
    Screen("administrator", "admin", "/"),
    Screen("administrator-people", "admin", "/account/people/"),
    Screen("administrator-settings", "admin", "/settings/"),
)
