"""The whole site as a newcomer starts it: `openliaison serve` on an empty folder, stopped at the end."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

PATIENCE_SECONDS = 180


@dataclass(frozen=True)
class Site:
    url: str
    process: subprocess.Popen[bytes]
    log: Path


@contextmanager
def running_site(data: Path, *options: str, **environment: str) -> Iterator[Site]:
    """Serve `data` on a free port until the block ends."""
    port, log = _free_port(), data / "serve.log"
    data.mkdir(parents=True, exist_ok=True)
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("OPENLIAISON_", "DJANGO_", "PYTEST"))}
    command = [sys.executable, "-m", "openliaison", "serve", "--data", str(data), "--port", str(port), *options]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=clean | environment, stdout=out, stderr=out)
    site = Site(f"{'https' if '--cert' in options else 'http'}://127.0.0.1:{port}", process, log)
    try:
        wait_until_healthy(site)
        yield site
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def wait_until_healthy(site: Site) -> None:
    """Wait for /healthz to answer 200.

    Raises:
        AssertionError: the site ended or did not come up; holds what it printed.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    anybody = ssl._create_unverified_context()  # the certificate was made by the test itself
    while time.monotonic() < deadline and site.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{site.url}/healthz", timeout=5, context=anybody) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.3)
    raise AssertionError(f"The site does not answer:\n{site.log.read_text(errors='replace')[-3000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
