"""Sweeping up at night."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings
from procrastinate.contrib.django import app


@app.periodic(cron="20 3 * * *")
@app.task(name="accounts.clear_sessions")
def clear_sessions(timestamp: int) -> None:
    """Drop the sessions that ran out."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
