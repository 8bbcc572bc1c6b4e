"""The written brief of a hand-over, made from the record as the reader may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from openliaison.cases.models import Case, Promise
from openliaison.core.scope import Scope
from openliaison.register.models import Contact, Enterprise
from openliaison.register.selectors import HeldFact, held_facts
from openliaison.visits.models import Visit

from .models import Handover


@dataclass(frozen=True)
class EnterpriseBrief:
    """What to know of one enterprise before the first call."""

    enterprise: Enterprise
    contacts: list[Contact]
    cases: list[Case]
    promises: list[Promise]
    last_visit: Visit | None
    stale: list[HeldFact]


def brief(handover: Handover, scope: Scope, at: datetime) -> list[EnterpriseBrief]:
    """Enterprise by enterprise. What is confidential stands only in the successor's own copy."""
    rows = Enterprise.objects.visible_to(scope).filter(pk__in=handover.enterprises)
    found = list(rows.select_related("locality", "place").order_by("name"))
    is_own = scope.user_id == handover.successor_id
    cases = _by_enterprise(_cases(handover, scope, is_own))
    promises = Promise.objects.visible_to(scope).open().filter(enterprise_id__in=handover.enterprises)
    if not is_own:
        promises = promises.filter(is_confidential=False)
    by_promise = _by_enterprise(list(promises.select_related("organisation", "made_by")))
    contacts = Contact.objects.visible_to(scope).current().filter(enterprise_id__in=handover.enterprises)
    by_contact = _by_enterprise(list(contacts))
    visits = Visit.objects.visible_to(scope).filter(enterprise_id__in=handover.enterprises)
    last = {v.enterprise_id: v for v in visits.order_by("enterprise_id", "-at").distinct("enterprise_id")}
    return [
        EnterpriseBrief(
            enterprise=e,
            contacts=by_contact.get(e.pk, []),
            cases=cases.get(e.pk, []),
            promises=by_promise.get(e.pk, []),
            last_visit=last.get(e.pk),
            stale=[f for f in held_facts(e, scope, scope.today) if not f.is_fresh][:6] if scope.today else [],
        )
        for e in found
    ]


def _cases(handover: Handover, scope: Scope, is_own: bool) -> list[Case]:
    rows = Case.objects.visible_to(scope).open().filter(enterprise_id__in=handover.enterprises)
    rows = rows if is_own else rows.filter(is_confidential=False)
    return list(rows.select_related("lead").order_by("due_at"))


def _by_enterprise(rows: list) -> dict[int, list]:
    found: dict[int, list] = {}
    for row in rows:
        found.setdefault(row.enterprise_id, []).append(row)
    return found
