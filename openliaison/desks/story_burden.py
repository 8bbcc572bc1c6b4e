"""The example's data requests: one office asks many, another asks one; some have answered."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from openliaison.register.models import Booking
from openliaison.register.services import data_requests, diary

if TYPE_CHECKING:
    from .story import Storyteller

SHEET = uuid.UUID("7d1b0a52-5b0e-4c57-9a38-1f2f6c0a4b11")
STAFF = (
    {"label": "春节前还缺多少人？", "type": "int"},
    {"label": "最缺哪个工种？", "type": "text"},
    {"label": "愿意参加专场招聘会吗？", "type": "bool"},
)
ANSWERS = {
    "e11": (12, "包装工", True),
    "e21": (35, "缝纫工", True),
    "e31": (0, "不缺", False),
    "e13": (8, "电工", True),
}
WAITING = ("e01", "e41")
NOT_NOW = "e05"
POWER = (
    {"label": "明年计划新增用电容量多少 kVA？", "type": "decimal"},
    {"label": "最迟哪天要用上？", "type": "date"},
)


def tell_data_requests(story: Storyteller) -> None:
    """Staff wanted before the holidays, asked of many; power for next year, asked of one."""
    clerk = story.roles["labour_clerk"]
    for key in (*ANSWERS, *WAITING, NOT_NOW):
        asked = _ask(
            story, key, clerk, STAFF, "摸清春节前用工缺口，安排专场招聘", "Staff lacking before the holidays", SHEET
        )
        if key in ANSWERS:
            _answer(story, asked, ANSWERS[key])
        elif key == NOT_NOW:
            manager = story.managers[asked.enterprise_id]
            diary.move_booking(booking=asked, instead="by_phone", by=manager, at=story.before(3))
    power = _ask(story, "e21", story.roles["guojian"], POWER, "安排明年配变计划", "Transformers of next year")
    _answer(story, power, (400, (story.at + timedelta(days=120)).date().isoformat()))


def _ask(
    story: Storyteller,
    key: str,
    by: Any,
    questions: tuple[dict[str, str], ...],
    purpose: str,
    purpose_en: str,
    sheet: uuid.UUID | None = None,
) -> Booking:
    told = {"enterprise": story.enterprises[key], "questions": questions, "by": by, "at": story.before(5)}
    told |= {"purpose": purpose, "purpose_en": purpose_en, "sheet": sheet}
    told["wanted_by"] = story.calendar.local_day(story.after(story.at, 6))
    try:
        return data_requests.ask_data(**told)
    except diary.Stopped:
        return data_requests.ask_data(**told, over_reason="节前招聘会场次须本周定下")


def _answer(story: Storyteller, booking: Booking, values: tuple[Any, ...]) -> None:
    at = story.before(2)
    answers = {question["id"]: value for question, value in zip(booking.questions, values, strict=True)}
    manager = story.managers[booking.enterprise_id]
    data_requests.answer_data(booking=booking, answers=answers, as_of=story.place.day(at), by=manager, at=at)
