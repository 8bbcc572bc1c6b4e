"""Many invented enterprises and cases, to see how the site bears them.

Rows go in by COPY, a chunk at a time, as services would have left them; the same seed on the same data gives
the same rows. Only a place marked as an example can be grown.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import connection, transaction

from openliaison.core import journal, places
from openliaison.core.errors import Refused
from openliaison.core.models import Place
from openliaison.core.now import now
from openliaison.register.models import Booking, Enterprise

from . import marks
from .caseload import Caseload
from .diaries import Diaries
from .firms import YEARS, Founder
from .ground import Ground

ENTERPRISES_A_CHUNK, CASES_A_CHUNK = 2_000, 2_000

_HANDLER_LINKS = """
insert into register_link (place_id, enterprise_id, organisation_id, kind, starts_on, ends_on, end_reason)
select c.place_id, c.enterprise_id, h.organisation_id, 'handler',
       min((h.starts_at at time zone %(zone)s)::date),
       case when bool_or(c.status not in ('closed', 'draft')) then null
            else (max(c.closed_at) at time zone %(zone)s)::date + %(keep)s end, ''
from cases_handling h join cases_case c on c.id = h.case_id
where c.id between %(first)s and %(last)s and c.place_id = %(place)s and not c.is_confidential and h.ends_at is null
group by c.place_id, c.enterprise_id, h.organisation_id
on conflict (enterprise_id, organisation_id) where kind = 'handler' do update
set starts_on = least(register_link.starts_on, excluded.starts_on),
    ends_on = case when register_link.ends_on is null or excluded.ends_on is null then null
                   else greatest(register_link.ends_on, excluded.ends_on) end
"""


@dataclass(frozen=True)
class Grown:
    """What was added."""

    place: Place
    enterprises: int
    cases: int
    seconds: float

    def __str__(self) -> str:
        return (
            f"{self.place.label}: {self.enterprises} enterprises and {self.cases} cases added in {self.seconds:.0f} s."
        )


def grow(
    *,
    enterprises: int,
    cases: int,
    place: Place | None = None,
    seed: int = 1,
    at: datetime | None = None,
    say: Callable[[str], None] = print,
) -> Grown:
    """Add invented enterprises, and cases of the new ones (of those on file where no new ones are asked for); fill
    the diaries of those that have none.

    Args:
        place: the example place where it is left out.

    Raises:
        Refused: the place is not an example, or has nobody to handle cases.
    """
    began, at = time.monotonic(), at or now()
    place = place or _example()
    if not place.is_example:
        raise Refused(f"{place.label} is not an example: invented enterprises have no place in it.")
    rng = Random(f"{seed}:{Enterprise.objects.filter(place=place).count()}")
    ground = Ground(place, rng, at)
    ids = _add_enterprises(ground, rng, enterprises, say)
    if not ids:
        known = Enterprise.objects.filter(place=place, is_example=True, merged_into=None).order_by("pk")
        ids = array("q", known.values_list("pk", flat=True).iterator())
    if cases and not ids:
        raise Refused(f"{place.label} has no invented enterprises; add some with the cases.")
    _add_cases(ground, rng, ids, cases, say)
    Diaries(ground, Random(f"{seed}:{Booking.objects.count()}")).fill(ids)
    marks.mark(place)
    journal.record(place, "grown", by=None, at=at, enterprises=enterprises, cases=cases, seed=seed)
    _tidy()
    return Grown(place, enterprises, cases, time.monotonic() - began)


def _example() -> Place:
    found = Place.objects.filter(is_example=True).order_by("pk").first()
    if found is None:
        raise Refused("There is no example place in this database; “openliaison demo load” brings one.")
    return found


def _add_enterprises(ground: Ground, rng: Random, count: int, say: Callable[[str], None]) -> array[int]:
    founder, ids = Founder(ground, rng), array("q")
    while len(ids) < count:
        with transaction.atomic():
            ids.extend(founder.chunk(min(ENTERPRISES_A_CHUNK, count - len(ids))))
        if len(ids) % 20_000 == 0 or len(ids) == count:
            say(f"{len(ids)} of {count} enterprises")
    return ids


def _add_cases(ground: Ground, rng: Random, ids: array[int], count: int, say: Callable[[str], None]) -> None:
    """In order of time; they grow more numerous from year to year."""
    if not count:
        return
    caseload, done = Caseload(ground, rng, ids), 0
    first = ground.at - timedelta(days=YEARS * 365 - 210)
    span = ground.at - first
    while done < count:
        size = min(CASES_A_CHUNK, count - done)
        start, end = (first + span * (part / count) ** 0.7 for part in (done, done + size))
        with transaction.atomic():
            made = caseload.chunk(size, start, end)
            _link_handlers(ground, made)
        done += size
        if done % 20_000 == 0 or done == count:
            say(f"{done} of {count} cases")


def _link_handlers(ground: Ground, case_ids: list[int]) -> None:
    """What the job `cases.link_handlers` does, for a whole chunk."""
    keep = int(places.limit(ground.place, "handler_link", ground.today).amount)
    values = {
        "zone": ground.place.time_zone,
        "keep": keep,
        "first": min(case_ids),
        "last": max(case_ids),
        "place": ground.place.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(_HANDLER_LINKS, values)


def _tidy() -> None:
    """Let the planner know what is there now, and which pages of a table it may pass over."""
    with connection.cursor() as cursor:
        cursor.execute("analyze" if connection.in_atomic_block else "vacuum (analyze)")
