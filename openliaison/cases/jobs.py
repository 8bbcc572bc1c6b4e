"""What happens to cases by themselves. Every job may run twice."""

from __future__ import annotations

from datetime import timedelta

from procrastinate.contrib.django import app

from openliaison.core import places
from openliaison.core.now import now
from openliaison.register.models import Link

from . import clock, services
from .errors import AlreadyDone, TooEarly
from .models import Case, Entry


@app.task(name="cases.link_handlers")
def link_handlers(case_id: int) -> None:
    """Let the organisations of a case see what offices may know of its enterprise, while it runs and 90 days on."""
    case = Case.objects.select_related("place").filter(pk=case_id).first()
    if case is None or case.is_confidential:
        return
    today = now().astimezone(case.place.zone).date()
    keep = int(places.limit(case.place, "handler_link", today).amount)
    holders = set(case.handlings.filter(ends_at=None).values_list("organisation_id", flat=True))
    for organisation_id in holders:
        others = Case.objects.open().filter(
            enterprise_id=case.enterprise_id, handlings__organisation_id=organisation_id
        )
        ends_on = None if others.exists() else today + timedelta(days=keep)
        Link.objects.update_or_create(
            enterprise_id=case.enterprise_id,
            organisation_id=organisation_id,
            kind=Link.Kind.HANDLER,
            defaults={"place_id": case.place_id, "ends_on": ends_on},
            create_defaults={"place_id": case.place_id, "starts_on": today, "ends_on": ends_on},
        )


@app.task(name="cases.open_up")
def open_up(case_id: int) -> None:
    """A case whose confidentiality was lifted belongs to the offices of the persons who had it."""
    case = Case.objects.select_related("place").filter(pk=case_id, is_confidential=False).first()
    if case is None:
        return
    offices: set[int] = set()
    for piece in case.handlings.filter(ends_at=None).order_by("-part"):  # the lead's first
        is_second = piece.organisation_id in offices
        offices.add(piece.organisation_id)
        piece.user, piece.arbiter = None, None
        piece.ends_at = now() if is_second else None
        piece.save(update_fields=["user", "arbiter", "ends_at"])
    link_handlers(case.pk)


@app.periodic(cron="5 * * * *")
@app.task(name="cases.ask_again", queueing_lock="cases.ask_again")
def ask_again(timestamp: int) -> None:
    """Ask enterprises whether what was planned for today was done."""
    for case in Case.objects.filter(status=Case.Status.PLANNED, planned_on__lte=now().date() + timedelta(days=1)):
        try:
            services.ask_again(case=case, at=now())
        except (AlreadyDone, TooEarly):
            continue


@app.periodic(cron="15 * * * *")
@app.task(name="cases.remind", queueing_lock="cases.remind")
def remind(timestamp: int) -> None:
    """Remind enterprises of replies they have not answered, after three and after seven working days."""
    at = now()
    for case in Case.objects.filter(status=Case.Status.REPLIED).exclude(reply_kind=Case.ReplyKind.REFERRED):
        assert case.replied_at is not None
        sent = case.entries.filter(kind=Entry.Kind.REMINDED, author=None, at__gte=case.replied_at).count()
        if sent < 2 and at >= clock.due_after(case.place, case.replied_at, f"silence_remind_{sent + 1}", at):
            services.remind_enterprise(case=case, at=at)
