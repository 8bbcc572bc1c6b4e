"""An officer's phone: a browser whose profile outlives its windows, a site served over TLS, and what the office has."""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
import time
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from openliaison.core.embedded import socket_dir
from tests.conftest import CHROMIUM_FLAGS

from .people import PASSWORD, Person

PATIENCE_SECONDS = 20
WAITS, ARRIVED, NEEDS_YOU = "st-wait", "st-ok", "st-due"  # what an item's chip looks like
SIZE = {"width": 390, "height": 844}


def certificate(folder: Path) -> tuple[Path, Path] | None:
    """A certificate for 127.0.0.1 and its key, made now; None where the machine has no openssl."""
    if not shutil.which("openssl"):
        return None
    cert, key = folder / "cert.pem", folder / "key.pem"
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    files = ["-days", "2", "-keyout", str(key), "-out", str(cert)]
    subprocess.run([*command, *files, *names], check=True, capture_output=True)
    return cert, key


@dataclass(frozen=True)
class Office:
    """The database behind the site, asked directly."""

    data: Path

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(
            host=str(socket_dir(self.data)), dbname="openliaison", user="openliaison_owner", autocommit=True
        ) as link:
            found = link.execute(sql, values)
            return found.fetchall() if found.description else []

    def count(self, sql: str, *values: Any) -> int:
        return self.ask(f"select count(*) from {sql}", *values)[0][0]

    def visits(self, words: str) -> list[int]:
        return [row[0] for row in self.ask("select id from visits_visit where notes = %s", words)]


@dataclass
class Phone:
    """A phone with its own profile; closed and opened again it remembers what a browser remembers."""

    playwright: Any
    chromium: str
    url: str
    profile: Path
    language: str = "zh-hans"
    context: Any = None
    page: Any = None
    complaints: list[str] = field(default_factory=list)

    def open(self, *, offline: bool = False) -> Phone:
        self.context = self.playwright.chromium.launch_persistent_context(
            str(self.profile),
            executable_path=self.chromium,
            headless=True,
            args=[*CHROMIUM_FLAGS, "--ignore-certificate-errors"],
            ignore_https_errors=True,  # for requests that a test sends on; the flag is what service workers need
            viewport=SIZE,
            has_touch=True,
            is_mobile=True,
        )
        self.context.set_default_timeout(PATIENCE_SECONDS * 1000)
        self.context.add_cookies([{"name": "language", "value": self.language, "url": self.url}])
        self.context.set_offline(offline)
        self.page = self.watched(self.context.pages[0])
        return self

    def watched(self, page: Any) -> Any:
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def close(self) -> None:
        """The person closes the browser."""
        if self.context:
            self.context.close()
            self.context = None

    def tab(self) -> Any:
        return self.watched(self.context.new_page())

    def offline(self, is_off: bool = True) -> None:
        self.context.set_offline(is_off)

    def log_in(self, username: str, then: str = "/phone/") -> Phone:
        page = self.page
        page.goto(f"{self.url}/account/log-in/?next={then}")
        page.fill("[name=username]", username)
        page.fill("[name=password]", PASSWORD)
        page.locator("[name=password]").press("Enter")
        page.wait_for_url(lambda url: "/log-in/" not in url)
        return self

    def with_briefings(self, username: str = "wangli") -> Phone:
        """Logged in, the briefings kept and the service worker at work."""
        self.log_in(username)
        self.page.locator("article.card").first.wait_for()
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        until(
            lambda: self.page.evaluate("Boolean(navigator.serviceWorker.controller)"), "the service worker is at work"
        )
        return self

    def go(self, place: str) -> None:
        """A place of the phone's own pages: "#/outbox"."""
        self.page.goto(f"{self.url}/phone/{place}")

    def log_out(self) -> None:
        """By the menu of an ordinary page."""
        self.page.goto(self.url + "/")
        self.page.locator("summary.ol-who").click()
        self.page.locator("form[data-logout] button").click()

    def kept(self) -> dict[str, Any]:
        """What the device holds: how many rows of each kind, and the texts of the outbox."""
        return self.page.evaluate(KEPT)

    def briefings(self) -> list[dict[str, Any]]:
        """The enterprises of the pack, in its order."""
        return self.kept()["mine"]

    def try_now(self) -> None:
        self.page.locator(".ph-above .btn").click()

    def write(self, words: str, enterprise: int = 1) -> Any:
        """Open the form of an enterprise and say something; returns the form."""
        self.go(f"#/e/{enterprise}/visit")
        form = self.page.locator("#ph-visit")
        form.locator("textarea").first.fill(words)
        return form

    def save(self) -> None:
        self.page.locator(".ph-act .btn-primary").click()
        self.page.wait_for_url(lambda url: url.endswith("#/outbox"))

    def row(self, state: str) -> Any:
        """Rows of the outbox in a state, by its chip's class: st-ok arrived, st-wait waiting, st-due needs you."""
        return self.page.locator(f"li[data-key]:has(.{state})")


KEPT = """async () => {
  const answer = (asked) => new Promise((yes, no) => {
    asked.onsuccess = () => yes(asked.result);
    asked.onerror = no;
  });
  const db = await answer(indexedDB.open("openliaison-phone"));
  const found = {packs: [], outbox: [], photos: []};
  for (const name of db.objectStoreNames) found[name] = await answer(db.transaction(name).objectStore(name).getAll());
  db.close();
  const notes = found.outbox.map((item) => item.body?.notes ?? "");
  const mine = found.packs[0]?.content.enterprises ?? [];
  return {mine, packs: found.packs.length, outbox: found.outbox.length, photos: found.photos.length, notes};
}"""


@contextmanager
def phone(playwright: Any, chromium: str, url: str, profile: Path, language: str = "zh-hans") -> Iterator[Phone]:
    """A fresh phone; what its pages throw is an error at the end."""
    found = Phone(playwright, chromium, url, profile, language).open()
    try:
        yield found
        assert not found.complaints, found.complaints
    finally:
        found.close()


def as_person(held: Phone) -> Person:
    return Person(held.page, held.url)


def until(is_so: Any, what: str) -> None:
    """Wait for something that no element of a page shows."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, f"It never came about: {what}"
        time.sleep(0.1)


def picture(path: Path, width: int = 800, height: int = 600, *, seed: int = 1) -> Path:
    """A PNG of noise: three bytes a point, whatever compresses it."""
    noise = random.Random(seed)
    rows = b"".join(b"\0" + noise.randbytes(width * 3) for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in parts))
    return path


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def said() -> str:
    """Words that no other test says."""
    return f"现场看了新喷涂线 {uuid.uuid4().hex[:8]}"


def form_of(held: Phone) -> Any:
    return held.page.locator("#ph-visit")
