"""Register files taken in by `openliaison register import`: 2,221 rows and 100,000."""

from __future__ import annotations

import argparse
import csv
import io
from contextlib import redirect_stdout
from pathlib import Path
from random import Random

from . import place
from .tables import machine, rate, short, show, timed  # noqa: F401

HEADS = ("统一社会信用代码", "企业名称", "地址", "行业代码", "联系人", "电话", "从业人数", "营业收入(万元)")


def write_file(path: Path, count: int, first: int) -> None:
    """A CSV of invented enterprises whose numbers are right and on no other file."""
    from openliaison.core.models import Locality
    from openliaison.desks.growth import names

    rng = Random(first)
    towns = list(Locality.objects.filter(level="township"))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADS)
        for n in range(first, first + count):
            town = rng.choice(towns)
            name, _english = names.enterprise(rng, "C", rng.choice(("3311", "1351", "3670", "2651")), town.name[:2])
            number = names.official_number("cn.uscc", 20_000_000_000 + n, town.code)
            person, _english = names.person(rng)
            out.writerow([number, name, f"{town.name}园区路{n % 300}号", "3311", person, names.phone(n),
                          rng.randint(3, 900), rng.randint(50, 90_000)])  # fmt: skip


def take_in(path: Path) -> None:
    """The command a clerk uses, its words kept aside.

    Raises:
        RuntimeError: the file was not taken in; with what the command said.
    """
    from openliaison.register.commands import import_file

    said = io.StringIO()
    with redirect_stdout(said):
        code = import_file([str(path), "--place", "tieling", "--source", "bench"])
    if code:
        raise RuntimeError(said.getvalue())


def run(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench import", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[2_221, 100_000])
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--data", type=Path, help="the data folder; a temporary one where it is left out")
    found = parser.parse_args(argv)
    with place.folder(found.data) as data, place.database(data):
        return _measure(data, found.sizes, found.times)


def _measure(data: Path, sizes: list[int], times: int) -> int:
    from openliaison.register.models import Enterprise

    rows, next_number, faults = [], Enterprise.objects.count() * 1000, 0
    for size in sizes:
        seconds = []
        for _ in range(times):
            file = data / f"bench-{next_number}.csv"
            write_file(file, size, next_number)
            next_number += size
            before = Enterprise.objects.count()
            seconds += timed(lambda file=file: take_in(file), 1)  # type: ignore[misc]
            faults += Enterprise.objects.count() - before != size
            file.unlink()
        middle, spread = rate(size, seconds)
        rows.append((f"{size:,} rows", short(middle), short(size / middle), spread))
    show("Import of register files", ("file", "rows a second", "seconds", f"spread of {times}"), rows,
         "CSV with eight columns, every row new: read, mapped, checked, looked up, written, undoable.")  # fmt: skip
    return 1 if faults else 0
