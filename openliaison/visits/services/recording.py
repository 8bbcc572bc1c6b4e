"""Recording a visit: one service for page, phone and API. A visit sent twice is recorded once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from openliaison.accounts.models import Organisation, Role
from openliaison.cases import services as cases
from openliaison.cases.models import Category, Promise
from openliaison.core import journal, tasks
from openliaison.register import facts as catalogue
from openliaison.register.models import Booking, Contact, Enterprise
from openliaison.register.services import diary
from openliaison.visits.errors import Incomplete, KeyUsed, NotAllowed
from openliaison.visits.models import Visit
from openliaison.visits.phone.files import attach_to_visit

from .learning import learn
from .spending import note_time


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
    """Something promised at a visit: it becomes a promise.

    Args:
        organisation: the office that is to keep it; the officer's own where it is left out.
    """

    text: str
    due_on: date
    side: str = Promise.Side.COUNTY
    organisation: Organisation | None = None


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
    booking: Booking | None = None,
    nothing_new: bool = False,
    problems: Sequence[Problem] = (),
    commitments: Sequence[Commitment] = (),
    facts: dict[str, Any] | None = None,
    read: dict[str, Any] | None = None,
    pictures: Sequence[UploadedFile] = (),
    client_key: uuid.UUID | None = None,
) -> Visit:
    """Write down a contact with an enterprise, and what came of it, all or nothing.

    Args:
        visited_at: when it was; now where it is left out. Not in the future.
        booking: the accepted booking of the enterprise that it fulfils.
        nothing_new: a full record by itself.
        facts: fact key → value, learned at the visit.
        read: what the phone had on file of each when they were told offline; where the register has learned
            otherwise since, the fact is not written but put to a person to choose.
        problems: each with its pictures and papers, which are kept with the case.
        pictures: of the visit itself; scaled down, without the place where they were taken.

    Raises:
        NotAllowed, Incomplete, KeyUsed; and what the services of cases, promises and facts refuse.
    """
    if client_key is not None and (known := _sent_before(client_key, by)):
        return known
    visited_at = visited_at or at
    _check_serves(enterprise, by, visited_at, at)
    if mode not in Visit.Mode.values:
        raise Incomplete(_("A contact is a visit, a call or an online meeting."))
    if visited_at > at:
        raise Incomplete(_("The visit lies in the future. Correct its date."))
    if not (nothing_new or notes.strip() or problems or commitments or facts or pictures):
        raise Incomplete(_("Write what you heard, or press “Nothing new”."))
    if booking is not None and booking.enterprise_id != enterprise.pk:
        raise Incomplete(_("This booking is with another enterprise."))
    learned = {catalogue.definition(enterprise.place_id, key).key: value for key, value in (facts or {}).items()}
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
        booking=booking,
        nothing_new=nothing_new and not (problems or commitments or learned or pictures),
        notes=notes.strip() or _summary(problems, commitments, learned, enterprise, pictures),
        notes_en=notes_en.strip(),
        learned=sorted(learned),
        recorded_at=at,
    )
    journal.record(visit, "visit_recorded", by=by, at=at, mode=mode, nothing_new=nothing_new)
    _settle_requests(enterprise, by.place.day(at), at)
    if booking is not None:
        diary.record_booking(booking=booking, minutes=minutes, by=by, at=at)
    note_time(visit, by, at)
    for problem in problems:
        _open_case(visit, problem, by, at)
    for promised in commitments:
        _promise(visit, promised, by, at)
    learn(visit=visit, told=learned, read=read, by=by, at=at)
    for upload in pictures:
        attach_to_visit(visit=visit, upload=upload, file_id=uuid.uuid4(), by=by, at=at)
    return visit


def _sent_before(client_key: uuid.UUID, by: Role) -> Visit | None:
    known = Visit.objects.filter(client_key=client_key).first()
    if known and known.officer_id != by.user_id:
        raise KeyUsed(_("This form has been used. Open the page again."))
    return known


def _check_serves(enterprise: Enterprise, by: Role, visited_at: datetime, at: datetime) -> None:
    """Those who serve it today, or did on the day of the visit."""
    days = {by.place.day(at), by.place.day(visited_at)}
    serves = any(enterprise.links.active(day).serving().filter(user_id=by.user_id).exists() for day in days)
    if by.kind != Role.Kind.OFFICER or not serves:
        raise NotAllowed(_("Visits to %(name)s are recorded by its officers.") % {"name": enterprise.label})


def _settle_requests(enterprise: Enterprise, today: date, at: datetime) -> None:
    """A contact does what the desk asked for, whoever of the team made it."""
    for link in enterprise.links.active(today).serving():
        tasks.settle(link, at=at)


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
        told_on=visit.place.day(visit.at),
        by=by,
        at=at,
    )
    for upload in problem.uploads:
        cases.attach_file(case=case, upload=upload, by=by, at=at)


def _promise(visit: Visit, promised: Commitment, by: Role, at: datetime) -> None:
    cases.make_promise(
        enterprise=visit.enterprise,
        text=promised.text,
        due_on=promised.due_on,
        side=promised.side,
        organisation=promised.organisation or _office(by),
        visit_id=visit.pk,
        told_on=visit.place.day(visit.at),
        by=by,
        at=at,
    )


def _office(by: Role) -> Organisation | None:
    """Whose word an officer's promise is: the own office's, or the desk's where the officer has none."""
    desks = Organisation.objects.filter(place_id=by.place_id, kind="desk").order_by("id")
    return by.organisation or desks.first()


def _summary(
    problems: Sequence[Problem],
    commitments: Sequence[Commitment],
    learned: dict[str, Any],
    enterprise: Enterprise,
    pictures: Sequence[UploadedFile],
) -> str:
    """What stands as the note where none was written. A confidential problem stays in its case alone."""
    labels = {key: catalogue.definition(enterprise.place_id, key).label for key in learned}
    told = [f"{labels[key]}: {value}" for key, value in learned.items()]
    heard = [_("A problem was told in confidence.") if p.is_confidential else p.text for p in problems]
    if pictures and not (heard or commitments or told):
        return _("Pictures were taken.")
    return "\n".join([*heard, *(c.text for c in commitments), *told])
