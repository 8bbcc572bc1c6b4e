"""Asking people to do or know something, and taking it back when the reason is gone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models
from procrastinate.contrib.django import app

from . import journal
from .models import Task


def ask(
    people: Iterable[Any],
    subject: models.Model,
    about: str,
    *,
    url: str,
    at: datetime,
    why: str = "",
    due_at: datetime | None = None,
    kind: str = Task.Kind.TASK,
    **params: str | dict[str, str],
) -> None:
    """Put a task on each person's list.

    Args:
        people: users (or their ids); each once.
        about, why: msgids with %(name)s places, worded in the reader's language when read.
        params: the values for those places: plain text, {"zh": …, "en": …} where it has two, or a day in ISO form.
    """
    ids = {getattr(p, "pk", p) for p in people if p}
    Task.objects.bulk_create(
        Task(
            person_id=i,
            place_id=subject.place_id,
            kind=kind,
            subject=journal.name(subject),
            about=about,
            why=why,
            params=params,
            url=url,
            due_at=due_at,
            created_at=at,
        )
        for i in sorted(ids)
    )


def tell(people: Iterable[Any], subject: models.Model, about: str, **rest: Any) -> None:
    """Put a notice on each person's list: to know, not to do."""
    ask(people, subject, about, kind=Task.Kind.NOTICE, **rest)


def settle(subject: models.Model, *, at: datetime) -> None:
    """Close what people were asked about a subject before `at`, whoever holds it.

    Other people's rows are behind a wall, so a job of the house does it, in the same transaction's wake.
    """
    app.configure_task("core.settle_tasks").defer(subject=journal.name(subject), before=at.isoformat())
