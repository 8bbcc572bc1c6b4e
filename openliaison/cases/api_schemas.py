"""Shapes of the cases' API. What a verb takes is read from its page's form, so that both ask the same."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django import forms
from ninja import Field, Schema
from pydantic import create_model

from openliaison.core.api import Stretch

from .forms import VerbForm


class CaseOut(Schema):
    """A case as lists show it."""

    id: int
    number: str
    client_key: UUID
    enterprise_id: int
    channel: str
    category: str | None
    title: str
    title_en: str
    is_confidential: bool
    status: str
    reply_kind: str
    outcome: str
    lead: str | None = Field(description="Code of the organisation that leads.")
    created_at: datetime
    submitted_at: datetime | None
    replied_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None = Field(description="The next clock to fall due, as it stood after the last event.")
    due_clock: str
    solution_due_at: datetime | None
    planned_on: date | None
    redo_count: int
    reopen_count: int


class EntryOut(Schema):
    """One line of the story."""

    id: int
    kind: str
    at: datetime
    author: str | None
    author_role: str
    organisation: str | None
    text: str
    text_en: str
    is_internal: bool


class FileOut(Schema):
    id: UUID
    name: str
    content_type: str
    size: int
    sha256: str
    url: str


class ExternalRefOut(Schema):
    system: str
    number: str
    state: str
    changed_at: datetime


class CaseDetail(CaseOut):
    """A case with its conversation and what one can do now."""

    text: str
    text_en: str
    wanted_result: str
    contact_name: str
    contact_phone: str
    satisfaction: int | None
    decline_reason: str
    duplicate_of: str | None
    entries: list[EntryOut]
    files: list[FileOut]
    external_refs: list[ExternalRefOut]
    verbs: list[str] = Field(description="What this role may do now: POST /cases/{id}/{verb}.")


class ExternalRefIn(Schema):
    system: str = Field(pattern=r"^[-a-zA-Z0-9_]{1,30}$", examples=["12345"])
    number: str = Field(min_length=1, max_length=60)
    state: str = Field("", max_length=60)


class CaseIn(Schema):
    """A case as another system or a form hands it over."""

    client_key: UUID | None = Field(None, description="Made by the sender: the same case sent twice is opened once.")
    enterprise_id: int
    text: str = Field(max_length=20_000)
    text_en: str = Field("", max_length=20_000)
    title: str = Field("", max_length=120)
    title_en: str = Field("", max_length=160)
    category: str = Field("", description="Code of the category.", examples=["energy"])
    wanted_result: str = Field("", max_length=300)
    is_confidential: bool = False
    contact_name: str = Field("", max_length=80)
    contact_phone: str = Field("", max_length=40)
    as_draft: bool = False
    external_refs: list[ExternalRefIn] = Field(
        [], max_length=10, description="Numbers that other systems gave the same matter; kept by the coordinator."
    )


class CaseQuery(Stretch):
    q: str = Field("", description="Part of number or title.")
    status: Literal[
        "", "open", "draft", "submitted", "assigned", "in_hand", "waiting_enterprise", "replied", "planned",
        "referred_up", "closed",
    ] = ""  # fmt: skip
    due: Literal["", "overdue", "today", "objected", "referral", "withdrawal", "extension"] = ""
    category: str = ""
    lead: str = Field("", description="Code of the organisation that leads.")
    outcome: str = ""
    enterprise: int | None = None
    external_system: str = ""
    external_number: str = ""
    changed_since: datetime | None = Field(None, description="Cases with an entry at or after this instant.")
    sort: Literal["-created_at", "created_at", "due_at", "-due_at", "number", "-number"] = "-created_at"


class CategoryOut(Schema):
    code: str
    name: str
    name_en: str
    description: str
    reply_days: int
    solution_days: int
    organisation: str | None
    is_factor: bool


def schema_of(verb: str, form: type[VerbForm]) -> type[Schema]:
    """The body of a verb, read from its form. Files are sent as multipart and stand in no body."""
    shown = {n: f for n, f in form.base_fields.items() if not isinstance(f, forms.FileField) and not _is_hidden(n, f)}
    fields: dict[str, Any] = {name: _typed(field) for name, field in shown.items()}
    fields["client_key"] = (UUID | None, Field(None, description="The same words sent twice are taken once."))
    return create_model(f"Case{''.join(w.title() for w in verb.split('_'))}In", __base__=Schema, **fields)


def _is_hidden(name: str, field: forms.Field) -> bool:
    return name == "client_key" or field.widget.is_hidden


def _typed(field: forms.Field) -> tuple[Any, Any]:
    kind = _kind(field)
    words = {"description": str(field.label or "")}
    if field.required and not isinstance(field, forms.BooleanField):
        return kind, Field(..., **words)
    return kind | None, Field(None, **words)


def _kind(field: forms.Field) -> Any:
    if isinstance(field, forms.ModelMultipleChoiceField):
        return list[int]
    if isinstance(field, forms.ModelChoiceField | forms.IntegerField):
        return int
    if isinstance(field, forms.TypedChoiceField) and field.coerce is int:
        return int
    if isinstance(field, forms.ChoiceField):
        values = [str(key) for key, _words in field.choices]
        if values == ["true", "false"]:
            return bool
        return Literal[tuple(values)] if values else str
    for django_kind, python_kind in ((forms.BooleanField, bool), (forms.DateField, date)):
        if isinstance(field, django_kind):
            return python_kind
    return str
