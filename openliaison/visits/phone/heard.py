"""What was heard at a visit, from what the phone sent to what the service of visits takes."""

from __future__ import annotations

from typing import Any

from openliaison.cases.models import Category
from openliaison.register.models import Booking, Contact, Enterprise
from openliaison.visits.services.recording import Commitment, Problem

from .shapes import ProblemBody, VisitBody


def arguments(body: VisitBody, enterprise: Enterprise) -> dict[str, Any]:
    """The arguments of `record_visit` that the phone's words give.

    A contact or booking that is no longer there is left out rather than the visit refused.
    """
    return {
        "mode": body.mode,
        "minutes": body.minutes,
        "met": Contact.objects.filter(enterprise=enterprise, pk=body.contact_id or 0).first(),
        "booking": _booking(body.booking_id, enterprise),
        "nothing_new": body.nothing_new,
        "notes": body.notes,
        "problems": [_problem(one, enterprise) for one in body.problems],
        "commitments": [Commitment(one.text, one.due_on, one.side) for one in body.commitments],
        "facts": {key: value for key, value in body.facts.items() if value not in (None, "", [])},
        "read": body.read,
    }


def _booking(pk: int | None, enterprise: Enterprise) -> Booking | None:
    """A booking that still waits for its visit; one cancelled or recorded meanwhile has nothing to fulfil."""
    waiting = (Booking.State.ACCEPTED, Booking.State.HELD)
    return Booking.objects.filter(enterprise=enterprise, state__in=waiting, pk=pk or 0).first()


def _problem(given: ProblemBody, enterprise: Enterprise) -> Problem:
    category = Category.objects.filter(place_id=enterprise.place_id, code=given.category).first()
    return Problem(given.text, category, wanted_result=given.wanted_result, is_confidential=given.is_confidential)
