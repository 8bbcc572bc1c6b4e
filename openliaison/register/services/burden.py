"""What an enterprise's time is spent on: written down, taken back. One source, one mark, one line of the ledger."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from procrastinate.contrib.django import app

from openliaison.accounts.models import Organisation, Role
from openliaison.core import journal, tasks
from openliaison.core.form_time import first_language
from openliaison.core.models import Journal, Place

from .. import burden_selectors, rules
from ..errors import AlreadyDone
from ..models import Booking, BurdenEntry, DiaryMark, Enterprise

KINDS = {
    Booking.Kind.SERVICE: BurdenEntry.Kind.VISIT,
    Booking.Kind.STUDY: BurdenEntry.Kind.STUDY,
    Booking.Kind.INSPECTION: BurdenEntry.Kind.INSPECTION,
    Booking.Kind.DATA: BurdenEntry.Kind.DATA,
    Booking.Kind.JOINT: BurdenEntry.Kind.VISIT,
}


def kind_of(booking_kind: str) -> str:
    """Under which kind of the ledger a kind of booking stands."""
    return KINDS[Booking.Kind(booking_kind)]


def shares(minutes: int, among: int) -> list[int]:
    """The minutes of a joint visit divided among its bodies; they add up to the whole."""
    each, rest = divmod(minutes, among)
    return [each + (i < rest) for i in range(among)]


def words(place: Place, msgid: str, **named: str | Mapping[str, str]) -> dict[str, str]:
    """A line's text in the place's first language and in English, as `spend` takes it.

    Args:
        named: the values of the text's %(name)s places: plain, or {"zh": …, "en": …}.
    """
    return {"what": _said(first_language(place), msgid, named), "what_en": _said("en", msgid, named)}


def _said(language: str, msgid: str, named: Mapping[str, str | Mapping[str, str]]) -> str:
    short = "en" if language == "en" else "zh"
    with translation.override(language):
        values = {k: v if isinstance(v, str) else v[short] for k, v in named.items()}
        return translation.gettext(msgid) % values


@transaction.atomic
def spend(
    *,
    enterprise: Enterprise,
    on: date,
    minutes: int,
    kind: str,
    what: str,
    organisation: Organisation | None,
    is_at_door: bool,
    source: uuid.UUID,
    by: Role | None,
    at: datetime,
    what_en: str = "",
    mark: bool = True,
    entry: bool = True,
) -> None:
    """Write down that an enterprise's time is taken. Written again for the same source, the last word stands.

    Args:
        organisation: who asked; none is the desk.
        is_at_door: somebody comes.
        source: the client key of the booking, visit, question or form behind it.
        mark: counted by the stop sign. A part of a joint visit has none: the host's stands for it.
        entry: a line of the ledger. What is only asked for, and the host of a joint visit, have none.
    """
    put_mark(enterprise, source, {"on": on, "minutes": minutes, "is_at_door": is_at_door} if mark else None)
    line = {"kind": kind, "what": what[:300], "what_en": what_en[:300], "on": on, "minutes": minutes}
    line["organisation_id"] = organisation.pk if organisation else None
    if entry and minutes:
        put_line(enterprise.pk, source, line)
    else:
        BurdenEntry.objects.filter(source=source).delete()
    journal.record(enterprise, "time_taken", by=by, at=at, kind=kind, minutes=minutes, source=str(source))


@transaction.atomic
def unspend(*, source: uuid.UUID) -> None:
    """The enterprise's time is not taken after all. Said twice, or of what was never written, it changes nothing."""
    DiaryMark.objects.filter(source=source).delete()
    strike_line(source)


@transaction.atomic
def ask_to_wait(*, enterprise: Enterprise, by: Role, at: datetime) -> date:
    """The desk asks everybody who serves the enterprise or means to come to it to wait, once a day, whoever presses.

    Returns:
        From which day on a visit is no longer too much.

    Raises:
        NotAllowed: not of this area's desk. AlreadyDone: asked within a day.
    """
    rules.need_steer(by, enterprise)
    asked = Journal.objects.filter(subject=journal.name(enterprise), verb="wait_asked")
    if asked.filter(at__gte=at - timedelta(days=1)).exists():
        raise AlreadyDone(_("Everybody was asked to wait with %(name)s within a day.") % {"name": enterprise.label})
    today = enterprise.place.day(at)
    until = _quiet_from(enterprise, today)
    coming = Booking.objects.filter(enterprise=enterprise, state=Booking.State.REQUESTED, starts_at__gt=at)
    people = {*enterprise.links.active(today).serving().values_list("user_id", flat=True)}
    people |= {*coming.exclude(kind=Booking.Kind.DATA).values_list("requested_by_id", flat=True)}
    journal.record(enterprise, "wait_asked", by=by, at=at, until=until, people=len(people))
    tasks.tell(
        people,
        enterprise,
        N_("Please wait with visits to %(enterprise)s until %(day)s"),
        why=N_("The desk asks: it is visited too often"),
        url=f"/enterprises/{enterprise.pk}/",
        at=at,
        enterprise={"zh": enterprise.name, "en": enterprise.name_en or enterprise.name},
        day=until.isoformat(),
    )
    return until


def _quiet_from(enterprise: Enterprise, today: date) -> date:
    free = burden_selectors.next_free(enterprise=enterprise, after=today, minutes=0, organisation=None)
    return free or today + timedelta(days=burden_selectors.LOOKED_AHEAD_DAYS)


def put_mark(enterprise: Enterprise, source: uuid.UUID, told: dict[str, Any] | None) -> None:
    """The mark of a source as it is to stand."""
    DiaryMark.objects.filter(source=source).delete()
    if told is not None:
        row = DiaryMark(place_id=enterprise.place_id, enterprise=enterprise, source=source, **told)
        DiaryMark.objects.bulk_create([row], ignore_conflicts=True)


def put_line(enterprise_id: int, source: uuid.UUID, told: dict[str, Any]) -> None:
    """The ledger's line of a source as it is to stand.

    Who asks is not always let into the ledger (an officer who does not serve the enterprise): where the line does
    not stand as told afterwards, the house writes it, in the same transaction's wake.
    """
    BurdenEntry.objects.filter(source=source).delete()
    enterprise = Enterprise.objects.only("place_id", "locality_path").get(pk=enterprise_id)
    line = BurdenEntry(
        place_id=enterprise.place_id,
        enterprise_id=enterprise_id,
        locality_path=enterprise.locality_path,
        source=source,
        **told,
    )
    BurdenEntry.objects.bulk_create([line], ignore_conflicts=True)  # asks nothing back: it may be out of sight
    if not BurdenEntry.objects.filter(source=source, **told).exists():
        _leave_to_the_house(enterprise_id, source, told)


def strike_line(source: uuid.UUID) -> None:
    """Take a line out of the ledger, also one that this person does not see."""
    taken, _by_model = BurdenEntry.objects.filter(source=source).delete()
    if not taken:
        _leave_to_the_house(0, source, None)


def _leave_to_the_house(enterprise_id: int, source: uuid.UUID, told: dict[str, Any] | None) -> None:
    line = told and told | {"on": told["on"].isoformat()}
    job = app.configure_task("register.keep_burden_line", lock=f"burden:{source}")
    job.defer(enterprise_id=enterprise_id, source=str(source), line=line)
