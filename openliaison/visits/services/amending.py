"""A record taken back within minutes, or corrected: nothing that was written is lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.utils.translation import ngettext

from openliaison.accounts.models import Role
from openliaison.core import journal, tasks
from openliaison.core.models import Place, Task
from openliaison.core.places import setting
from openliaison.register.models import Contact
from openliaison.visits.errors import AlreadyDone, Incomplete, NotAllowed, TooLate
from openliaison.visits.models import Correction, Visit

from .spending import note_time


def undo_minutes(place: Place, at: datetime) -> int:
    """For how many minutes a record of nothing new can be taken back."""
    return int(setting(place, "visit_undo_minutes", place.day(at)))


@transaction.atomic
def withdraw_visit(*, visit: Visit, by: Role, at: datetime) -> Visit:
    """Take back a record of nothing new that was pressed by mistake. It stays on file and counts nowhere.

    Raises:
        NotAllowed: somebody else's record. Incomplete: it says something. TooLate: minutes have gone by,
        or the enterprise has confirmed it.
    """
    visit = _own(visit, by)
    if visit.withdrawn_at:
        return visit
    if not visit.nothing_new:
        raise Incomplete(_("This record says something; correct it instead."))
    minutes = undo_minutes(visit.place, at)
    if visit.confirmed_at or at > visit.recorded_at + timedelta(minutes=minutes):
        raise TooLate(
            ngettext(
                "A record is taken back within %(n)s minute. Correct it instead.",
                "A record is taken back within %(n)s minutes. Correct it instead.",
                minutes,
            )
            % {"n": minutes}
        )
    visit.withdrawn_at = at
    visit.save(update_fields=["withdrawn_at"])
    journal.record(visit, "visit_withdrawn", by=by, at=at)
    note_time(visit, by, at)
    _ask_anew(visit, by, at)
    return visit


@transaction.atomic
def correct_visit(
    *,
    visit: Visit,
    reason: str,
    by: Role,
    at: datetime,
    notes: str,
    mode: str,
    visited_at: datetime,
    minutes: int | None = None,
    met: Contact | None = None,
) -> Visit:
    """Mend what a record says. What it said before is kept; the enterprise is asked for its word anew.

    Cases, promises and facts that came of the visit have their own verbs and stay.

    Raises:
        NotAllowed: somebody else's record. Incomplete: no reason, nothing left, a day to come.
        AlreadyDone: nothing differs, or it was taken back.
    """
    visit = _own(visit, by)
    if visit.withdrawn_at:
        raise AlreadyDone(_("This record was taken back; record the contact anew."))
    if not reason.strip():
        raise Incomplete(_("Say in a few words what was wrong; the enterprise reads it."))
    if visited_at > at:
        raise Incomplete(_("The visit lies in the future. Correct its date."))
    if mode not in Visit.Mode.values:
        raise Incomplete(_("A contact is a visit, a call or an online meeting."))
    notes = notes.strip()
    if not (notes or visit.nothing_new):
        raise Incomplete(_("Write what you heard."))
    told = {"notes": notes, "mode": mode, "at": visited_at, "minutes": minutes, "met": met}
    told["nothing_new"] = visit.nothing_new and not notes
    was = {name: getattr(visit, name) for name, value in told.items() if getattr(visit, name) != value}
    if not was:
        raise AlreadyDone(_("Nothing differs from what is on file."))
    _amend(visit, told, was, reason.strip(), by, at)
    return visit


def _amend(visit: Visit, told: dict[str, Any], was: dict[str, Any], reason: str, by: Role, at: datetime) -> None:
    kept = {name: _plain(value) for name, value in was.items()}
    Correction.objects.create(
        visit=visit,
        enterprise=visit.enterprise,
        locality_path=visit.locality_path,
        made_by=by.user,
        made_at=at,
        reason=reason[:300],
        was=kept,
    )
    for name, value in told.items():
        setattr(visit, name, value)
    if "notes" in was:
        visit.notes_en = ""
    visit.confirmed_at = None
    visit.save(update_fields=[*told, "notes_en", "confirmed_at"])
    journal.record(visit, "visit_corrected", by=by, at=at, reason=reason, was=kept)
    note_time(visit, by, at)
    tasks.settle(visit, at=at)
    _tell_enterprise(visit, by, at)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.pk if isinstance(value, Contact) else value


def _own(visit: Visit, by: Role) -> Visit:
    locked = Visit.objects.select_for_update(of=["self"]).select_related("place", "enterprise").get(pk=visit.pk)
    if by.kind != Role.Kind.OFFICER or locked.officer_id != by.user_id:
        raise NotAllowed(_("Only who recorded a contact mends the record."))
    return locked


def _ask_anew(visit: Visit, by: Role, at: datetime) -> None:
    """What the desk had asked of this officer, and the record had done, is asked again."""
    links = [journal.name(link) for link in visit.enterprise.links.active(by.place.day(at)).serving()]
    done = Task.objects.filter(person_id=by.user_id, subject__in=links, done_at__gte=visit.recorded_at)
    done.update(done_at=None)


def _tell_enterprise(visit: Visit, by: Role, at: datetime) -> None:
    roles = Role.objects.in_office(by.place.day(at)).filter(enterprise_id=visit.enterprise_id)
    tasks.tell(
        list(roles.values_list("user_id", flat=True)),
        visit,
        N_("The record of our talk on %(day)s was corrected: is it right now?"),
        url=f"/visits/{visit.pk}/",
        at=at,
        day=by.place.day(visit.at).isoformat(),
    )
