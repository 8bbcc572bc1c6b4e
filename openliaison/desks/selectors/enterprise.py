"""The enterprise's home: one question first, then problems and promises, who read the file, whom to turn to."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q

from openliaison.cases.models import Case, Entry, Promise
from openliaison.cases.selectors import promise_look
from openliaison.core.models import ReadLog
from openliaison.register.diary_selectors import waiting
from openliaison.register.models import Link
from openliaison.visits.models import Visit

from .clocks import clocked
from .rows import Ask

YEAR = timedelta(days=365)
SPEAKS = (Entry.Kind.ASKED, Entry.Kind.REPLIED, Entry.Kind.RETURNED)


@dataclass(frozen=True)
class Word:
    """A case that waits for the enterprise's word, with what it is asked."""

    case: Case
    entry: Entry | None
    is_due_again: bool = False  # the date of the plan has come
    client_key: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def is_question(self) -> bool:
        return self.case.status == Case.Status.WAITING

    @property
    def is_plan(self) -> bool:
        """A yes is to a date, not yet to a solution."""
        return self.case.reply_kind == Case.ReplyKind.PLANNED and not self.is_due_again


def our_page(ask: Ask) -> dict[str, Any]:
    """Everything on the enterprise's home."""
    scope, at = ask.scope, ask.at
    cases = Case.objects.visible_to(scope).defer("search").select_related("lead", "category")
    standing = cases.exclude(status="closed").order_by("-created_at")
    year = cases.filter(status="closed", closed_at__gte=at - YEAR).exclude(outcome__in=["declined", "duplicate"])
    officers = Link.objects.visible_to(scope).active(scope.today).exclude(user=None)  # type: ignore[arg-type]
    return {
        "words": words(ask),
        "bookings_waiting": waiting(scope),
        "cases": clocked(standing[:10], ask.place, at),
        "year": year.aggregate(closed=Count("pk"), solved=Count("pk", filter=Q(outcome="solved"))),
        "promises": promises(ask),
        "reads": ReadLog.objects.visible_to(scope).select_related("person")[:5],
        "officers": officers.select_related("user").order_by("-kind"),  # the officer, the deputy, the cover
        "unconfirmed": Visit.objects.visible_to(scope).filter(confirmed_at=None).since(at - timedelta(days=90)).count(),
        "last_visit": Visit.objects.visible_to(scope).standing().select_related("officer").order_by("-at").first(),
        "at": at,
    }


def words(ask: Ask) -> list[Word]:
    """What only the enterprise can say, who waits longest first."""
    cases = Case.objects.visible_to(ask.scope).filter(status__in=["replied", "waiting_enterprise"])
    cases = cases.exclude(status="replied", reply_kind="referred").select_related("lead")
    found = list(cases.order_by("replied_at", "pk"))
    told = Entry.objects.visible_to(ask.scope).filter(case__in=found, kind__in=[*SPEAKS, Entry.Kind.DUE_AGAIN])
    told = told.select_related("organisation").order_by("at", "id")
    last = {e.case_id: e.kind for e in told}
    said = {e.case_id: e for e in told if e.kind in SPEAKS}
    return [Word(case, said.get(case.pk), last.get(case.pk) == Entry.Kind.DUE_AGAIN) for case in found]


def promises(ask: Ask) -> dict[str, list[tuple[Promise, str]]]:
    """Of both sides: open ones by day, then those settled within two months."""
    lately = Q(state="open") | Q(settled_at__gte=ask.at - timedelta(days=60))
    found = Promise.objects.visible_to(ask.scope).filter(lately).select_related("organisation", "made_by")
    listed = sorted(found.order_by("due_on", "id"), key=lambda p: p.state != Promise.State.OPEN)
    looks = [(p, promise_look(p, ask.scope)) for p in listed]
    return {side: [(p, look) for p, look in looks if p.side == side][:6] for side in Promise.Side.values}
