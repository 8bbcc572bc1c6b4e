"""What to know of one enterprise before the door: the briefing card, and the one-page dossier with its sources."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openliaison.cases.models import Case, Promise
from openliaison.cases.selectors import promise_look
from openliaison.core import formatting
from openliaison.core.codes import code_label
from openliaison.register.models import Contact, Enterprise, FactDefinition, Link
from openliaison.register.selectors import HeldFact, held_facts
from openliaison.visits.models import Visit
from openliaison.visits.selectors import questions

from .clocks import Clocked, clocked
from .rows import Ask

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Point:
    """One of the three things to know before the door."""

    head: str
    text: str
    source: str  # where it stands, for the footnotes


@dataclass
class Sources:
    """Footnotes in the order in which they are first used."""

    found: list[str] = field(default_factory=list)

    def number(self, text: str) -> int:
        if text not in self.found:
            self.found.append(text)
        return self.found.index(text) + 1


@dataclass(frozen=True)
class Briefing:
    """The card before the door."""

    enterprise: Enterprise
    industry: str
    points: list[Point]
    cases: list[Clocked]
    promises: list[tuple[Promise, str]]
    contacts: list[Contact]
    facts: list[HeldFact]
    stale: list[HeldFact]
    missing: list[FactDefinition]
    visits: list[Visit]
    team: list[Link]
    year: dict[str, int]
    client_key: uuid.UUID = field(default_factory=uuid.uuid4)


def briefing(enterprise: Enterprise, ask: Ask) -> Briefing:
    """Everything that this person may know of the enterprise before meeting it."""
    scope, at = ask.scope, ask.at
    all_cases = Case.objects.visible_to(scope).filter(enterprise=enterprise)
    open_ = all_cases.open().select_related("lead", "category").order_by("due_at", "created_at")
    cases = clocked(open_[:12], ask.place, at)
    promises = _promises(enterprise, ask)
    facts = held_facts(enterprise, scope, scope.today)  # type: ignore[arg-type]
    asked = questions(enterprise, scope, facts_held=facts)
    held = {f.key: f for f in facts}
    stale = [held[q.key] for q in asked if not q.is_missing]
    missing = [q.definition for q in asked if q.is_missing]
    counted = all_cases.filter(closed_at__gte=at - YEAR).exclude(outcome__in=["declined", "duplicate"])
    visits = Visit.objects.visible_to(scope).standing().filter(enterprise=enterprise).select_related("officer")
    team = Link.objects.visible_to(scope).active(scope.today).filter(enterprise=enterprise)  # type: ignore[arg-type]
    return Briefing(
        enterprise=enterprise,
        industry=code_label(enterprise.place.industry_scheme, enterprise.industry),
        points=points(cases, promises, stale, missing),
        cases=cases,
        promises=promises,
        contacts=list(Contact.objects.visible_to(scope).current().filter(enterprise=enterprise)),
        facts=facts,
        stale=stale,
        missing=missing,
        visits=list(visits.order_by("-at")[:3]),
        team=list(team.exclude(user=None).select_related("user").order_by("-kind")),
        year=counted.aggregate(closed=Count("pk"), solved=Count("pk", filter=Q(outcome="solved"))),
    )


def _promises(enterprise: Enterprise, ask: Ask) -> list[tuple[Promise, str]]:
    """Open ones of both sides by day, then what was settled within two months."""
    lately = Q(state="open") | Q(settled_at__gte=ask.at - timedelta(days=60))
    found = Promise.objects.visible_to(ask.scope).filter(lately, enterprise=enterprise)
    listed = found.select_related("organisation", "enterprise", "made_by").order_by("due_on", "id")
    ordered = sorted(listed, key=lambda p: p.state != Promise.State.OPEN)[:8]
    return [(p, promise_look(p, ask.scope)) for p in ordered]


def points(
    cases: list[Clocked], promises: list[tuple[Promise, str]], stale: list[HeldFact], missing: list[FactDefinition]
) -> list[Point]:
    """Three things: what to account for, what was promised, what to ask and what not."""
    return [_account(cases), _promised(promises), _to_ask(stale, missing)]


def _account(cases: list[Clocked]) -> Point:
    if not cases:
        return Point(_("Account for:"), _("no case is open."), _("cases, as of today"))
    order = {"over": 0, "due": 1, "wait": 2, "ok": 3, "none": 4}
    first = min(cases, key=lambda c: order[c.look])
    text = _("%(title)s: %(state)s") % {
        "title": first.case.label,
        "state": first.words or first.case.get_status_display(),
    }
    if len(cases) > 1:
        n = len(cases) - 1
        text += ngettext("; and %(n)s more open case", "; and %(n)s more open cases", n) % {"n": n}
    return Point(_("Account for:"), text + _("."), _("case %(number)s") % {"number": first.case.number})


def _promised(promises: list[tuple[Promise, str]]) -> Point:
    open_ = [(p, look) for p, look in promises if p.state == Promise.State.OPEN]
    if not open_:
        return Point(_("Promised:"), _("nothing is owed, on either side."), _("promises, as of today"))
    promise, look = next(((p, look) for p, look in open_ if look == "promise.late"), open_[0])
    who = promise.organisation.label if promise.organisation else promise.enterprise.label
    what = {"what": promise.label, "who": who, "day": formatting.day(promise.due_on, "near")}
    text = _("%(what)s (%(who)s, was due %(day)s)") if look == "promise.late" else _("%(what)s (%(who)s, by %(day)s)")
    source = _("promise of %(day)s") % {"day": formatting.day(promise.made_at)}
    return Point(_("Promised:"), text % what + _("."), source)


def _to_ask(stale: list[HeldFact], missing: list[FactDefinition]) -> Point:
    names = [f.label for f in stale[:2]] + [d.label for d in missing][: max(0, 2 - len(stale))]
    if not names:
        return Point(_("Ask nothing:"), _("everything held is fresh."), _("facts on file, as of today"))
    return Point(_("Ask only:"), _(", ").join(names) + _("."), _("facts on file, as of today"))


def footnotes(card: Briefing) -> tuple[list[tuple[Point, int]], list[tuple[HeldFact, int]], list[str]]:
    """The dossier's points and facts, each with the number of its source, and the sources."""
    sources = Sources()
    listed = [(p, sources.number(p.source)) for p in card.points]
    facts = [(f, sources.number(_of_fact(f))) for f in card.facts]
    return listed, facts, sources.found


def _of_fact(held: HeldFact) -> str:
    fact = held.fact
    parts = [fact.get_source_display(), fact.source_ref, formatting.day(fact.as_of, "")]
    return " ".join(p for p in parts if p)
