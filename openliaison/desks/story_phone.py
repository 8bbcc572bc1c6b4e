"""The example's phones, and a fact on which a visit without signal and the register say two things."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from openliaison.register.models import Fact
from openliaison.visits.models import Visit
from openliaison.visits.phone.devices import meet_device, note_wiped, revoke_device
from openliaison.visits.services.learning import learn

if TYPE_CHECKING:
    from .story import Storyteller

ANDROID = "Mozilla/5.0 (Linux; Android 15) Chrome/131.0 Mobile Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile Safari/604.1"


def tell_phones(story: Storyteller) -> None:
    """An officer's phone of today, an old one that was revoked and wiped, a colleague's that is silent."""
    first, *others = list(dict.fromkeys(story.officers.values()))
    hours, weeks = timedelta(hours=2), timedelta(days=40)
    meet_device(device_id=_number(story.at, 1), agent=ANDROID, by=first, at=story.at - hours)
    old = meet_device(device_id=_number(story.at, 2), agent=IPHONE, by=first, at=story.at - weeks)
    revoke_device(device=old, by=story.desk, at=story.at - weeks + timedelta(days=1))
    note_wiped(device=old, by=first, at=story.at - weeks + timedelta(days=2))
    meet_device(device_id=_number(story.at, 3), agent=IPHONE, by=others[0], at=story.at - timedelta(days=9))
    _two_words(story, first)


def _number(at: datetime, n: int) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"phone-{at.isoformat()}-{n}")


def _two_words(story: Storyteller, officer: object) -> None:
    mine = [pk for pk, role in story.officers.items() if role == officer]
    counted = Fact.objects.current().filter(enterprise__in=mine, key="employees").order_by("enterprise_id").first()
    visit = Visit.objects.filter(enterprise=counted.enterprise_id).order_by("-at").first() if counted else None
    if counted is None or visit is None:
        return
    told, read = {"employees": counted.value - 9}, {"employees": counted.value - 21}
    learn(visit=visit, told=told, read=read, by=story.officers[visit.enterprise_id], at=story.at - timedelta(hours=2))
