"""What all tests share: the embedded server, a fixed noon, a small place, and a browser where there is one."""

from __future__ import annotations

import os
import shutil
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # Monday 12:00 in Tieling
ROOT = Path(__file__).resolve().parent.parent


def pytest_configure(config):
    from django.conf import settings

    from openliaison.core import embedded
    from openliaison.core.translations import compile_all

    if hasattr(config, "workerinput"):
        return
    compile_all()
    data = Path(settings.DATA)
    data.chmod(0o755)
    config.openliaison_server = embedded.start(data, fsync=False)


def pytest_unconfigure(config):
    server = getattr(config, "openliaison_server", None)
    if server:
        server.stop()
        shutil.rmtree(server.data, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Emptying tables between browser tests is the one truncation the append-only tables must allow."""
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in ("core_journal", "core_readlog", "core_seal"):
            cursor.execute(f"alter table {table} disable trigger no_truncate")


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Only this machine may be spoken to."""
    connect = socket.socket.connect

    def guarded(self, address):
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"A test opened a connection to {address}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def noon():
    """The product's clock stands at NOON; what a test speaks and where it stands in time ends with it."""
    from django.utils import timezone, translation

    from openliaison.core.now import frozen

    with frozen(NOON):
        yield NOON
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture
def world(db):
    """The small world: one enterprise and a person in each role."""
    from tests.factories import World

    return World()


@pytest.fixture
def at_the_screen():
    """A browser in which this person has logged in, speaking English."""
    from django.test import Client

    def log_in(role, language="en"):
        client = Client(headers={"Accept-Language": language})
        client.force_login(role.user)
        return client

    return log_in


@pytest.fixture
def shared() -> Path:
    """The data folder beside the clone; tests that use it skip plainly where it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the folder shared/data is not beside the clone")
    return folder


CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """The browser that is found: the system's, else Playwright's own."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as p:
        path = p.chromium.executable_path
    return path if Path(path).exists() else None


@pytest.fixture(scope="session")
def chromium_path() -> str:
    path = chromium()
    if path is None:
        message = "no Chromium was found: apt install chromium, or .venv/bin/playwright install chromium"
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(message)
        pytest.skip(message)
    return path


@pytest.fixture(scope="module")
def browser(chromium_path):
    """A browser for the tests of one file: while it lives, Django takes its thread for an asynchronous one."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=chromium_path, headless=True, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()
