"""Recording a visit: one service for page, phone and API. A visit sent twice is recorded once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from openliaison.accounts.models import Organisation, Role
from openliaison.cases import services as cases
from openliaison.cases.models import Category, Promise
from openliaison.core import journal, tasks
from openliaison.core.errors import Refused
from openliaison.core.models import Journal
from openliaison.register import services as register
from openliaison.register.models import Contact, Enterprise, Fact

from .models import Visit


class NotAllowed(Refused):
    """The person does not serve the enterprise."""


class Incomplete(Refused):
    """Something is missing."""


class AlreadyDone(Refused):
    """Somebody has done it."""


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
    uploads: Sequence[UploadedFile] = ()


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
        problems: each with its pictures and papers, which are kept with the case.

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
    if mode not in Visit.Mode.values:
        raise Incomplete(_("A contact is a visit, a call or an online meeting."))
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
    _settle_requests(enterprise, by.place.day(at), at)
    for problem in problems:
        _open_case(visit, problem, by, at)
    for promised in commitments:
        cases.make_promise(
            enterprise=enterprise,
            text=promised.text,
            due_on=promised.due_on,
            side=promised.side,
            organisation=_office(by),
            by=by,
            at=at,
        )
    for key, value in (facts or {}).items():
        register.record_fact(
            enterprise=enterprise,
            key=key,
            value=value,
            source=Fact.Source.VISIT,
            source_ref=f"{visited_at:%Y-%m-%d}",
            as_of=enterprise.place.day(visited_at),
            by=by,
            at=at,
        )
    return visit


@transaction.atomic
def confirm_visit(*, visit: Visit, by: Role, at: datetime) -> Visit:
    """The enterprise says that a record is right. Said twice, the first time stands.

    Raises:
        NotAllowed: it is another enterprise's record.
    """
    if by.kind != Role.Kind.ENTERPRISE or by.enterprise_id != visit.enterprise_id:
        raise NotAllowed(_("Only %(name)s confirms what was recorded of it.") % {"name": visit.enterprise.label})
    visit = Visit.objects.select_for_update(of=["self"]).get(pk=visit.pk)
    if visit.confirmed_at is None:
        visit.confirmed_at = at
        visit.save(update_fields=["confirmed_at"])
        journal.record(visit, "visit_confirmed", by=by, at=at)
    return visit


@transaction.atomic
def ask_for_contact(*, enterprise: Enterprise, by: Role, at: datetime, days: int) -> None:
    """The desk asks the officers of an enterprise to get in touch; once a day, whoever presses.

    Raises:
        NotAllowed: not of this area's desk.
        AlreadyDone: asked today, or nobody serves the enterprise.
    """
    inside = by.locality is not None and enterprise.locality_path.startswith(by.locality.path)
    if by.kind != Role.Kind.COORDINATOR or not inside:
        raise NotAllowed(_("The desk of the area asks its officers."))
    links = list(enterprise.links.active(by.place.day(at)).serving())
    if not links:
        raise AlreadyDone(_("Nobody serves %(name)s yet: name an officer first.") % {"name": enterprise.label})
    asked = Journal.objects.filter(subject=journal.name(enterprise), verb="contact_asked")
    if asked.filter(at__gte=at - timedelta(days=1)).exists():
        raise AlreadyDone(_("The officer of %(name)s was asked within a day.") % {"name": enterprise.label})
    journal.record(enterprise, "contact_asked", by=by, at=at, days=days)
    for link in links:
        tasks.ask(
            [link.user_id],
            link,
            N_("Get in touch with %(enterprise)s"),
            why=N_("The desk asks: no contact for %(days)s days"),
            url=f"/briefing/{enterprise.pk}/",
            at=at,
            enterprise={"zh": enterprise.name, "en": enterprise.name_en},
            days=str(days),
        )


def _settle_requests(enterprise: Enterprise, today: date, at: datetime) -> None:
    """A contact does what the desk asked for, whoever of the team made it."""
    for link in enterprise.links.active(today).serving():
        tasks.settle(link, at=at)


def _office(by: Role) -> Organisation | None:
    """Whose word an officer's promise is: the own office's, or the desk's where the officer has none."""
    desks = Organisation.objects.filter(place_id=by.place_id, kind="desk").order_by("id")
    return by.organisation or desks.first()


def _open_case(visit: Visit, problem: Problem, by: Role, at: datetime) -> None:
    case = cases.open_case(
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
    for upload in problem.uploads:
        cases.attach_file(case=case, upload=upload, by=by, at=at)


def _summary(problems: Sequence[Problem], commitments: Sequence[Commitment], facts: dict[str, Any] | None) -> str:
    parts = [p.text for p in problems] + [c.text for c in commitments] + [f"{k}: {v}" for k, v in (facts or {}).items()]
    return "\n".join(parts)


def _check_serves(enterprise: Enterprise, by: Role, at: datetime) -> None:
    serves = enterprise.links.active(by.place.day(at)).filter(user_id=by.user_id).exists()
    if by.kind != Role.Kind.OFFICER or not serves:
        raise NotAllowed(_("Visits to %(name)s are recorded by its officers.") % {"name": enterprise.label})
