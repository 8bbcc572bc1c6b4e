"""The template by which other systems' numbers come and go: case, system, number, state."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from openliaison.core.errors import Refused

from .models import Case

HEADS = ("case", "system", "number", "state")
MOST_ROWS = 5000


class Row(NamedTuple):
    line: int
    case: str
    system: str
    number: str
    state: str


def rows_out(cases: Iterable[Case]) -> Iterator[tuple[str, str, str, str]]:
    """What is known of each case; a case without a number has a line to fill in."""
    for case in cases:
        refs = list(case.external_refs.all())
        yield from ((case.number, r.system, r.number, r.state) for r in refs)
        if not refs:
            yield case.number, "", "", ""


def read_rows(upload: UploadedFile) -> list[Row]:
    """The filled lines of a template in CSV; lines without a number are passed over.

    Raises:
        Refused: it is no such table, is too long, or a line lacks its case or system.
    """
    listed = list(csv.reader(io.StringIO(_text(upload.read()))))
    start = next((n for n, row in enumerate(listed) if tuple(c.strip() for c in row[:4]) == HEADS), None)
    if start is None:
        raise Refused(
            _("The table's head is missing: %(heads)s. Start from the template.") % {"heads": ", ".join(HEADS)}
        )
    if len(listed) - start > MOST_ROWS:
        raise Refused(_("At most %(n)s lines are taken at once. Split the table.") % {"n": MOST_ROWS})
    return [row for n, cells in enumerate(listed[start + 1 :], start + 2) if (row := _row(n, cells)).number]


def _row(line: int, cells: list[str]) -> Row:
    filled = [c.strip().lstrip("'") for c in [*cells, "", "", "", ""][:4]]
    row = Row(line, *filled)
    if row.number and not (row.case and row.system):
        raise Refused(_("Line %(line)s: the number has no case or no system.") % {"line": line})
    if max(len(row.system), len(row.number), len(row.state)) > 50:
        raise Refused(_("Line %(line)s: a cell is longer than 50 characters.") % {"line": line})
    return row


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(_("The file is not text. Save the table as CSV."))
