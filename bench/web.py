"""Every list, single page, home, search and API list of every role, on a grown example, behind the walls.

The site runs as `openliaison serve` runs it (granian, two processes). Times are a client's on the same machine.
The peer is the same list through Django alone: the owner's connection, so that only the filter works and no
row-level policy; the difference is what the second wall costs.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import asking, pages, place
from .tables import percentile, show, timed

FIRST_LOAD_KB = 300
CLIENTS = 4


@dataclass(frozen=True)
class Measured:
    role: str
    page: pages.Page
    status: int
    queries: int
    alone: list[float]
    together: list[float]

    @property
    def is_within(self) -> bool:
        return self.status == 200 and 1000 * percentile(self.alone, 0.95) <= self.page.budget_ms

    def cells(self) -> tuple[str, ...]:
        times = [f"{1000 * percentile(v, s):.0f}" for v in (self.alone, self.together) for s in (0.5, 0.95)]
        verdict = "ok" if self.is_within else f"{self.status}" if self.status != 200 else "OVER"
        return (self.role, self.page.name, str(self.queries), *times, str(self.page.budget_ms), verdict)


def run(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench web", description=__doc__)
    parser.add_argument("--data", type=Path, help="a grown data folder to keep; a temporary one where it is left out")
    parser.add_argument("--enterprises", type=int, default=100_000)
    parser.add_argument("--cases", type=int, default=200_000)
    parser.add_argument(
        "--requests",
        type=int,
        default=60,
        help="a page, one after the other and again together; fewer where that takes more than seconds",
    )
    parser.add_argument("--roles", nargs="+", default=list(pages.ROLES), choices=list(pages.ROLES))
    parser.add_argument("--only", default="", help="pages whose name holds this")
    found = parser.parse_args(argv)
    with place.folder(found.data) as data, place.database(data):
        _prepare(found.enterprises, found.cases)
        wanted = {name: _pages(name, found.only) for name in found.roles}
        queries = {name: _queries(pages.ROLES[name], listed) for name, listed in wanted.items()}
        with _site(data) as port:
            rows, load = _measure(port, wanted, queries, found.requests)
        walls = _walls()
    _show(rows, load, walls)
    return 0


def _prepare(enterprises: int, cases: int) -> None:
    """Up to the wanted size, counting what is there; static files as `serve` collects them."""
    from django.core.management import call_command

    from openliaison.cases.models import Case
    from openliaison.desks.growth import grow
    from openliaison.register.models import Booking, Enterprise

    short = max(enterprises - Enterprise.objects.count(), 0), max(cases - Case.objects.count(), 0)
    has_diaries = Booking.objects.count() > enterprises // 10
    if short[0] > enterprises // 100 or short[1] > cases // 100:
        print(grow(enterprises=short[0], cases=short[1]))
    elif not has_diaries:  # grown before there were diaries
        print(grow(enterprises=0, cases=0))
    call_command("collectstatic", verbosity=0, interactive=False)


def _role(username: str) -> Any:
    from openliaison.accounts.models import Role

    return Role.objects.select_related("place", "locality", "organisation").filter(user__username=username).first()


def _pages(name: str, only: str) -> list[pages.Page]:
    from openliaison.core.now import now

    listed = pages.of_role(name, _role(pages.ROLES[name]).scope(now()))
    return [p for p in listed if only in p.name]


def _queries(username: str, listed: list[pages.Page]) -> dict[str, int]:
    """How many statements each page sends, counted in this process as the web's account."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from openliaison.core.scope import WEB

    owner, connection.settings_dict["USER"] = connection.settings_dict["USER"], WEB
    connection.close()
    try:
        client = Client(raise_request_exception=False, headers={"host": "127.0.0.1"})
        client.force_login(_role(username).user)
        found = {}
        for page in listed:
            with CaptureQueriesContext(connection) as captured:
                client.get(page.path)
            found[page.path] = len(captured)
        return found
    finally:
        connection.settings_dict["USER"] = owner
        connection.close()


class _site:
    """The web part of `openliaison serve`, on a free port."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def __enter__(self) -> int:
        from openliaison.core.embedded import die_with_parent

        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "openliaison.core.web", "127.0.0.1", str(port)],
            env=os.environ | {"OPENLIAISON_AS": "web"},
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        try:
            _wait(port)
        except RuntimeError:
            self.__exit__()
            raise
        return port

    def __exit__(self, *error: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)


def _wait(port: int) -> None:
    for _ in range(120):
        try:
            if asking.Client("127.0.0.1", port).get("/account/log-in/")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.5)
    raise RuntimeError("The site did not answer within a minute.")


def _measure(
    port: int, wanted: dict[str, list[pages.Page]], queries: dict[str, dict[str, int]], times: int
) -> tuple[list[Measured], tuple[int, int]]:
    from openliaison.accounts.demo import PASSWORD

    rows: list[Measured] = []
    heaviest = (0, 0)
    for role, listed in wanted.items():
        client = asking.Client("127.0.0.1", port)
        client.log_in(pages.ROLES[role], PASSWORD)
        for page in listed:
            status = [client.get(page.path)[0] for _ in range(4)][-1]  # warm both processes
            alone = asking.alone(client, page.path, times, 5)
            both = asking.together(client, page.path, times, CLIENTS, 3)
            rows.append(Measured(role, page, status, queries[role].get(page.path, 0), alone, both))
            print("  ".join(rows[-1].cells()), flush=True)
        heaviest = max(heaviest, asking.first_load(client, "/"), key=lambda pair: pair[0] - pair[1])
    return rows, heaviest


def _walls() -> list[tuple[str, ...]]:
    """The same list of fifty cases and its count: filter alone as the owner, and behind both walls."""
    from django.db import transaction

    from openliaison.cases.models import Case
    from openliaison.core.now import now
    from openliaison.core.scope import acting_as

    rows = []
    for name in ("officer", "coordinator", "department", "leader", "enterprise"):
        scope = _role(pages.ROLES[name]).scope(now())
        listed = Case.objects.visible_to(scope).select_related("enterprise", "lead").order_by("-created_at", "pk")
        asked = {"fifty": lambda q=listed: list(q[:50]), "count": lambda q=listed: q.order_by()[:100_001].count()}
        cells = []
        for call in asked.values():
            with transaction.atomic():
                call()
                cells.append(f"{1000 * percentile(timed(call, 9), 0.5):.1f}")
                with acting_as(scope):
                    call()
                    cells.append(f"{1000 * percentile(timed(call, 9), 0.5):.1f}")
        rows.append((name, *cells))
    return rows


def _show(rows: list[Measured], load: tuple[int, int], walls: list[tuple[str, ...]]) -> None:
    over = [r for r in rows if not r.is_within]
    whole, charts = load
    kilobytes = (whole - charts) / 1000
    show(
        "Pages by role, in milliseconds",
        ("role", "page", "queries", "p50", "p95", "p50 of 4", "p95 of 4", "budget", "verdict"),
        [r.cells() for r in rows],
        f"{len(rows) - len(over)} of {len(rows)} pages are within their budget (p95, one client).",
        f"First load of the heaviest home, compressed: {kilobytes:.0f} kB without charts (budget {FIRST_LOAD_KB}: "
        f"{'ok' if kilobytes <= FIRST_LOAD_KB else 'OVER'}), charts {charts / 1000:.0f} kB.",
    )
    show(
        "What the second wall costs: cases, milliseconds",
        ("role", "50 rows, filter alone", "50 rows, both walls", "count, filter alone", "count, both walls"),
        walls,
        "Medians of nine. Both read the same rows; the filter alone runs as the tables' owner.",
    )
