"""The example's diaries: who asked for whose time, and what the enterprises said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from openliaison.register.models import Booking
from openliaison.register.services import diary, joint

if TYPE_CHECKING:
    from .story import Storyteller

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Ask:
    """A request: who asks whom for what, so many working days ago, for so many working days ahead of now."""

    enterprise: str
    by: str
    kind: str
    asked: float
    wanted: float
    clock: time
    minutes: int
    zh: str
    en: str
    fate: str = ""  # accept, held, refuse, move
    basis: str = ""
    over: str = ""


NINE, TEN, TWO, THREE = time(9), time(10), time(14), time(15)
REQUESTS = (
    Ask(
        "e01", "guojian", "service", 14, -8, NINE, 40, "看新生产线的用电报装", "The new line’s power connection", "held"
    ),
    Ask(
        "e01",
        "commerce_clerk",
        "study",
        9,
        -2,
        TWO,
        90,
        "座谈并索要外贸材料",
        "A round table and papers on trade",
        "refuse",
    ),
    Ask("e01", "wangli", "service", 4, 2, NINE, 30, "回访高温停电一事", "How the power cuts were solved", "accept"),
    Ask(
        "e01",
        "iit_clerk",
        "study",
        1,
        6,
        NINE,
        60,
        "技改项目调研",
        "Study of technical upgrades",
        over="年度技改摸底，本月须报市里",
    ),
    Ask(
        "e01",
        "tangwei",
        "inspection",
        0.5,
        7,
        TWO,
        60,
        "年度安全检查",
        "Yearly safety inspection",
        basis="《2026年度执法检查计划》第12项",
    ),
    Ask(
        "e11", "market_reg_clerk", "service", 6, 4, TEN, 45, "讲解食品标签新规", "The new rules on food labels", "joint"
    ),
    Ask(
        "e11", "permits_clerk", "service", 5, 4, TWO, 45, "生产许可换证辅导", "Help with renewing the licence", "joint"
    ),
    Ask(
        "e21",
        "environment_clerk",
        "inspection",
        5,
        3,
        NINE,
        60,
        "排污口检查",
        "Inspection of outlets",
        basis="《排污许可管理条例》第25条",
    ),
    Ask("e31", "duanyu", "study", 3, 5, TEN, 60, "调研用工缺口", "Study of the shortage of labour", "move"),
    Ask("e41", "land_clerk", "service", 2, 8, TWO, 40, "厂房扩建用地勘测", "Land for the extension"),
    Ask("e51", "water_clerk", "service", 8, 1, NINE, 30, "管网改造告知", "Works on the water main", "accept"),
    Ask("e13", "tax_clerk", "service", 3, 3, THREE, 30, "留抵退税辅导", "Help with the tax refund", "accept"),
    Ask("e05", "fire_clerk", "inspection", 2, 9, NINE, 60, "消防检查", "Fire inspection", basis="《消防法》第53条"),
)


def tell_diaries(story: Storyteller) -> None:
    """Play the requests in the order in which they were made."""
    among: list[Booking] = []
    for ask in sorted(REQUESTS, key=lambda a: -a.asked):
        booking = _request(story, ask)
        at = _answered_at(story, ask)
        if ask.fate == "joint":
            among.append(booking)
        elif ask.fate:
            _FATES[ask.fate](story, booking, at)
    if len(among) > 1:
        first = among[0]
        manager = story.managers[first.enterprise_id]
        joint.join_bookings(bookings=among, starts_at=first.starts_at, minutes=75, by=manager, at=story.at)


def _request(story: Storyteller, ask: Ask) -> Booking:
    given: dict[str, Any] = {
        "enterprise": story.enterprises[ask.enterprise],
        "kind": ask.kind,
        "purpose": ask.zh,
        "purpose_en": ask.en,
        "basis": ask.basis,
        "starts_at": _on_day(story, ask),
        "minutes": ask.minutes,
        "by": story.roles[ask.by],
        "at": story.before(ask.asked),
    }
    try:
        return diary.request_booking(**given, over_reason="")
    except diary.Stopped:
        return diary.request_booking(**given, over_reason=ask.over or "与驻企联络员商量过，可并入联合走访")


def _on_day(story: Storyteller, ask: Ask) -> datetime:
    """The clock time on the working day that lies so far from now."""
    instant = story.after(story.at, ask.wanted) if ask.wanted > 0 else story.before(-ask.wanted)
    day = story.calendar.local_day(instant)
    return datetime.combine(day, ask.clock, story.place.zone)


def _answered_at(story: Storyteller, ask: Ask) -> datetime:
    return story.before(max(ask.asked - 1, 0.1))


def _accept(story: Storyteller, booking: Booking, at: datetime) -> Booking:
    return diary.accept_booking(booking=booking, by=story.managers[booking.enterprise_id], at=at)


def _held(story: Storyteller, booking: Booking, at: datetime) -> None:
    accepted = _accept(story, booking, at)
    who = next(r for r in story.roles.values() if r.user_id == booking.requested_by_id)
    diary.hold_booking(booking=accepted, minutes=50, by=who, at=booking.starts_at + timedelta(hours=1))


def _refuse(story: Storyteller, booking: Booking, at: datetime) -> None:
    manager, reason = story.managers[booking.enterprise_id], "同样的材料上月已报送两次"
    diary.refuse_booking(booking=booking, instead="in_writing", reason=reason, by=manager, at=at)


def _move(story: Storyteller, booking: Booking, at: datetime) -> None:
    manager = story.managers[booking.enterprise_id]
    diary.move_booking(booking=booking, instead_at=booking.starts_at + WEEK, by=manager, at=at)


_FATES = {"accept": _accept, "held": _held, "refuse": _refuse, "move": _move}
