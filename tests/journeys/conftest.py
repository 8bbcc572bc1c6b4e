from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .phone import Office, certificate, phone
from .site import Site, running_site


@pytest.fixture(scope="session")
def site(chromium_path) -> Iterator[Site]:
    """The example place, served as a newcomer serves it; shared by the journeys of one worker."""
    folder = Path(tempfile.mkdtemp(prefix="openliaison-site-"))
    folder.chmod(0o755)
    with running_site(folder / "data") as found:
        yield found
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def phone_folder():
    found = Path(tempfile.mkdtemp(prefix="openliaison-phone-"))
    found.chmod(0o755)
    yield found
    shutil.rmtree(found, ignore_errors=True)


@pytest.fixture(scope="session")
def tls_site(phone_folder, chromium_path) -> Site:
    """The example over TLS, with a certificate made here."""
    made = certificate(phone_folder)
    if made is None:
        message = "no openssl on this machine to make a certificate with"
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(message)
        pytest.skip(message)
    with running_site(phone_folder / "data", "--cert", str(made[0]), "--key", str(made[1])) as found:
        yield found


@pytest.fixture
def office(phone_folder, tls_site) -> Office:
    return Office(phone_folder / "data")


@pytest.fixture(scope="module")
def playwright(chromium_path):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as found:
        yield found


@pytest.fixture
def handheld(playwright, chromium_path, tls_site, tmp_path):
    with phone(playwright, chromium_path, tls_site.url, tmp_path / "profile") as found:
        yield found


@pytest.fixture
def at_the_firm(playwright, chromium_path, tls_site, tmp_path):
    """A browser at the enterprise."""
    with phone(playwright, chromium_path, tls_site.url, tmp_path / "firm") as found:
        yield found


@pytest.fixture
def second_phone(playwright, chromium_path, tls_site, tmp_path):
    """Another phone of the same person."""
    with phone(playwright, chromium_path, tls_site.url, tmp_path / "second") as found:
        yield found.with_briefings()
