from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .site import Site, running_site


@pytest.fixture(scope="session")
def site(chromium_path) -> Iterator[Site]:
    """The example place, served as a newcomer serves it; shared by the journeys of one worker."""
    folder = Path(tempfile.mkdtemp(prefix="openliaison-site-"))
    folder.chmod(0o755)
    with running_site(folder / "data") as found:
        yield found
    shutil.rmtree(folder, ignore_errors=True)
