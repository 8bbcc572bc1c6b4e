"""The formal reply: a place's frame around the words of the lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date
from django.utils import timezone
from django.utils.translation import gettext as _

from openliaison.accounts.models import Organisation
from openliaison.cases.models import Case, Entry, ReplyTemplate
from openliaison.core import formatting
from openliaison.core.scope import Scope


@dataclass(frozen=True)
class Letter:
    title: str
    salutation: str
    paragraphs: list[str]
    sender: str
    day: str


def reply_letter(case: Case, scope: Scope) -> Letter | None:
    """The letter of the last reply; None where there is none. A place without a frame gets a plain one."""
    replies = Entry.objects.visible_to(scope).filter(case=case, kind=Entry.Kind.REPLIED)
    entry = replies.select_related("organisation").order_by("at", "id").last()
    if entry is None:
        return None
    frame = ReplyTemplate.objects.filter(place_id=case.place_id, reply_kind=entry.detail["reply_kind"]).first()
    body = (frame.label_of_body if frame else "") or _(
        "Your case “{title}” (no. {number}) of {raised_on} has been handled. Our reply:\n{text}"
    )
    lines = [line.strip() for line in _filled(body, case, entry).splitlines() if line.strip()]
    return Letter(
        title=frame.label if frame else _("Reply to case {number}").format(number=case.number),
        salutation=case.enterprise.label,
        paragraphs=lines,
        sender=_name(entry.organisation or case.lead),
        day=_day(entry.at),
    )


def _filled(body: str, case: Case, entry: Entry) -> str:
    """The frame with its places filled; a place of another name stays as it is written."""
    planned = entry.detail.get("planned_on")
    values = {
        "enterprise": case.enterprise.label,
        "title": case.label,
        "number": case.number,
        "raised_on": _day(case.submitted_at or case.created_at),
        "lead": _name(entry.organisation or case.lead),
        "planned_on": _day(date.fromisoformat(planned)) if planned else "",
        "text": entry.body,
    }
    for name, value in values.items():
        body = body.replace("{" + name + "}", value)
    return body


def _day(value: date | datetime) -> str:
    """A date as letters bear it: with its year, without its weekday."""
    day = timezone.localtime(value).date() if isinstance(value, datetime) else value
    english = formatting.locale() == "en"
    return format_date(day, "d MMMM y" if english else "y 年 M 月 d 日", locale=formatting.locale())


def _name(office: Organisation | None) -> str:
    return office.label if office else ""
