"""How much of an enterprise's time is taken, and whether more may be asked: the stop sign.

What others took is counted from marks, which name nobody and which every member of staff may count.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, QuerySet, Window
from django.db.models.functions import Lag
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openliaison.accounts.models import Organisation
from openliaison.core import formatting
from openliaison.core.models import Place
from openliaison.core.places import setting

from .models import BurdenEntry, DiaryMark, Enterprise

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
LOOKED_AHEAD_DAYS = 62
Sources = uuid.UUID | Iterable[uuid.UUID] | None


@dataclass(frozen=True)
class Ceilings:
    """What a place asks of an enterprise at most.

    Attributes:
        visits_a_week: from so many visits within seven days an enterprise is visited too often.
        visits_a_month: most visits in a calendar month.
        minutes: most minutes in a calendar month, of all bodies together.
        minutes_of_one: the same of one body.
    """

    visits_a_week: int
    visits_a_month: int
    minutes: int
    minutes_of_one: int


@dataclass(frozen=True)
class Load:
    """What is taken or asked of an enterprise's time around a day, whoever asked it."""

    enterprise_id: int
    on: date
    visits_7_days: int  # the most within any seven days that hold the day
    visits_month: int
    minutes_month: int
    besides: tuple[uuid.UUID, ...] = ()

    def minutes_month_of(self, organisation: Organisation | None) -> int:
        """Minutes of the month that one body asked for, as far as this person may see its ledger: its own, always."""
        first, last = month_of(self.on)
        rows = _lines_of(organisation, self.enterprise_id, first, last, self.besides)
        return sum(minutes for _on, minutes in rows)


@dataclass(frozen=True)
class StopSign:
    """Why an enterprise should not be asked for this: sentences in the reader's language that name no other body."""

    kinds: tuple[str, ...]  # week, month, minutes, organisation
    sentences: tuple[str, ...]
    free_on: date | None  # from this day on the same would pass

    def __str__(self) -> str:
        return " ".join(self.sentences)

    @property
    def cure(self) -> str:
        """What would pass."""
        if self.free_on is None:
            return _("Ask for less time, ask in writing, or join another visit through the coordinator's desk.")
        return _("From %(day)s on the same would pass. Or let the desk make it part of a joint visit.") % {
            "day": formatting.day(self.free_on)
        }


def month_of(day: date) -> tuple[date, date]:
    """First and last day of its calendar month."""
    first = day.replace(day=1)
    return first, (first + 32 * DAY).replace(day=1) - DAY


def ceilings(place: Place, on: date) -> Ceilings:
    """The place's ceilings as they stand on a day."""
    minutes = setting(place, "burden_minutes_month", on)
    return Ceilings(
        visits_a_week=int(setting(place, "visits_a_week", on)),
        visits_a_month=int(setting(place, "visits_a_month", on)),
        minutes=int(minutes["total"]),
        minutes_of_one=int(minutes["organisation"]),
    )


def load(enterprise_id: int, on: date, besides: Sources = None) -> Load:
    """What is taken of an enterprise's time around a day, in one query.

    Args:
        besides: sources that are not counted, such as the booking that is to be moved.
    """
    first, last = month_of(on)
    return _load(enterprise_id, on, _marks(enterprise_id, first - WEEK, last + WEEK, besides), _many(besides))


def stop_sign(
    *,
    enterprise: Enterprise,
    on: date,
    minutes: int,
    organisation: Organisation | None,
    is_at_door: bool = True,
    besides: Sources = None,
) -> StopSign | None:
    """Whether asking an enterprise for so many minutes on a day is too much; None where it is not.

    Args:
        besides: sources that are not counted: the booking itself when it is moved, the parts of a joint visit.
    """
    limits, taken = ceilings(enterprise.place, on), load(enterprise.pk, on, besides)
    found = _over(taken, taken.minutes_month_of(organisation), limits, minutes, is_at_door)
    if not found:
        return None
    free = next_free(
        enterprise=enterprise,
        after=on,
        minutes=minutes,
        organisation=organisation,
        is_at_door=is_at_door,
        besides=besides,
    )
    return StopSign(tuple(found), tuple(found.values()), free)


def next_free(
    *,
    enterprise: Enterprise,
    after: date,
    minutes: int,
    organisation: Organisation | None,
    is_at_door: bool = True,
    besides: Sources = None,
) -> date | None:
    """The first day after which the stop sign would not stand, within two months; weekends are not looked at."""
    limits, sources = ceilings(enterprise.place, after), _many(besides)
    since, until = month_of(after)[0], month_of(after + LOOKED_AHEAD_DAYS * DAY)[1]
    marks = _marks(enterprise.pk, since - WEEK, until + WEEK, besides)
    own = _lines_of(organisation, enterprise.pk, since, until, sources)
    for ahead in range(1, LOOKED_AHEAD_DAYS + 1):
        day = after + ahead * DAY
        first, last = month_of(day)
        ours = sum(spent for on, spent in own if first <= on <= last)
        if not _over(_load(enterprise.pk, day, marks, sources), ours, limits, minutes, is_at_door):
            return day
    return None


def often_visited(place: Place, on: date) -> QuerySet:
    """Ids of the enterprises with the ceiling's visits at the door, or more, within any seven days around a day:
    made, agreed or asked for in the week behind and the week ahead."""
    ceiling = int(setting(place, "visits_a_week", on))
    marks = doors_around(on).filter(place=place).order_by()
    if ceiling > 1:
        before = Window(Lag("on", ceiling - 1), partition_by="enterprise_id", order_by="on")
        marks = marks.annotate(before=before).filter(before__gt=F("on") - WEEK)
    return marks.values("enterprise_id")


def visits_around(enterprise_ids: Iterable[int], on: date) -> dict[int, int]:
    """The most visits at the door within any seven days around a day, by enterprise; those without are left out."""
    days: dict[int, list[date]] = defaultdict(list)
    marks = doors_around(on).filter(enterprise_id__in=list(enterprise_ids))
    for enterprise_id, day in marks.order_by("on").values_list("enterprise_id", "on"):
        days[enterprise_id].append(day)
    return {pk: max(sum(start <= day < start + WEEK for day in found) for start in found) for pk, found in days.items()}


def doors_around(on: date) -> QuerySet:
    """Marks of visits in the week behind a day and the week ahead."""
    return DiaryMark.objects.filter(is_at_door=True, on__range=(on - WEEK + DAY, on + WEEK - DAY))


def _many(besides: Sources) -> tuple[uuid.UUID, ...]:
    return () if besides is None else (besides,) if isinstance(besides, uuid.UUID) else tuple(besides)


Mark = tuple[date, int, bool]


def _marks(enterprise_id: int, first: date, last: date, besides: Sources) -> list[Mark]:
    rows = DiaryMark.objects.filter(enterprise_id=enterprise_id, on__range=(first, last))
    return list(rows.exclude(source__in=_many(besides)).values_list("on", "minutes", "is_at_door"))


def _load(enterprise_id: int, on: date, marks: Sequence[Mark], besides: tuple[uuid.UUID, ...]) -> Load:
    first, last = month_of(on)
    doors = [day for day, _minutes, is_at_door in marks if is_at_door]
    weeks = [on - back * DAY for back in range(7)]
    return Load(
        enterprise_id=enterprise_id,
        on=on,
        visits_7_days=max(sum(start <= day < start + WEEK for day in doors) for start in weeks),
        visits_month=sum(first <= day <= last for day in doors),
        minutes_month=sum(minutes for day, minutes, _door in marks if first <= day <= last),
        besides=besides,
    )


def _lines_of(
    organisation: Organisation | None, enterprise_id: int, first: date, last: date, besides: tuple[uuid.UUID, ...]
) -> list[tuple[date, int]]:
    """Day and minutes of what one body asked of an enterprise."""
    rows = BurdenEntry.objects.filter(enterprise_id=enterprise_id, organisation=organisation, on__range=(first, last))
    return list(rows.exclude(source__in=besides).values_list("on", "minutes"))


def _over(taken: Load, own: int, limits: Ceilings, minutes: int, is_at_door: bool) -> dict[str, str]:
    """Each ceiling that would be passed, with its sentence.

    Args:
        own: minutes of the month that who asks took already.
    """
    found: dict[str, str] = {}
    if is_at_door and taken.visits_7_days + 1 >= limits.visits_a_week:
        found["week"] = _week(taken.visits_7_days + 1)
    if is_at_door and taken.visits_month + 1 > limits.visits_a_month:
        found["month"] = _month(taken.visits_month + 1, limits.visits_a_month)
    if taken.minutes_month + minutes > limits.minutes:
        found["minutes"] = _minutes(taken.minutes_month + minutes, limits.minutes)
    if own + minutes > limits.minutes_of_one:
        found["organisation"] = _own(own + minutes, limits.minutes_of_one)
    return found


def _week(n: int) -> str:
    return ngettext(
        "It would be visit %(n)s to this enterprise within seven days.",
        "It would be visit %(n)s to this enterprise within seven days.",
        n,
    ) % {"n": n}


def _month(n: int, most: int) -> str:
    return _("It would be visit %(n)s in this month; the ceiling is %(most)s.") % {"n": n, "most": most}


def _minutes(n: int, most: int) -> str:
    text = _("It would bring what is asked of this enterprise in this month to %(n)s minutes; the ceiling is %(most)s.")
    return text % {"n": n, "most": most}


def _own(n: int, most: int) -> str:
    text = _(
        "It would bring what your office asks of this enterprise in this month to %(n)s minutes;"
        " the ceiling for one office is %(most)s."
    )
    return text % {"n": n, "most": most}
