"""People who ask for an enterprise's time, and its diary in every state."""

from __future__ import annotations

from datetime import datetime, timedelta

from openliaison.accounts.models import Role
from openliaison.register.models import Booking
from openliaison.register.services import diary, joint
from tests.conftest import NOON
from tests.factories import World, enterprise, role

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AHEAD = NOON + 14 * DAY + 2 * HOUR  # Monday 14:00, two weeks on


class Diary(World):
    """The small world with an inspector, and a second person of the enterprise."""

    def __init__(self) -> None:
        super().__init__()
        self.inspector = role("inspector", org="emergency")
        self.colleague = role("enterprise", enterprise=self.enterprise)
        self.co_worker = role("handler", org="grid")
        self.other_officer = role("officer")
        self.analyst = role("analyst")
        self.administrator = role("administrator", area="211200")
        self.elsewhere = enterprise("邻县企业有限公司", at="211223100")

    def people(self) -> dict[str, Role]:
        return {
            "asker": self.lead,
            "colleague of the asker": self.co_worker,
            "another office": self.other,
            "inspector": self.inspector,
            "officer": self.officer,
            "another officer": self.other_officer,
            "coordinator": self.coordinator,
            "leader": self.leader,
            "enterprise": self.colleague,
            "another enterprise": self.stranger,
            "analyst": self.analyst,
            "administrator": self.administrator,
        }

    def ask(self, by: Role | None = None, *, on: datetime = AHEAD, at: datetime = NOON, **fields) -> Booking:
        given = {"kind": "study", "purpose": "了解用电负荷", "minutes": 30} | fields
        if (by or self.lead).kind == Role.Kind.INSPECTOR:
            given = given | {"kind": "inspection", "basis": "年度检查计划第12项"}
        return diary.request_booking(enterprise=self.enterprise, starts_at=on, by=by or self.lead, at=at, **given)

    def in_state(self, state: str, **fields) -> Booking:
        """A request of the grid company that has come so far by the verbs themselves."""
        row, us = self.ask(**fields), {"by": self.manager, "at": NOON}
        if state in ("accepted", "held", "recorded"):
            row = diary.accept_booking(booking=row, **us)
        if state == "not_now":
            row = diary.move_booking(booking=row, instead_at=AHEAD + DAY, **us)
        if state == "cancelled":
            row = diary.cancel_booking(booking=row, by=self.lead, at=NOON)
        if state in ("held", "recorded"):
            row = diary.hold_booking(booking=row, minutes=40, by=self.lead, at=AHEAD + HOUR)
        if state == "recorded":
            row = diary.record_booking(booking=row, by=self.officer, at=AHEAD + HOUR)
        assert row.state == state
        return row

    def joint(self, *, by: Role | None = None) -> Booking:
        """A joint visit of the grid company and the inspector."""
        rows = [self.ask(), self.ask(self.inspector, on=AHEAD + DAY)]
        return joint.join_bookings(bookings=rows, starts_at=AHEAD, by=by or self.coordinator, at=NOON)
