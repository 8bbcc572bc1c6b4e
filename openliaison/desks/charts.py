"""Geometry of the line chart that the server draws: values in, points of an SVG out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

WIDTH, HEIGHT = 620, 220
LEFT, RIGHT, TOP, BOTTOM = 36, 144, 12, 28
NICE = (1, 2, 4, 5, 10, 20, 40, 50, 100, 200, 500, 1000)
GRIDLINES = 4
NAME_HEIGHT = 18.0


@dataclass(frozen=True)
class Line:
    """One line: its points, broken where a value is missing, and where its name stands."""

    css: str
    pieces: list[str]  # "x,y x,y …"
    dots: list[tuple[float, float]]
    end: tuple[float, float] | None
    last: float | None
    name_y: float = 0.0


@dataclass(frozen=True)
class Chart:
    width: int
    height: int
    lines: list[Line]
    grid: list[tuple[float, float]]  # y, value
    ticks: list[tuple[float, str]]  # x, label
    base: float


def line_chart(series: Sequence[tuple[str, Sequence[float | None]]], labels: Sequence[str]) -> Chart:
    """Lines over equal steps, from zero.

    Args:
        series: CSS class and values; None where there is none.
        labels: one per step, "" where none is shown.

    >>> chart = line_chart([("a", [0, 10])], ["1", "2"])
    >>> chart.lines[0].pieces, [value for _y, value in chart.grid]
    (['36.0,192.0 476.0,42.0'], [0, 4, 8, 12])
    """
    most = max((v for _css, values in series for v in values if v is not None), default=0)
    step = next((n for n in NICE if n * GRIDLINES >= most), ceil(most / GRIDLINES) or 1)
    top = step * max(1, ceil(most / step))
    width = (WIDTH - LEFT - RIGHT) / max(1, len(labels) - 1)

    def x(n: int) -> float:
        return round(LEFT + n * width, 1)

    def y(value: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top, 1)

    return Chart(
        WIDTH,
        HEIGHT,
        _named_apart(
            [_line(css, [None if v is None else (x(n), y(v)) for n, v in enumerate(vs)], vs) for css, vs in series]
        ),
        [(y(value), value) for value in range(0, top + 1, step)],
        [(x(n), text) for n, text in enumerate(labels) if text],
        y(0),
    )


def _line(css: str, points: Sequence[tuple[float, float] | None], values: Sequence[float | None]) -> Line:
    pieces: list[list[str]] = [[]]
    for point in points:
        if point is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{point[0]},{point[1]}")
    dots = [p for p in points if p is not None]
    last = next((v for v in reversed(values) if v is not None), None)
    return Line(css, [" ".join(p) for p in pieces if len(p) > 1], dots, dots[-1] if dots else None, last)


def _named_apart(lines: list[Line]) -> list[Line]:
    """Each line's name stands at its end, or as far below the one above it as it takes to read both."""
    free_from, placed = 0.0, {}
    for line in sorted((x for x in lines if x.end), key=lambda x: x.end[1]):  # type: ignore[index]
        placed[line.css] = max(line.end[1], free_from)  # type: ignore[index]
        free_from = placed[line.css] + NAME_HEIGHT
    return [replace(line, name_y=placed.get(line.css, 0.0)) for line in lines]
