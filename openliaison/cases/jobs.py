"""What happens to cases by themselves. Every job may run twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from procrastinate.contrib.django import app

from openliaison.core import places
from openliaison.core.errors import Refused
from openliaison.core.models import Place
from openliaison.core.now import now
from openliaison.register import followers
from openliaison.register.models import Link

from . import clock, services
from .models import Case, Entry, Promise
from .selectors import soon_days

REMINDERS = 2  # after silence_remind_1 and silence_remind_2


@app.task(name="cases.link_handlers")
@transaction.atomic
def link_handlers(case_id: int) -> None:
    """Let the organisations of a case see what offices may know of its enterprise, while it runs and 90 days on."""
    case = Case.objects.select_related("place").filter(pk=case_id).first()
    if case is None or case.is_confidential:
        return
    today = case.place.day(now())
    keep = int(places.limit(case.place, "handler_link", today).amount)
    for organisation_id in set(case.handlings.filter(user=None).values_list("organisation_id", flat=True)):
        _link(case, organisation_id, today + timedelta(days=keep))


def _link(case: Case, organisation_id: int, until: object) -> None:
    """Open while the office has a part in any running case of the enterprise; then it ends once, `until`."""
    pieces = {"handlings__organisation_id": organisation_id, "handlings__ends_at": None, "is_confidential": False}
    runs = Case.objects.open().filter(enterprise_id=case.enterprise_id, **pieces).exists()
    today = case.place.day(now())
    link, is_new = Link.objects.get_or_create(
        enterprise_id=case.enterprise_id,
        organisation_id=organisation_id,
        kind=Link.Kind.HANDLER,
        defaults={"place_id": case.place_id, "starts_on": today, "ends_on": None if runs else until},
    )
    is_over = link.ends_on is not None
    if not is_new and runs == is_over:
        link.ends_on = None if runs else until
        link.save(update_fields=["ends_on"])


@app.task(name="cases.open_up")
@transaction.atomic
def open_up(case_id: int) -> None:
    """A case whose confidentiality was lifted belongs to the offices of the persons who had it."""
    case = Case.objects.select_related("place").filter(pk=case_id, is_confidential=False).first()
    if case is None:
        return
    offices: set[int] = set()
    for piece in case.handlings.filter(ends_at=None).order_by("-part", "starts_at"):  # the lead's first
        is_second = piece.organisation_id in offices
        offices.add(piece.organisation_id)
        piece.user, piece.arbiter = None, None
        piece.ends_at = now() if is_second else None
        piece.save(update_fields=["user", "arbiter", "ends_at"])
    followers.relocate([case.enterprise_id])
    link_handlers(case.pk)


@app.periodic(cron="5 * * * *")
@app.task(name="cases.ask_again", queueing_lock="cases.ask_again")
def ask_again(timestamp: int) -> None:
    """Ask enterprises whether what was planned for today was done."""
    for case in Case.objects.filter(status=Case.Status.PLANNED, planned_on__lte=now().date() + timedelta(days=1)):
        try:
            services.ask_again(case=case, at=now())
        except Refused:  # not yet by the place's own date, or somebody was faster
            continue


@app.periodic(cron="15 * * * *")
@app.task(name="cases.remind", queueing_lock="cases.remind")
def remind(timestamp: int) -> None:
    """Remind enterprises of replies and questions they left unanswered, twice; then the desk is to call."""
    at = now()
    for case in Case.objects.put_to_enterprise().select_related("place"):
        since = _silent_since(case)
        sent = case.entries.filter(kind=Entry.Kind.REMINDED, author=None, at__gte=since).count()
        if sent >= REMINDERS or at < clock.due_after(case.place, since, f"silence_remind_{sent + 1}", at):
            continue
        try:
            services.remind_enterprise(case=case, at=at, asks_desk_to_call=sent + 1 == REMINDERS)
        except Refused:
            continue


def _silent_since(case: Case) -> datetime:
    """Since when the enterprise is to answer: the reply, or the question."""
    if case.status == Case.Status.WAITING:
        asked = case.entries.filter(kind=Entry.Kind.ASKED).order_by("at", "id").last()
        assert asked is not None
        return asked.at
    assert case.replied_at is not None
    return case.replied_at


@app.periodic(cron="30 3 * * *")
@app.task(name="cases.settle_provisional", queueing_lock="cases.settle_provisional")
def settle_provisional(timestamp: int) -> None:
    """Reckon provisional due instants again: the year's holidays may have been loaded."""
    for case in Case.objects.running().filter(due_is_provisional=True).values_list("pk", flat=True):
        _reckon_again(case)


@app.periodic(cron="20 * * * *")
@app.task(name="cases.resume_clocks", queueing_lock="cases.resume_clocks")
def resume_clocks(timestamp: int) -> None:
    """Let the clock run on lists too where a question to the enterprise has used up what may be paused."""
    for case in Case.objects.filter(status=Case.Status.WAITING, due_at=None).values_list("pk", flat=True):
        _reckon_again(case)


@transaction.atomic
def _reckon_again(case_id: int) -> None:
    rows = Case.objects.select_for_update(of=("self",)).select_related("place", "category")
    case = rows.get(pk=case_id)
    clock.refresh(case, now())
    case.save(update_fields=["due_at", "due_clock", "due_is_provisional", "solution_due_at"])


@app.periodic(cron="10 * * * *")
@app.task(name="cases.remind_promises", queueing_lock="cases.remind_promises")
def remind_promises(timestamp: int) -> None:
    """Remind who keeps a promise as its day comes near, on the day, and once when it is late."""
    at = now()
    for place in Place.objects.all():
        today = place.day(at)
        until = today + timedelta(days=soon_days(place, today))
        waiting = Promise.objects.open().filter(place=place, due_on__lte=until).exclude(reminded=Promise.Reminded.LATE)
        for promise in waiting.iterator(chunk_size=500):
            try:
                services.remind_keepers(promise=promise, at=at)
            except Refused:  # settled meanwhile
                continue
