"""Journal rows a second: written alone, written and sealed each second, and sealed or checked afterwards."""

from __future__ import annotations

import argparse
from pathlib import Path

from . import place
from .tables import rate, short, show, timed


def run(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench seal", description=__doc__)
    parser.add_argument("--rows", type=int, default=3_000, help="rows of one run")
    parser.add_argument("--data", type=Path, help="the data folder; a temporary one where it is left out")
    found = parser.parse_args(argv)
    with place.folder(found.data) as data, place.database(data):
        return _measure(found.rows)


def _measure(count: int) -> int:
    from openliaison.core import seals
    from openliaison.core.now import now

    def write(seal_each: int = 0) -> None:
        for n in range(count):
            _one_row()
            if seal_each and n % seal_each == seal_each - 1:
                seals.seal_all(now())

    each = max(count // 6, 1)
    write()  # warm
    rows = []
    seals.seal_all(now())
    for name, call in (
        ("one row a transaction, not sealed (peer)", write),
        (f"the same, sealed every {each} rows", lambda: write(each)),
    ):
        middle, spread = rate(count, timed(call))
        rows.append((name, short(middle), spread))
        seals.seal_all(now())
    seconds = []
    for _ in range(3):
        write()
        seconds += timed(lambda: seals.seal_all(now()), 1)
    middle, spread = rate(count, seconds)
    rows.append(("sealing alone", short(middle), spread))
    whole = sum(f.rows for f in seals.findings())
    middle, spread = rate(whole, timed(seals.findings))
    rows.append((f"checking every seal again ({whole:,} rows)", short(middle), spread))
    faults = [f.fault for f in seals.findings() if f.fault]
    show(
        "Journal and seal",
        ("what", "rows a second", "spread of 3"),
        rows,
        "fsync is on: a row alone waits for the disk.",
    )
    return 1 if faults else 0


def _one_row() -> None:
    from django.db import transaction

    from openliaison.core import journal
    from openliaison.core.models import Place
    from openliaison.core.now import now

    with transaction.atomic():
        journal.record(Place(pk=1), "measured", by=None, at=now(), note="Ein Zug, zwei Züge, 三列火车")
