"""A data folder of the benches' own: database started, migrated, the example loaded."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def folder(data: Path | None) -> Iterator[Path]:
    """The folder named, which stays; else a temporary one, which goes."""
    if data:
        data.mkdir(parents=True, exist_ok=True)
        yield data.absolute()
        return
    made = Path(tempfile.mkdtemp(prefix="openliaison-bench-"))
    made.chmod(0o755)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def database(data: Path) -> Iterator[None]:
    """PostgreSQL of the folder, Django set up as the owner, migrations and example done."""
    from openliaison.core import embedded

    os.environ |= {
        "OPENLIAISON_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "OPENLIAISON_AS": "owner",
        "OPENLIAISON_DEMO": "1",
    }
    server = embedded.start(data)
    try:
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        from openliaison.desks import places, story

        call_command("migrate", verbosity=0)
        if story.load_if_empty(say=print) is None:  # a kept folder learns the settings that came since
            places.load_place(story.PLACES / story.EXAMPLE)
        yield
        connections.close_all()
    finally:
        server.stop()
