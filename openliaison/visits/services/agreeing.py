"""The enterprise's word on a record: it is right, or one thing is wrong."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from openliaison.accounts.models import Role
from openliaison.core import journal, tasks
from openliaison.visits.errors import AlreadyDone, Incomplete, NotAllowed
from openliaison.visits.models import Visit


@transaction.atomic
def confirm_visit(*, visit: Visit, by: Role, at: datetime) -> Visit:
    """The enterprise says that a record is right. Said twice, the first time stands.

    Raises:
        NotAllowed: it is another enterprise's record. AlreadyDone: the record was taken back.
    """
    visit = _theirs(visit, by)
    if visit.confirmed_at is None:
        visit.confirmed_at = at
        visit.save(update_fields=["confirmed_at"])
        journal.record(visit, "visit_confirmed", by=by, at=at)
        tasks.settle(visit, at=at)
    return visit


@transaction.atomic
def object_to_visit(*, visit: Visit, text: str, by: Role, at: datetime) -> Visit:
    """The enterprise says what is wrong. Its words stand beside the record, and the officer is asked to mend it.

    Raises:
        NotAllowed: it is another enterprise's record. Incomplete: no words. AlreadyDone: the record was taken back.
    """
    visit = _theirs(visit, by)
    text = text.strip()
    if not text:
        raise Incomplete(_("Say in a few words what is wrong."))
    if visit.objection == text:
        return visit
    visit.objection, visit.objected_at, visit.confirmed_at = text, at, None
    visit.save(update_fields=["objection", "objected_at", "confirmed_at"])
    journal.record(visit, "visit_objected", by=by, at=at, text=text)
    tasks.ask(
        _who_mends(visit, by, at),
        visit,
        N_("%(enterprise)s says that something in your record is wrong"),
        why=N_("“%(words)s”"),
        url=f"/visits/{visit.pk}/",
        at=at,
        enterprise={"zh": visit.enterprise.name, "en": visit.enterprise.name_en or visit.enterprise.name},
        words=text[:200],
    )
    return visit


def _theirs(visit: Visit, by: Role) -> Visit:
    if by.kind != Role.Kind.ENTERPRISE or by.enterprise_id != visit.enterprise_id:
        raise NotAllowed(_("Only %(name)s confirms what was recorded of it.") % {"name": visit.enterprise.label})
    locked = Visit.objects.select_for_update(of=["self"]).select_related("enterprise").get(pk=visit.pk)
    if locked.withdrawn_at:
        raise AlreadyDone(_("The officer took this record back; there is nothing to confirm."))
    return locked


def _who_mends(visit: Visit, by: Role, at: datetime) -> set[int]:
    """Who recorded it while they serve the enterprise, else those who do now."""
    links = visit.enterprise.links.active(by.place.day(at)).serving()
    serving = set(links.exclude(user=None).values_list("user_id", flat=True))
    return {visit.officer_id} if visit.officer_id in serving or not serving else serving
