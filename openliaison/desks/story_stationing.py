"""The example's stationing: terms that run, end and are over, a leader responsible, and a proposal to decide on."""

from __future__ import annotations

import uuid
from datetime import timedelta
from itertools import cycle
from typing import TYPE_CHECKING

from django.db import connection

from openliaison.register import services as register
from openliaison.register.models import Link
from openliaison.visits.stationing import computing

if TYPE_CHECKING:
    from .story import Storyteller

TERMS = (310, 280, 18, 250, 200, 45, 330, 150, 90, 290, 0, 240)  # days from now; nobody renews all at once
LED_EVERY = 4
PROPOSED_BEFORE = timedelta(hours=3)


def tell_stationing(story: Storyteller) -> None:
    """Terms, a leader responsible for some, and this morning's proposal."""
    today = story.place.day(story.at)
    links = Link.objects.filter(place=story.place, kind__in=("officer", "deputy"), ends_on=None).order_by("pk")
    for link, days in zip(links, cycle(TERMS), strict=False):
        register.renew_term(link=link, until=today + timedelta(days=days), by=story.desk, at=story.at)
    for enterprise in list(story.enterprises.values())[::LED_EVERY]:
        start = today - timedelta(days=200)
        register.name_leader(enterprise=enterprise, leader=story.leader, starts_on=start, by=story.desk, at=story.at)
    _propose(story)


def _propose(story: Storyteller) -> None:
    at = story.at - PROPOSED_BEFORE
    desk = story.desk
    assert desk.locality is not None
    made = computing.start_proposal(
        locality=desk.locality,
        usual=3,
        most=5,
        emphasis={},
        by=desk,
        at=at,
        client_key=uuid.uuid5(uuid.NAMESPACE_URL, f"stationing-{at.isoformat()}"),
    )
    for part in made.wanted["parts"]:
        computing.compute_part(proposal_id=made.pk, part=part, role_id=desk.pk, at=at)
    with connection.cursor() as cursor:  # done here, so that nothing waits in the queue
        cursor.execute("delete from procrastinate_jobs where status = 'todo' and task_name = %s", [computing.JOB])
