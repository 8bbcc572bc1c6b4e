"""What one invented case leaves behind while it is played: entries, pieces, tasks; the steps that every verb takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import models

from openliaison.accounts.models import Role
from openliaison.cases import clock
from openliaison.cases.models import Case, Entry, Extension, Handling, Objection, Promise
from openliaison.cases.services import steps
from openliaison.core.models import Task
from openliaison.register.models import Enterprise
from openliaison.visits.models import Visit

from . import copying
from .ground import Ground

READ_AFTER = timedelta(days=4)  # older notices have been read


@dataclass
class Firm:
    """An enterprise as its cases see it."""

    enterprise: Enterprise
    officers: list[Role] = field(default_factory=list)  # officer and deputy, in order
    manager: Role | None = None
    contact: Any = None  # the main one


class Rows:
    """The rows of one case while it is played, who is asked, and what every verb does."""

    case: Case

    def __init__(self, ground: Ground, firm: Firm, rng: Random) -> None:
        self.ground, self.firm, self.rng = ground, firm, rng
        self.entries: list[Entry] = []
        self.handlings: list[Handling] = []
        self.objections: list[Objection] = []
        self.extensions: list[Extension] = []
        self.promises: list[Promise] = []
        self.tasks: list[Task] = []
        self.visit: Visit | None = None
        self.pending: datetime | None = None  # a verb after which the dues are not yet reckoned

    # Who acts

    @property
    def desk(self) -> Role:
        return self.ground.desk(self.case.received_path)[1][0]

    @property
    def lead(self) -> Role:
        return self.ground.clerks[self.case.lead_id or 0][0]

    @property
    def voice(self) -> Role:
        """The enterprise, or the desk that writes down its word."""
        return self.firm.manager or self.desk

    # Who is asked

    def _coordinators(self) -> list[int]:
        return [r.user_id for r in self.ground.desk(self.case.received_path)[1]]

    def _people_of(self, organisation_id: int) -> list[int]:
        if self.case.is_confidential:
            named = [h for h in self.handlings if h.organisation_id == organisation_id and h.ends_at is None]
            return [h.user_id for h in named if h.user_id]
        return [r.user_id for r in self.ground.clerks.get(organisation_id, [])]

    def _enterprise(self) -> list[int]:
        return [self.firm.manager.user_id] if self.firm.manager else []

    def _officers(self) -> list[int]:
        if self.case.is_confidential:
            return [self.case.officer_id] if self.case.officer_id else []
        return [r.user_id for r in self.firm.officers]

    # What every verb does

    def say(self, kind: str, by: Role | None, at: datetime, words: dict[str, str] | None = None, **detail: Any) -> None:
        is_internal = kind in (Entry.Kind.NOTE, Entry.Kind.NAMED)
        self.entries.append(
            copying.new(
                Entry,
                case_id=self.case.pk,
                client_key=copying.key(self.rng),
                kind=kind,
                at=at,
                author_id=by.user_id if by else None,
                author_role=by.kind if by else "",
                organisation_id=by.organisation_id if by else None,
                detail=detail,
                is_internal=is_internal,
                **(words or {}),
            )
        )

    def finish(self, at: datetime) -> None:
        self.pending = at

    def reckon(self) -> None:
        """The clocks as they stood after the last verb: once, however many asked."""
        if self.pending is None or self.case.submitted_at is None:
            return
        lines = ((e.at, e.kind, 0, e.detail) for e in self.entries)
        limits = self.ground.limits(self.ground.place.day(self.case.submitted_at))
        found = clock.reckon(self.case, self.ground.calendar, limits, lines, self.pending, is_explained=False)
        clock.set_dues(self.case, found)
        self.pending = None

    def ask(
        self, people: Iterable[int], about: str, at: datetime, *, why: str = "", subject: models.Model | None = None,
        url: str = "", due: str | datetime = "", kind: str = Task.Kind.TASK, params: dict[str, str] | None = None,
        **more: Any,
    ) -> None:  # fmt: skip
        """Put a task on lists. `due="case"`: when the case is due as it stands now."""
        if due == "case":
            self.reckon()
        is_old = kind == Task.Kind.NOTICE and at < self.ground.at - READ_AFTER
        for person_id in sorted(set(people)):
            self.tasks.append(
                copying.new(
                    Task,
                    id=copying.key(self.rng),
                    person_id=person_id,
                    place_id=self.case.place_id,
                    kind=kind,
                    subject=self._name(subject or self.case),
                    about=about,
                    why=why,
                    params=steps.params(self.case, **more) if params is None else params,
                    url=url or steps.url(self.case),
                    due_at=self.case.due_at if due == "case" else due or None,
                    created_at=at,
                    read_at=at + READ_AFTER if is_old else None,
                    done_at=at + READ_AFTER if is_old else None,
                )
            )

    def tell(self, people: Iterable[int], about: str, at: datetime, **more: Any) -> None:
        self.ask(people, about, at, kind=Task.Kind.NOTICE, **more)

    def settle(self, at: datetime, subject: models.Model | None = None) -> None:
        name = self._name(subject or self.case)
        for task in self.tasks:
            if task.done_at is None and task.subject == name and task.created_at < at:
                task.done_at = at

    def _name(self, subject: models.Model) -> str:
        return f"{subject._meta.label_lower}:{subject.pk}"
