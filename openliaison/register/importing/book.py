"""A file as tables: its sheets, and each sheet's rows one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import python_calamine

from . import text_file, workbook_guard
from .kinds import CSV, MOST_ROWS, XLSX, kind_of
from .problems import Unreadable

Cell = str | float | int | bool | date | datetime | time | timedelta
Row = list[Any]
Merge = tuple[tuple[int, int], tuple[int, int]]


class Book:
    """One file, judged by its content.

    Raises (when made):
        Unreadable: empty, too large, not a table, protected, or holding more than its size lets expect.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.kind = kind_of(path)
        if self.kind == XLSX:
            workbook_guard.guard(path)

    @cached_property
    def sheets(self) -> list[str]:
        """The names of the sheets; a CSV file has one without a name."""
        return [""] if self.kind == CSV else self._workbook.sheet_names

    def rows(self, sheet: str = "") -> Iterator[Row]:
        """Every row, counted from the file's first line, at most MOST_ROWS.

        Raises:
            Unreadable: the file has more rows.
        """
        found = text_file.rows(self.path) if self.kind == CSV else self._sheet_rows(sheet)
        for number, row in enumerate(found):
            if number > MOST_ROWS + 100:
                raise Unreadable("too_many_rows", most=MOST_ROWS)
            yield row

    def top(self, sheet: str = "", count: int = 60) -> list[Row]:
        return list(islice(self.rows(sheet), count))

    def merges(self, sheet: str = "") -> list[Merge]:
        """Merged cells as ((first row, first column), (last row, last column)), from 0."""
        if self.kind != XLSX:
            return []
        return [tuple(m) for m in self._workbook.get_sheet_by_name(sheet).merged_cell_ranges or []]  # type: ignore[misc]

    def _sheet_rows(self, sheet: str) -> Iterator[Row]:
        found = _reading(lambda: self._workbook.get_sheet_by_name(sheet))
        if found.start is None:
            return
        lead = [""] * found.start[1]
        for row in found.iter_rows():
            yield lead + row

    @cached_property
    def _workbook(self) -> Any:
        book = _reading(lambda: python_calamine.CalamineWorkbook.from_path(str(self.path)))
        if not book.sheet_names:
            raise Unreadable("broken")
        return book


def _reading(read: Any) -> Any:
    """What `read` gives; a file that breaks the reader is broken, not we."""
    try:
        return read()
    except python_calamine.PasswordError:
        raise Unreadable("protected") from None
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # the reader panics on some broken files, outside Exception
        if "assword" in str(error) or "ncrypted" in str(error):
            raise Unreadable("protected") from None
        raise Unreadable("broken") from None
