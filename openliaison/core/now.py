"""The one place where the product asks what time it is.

Services take `at=`; doors (views, jobs, commands) ask here. `OPENLIAISON_NOW` or `frozen()` set another
instant, so that tests, pictures and the example story stand on a day of their own.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_frozen: ContextVar[datetime | None] = ContextVar("frozen_now", default=None)


def now() -> datetime:
    """The present instant (aware, UTC), or the one that was set."""
    if (instant := _frozen.get()) is not None:
        return instant
    if text := os.environ.get("OPENLIAISON_NOW"):
        return datetime.fromisoformat(text)
    return timezone.now()


@contextmanager
def frozen(instant: datetime) -> Iterator[datetime]:
    """Let `now()` answer `instant` inside the block."""
    token = _frozen.set(instant)
    try:
        yield instant
    finally:
        _frozen.reset(token)
