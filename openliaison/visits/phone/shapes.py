"""What a phone may send, and how what does not fit is said to a person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import BaseModel, Field, ValidationError

from openliaison.visits.errors import Incomplete

Id = Annotated[int, Field(ge=1, lt=2**63)]
Shape = TypeVar("Shape", bound=BaseModel)
LONG, SHORT = 20_000, 300


class Item(BaseModel):
    """One thing of the outbox."""

    client_key: UUID
    kind: Literal["visit", "answer", "promise"]
    made_at: datetime | None = None
    sent_at: datetime | None = None
    body: dict[str, Any]


class ProblemBody(BaseModel):
    text: str = Field(min_length=1, max_length=LONG)
    category: str = Field("", max_length=50)
    wanted_result: str = Field("", max_length=SHORT)
    is_confidential: bool = False


class CommitmentBody(BaseModel):
    text: str = Field(min_length=1, max_length=SHORT)
    due_on: date
    side: Literal["county", "enterprise"] = "county"


class VisitBody(BaseModel):
    enterprise_id: Id
    mode: Literal["visit", "call", "online"] = "visit"
    visited_at: datetime | None = None
    minutes: int | None = Field(None, ge=1, le=600)
    contact_id: Id | None = None
    booking_id: Id | None = None
    nothing_new: bool = False
    notes: str = Field("", max_length=LONG)
    problems: list[ProblemBody] = Field([], max_length=20)
    commitments: list[CommitmentBody] = Field([], max_length=20)
    facts: dict[str, Any] = Field({}, max_length=100)
    read: dict[str, Any] = Field({}, max_length=100)


class AnswerBody(BaseModel):
    case_id: Id
    entry_id: Id
    text: str = Field(min_length=1, max_length=LONG)
    version: str = Field("", max_length=60)


class PromiseBody(BaseModel):
    promise_id: Id
    state: Literal["kept", "broken"]
    reason: str = Field("", max_length=SHORT)


class SettleBody(BaseModel):
    take: Literal["mine", "theirs"]


class Unfit(Incomplete):
    """What was sent does not fit; `fields` says what and how to mend it."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(_("Correct this and send it again."))
        self.fields = dict(fields)


def parse(content: bytes) -> dict[str, Any]:
    """The JSON object in a request's body, without what no text may hold."""
    try:
        found = _clean(json.loads(content))
    except (ValueError, RecursionError):
        raise Unfit({"body": _("This is not JSON.")}) from None
    if not isinstance(found, dict):
        raise Unfit({"body": _("This is not a JSON object.")})
    return found


def fit(shape: type[Shape], given: Any) -> Shape:
    """What was sent, in the given shape.

    Raises:
        Unfit: with a sentence for each field that does not fit.
    """
    try:
        return shape.model_validate(given)
    except ValidationError as error:
        fields = {
            ".".join(map(str, e["loc"])) or "body": _sentence(e["type"], e.get("ctx", {})) for e in error.errors()
        }
        raise Unfit(fields) from None


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "ignore").decode()
    if isinstance(value, list):
        return [_clean(one) for one in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(one) for key, one in value.items()}
    return value


def _sentence(kind: str, context: Mapping[str, Any]) -> str:
    if kind in ("missing", "string_too_short"):
        return _("Fill this in.")
    if kind in ("string_too_long", "too_long"):
        return _("At most %(n)s are taken.") % {"n": context.get("max_length")}
    if kind.startswith(("date", "time")):
        return _("A day or time such as 2026-03-05 is wanted.")
    if kind.startswith(("int", "greater", "less")):
        return _("A whole number within bounds is wanted.")
    return _("This is not among what can be chosen.") if kind == "literal_error" else _("This was not understood.")
