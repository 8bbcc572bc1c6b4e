"""`openliaison serve` keeps its parts running, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from openliaison import cli
from openliaison.core.server import BAD_INPUT, Options, serve
from openliaison.desks import starting
from tests.conftest import ROOT
from tests.core.test_embedded import remove

PATIENCE = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment() -> dict[str, str]:
    """As a person's shell has it, without what the tests put there."""
    ours = ("OPENLIAISON_", "DJANGO_", "DATABASE_")
    return {k: v for k, v in os.environ.items() if not k.startswith(ours)}


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "openliaison", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment(), timeout=120)


class Site:
    """A served site in a process of its own."""

    def __init__(self, data: Path) -> None:
        self.data, self.port = data, free_port()
        words = ["serve", "--no-demo", "--data", str(data), "--port", str(self.port)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "openliaison", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
            env=environment(),
        )
        self.said: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout
        self.said.extend(self.process.stdout)

    def get(self, path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers={"Accept-Language": "en"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def is_healthy(self) -> bool:
        try:
            status, body = self.get("/healthz")
        except (OSError, http.client.HTTPException):
            return False
        return status == 200 and json.loads(body)["ok"]

    def wait_healthy(self) -> None:
        until = time.monotonic() + PATIENCE
        while not self.is_healthy():
            assert self.process.poll() is None, "".join(self.said)
            assert time.monotonic() < until, "".join(self.said[-30:])
            time.sleep(0.2)

    def part(self, words: str) -> psutil.Process:
        """A process that this site started, by what stands in its command line."""
        children = psutil.Process(self.process.pid).children()
        found = [c for c in children if words in " ".join(c.cmdline())]
        assert len(found) == 1, [c.cmdline() for c in children]
        return found[0]

    def kill(self, words: str) -> None:
        """SIGKILL for one part of this site, which is a child of a child of this test."""
        part = self.part(words)
        assert part.ppid() == self.process.pid
        assert psutil.Process(self.process.pid).ppid() == os.getpid()
        part.send_signal(signal.SIGKILL)
        until = time.monotonic() + PATIENCE
        while not any(f"{self._spoken(words)} ended" in line for line in self.said[-40:]):
            assert time.monotonic() < until, "".join(self.said[-30:])
            time.sleep(0.1)

    def _spoken(self, words: str) -> str:
        return {"core.web": "web", "core.worker": "worker", "bin/postgres": "The database"}[words]

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(PATIENCE)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("real") / "数据"
    yield folder
    remove(folder)


@pytest.fixture(scope="module")
def link(data: Path) -> str:
    """What `init` prints for the first administrator."""
    done = run("init", "--data", str(data), "--place", str(ROOT / "places" / "riverton-en"), "--admin", "Ann Example")
    assert done.returncode == 0, done.stderr
    found = re.search(r"http://127\.0\.0\.1:8000(/account/join/\S+/)", done.stdout)
    assert found, done.stdout
    return found[1]


@pytest.fixture(scope="module")
def site(data: Path, link: str) -> Iterator[Site]:
    running = Site(data)
    try:
        running.wait_healthy()
        yield running
    finally:
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.stop()
        if running.process.poll() is None:
            running.process.kill()


def test_the_first_administrator_comes_in_by_the_link_that_init_printed(site, link):
    status, page = site.get(link)

    assert status == 200
    assert "Ann Example" in page
    assert site.get("/account/join/another/")[0] == 410


def test_the_secret_key_is_made_on_the_spot_for_its_owner_alone(site, data):
    assert (data / "secret").stat().st_mode & 0o777 == 0o600
    assert len((data / "secret").read_text()) >= 50


def test_an_unknown_host_is_not_answered(site):
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    connection.request("GET", "/account/log-in/", headers={"Host": "evil.example"})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()

    assert answer.status == 400
    assert "Traceback" not in body
    assert "evil.example" not in body


def test_static_files_are_compressed_and_kept_for_ever(site):
    _status, page = site.get("/account/log-in/")
    address = re.search(r'href="(/static/core/app\.[0-9a-f]+\.css)"', page)[1]
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    connection.request("GET", address, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    answer.read()
    connection.close()

    assert (answer.status, answer.headers["Content-Encoding"]) == (200, "gzip")
    assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("part", ["core.web", "core.worker", "bin/postgres"])
def test_a_part_that_is_killed_comes_back(site, part):
    site.kill(part)
    site.wait_healthy()

    assert site.get("/account/log-in/")[0] == 200


def test_a_second_serve_on_the_port_is_refused_in_words(site, tmp_path):
    done = run("serve", "--data", str(tmp_path / "data"), "--port", str(site.port))

    assert done.returncode == 2
    assert f"Port {site.port} on 127.0.0.1 cannot be opened" in done.stdout
    assert not (tmp_path / "data" / "postgres").exists()


def test_ctrl_c_leaves_nothing_behind(site):
    family = psutil.Process(site.process.pid).children(recursive=True)
    assert len(family) >= 3

    site.stop()

    assert site.process.returncode == 0, "".join(site.said[-20:])
    _gone, alive = psutil.wait_procs(family, timeout=10)
    assert not alive, [p.cmdline() for p in alive]
    assert site.said[-1].strip() == "Stopped."


# ── What is refused before anything is let in ──


def test_real_work_does_not_start_with_known_keys_people_or_debug(settings, db):
    from tests import factories

    settings.SECRET_KEY = "a key of one's own"
    assert starting.unsafe() == ""

    factories.user("guest", is_demo=True)
    assert "known passwords" in starting.unsafe()
    settings.SECRET_KEY = settings.DEFAULT_KEY
    assert "default key" in starting.unsafe()
    settings.DEBUG = True
    assert "OPENLIAISON_DEBUG" in starting.unsafe()


def test_a_secret_is_made_once_and_whole(tmp_path):
    starting.make_secret(tmp_path)
    first = (tmp_path / "secret").read_text()
    starting.make_secret(tmp_path)

    assert (tmp_path / "secret").read_text() == first
    assert [f.name for f in tmp_path.iterdir()] == ["secret"]


def test_what_stands_in_the_way_is_said_before_anything_starts(tmp_path, capsys, monkeypatch):
    from openliaison.core import preflight

    monkeypatch.setattr(preflight, "complaints", lambda *args: ["No room.", "No port."])

    assert serve(Options(data=tmp_path), lambda options, say: pytest.fail("started")) == BAD_INPUT
    assert capsys.readouterr().out == "No room.\nNo port.\n"


def test_an_unknown_command_is_answered_with_those_there_are(capsys):
    assert cli.main(["sing"]) == 2
    assert "there is no command “sing”" in (said := capsys.readouterr().err)
    assert all(name in said for name in cli.COMMANDS)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_explains_itself_without_a_database(name, tmp_path):
    asked = [sys.executable, "-m", "openliaison", *name.split(), "--help"]
    clean = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {"OPENLIAISON_DATA": str(tmp_path)}
    said = subprocess.run(asked, cwd=ROOT, env=clean, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert said.returncode == 0, said.stderr[-400:]
    assert said.stdout
    assert {p.name for p in tmp_path.iterdir()} <= {"static"}, "help started a database"


def test_a_data_folder_without_a_name_exits_2(capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(["check", "--data"])
    assert left.value.code == 2
    assert "--data" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--port", "many"], ["--cert", "x.pem"], ["--colour", "red"]])
def test_wrong_words_of_serve_exit_2(words, capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(["serve", *words])
    assert left.value.code == 2
    assert words[0].lstrip("-") in capsys.readouterr().err
