"""Stationing from the command line, on files alone: no database, no Django."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from openliaison.engine.stationing import Loads, Weights

from . import stationing_files as files

if TYPE_CHECKING:
    from openliaison.engine.stationing import Measures, Proposed

DONE, BAD_INPUT = 0, 2
MOST_SHOWN = 50
MOST_PAIRS = 10_000_000  # they take 700 MB
HEAD = ("enterprise", "name", "officer", "officer_name", "current", "current_name", "change", "cost", "reasons")
MEASURES = ("served", "unserved", "idle", "over_usual", "over_most", "forbidden", "mean_load", "most_load", "gini",
            "travel_km", "kept", "cost")  # fmt: skip


def propose_stationing(argv: list[str]) -> int:
    """Propose who serves whom, from a file of enterprises and one of officers."""
    parser = argparse.ArgumentParser(prog="openliaison stationing propose", description=propose_stationing.__doc__)
    parser.add_argument("--enterprises", type=Path, required=True, metavar="FILE", help="CSV, one enterprise a row")
    parser.add_argument("--officers", type=Path, required=True, metavar="FILE", help="CSV, one officer a row")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="where the proposal is written, CSV")
    parser.add_argument("--usual", type=int, default=3, help="enterprises an officer usually serves (3)")
    parser.add_argument("--most", type=int, default=5, help="enterprises an officer serves at most (5)")
    parser.add_argument("--weights", type=Path, metavar="FILE", help="TOML, points by name")
    parser.add_argument("--today", type=_day, metavar="DAY", help="needed where the enterprises have terms")
    found = parser.parse_args(argv)
    try:
        return _propose(found)
    except files.BadFile as error:
        return _say_bad(error.faults)
    except ValueError as error:
        return _say_bad([str(error)])


def _propose(wanted: argparse.Namespace) -> int:
    loads = Loads(wanted.usual, wanted.most)
    if wanted.out.resolve() in (wanted.enterprises.resolve(), wanted.officers.resolve()):
        raise ValueError(f"{wanted.out} is one of the files to read; name another with --out.")
    weights = files.weights(wanted.weights) if wanted.weights else Weights()
    rows, people = _both(wanted.enterprises, wanted.officers)
    files.check_pins(wanted.enterprises, rows, people)
    if len(rows.rows) * len(people.rows) > MOST_PAIRS:
        raise ValueError(f"{len(rows.rows):,} enterprises × {len(people.rows):,} officers are more than "
                         f"{MOST_PAIRS:,} pairs; give one county at a time.")  # fmt: skip
    if wanted.today is None and any(row.term_until for row in rows.rows):
        raise ValueError(f"{wanted.enterprises.name} has terms (term_until); say the day with --today 2026-11-30.")
    # Loaded here: a bad file is told without waiting for NumPy and OR-Tools.
    from openliaison.engine.stationing import propose

    start = perf_counter()
    proposed = propose(rows.rows, people.rows, today=wanted.today or date.min, loads=loads, weights=weights)
    seconds = perf_counter() - start
    files.write(wanted.out, HEAD, _table(proposed, rows.names, people.names))
    _say(proposed, seconds)
    return DONE


def _both(enterprises: Path, officers: Path) -> tuple[files.Table, files.Table]:
    """Both files; the faults of both together."""
    found, faults = [], []
    for path, read in ((enterprises, files.enterprises), (officers, files.officers)):
        try:
            found.append(read(path))
        except files.BadFile as error:
            faults += error.faults
    if faults:
        raise files.BadFile(faults)
    return found[0], found[1]


def _table(proposed: Proposed, names: dict[str, str], people: dict[str, str]) -> Iterable[list[object]]:
    for a in proposed.assignments:
        enterprise, officer, current = str(a.enterprise), str(a.officer or ""), str(a.current or "")
        told = "; ".join(map(_told, a.reasons))
        words = (
            enterprise,
            names.get(enterprise, ""),
            officer,
            people.get(officer, ""),
            current,
            people.get(current, ""),
        )
        yield [*map(files.safe, words), a.change, a.cost, told]


def _told(reason: dict[str, Any]) -> str:
    """A reason as its key and values: “near km=4.2”."""
    return " ".join([reason["key"], *(f"{name}={value}" for name, value in reason.items() if name != "key")])


def _say(proposed: Proposed, seconds: float) -> None:
    print(f"{'':<12}{'today':>12}{'proposed':>12}")
    for name in MEASURES:
        print(f"{name:<12}{_number(proposed.today, name):>12}{_number(proposed.proposed, name):>12}")
    proof = "no assignment is cheaper" if proposed.is_proven else "not proved cheapest"
    print(f"{len(proposed.assignments)} enterprises in {seconds:.1f} s; {proof}.")


def _number(measures: Measures, name: str) -> str:
    value = getattr(measures, name)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.3f}".rstrip("0").rstrip(".")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is no day; write it as 2026-11-30") from None


def _say_bad(faults: list[str]) -> int:
    for fault in faults[:MOST_SHOWN]:
        print(f"openliaison: {fault}", file=sys.stderr)
    if len(faults) > MOST_SHOWN:
        print(f"openliaison: and {len(faults) - MOST_SHOWN} more faults.", file=sys.stderr)
    return BAD_INPUT
