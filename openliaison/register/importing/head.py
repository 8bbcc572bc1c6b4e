"""Where the table's head stands: under titles and blank lines, in one row or in two with merged cells."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from .book import Merge, Row

LOOKED_AT = 30  # rows from the top
LONGEST_HEADING = 60
_NUMBER = re.compile(r"[-+¥$]?[\d,，]+([.．]\d+)?([eE][-+]?\d+)?%?")


@dataclass(frozen=True)
class Head:
    """The rows of the head, counted from 0, and the heading of each column ("" where there is none)."""

    first: int
    last: int
    labels: tuple[str, ...]

    @property
    def signature(self) -> str:
        """By which the mapping of files of this kind is remembered."""
        return sha256("\x1f".join(plain(label) for label in self.labels).encode()).hexdigest()


def plain(label: str) -> str:
    """A heading without case, blanks, punctuation and what stands in brackets."""
    text = unicodedata.normalize("NFKC", label).lower()
    text = re.sub(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】", "", text)
    return re.sub(r"[\W_]+", "", text)


def find_head(rows: Sequence[Row], merges: Sequence[Merge], is_known: Callable[[str], bool]) -> Head | None:
    """The likeliest head among the first rows: most known headings, then most columns, then the topmost.

    Args:
        rows: the first rows of the sheet.
        is_known: whether a heading is one of ours.
    """
    found = [head for at in range(min(len(rows), LOOKED_AT)) for head in _heads_at(rows, merges, at)]
    scored = [(_score(head, is_known), -head.first, head.first - head.last, head) for head in found]
    return max(scored, key=lambda s: s[:3])[3] if scored else None


def head_at(rows: Sequence[Row], merges: Sequence[Merge], first: int, last: int) -> Head:
    """The head that a person pointed at."""
    labels = _labels(rows[first]) if first == last else _joined(rows, merges, first)
    return Head(first, last, tuple(labels))


def _heads_at(rows: Sequence[Row], merges: Sequence[Merge], at: int) -> list[Head]:
    heads = []
    if _is_heading(rows[at]):
        heads.append(head_at(rows, merges, at, at))
    if at + 1 < len(rows) and _is_heading(rows[at], lone=True) and _stands_under(rows, merges, at):
        heads.append(head_at(rows, merges, at, at + 1))
    return heads


def _is_heading(row: Row, lone: bool = False) -> bool:
    """Short words, no two alike, no figures; a title alone in its row is none."""
    cells = [c for c in row if c not in ("", None)]
    if len(cells) < (2 if lone or len(row) > 1 else 1):
        return False
    return all(isinstance(c, str) and len(c) <= LONGEST_HEADING and not _NUMBER.fullmatch(c.strip()) for c in cells)


def _stands_under(rows: Sequence[Row], merges: Sequence[Merge], at: int) -> bool:
    """Whether the next row fills in beneath merged or blank cells of this one."""
    upper, lower = _labels(rows[at]), _labels(rows[at + 1])
    below = [c for c in rows[at + 1] if c not in ("", None)]
    if not below or not all(isinstance(c, str) and not _NUMBER.fullmatch(c.strip()) for c in below):
        return False
    width = max(len(upper), len(lower))
    upper += [""] * (width - len(upper))
    lower += [""] * (width - len(lower))
    if any(first[0] == at and last[1] > first[1] and last[0] == at for first, last in merges):
        return True
    return any(not u and low for u, low in zip(upper, lower, strict=True)) and any(
        u and not low for u, low in zip(upper, lower, strict=True)
    )


def _joined(rows: Sequence[Row], merges: Sequence[Merge], at: int) -> list[str]:
    """The headings of a head of two rows: the lower one, with the group it stands under."""
    upper, lower = _labels(rows[at]), _labels(rows[at + 1])
    width = max(len(upper), len(lower))
    upper += [""] * (width - len(upper))
    lower += [""] * (width - len(lower))
    labels, group = [], ""
    for up, low in zip(upper, lower, strict=True):
        group = up or (group if low else "")
        labels.append(f"{group} · {low}" if group and low and group != low else low or up)
    return labels


def _labels(row: Row) -> list[str]:
    return [_text(cell) for cell in row]


def _text(cell: Any) -> str:
    if isinstance(cell, date):
        return cell.isoformat()
    return " ".join(str(cell).split())[:LONGEST_HEADING] if cell not in ("", None) else ""


def _score(head: Head, is_known: Callable[[str], bool]) -> tuple[int, int]:
    filled = [label for label in head.labels if label]
    known = sum(is_known(label) for label in filled)
    return known, len(set(filled)) if known else min(len(set(filled)), 50)
