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

from . import embedded, preflight

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


@dataclass
class _Part:
    make: Callable[[], subprocess.Popen[str]]
    process: subprocess.Popen[str] | None = None
    deaths: deque[float] = field(default_factory=deque)
    not_before: float = 0.0


def serve(options: Options) -> int:
    """Run until Ctrl-C or SIGTERM. Returns the exit code: 0 stopped, 1 a part keeps dying, 2 cannot start."""
    for problem in preflight.complaints(options.data, options.host, options.port):
        _say(problem)
        return 2
    environment = _environment(options)
    os.environ.update(environment)
    stop = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: stop.set())
    database = None
    try:
        if "DATABASE_URL" not in os.environ:
            database = embedded.start(options.data, say=_say)
        if (code := _prepare(options)) is not None:
            return code
        return _keep_running(options, stop, database)
    except embedded.CannotStart as error:
        _say(str(error))
        return 2
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
    return found


def _prepare(options: Options) -> int | None:
    """Migrate, load the example, collect static files. An exit code, or None to go on."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    if not options.is_demo:
        _make_secret(options.data)
    django.setup()
    from openliaison.accounts import demo
    from openliaison.core.translations import compile_all

    compile_all()
    call_command("migrate", verbosity=0)
    if not options.is_demo:
        return _refuse_unsafe(settings)
    call_command("collectstatic", verbosity=0, interactive=False)
    from openliaison.desks import story

    story.load_if_empty(say=_say)
    _say(f"OpenLiaison is at {options.url}")
    for role, name, password in demo.logins():
        _say(f"  {role:<12} {name:<14} {password}")
    return None


def _refuse_unsafe(settings: object) -> int | None:
    from django.core.management import call_command

    from openliaison.accounts import demo

    if settings.DEBUG:  # type: ignore[attr-defined]
        _say("Real mode does not start with OPENLIAISON_DEBUG=1; unset it.")
        return 2
    if settings.SECRET_KEY == settings.DEFAULT_KEY:  # type: ignore[attr-defined]
        _say("Real mode does not start with the default key; remove data/secret so that a new one is made.")
        return 2
    if demo.has_demo_accounts():
        _say("This folder holds the example with its known passwords; real mode wants another folder (--data).")
        return 2
    call_command("collectstatic", verbosity=0, interactive=False)
    return None


def _make_secret(data: Path) -> None:
    file = data / "secret"
    if file.exists():
        return
    import secrets

    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(secrets.token_urlsafe(60))


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
        for name, part in parts.items():
            _end(part, PATIENCE_SECONDS[name])


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
