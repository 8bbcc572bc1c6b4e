"""Numbers and how they are printed: medians, percentiles, spread, the machine they were measured on."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Sequence
from math import ceil
from pathlib import Path
from statistics import median
from unicodedata import east_asian_width


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(ceil(share * len(ordered)), 1) - 1]


def rate(done: int, seconds: Sequence[float]) -> tuple[float, str]:
    """Median rate per second over several runs, and its spread: "±" half the range in per cent of the median."""
    rates = [done / s for s in seconds]
    middle = median(rates)
    return middle, f"±{100 * (max(rates) - min(rates)) / 2 / middle:.0f} %"


def timed(call: Callable[[], object], times: int = 3) -> list[float]:
    """Seconds of each of several calls."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        found.append(time.perf_counter() - start)
    return found


def short(value: float) -> str:
    """Three figures at most, thousands set apart."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def machine() -> str:
    """Processor, cores, memory, Python, and how busy it was."""
    cpu = next((x.split(":")[1].strip() for x in _lines("/proc/cpuinfo") if x.startswith("model name")), "?")
    kilobytes = next((int(x.split()[1]) for x in _lines("/proc/meminfo") if x.startswith("MemTotal")), 0)
    load = os.getloadavg()[0]
    cores = os.cpu_count() or 1
    said = f"{cpu}, {cores} cores, {kilobytes / 2**20:.0f} GiB; Python {platform.python_version()}; load {load:.1f}"
    return said if load < cores * 0.75 else f"{said}: other work ran beside it, so this machine alone does better"


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text().splitlines() if file.exists() else []


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; columns after the first are set right."""
    every = [list(heads), *map(list, rows)]
    widths = [max(_width(row[n]) for row in every) for n in range(len(heads))]
    lines = [_line(row, widths) for row in every]
    rule = [("-" * w if n == 0 else "-" * (w - 1) + ":") for n, w in enumerate(widths)]
    return "\n".join([lines[0], "| " + " | ".join(rule) + " |", *lines[1:]])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        cell + " " * (width - _width(cell)) if n == 0 else " " * (width - _width(cell)) + cell
        for n, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "| " + " | ".join(cells) + " |"


def _width(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def show(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], *notes: str) -> None:
    print(f"\n## {title}\n")
    print(table(heads, rows))
    for note in (*notes, machine()):
        print(f"\n{note}")
