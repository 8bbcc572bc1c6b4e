"""What a phone keeps of its officer's work: briefings, what to ask, what is owed. Nothing the officer may not see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from json import dumps
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from openliaison.accounts.models import Role
from openliaison.cases.models import Case, Category, Entry, Promise
from openliaison.cases.selectors import due_look, promise_look
from openliaison.core import formatting
from openliaison.core.codes import code_label
from openliaison.core.models import Receipt
from openliaison.core.scope import Scope
from openliaison.register.models import Booking, Contact, Enterprise
from openliaison.register.selectors import HeldFact, held_facts
from openliaison.visits import needs
from openliaison.visits.models import Visit

from .asking import asked
from .conflicts import open_conflicts, pairs

SCHEMA = 1
KEEP_DAYS = 7  # a phone that has not been in contact for longer deletes what it keeps
TAKEN_DAYS = 14
ROOM = "phone."  # what the receipts of the phone's items begin with
WORDS, VISITS, FIRST = 200, 5, 3

Grouped = dict[int, list[Any]]


def pack(scope: Scope, role: Role, at: datetime) -> dict[str, Any]:
    """Everything, in the reader's language. Without the server's time it is the same until something changes."""
    needed = needs.of_officer(scope, role.place, at)
    mine = [one.enterprise for one in needed]
    for enterprise in mine:
        enterprise.place = role.place  # loaded once, not per row
    return {
        "schema": SCHEMA,
        "keep_days": KEEP_DAYS,
        "person": _person(role),
        "enterprises": _enterprises(needed, mine, scope, at),
        "categories": [{"code": c.code, "label": c.label} for c in Category.objects.visible_to(scope)],
        "modes": _choices(Visit.Mode.choices),
        "promise_sides": _choices([("county", _("by us")), ("enterprise", _("by the enterprise"))]),
        "bookings": [_booking(b) for b in _bookings(mine, scope, at)],
        "taken": taken(scope, at),
        "conflicts": [pair.as_json() for pair in pairs(open_conflicts(scope), scope)],
    }


def etag(content: dict[str, Any]) -> str:
    """What changes when the pack does."""
    return f'"{sha256(dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:32]}"'


def taken(scope: Scope, at: datetime) -> list[str]:
    """Keys of what this person's phones sent and the server has, of the last days."""
    rows = Receipt.objects.visible_to(scope).filter(room__startswith=ROOM, at__gte=at - timedelta(days=TAKEN_DAYS))
    return [str(key) for key in rows.order_by("at", "client_key").values_list("client_key", flat=True)]


def _person(role: Role) -> dict[str, Any]:
    return {
        "id": role.user_id,
        "name": role.user.label,
        "place": role.place.label,
        "language": get_language(),
        "timezone": role.place.time_zone,
    }


def _choices(found: Iterable[tuple[Any, Any]]) -> list[dict[str, str]]:
    return [{"value": str(value), "label": str(label)} for value, label in found]


def _enterprises(
    needed: list[needs.Standing], mine: list[Enterprise], scope: Scope, at: datetime
) -> list[dict[str, Any]]:
    """In the order in which they need somebody, as on Today."""
    why = {one.enterprise.pk: [reason.text for reason in needs.words(one.visit)] for one in needed}
    first = {one.enterprise.pk for one in needed[:FIRST] if one.visit.group == "now"}
    contacts = _grouped(Contact.objects.visible_to(scope).current().filter(enterprise__in=mine))
    cases = _cases(mine, scope, at)
    promises = _promises(mine, scope)
    visits = _visits(mine, scope)
    found = []
    for one in mine:
        held = held_facts(one, scope, scope.today)  # type: ignore[arg-type]
        last = visits[one.pk][0] if visits[one.pk] else None
        found.append(
            {
                "id": one.pk,
                "name": one.label,
                "locality": one.locality.label,
                "industry": code_label(one.place.industry_scheme, one.industry),
                "address": one.street,
                "status": one.get_status_display(),
                "last_at": last["at"] if last else None,
                "last_words": last["words"] if last else "",
                "reasons": why[one.pk],
                "why_first": one.pk in first,
                "contacts": [_contact(c) for c in contacts[one.pk]],
                "cases": cases[one.pk],
                "promises": promises[one.pk],
                "facts": [_fact(f) for f in held],
                "ask": asked(one, scope, held),
                "visits": visits[one.pk],
                "url": reverse("desks:briefing", args=[one.pk]),
            }
        )
    return found


def _grouped(rows: Iterable[Any]) -> Grouped:
    found: Grouped = defaultdict(list)
    for row in rows:
        found[row.enterprise_id].append(row)
    return found


def _contact(row: Contact) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "function": row.function_label,
        "phone": row.phone,
        "is_main": row.is_main,
    }


def _cases(mine: list[Enterprise], scope: Scope, at: datetime) -> Grouped:
    rows = Case.objects.visible_to(scope).open().defer("search").filter(enterprise__in=mine)
    listed = list(rows.select_related("lead").order_by("due_at", "created_at", "pk"))
    questions = latest_questions(listed, scope)
    found: Grouped = defaultdict(list)
    for case in listed:
        found[case.enterprise_id].append(_case(case, questions.get(case.pk), at))
    return found


def latest_questions(cases: Iterable[Case], scope: Scope) -> dict[int, Entry]:
    """By case that waits for the enterprise: the question last asked."""
    waiting = [c.pk for c in cases if c.status == Case.Status.WAITING]
    rows = Entry.objects.visible_to(scope).filter(case__in=waiting, kind=Entry.Kind.ASKED)
    return {entry.case_id: entry for entry in rows.select_related("organisation", "author").order_by("at", "pk")}


def version(case: Case, question: Entry | None) -> str:
    """What an answer to its question rests on."""
    return f"{case.status}:{question.pk if question else 0}"


def _case(case: Case, question: Entry | None, at: datetime) -> dict[str, Any]:
    return {
        "id": case.pk,
        "number": case.number,
        "title": case.label,
        "state": case.status,
        "state_label": case.get_status_display(),
        "look": due_look(case.due_at, at),
        "due_at": case.due_at.isoformat() if case.due_at else None,
        "due_label": _("due %(at)s") % {"at": formatting.instant(case.due_at)} if case.due_at else "",
        "lead": case.lead.label if case.lead else "",
        "question": _question(question) if question else None,
        "version": version(case, question),
    }


def _question(entry: Entry) -> dict[str, Any]:
    by = entry.organisation or entry.author
    return {
        "entry_id": entry.pk,
        "text": entry.body,
        "asked_at": entry.at.isoformat(),
        "by": by.label if by else "",
    }


def _promises(mine: list[Enterprise], scope: Scope) -> Grouped:
    rows = Promise.objects.visible_to(scope).open().filter(enterprise__in=mine)
    found: Grouped = defaultdict(list)
    for promise in rows.select_related("organisation", "enterprise"):
        look = promise_look(promise, scope)
        by = promise.organisation or promise.enterprise
        found[promise.enterprise_id].append(
            {
                "id": promise.pk,
                "text": promise.label,
                "side": promise.side,
                "by": by.label,
                "due_on": promise.due_on.isoformat(),
                "look": look,
                "label": _("by %(day)s") % {"day": formatting.day(promise.due_on)},
            }
        )
    return found


def _visits(mine: list[Enterprise], scope: Scope) -> Grouped:
    """The last few of each."""
    found: Grouped = defaultdict(list)
    rows = Visit.objects.visible_to(scope).filter(enterprise__in=mine, withdrawn_at=None).select_related("officer")
    for visit in rows.order_by("-at", "-pk").iterator(chunk_size=500):
        if len(found[visit.enterprise_id]) < VISITS:
            found[visit.enterprise_id].append(_visit(visit))
    return found


def _visit(visit: Visit) -> dict[str, Any]:
    return {
        "at": visit.at.isoformat(),
        "mode": visit.get_mode_display(),
        "by": visit.officer.label,
        "words": (visit.body or _("nothing new"))[:WORDS],
    }


def _fact(held: HeldFact) -> dict[str, Any]:
    return {
        "key": held.key,
        "label": held.label,
        "value": held.fact.value,
        "unit": held.fact.unit,
        "shown": held.value,
        "as_of": held.fact.as_of.isoformat(),
        "is_fresh": held.is_fresh,
    }


def _bookings(mine: list[Enterprise], scope: Scope, at: datetime) -> Iterable[Booking]:
    rows = Booking.objects.visible_to(scope).open().hosts().filter(enterprise__in=mine)
    return rows.filter(starts_at__gte=at - timedelta(days=1)).select_related("organisation", "requested_by")


def _booking(row: Booking) -> dict[str, Any]:
    by = row.organisation or row.requested_by
    return {
        "id": row.pk,
        "enterprise_id": row.enterprise_id,
        "kind": row.kind,
        "kind_label": row.get_kind_display(),
        "purpose": row.label,
        "starts_at": row.starts_at.isoformat(),
        "minutes": row.minutes,
        "state": row.state,
        "state_label": row.get_state_display(),
        "by": by.label,
    }
