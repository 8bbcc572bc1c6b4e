"""A visit that arrives after its officer's service ended: not lost, and nothing of the file shown to them.

The door keeps it in a row that only its author sees; a job of the house records it by the same service, with the
service checked on the day of the visit, and empties the row. Who serves the enterprise now and the desk are told.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from procrastinate.contrib.django import app

from openliaison.accounts.models import Role
from openliaison.core import files, formatting, journal, tasks
from openliaison.core.errors import Refused
from openliaison.core.scope import Scope
from openliaison.register.models import Enterprise
from openliaison.visits.errors import NotAllowed
from openliaison.visits.models import LateVisit, Visit
from openliaison.visits.services.recording import record_visit

from .files import keep_file
from .heard import arguments
from .shapes import VisitBody, fit

LATEST = timedelta(days=30)  # after the end of service
JOB = "visits.record_late"


def need_served(enterprise: Enterprise, by: Role, day: date, today: date) -> None:
    """Raises:
    NotAllowed: they did not serve it on that day, or that is too long ago; says to whom to tell it.
    """
    ended = enterprise.links.serving().filter(user_id=by.user_id, starts_on__lte=day, ends_on__gte=day)
    if ended.filter(ends_on__gte=today - LATEST).exists():
        return
    last = enterprise.links.serving().filter(user_id=by.user_id).exclude(ends_on=None).order_by("ends_on").last()
    whom = {"name": enterprise.label, "people": _who_serves(enterprise, today) or _("the desk")}
    if last is None:
        raise NotAllowed(_("You do not serve %(name)s. Tell it to %(people)s.") % whom)
    until = _("You served %(name)s until %(day)s. Tell it to %(people)s: this cannot be written into the file by you.")
    raise NotAllowed(until % (whom | {"day": formatting.day(last.ends_on)}))


def _who_serves(enterprise: Enterprise, today: date) -> str:
    links = enterprise.links.active(today).serving().exclude(user=None).select_related("user").order_by("-kind", "pk")
    people = [f"{link.user.label} {link.user.phone}".strip() for link in links if link.user]
    return _(", ").join(people)


@transaction.atomic
def hold_visit(
    *, enterprise: Enterprise, key: UUID, body: dict[str, Any], visited_at: datetime, by: Role, at: datetime
) -> LateVisit:
    """Keep a visit for the house to record."""
    row = LateVisit.objects.create(
        place_id=enterprise.place_id,
        client_key=key,
        role=by,
        user_id=by.user_id,
        enterprise=enterprise,
        body=body,
        visited_at=visited_at,
        received_at=at,
    )
    journal.record(enterprise, "late_visit_received", by=by, at=at)
    _wake(row)
    return row


@transaction.atomic
def hold_file(
    *, key: UUID, visit_id: int | None, upload: UploadedFile, file_id: UUID, by: Role, at: datetime
) -> LateVisit:
    """Keep a picture of a visit that its author no longer sees.

    Args:
        visit_id: the visit, where it was recorded while they served.
    """
    fresh = LateVisit(
        place_id=by.place_id, client_key=key, role=by, user_id=by.user_id, visit_id=visit_id, received_at=at
    )
    LateVisit.objects.bulk_create([fresh], ignore_conflicts=True)
    row = LateVisit.objects.select_for_update().get(client_key=key)
    kept = files.keep(upload)
    known = any(f["id"] == str(file_id) or f["sha256"] == kept.sha256 for f in row.files)
    if not known:
        row.files = [*row.files, {"id": str(file_id), **kept._asdict()}]
        row.save(update_fields=["files"])
        _wake(row)
    return row


def _wake(row: LateVisit) -> None:
    app.configure_task(JOB).defer(late_id=row.pk)


def held(key: UUID, scope: Scope) -> LateVisit | None:
    return LateVisit.objects.visible_to(scope).filter(client_key=key).first()


def refused_of(scope: Scope) -> list[LateVisit]:
    """One's own that could not be recorded."""
    rows = LateVisit.objects.visible_to(scope).filter(state=LateVisit.State.REFUSED, enterprise__isnull=False)
    return list(rows.select_related("enterprise"))


# ── The house's part ─────────────────────────────────────────


@transaction.atomic
def record_late(*, late_id: int, at: datetime) -> None:
    """Record what waits, and attach its pictures. Done twice, it is recorded once."""
    rows = LateVisit.objects.select_for_update(of=["self"]).select_related("role__user", "role__place", "enterprise")
    row = rows.filter(pk=late_id).first()
    if row is None or row.state == LateVisit.State.REFUSED:
        return
    if row.visit_id is None and row.enterprise is not None:
        _record(row, at)
    if row.visit_id is not None:
        _attach(row, at)
    row.save()


def _record(row: LateVisit, at: datetime) -> None:
    enterprise = row.enterprise
    assert enterprise is not None and row.visited_at is not None
    try:
        with transaction.atomic():
            row.visit = record_visit(
                enterprise=enterprise,
                by=row.role,
                at=at,
                visited_at=row.visited_at,
                client_key=row.client_key,
                **arguments(fit(VisitBody, row.body), enterprise) | {"booking": None},
            )
    except Refused as error:
        row.state, row.why = LateVisit.State.REFUSED, str(error)[:300]
        _tell_refused(row, at)
        return
    row.body = {}
    _tell_recorded(row, row.visit, at)


def _attach(row: LateVisit, at: datetime) -> None:
    visit = row.visit
    assert visit is not None
    for one in row.files:
        kept = files.Kept(one["name"], one["content_type"], one["size"], one["sha256"])
        keep_file(visit, kept, UUID(one["id"]), row.role, at)
    row.files, row.state = [], LateVisit.State.RECORDED


def _names(enterprise: Enterprise) -> dict[str, str]:
    return {"zh": enterprise.name, "en": enterprise.name_en or enterprise.name}


def _person(row: LateVisit) -> dict[str, str]:
    user = row.role.user
    return {"zh": user.display_name, "en": user.display_name_en or user.display_name}


def _tell_recorded(row: LateVisit, visit: Visit, at: datetime) -> None:
    tasks.tell(
        _concerned(visit.enterprise, at),
        visit,
        N_("A visit to %(enterprise)s by %(person)s, its former officer, has come in"),
        why=N_("It was made while they served and sent when there was signal again"),
        url=f"/visits/{visit.pk}/",
        at=at,
        enterprise=_names(visit.enterprise),
        person=_person(row),
    )
    tasks.tell(
        [row.user_id],
        row,
        N_("Your visit to %(enterprise)s was taken in"),
        why=N_("You no longer serve it and do not see the file; who serves it now was told"),
        url="/",
        at=at,
        enterprise=_names(visit.enterprise),
    )


def _tell_refused(row: LateVisit, at: datetime) -> None:
    assert row.enterprise is not None
    tasks.ask(
        {row.user_id, *_concerned(row.enterprise, at)},
        row,
        N_("A visit to %(enterprise)s by %(person)s could not be recorded: talk to each other"),
        why=N_("%(reason)s"),
        url="/visits/conflicts/",
        at=at,
        enterprise=_names(row.enterprise),
        person=_person(row),
        reason=row.why,
    )


def _concerned(enterprise: Enterprise, at: datetime) -> set[int]:
    """Who serves it now, and the desk of the nearest area around it."""
    today = enterprise.place.day(at)
    serving = enterprise.links.active(today).serving().exclude(user=None).values_list("user_id", flat=True)
    desks = Role.objects.in_office(today).filter(place_id=enterprise.place_id, kind=Role.Kind.COORDINATOR)
    around = [(r.locality.path, r.user_id) for r in desks.select_related("locality") if r.locality]
    around = [(path, pk) for path, pk in around if enterprise.locality_path.startswith(path)]
    nearest = max((path for path, _pk in around), default="", key=len)
    return {*serving, *(pk for path, pk in around if path == nearest)}
