"""Recording a visit: one service for page, phone and API. A visit sent twice is recorded once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from openliaison.accounts.models import Role
from openliaison.cases import services as cases
from openliaison.cases.models import Category, Promise
from openliaison.core import journal
from openliaison.core.errors import Refused
from openliaison.register import services as register
from openliaison.register.models import Contact, Enterprise, Fact

from .models import Visit


class NotAllowed(Refused):
    """The person does not serve the enterprise."""


class Incomplete(Refused):
    """Something is missing."""


class KeyUsed(Refused):
    """The form's key belongs to another record."""


@dataclass(frozen=True)
class Problem:
    """A problem heard at a visit: it becomes a case."""

    text: str
    category: Category | None = None
    wanted_result: str = ""
    title: str = ""
    title_en: str = ""
    text_en: str = ""
    is_confidential: bool = False


@dataclass(frozen=True)
class Commitment:
    """Something promised at a visit: it becomes a promise."""

    text: str
    due_on: date
    side: str = Promise.Side.COUNTY


@transaction.atomic
def record_visit(
    *,
    enterprise: Enterprise,
    by: Role,
    at: datetime,
    visited_at: datetime | None = None,
    mode: str = Visit.Mode.VISIT,
    notes: str = "",
    notes_en: str = "",
    minutes: int | None = None,
    met: Contact | None = None,
    nothing_new: bool = False,
    problems: Sequence[Problem] = (),
    commitments: Sequence[Commitment] = (),
    facts: dict[str, Any] | None = None,
    client_key: uuid.UUID | None = None,
) -> Visit:
    """Write down a contact with an enterprise, and what came of it, all or nothing.

    Args:
        visited_at: when it was; now where it is left out. Not in the future.
        nothing_new: a full record by itself.
        facts: fact key → value, learned at the visit.

    Raises:
        NotAllowed, Incomplete, KeyUsed; and what the services of cases, promises and facts refuse.
    """
    if client_key is not None:
        known = Visit.objects.filter(client_key=client_key).first()
        if known and known.officer_id == by.user_id:
            return known
        if known:
            raise KeyUsed(_("This form has been used. Open the page again."))
    _check_serves(enterprise, by, at)
    visited_at = visited_at or at
    if visited_at > at:
        raise Incomplete(_("The visit lies in the future. Correct its date."))
    if not (nothing_new or notes.strip() or problems or commitments or facts):
        raise Incomplete(_("Write what you heard, or press “Nothing new”."))
    visit = Visit.objects.create(
        place_id=enterprise.place_id,
        client_key=client_key or uuid.uuid4(),
        enterprise=enterprise,
        locality_path=enterprise.locality_path,
        officer=by.user,
        mode=mode,
        at=visited_at,
        minutes=minutes,
        met=met,
        nothing_new=nothing_new and not (problems or commitments),
        notes=notes.strip() or _summary(problems, commitments, facts),
        notes_en=notes_en.strip(),
        recorded_at=at,
    )
    journal.record(visit, "visit_recorded", by=by, at=at, mode=mode, nothing_new=nothing_new)
    for problem in problems:
        _open_case(visit, problem, by, at)
    for promised in commitments:
        cases.make_promise(
            enterprise=enterprise, text=promised.text, due_on=promised.due_on, side=promised.side, by=by, at=at
        )
    for key, value in (facts or {}).items():
        register.record_fact(
            enterprise=enterprise,
            key=key,
            value=value,
            source=Fact.Source.VISIT,
            source_ref=f"{visited_at:%Y-%m-%d}",
            as_of=visited_at.astimezone(enterprise.place.zone).date(),
            by=by,
            at=at,
        )
    return visit


def _open_case(visit: Visit, problem: Problem, by: Role, at: datetime) -> None:
    cases.open_case(
        enterprise=visit.enterprise,
        text=problem.text,
        title=problem.title,
        title_en=problem.title_en,
        text_en=problem.text_en,
        category=problem.category,
        wanted_result=problem.wanted_result,
        is_confidential=problem.is_confidential,
        contact_name=visit.met.name if visit.met else "",
        contact_phone=visit.met.phone if visit.met else "",
        visit_id=visit.pk,
        channel="visit" if visit.mode == Visit.Mode.VISIT else "phone",
        by=by,
        at=at,
    )


def _summary(problems: Sequence[Problem], commitments: Sequence[Commitment], facts: dict[str, Any] | None) -> str:
    parts = [p.text for p in problems] + [c.text for c in commitments] + [f"{k}: {v}" for k, v in (facts or {}).items()]
    return "\n".join(parts)


def _check_serves(enterprise: Enterprise, by: Role, at: datetime) -> None:
    serves = enterprise.links.active(at.date()).filter(user_id=by.user_id).exists()
    if by.kind != Role.Kind.OFFICER or not serves:
        raise NotAllowed(_("Visits to %(name)s are recorded by its officers.") % {"name": enterprise.label})
