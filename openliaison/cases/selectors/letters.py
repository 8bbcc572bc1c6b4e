"""The formal reply: a place's frame around the words of the lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

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
    at: datetime


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
        at=entry.at,
    )


def _filled(body: str, case: Case, entry: Entry) -> str:
    """The frame with its places filled; a place of another name stays as it is written."""
    planned = entry.detail.get("planned_on")
    values = {
        "enterprise": case.enterprise.label,
        "title": case.label,
        "number": case.number,
        "raised_on": formatting.day(case.submitted_at or case.created_at, "long"),
        "lead": _name(entry.organisation or case.lead),
        "planned_on": formatting.day(date.fromisoformat(planned), "long") if planned else "",
        "text": entry.body,
    }
    for name, value in values.items():
        body = body.replace("{" + name + "}", value)
    return body


def _name(office: Organisation | None) -> str:
    return office.label if office else ""
