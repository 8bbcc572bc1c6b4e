"""What every room's API shares: the door, pages of rows, words of an error; and places, localities and tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from .models import Locality, Place, Task
from .now import now
from .pages import MOST_COUNTED
from .scope import ROLES

Item = TypeVar("Item")
READ, WRITE = "read", "write"
MOST_ROWS = 200


class Door(AuthBase):
    """Who may use an operation: by session (then with the CSRF header where it changes something) or by token.

    Args:
        room: what a token's scope must name; "" where any token will do.
        right: READ or WRITE.
        allowed: database roles that get in.
    """

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, room: str, right: str, allowed: Iterable[str]) -> None:
        super().__init__()
        self.room, self.right, self.allowed_roles = room, right, frozenset(allowed)

    def __call__(self, request: HttpRequest) -> bool:
        fault = getattr(request, "token_fault", None)
        if fault:
            raise HttpError(*fault)
        scope = request.scope
        if scope is None:
            raise HttpError(401, _("Log in, or send a token: “Authorization: Bearer …”."))
        if scope.role not in self.allowed_roles:
            raise HttpError(403, _("This is for other roles."))
        self._check_reach(request)
        return True

    def _check_reach(self, request: HttpRequest) -> None:
        token = getattr(request, "api_token", None)
        if token is None:
            if check_csrf(request):
                raise HttpError(
                    403, _("The X-CSRFToken header is missing or old; a session needs it, a token does not.")
                )
        elif self.room and not token.allows(self.room, self.right):
            needed = f"{self.room}:{self.right}"
            raise HttpError(403, _("The token's scopes do not hold “%(scope)s”.") % {"scope": needed})


def reads(room: str, *allowed: str) -> Door:
    return Door(room, READ, allowed or ROLES)


def writes(room: str, *allowed: str) -> Door:
    return Door(room, WRITE, allowed or ROLES)


class Page(Schema, Generic[Item]):
    """A stretch of a list."""

    items: list[Item]
    count: int = Field(description="How many rows there are in all, counted up to 100,001.")
    is_capped: bool = Field(description="True where there are more than were counted.")
    next_offset: int | None = Field(description="Where the next stretch starts; null at the end.")


class Stretch(Schema):
    """Which part of a list is wanted."""

    limit: int = Field(50, ge=1, le=MOST_ROWS)
    offset: int = Field(0, ge=0, le=MOST_COUNTED)


def paged(rows: QuerySet, stretch: Stretch, shown: Callable[[Any], Item]) -> Page[Item]:
    """The stretch of an ordered list that was asked for."""
    count = rows.order_by()[: MOST_COUNTED + 1].count()
    end = stretch.offset + stretch.limit
    items = [shown(row) for row in rows[stretch.offset : end]]
    return Page(
        items=items,
        count=count,
        is_capped=count > MOST_COUNTED,
        next_offset=end if end < count else None,
    )


class Fault(Schema):
    """What every refusal looks like."""

    error: str = Field(description="A sentence: what is wrong and what to do.")
    fields: dict[str, list[str]] = Field({}, description="The same, field by field.")


def faults(*statuses: int) -> dict[int, type[Fault]]:
    """The refusals of an operation, for its description."""
    return dict.fromkeys((401, 403, *statuses), Fault)


router = Router(tags=["core"])


class PlaceOut(Schema):
    code: str
    name: str
    name_en: str
    time_zone: str
    currency: str
    is_example: bool


class LocalityOut(Schema):
    code: str
    name: str
    name_en: str
    level: str
    parent: str | None
    path: str


class TaskOut(Schema):
    id: UUID
    kind: str
    text: str
    reason: str
    url: str
    due_at: datetime | None
    created_at: datetime
    is_read: bool
    is_done: bool


class LocalityQuery(Stretch):
    level: str = ""
    parent: str = Field("", description="Code of a locality: those directly beneath it.")


class TaskQuery(Stretch):
    is_open: bool = True


@router.get("/place", response={200: PlaceOut} | faults(), auth=reads("core"), url_name="place")
def place(request: HttpRequest) -> Place:
    """The place of the role in which one acts."""
    return request.place


@router.get("/localities", response={200: Page[LocalityOut]} | faults(422), auth=reads("core"), url_name="localities")
def localities(request: HttpRequest, query: Query[LocalityQuery]) -> Page[LocalityOut]:
    """Counties, townships and parks of the place, in the order of the tree."""
    rows = Locality.objects.visible_to(request.scope).filter(place=request.place)
    if query.level:
        rows = rows.filter(level=query.level)
    if query.parent:
        rows = rows.filter(parent__code=query.parent)
    return paged(rows.select_related("parent").order_by("path"), query, _locality)


def _locality(row: Locality) -> LocalityOut:
    return LocalityOut(
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        level=row.level,
        parent=row.parent.code if row.parent else None,
        path=row.path,
    )


@router.get("/tasks", response={200: Page[TaskOut]} | faults(422), auth=reads("core"), url_name="tasks")
def tasks(request: HttpRequest, query: Query[TaskQuery]) -> Page[TaskOut]:
    """What one is asked to do or know, the next due first."""
    rows = Task.objects.visible_to(request.scope).order_by("due_at", "-created_at", "pk")
    return paged(rows.filter(done_at=None) if query.is_open else rows, query, _task)


@router.post(
    "/tasks/{uuid:task_id}/read", response={200: TaskOut} | faults(404), auth=writes("core"), url_name="task_read"
)
def task_read(request: HttpRequest, task_id: UUID) -> TaskOut:
    """Note that one has read it."""
    found = get_object_or_404(Task.objects.visible_to(request.scope), pk=task_id)
    if found.read_at is None:
        found.read_at = now()
        found.save(update_fields=["read_at"])
    return _task(found)


def _task(row: Task) -> TaskOut:
    return TaskOut(
        id=row.pk,
        kind=row.kind,
        text=row.text,
        reason=row.reason,
        url=row.url,
        due_at=row.due_at,
        created_at=row.created_at,
        is_read=row.read_at is not None,
        is_done=row.done_at is not None,
    )
