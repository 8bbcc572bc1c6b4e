"""`openliaison serve`: database, worker and web of one machine, kept running together.

Each part runs in a session of its own, is told by the kernel when this process dies, and is started again
when it ends for whatever reason. More than five deaths of one part within a minute end the whole.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from . import embedded, hosts, preflight

BAD_INPUT = 2
MOST_DEATHS, WINDOW_SECONDS = 5, 60.0
PATIENCE_SECONDS = {"web": 20.0, "worker": 30.0}


@dataclass(frozen=True)
class Options:
    data: Path
    host: str = "127.0.0.1"
    port: int = 8000
    cert: str = ""
    key: str = ""
    public_url: str = ""
    is_demo: bool = True

    @property
    def url(self) -> str:
        scheme = "https" if self.cert else "http"
        return self.public_url or f"{scheme}://{self.host}:{self.port}/"


Prepare = Callable[[Options, Callable[[str], None]], int | None]


@dataclass
class _Part:
    make: Callable[[], subprocess.Popen[str]]
    process: subprocess.Popen[str] | None = None
    deaths: deque[float] = field(default_factory=deque)
    not_before: float = 0.0


def serve(options: Options, prepare: Prepare) -> int:
    """Run until Ctrl-C or SIGTERM. Returns the exit code: 0 stopped, 1 a part keeps dying, 2 cannot start.

    Args:
        prepare: what is done once the database answers; its exit code, or None to go on.
    """
    if problems := preflight.complaints(options.data, options.host, options.port, os.environ):
        for problem in problems:
            _say(problem)
        return BAD_INPUT
    environment = _environment(options)
    os.environ.update(environment)
    stop = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: stop.set())
    database = None
    try:
        if "DATABASE_URL" not in os.environ:
            database = embedded.start(options.data, say=_say)
        if (code := prepare(options, _say)) is not None:
            return code
        return _keep_running(options, stop, database)
    except embedded.CannotStart as error:
        _say(str(error))
        return BAD_INPUT
    finally:
        if database:
            database.stop()
        _say("Stopped.")


def _environment(options: Options) -> dict[str, str]:
    found = {
        "OPENLIAISON_DATA": str(options.data),
        "OPENLIAISON_DEMO": "1" if options.is_demo else "0",
        "OPENLIAISON_AS": "owner",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONUNBUFFERED": "1",
    }
    if options.public_url or options.cert:
        found["OPENLIAISON_PUBLIC_URL"] = options.url
    if options.is_demo:
        given = os.environ.get("OPENLIAISON_HOSTS", "").split(",")
        found["OPENLIAISON_HOSTS"] = ",".join([*filter(None, given), *hosts.names_of(options.host)])
    return found


def _keep_running(options: Options, stop: threading.Event, database: embedded.Server | None) -> int:
    parts = {name: _Part(make) for name, make in _recipes(options).items()}
    try:
        while not stop.wait(0.3):
            if database and database.poll() is not None:
                _say("The database ended; starting it again.")
                database.process = embedded.start(options.data).process
            for name, part in parts.items():
                if _look_after(name, part) is False:
                    _say(f"{name} ended more than {MOST_DEATHS} times within a minute; giving up.")
                    return 1
        return 0
    finally:
        for name in PATIENCE_SECONDS:  # the web first: nobody is let in while the rest ends
            _end(parts[name], PATIENCE_SECONDS[name])


def _look_after(name: str, part: _Part) -> bool:
    """Start a part that does not run. False when it dies too often."""
    if part.process is not None and part.process.poll() is None:
        return True
    now = time.monotonic()
    if part.process is not None:
        with suppress(ProcessLookupError):
            os.killpg(part.process.pid, signal.SIGKILL)  # workers that outlive their master
        _say(f"{name} ended with {part.process.returncode}; starting it again.")
        part.process = None
        part.deaths.append(now)
        while part.deaths and now - part.deaths[0] > WINDOW_SECONDS:
            part.deaths.popleft()
        if len(part.deaths) > MOST_DEATHS:
            return False
        part.not_before = now + 0.5 * len(part.deaths)
    if now >= part.not_before:
        part.process = part.make()
        threading.Thread(target=_copy_lines, args=(name, part.process), daemon=True).start()
    return True


def _recipes(options: Options) -> dict[str, Callable[[], subprocess.Popen[str]]]:
    web = [sys.executable, "-m", "openliaison.core.web", options.host, str(options.port), options.cert, options.key]
    worker = [sys.executable, "-m", "openliaison.core.worker"]
    return {"worker": lambda: _spawn(worker, "owner"), "web": lambda: _spawn(web, "web")}


def _spawn(command: list[str], acting_as: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"OPENLIAISON_AS": acting_as},
        start_new_session=True,
        preexec_fn=embedded.die_with_parent(signal.SIGTERM),
    )


def _copy_lines(name: str, process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        print(f"{name}: {line}", end="", flush=True)


def _end(part: _Part, seconds: float) -> None:
    if part.process is None:
        return
    with suppress(ProcessLookupError):
        part.process.terminate()
    with suppress(subprocess.TimeoutExpired):
        part.process.wait(seconds)
    with suppress(ProcessLookupError):
        os.killpg(part.process.pid, signal.SIGKILL)


def _say(text: str) -> None:
    print(text, flush=True)
