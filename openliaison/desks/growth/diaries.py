"""Who asks grown enterprises for their time, what they answered, and what it costs them; terms of who serves them."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import connection, transaction

from openliaison.accounts.models import Role
from openliaison.core.places import setting
from openliaison.register.models import Booking, BurdenEntry, DiaryMark, Enterprise, Refusal
from openliaison.register.services import burden

from . import copying
from .ground import Ground

CHUNK = 5_000
ASKED = 0.3  # share of the enterprises that anybody asked for their time
BEFORE, AHEAD = 200, 30  # days in which bookings lie
K, S, Instead = Booking.Kind, Booking.State, Booking.Instead
PURPOSES = {
    K.SERVICE: ("了解生产情况，送政策上门", "See how things go; bring the policies that fit"),
    K.STUDY: ("调研用工和订单", "Study of staff and orders"),
    K.INSPECTION: ("年度抽查", "Yearly spot check"),
    K.DATA: ("请填报上季度用电和产量", "Please give last quarter's power and output"),
}
KINDS = (K.SERVICE,) * 5 + (K.STUDY,) * 2 + (K.INSPECTION,) * 2 + (K.DATA,) * 3
PAST = (S.RECORDED,) * 5 + (S.HELD,) * 2 + (S.NOT_NOW,) * 2 + (S.CANCELLED,)
COMING = (S.REQUESTED,) * 4 + (S.ACCEPTED,) * 5 + (S.NOT_NOW,)
TAKES_NOTHING, ONLY_ASKED = (S.NOT_NOW, S.CANCELLED), (S.REQUESTED,)

_TERMS = """
update register_link set term_until = %(today)s::date + (id * 37 %% %(days)s)::int - 20
where enterprise_id = any(%(ids)s) and kind in ('officer', 'deputy') and ends_on is null and term_until is null
"""


class Diaries:
    """Fills the diaries of enterprises that have none, a chunk at a time."""

    def __init__(self, ground: Ground, rng: Random) -> None:
        self.ground, self.rng = ground, rng
        self.clerks = [roles[0] for roles in ground.clerks.values()]
        self.term_days = int(setting(ground.place, "term_months", ground.today)) * 30

    def fill(self, ids: array[int]) -> None:
        for start in range(0, len(ids), CHUNK):
            with transaction.atomic():
                self._chunk(ids[start : start + CHUNK].tolist())

    def _chunk(self, ids: list[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_TERMS, {"today": self.ground.today, "days": self.term_days, "ids": ids})
        rows = Enterprise.objects.filter(pk__in=ids, bookings=None).order_by("pk")
        bookings: list[Booking] = []
        for pk, path in rows.values_list("pk", "locality_path"):
            if self.rng.random() < ASKED:
                bookings += [self._booking(pk, path) for _ in range(self.rng.choice((1, 1, 2, 3)))]
        self._write(bookings)

    def _booking(self, enterprise_id: int, path: str) -> Booking:
        rng, clerk = self.rng, self.rng.choice(self.clerks)
        kind, day = rng.choice(KINDS), rng.randint(-BEFORE, AHEAD)
        starts_at = self.ground.calendar.add_working(self.ground.at + timedelta(days=day), rng.randint(1, 20_000))
        requested_at = self.ground.calendar.add_working(
            min(starts_at, self.ground.at) - timedelta(days=rng.randint(3, 12)), 1
        )
        state = rng.choice(PAST if starts_at < self.ground.at else COMING)
        purpose, purpose_en = PURPOSES[kind]
        return copying.new(
            Booking,
            place_id=self.ground.place.pk,
            client_key=copying.key(rng),
            enterprise_id=enterprise_id,
            locality_path=path,
            organisation_id=clerk.organisation_id,
            requested_by_id=clerk.user_id,
            requested_at=requested_at,
            kind=kind,
            purpose=purpose,
            purpose_en=purpose_en,
            basis="年度抽查计划" if kind == K.INSPECTION else "",
            starts_at=starts_at,
            minutes=rng.choice((20, 30, 45, 60, 90)),
            state=state,
            **self._answer(state, clerk, requested_at),
        )

    def _answer(self, state: str, clerk: Role, requested_at: datetime) -> dict[str, Any]:
        """What the enterprise said; the asking office writes it down where it was told by phone."""
        if state == S.REQUESTED:
            return {}
        told = {"answered_by_id": clerk.user_id, "answered_at": requested_at + timedelta(hours=20)}
        if state != S.NOT_NOW:
            return told
        return told | {"instead": self.rng.choice((Instead.BY_PHONE, Instead.IN_WRITING, Instead.TOGETHER))}

    def _write(self, bookings: Sequence[Booking]) -> None:
        copying.number(bookings)
        copying.copy(bookings)
        taken = [b for b in bookings if b.state not in TAKES_NOTHING]
        refused = [self._refusal(b) for b in bookings if b.state == S.NOT_NOW and self.rng.random() < 0.5]
        lines = [self._line(b) for b in taken if b.state not in ONLY_ASKED]
        for rows in ([self._mark(b) for b in taken], refused, lines):
            copying.number(rows)
            copying.copy(rows)

    def _on(self, booking: Booking) -> Any:
        return self.ground.place.day(booking.starts_at if booking.is_at_door else booking.requested_at)

    def _mark(self, booking: Booking) -> DiaryMark:
        return copying.new(
            DiaryMark,
            place_id=booking.place_id,
            enterprise_id=booking.enterprise_id,
            on=self._on(booking),
            minutes=booking.minutes,
            is_at_door=booking.is_at_door,
            source=booking.client_key,
        )

    def _line(self, booking: Booking) -> BurdenEntry:
        return copying.new(
            BurdenEntry,
            place_id=booking.place_id,
            enterprise_id=booking.enterprise_id,
            locality_path=booking.locality_path,
            organisation_id=booking.organisation_id,
            kind=burden.kind_of(booking.kind),
            what=booking.purpose,
            what_en=booking.purpose_en,
            on=self._on(booking),
            minutes=booking.minutes,
            source=booking.client_key,
        )

    def _refusal(self, booking: Booking) -> Refusal:
        return copying.new(
            Refusal,
            booking_id=booking.pk,
            enterprise_id=booking.enterprise_id,
            locality_path=booking.locality_path,
            reason="正在赶订单" if self.rng.random() < 0.6 else "",
            refused_at=booking.answered_at,
        )
