"""Seals over the journal and the read log, so that an outsider can check that nothing was changed.

Each seal covers the rows since the one before: `root` = SHA-256 over the rows' own hashes in order of
id, `seal` = SHA-256(previous seal + root). Every minute in which something was written makes one seal.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.db import connection, transaction

from .models import Seal

FIRST = "0" * 64
COLUMNS = {
    "journal": ("id", "at", "actor_id", "role", "verb", "subject", "place_id", "locality_path", "detail"),
    "readlog": ("id", "person_id", "role", "organisation_id", "place_id", "enterprise_id", "day", "at"),
}


@dataclass(frozen=True)
class Finding:
    """What the check says of one stream."""

    stream: str
    seals: int
    rows: int
    unsealed: int
    fault: str  # empty: all is as it was written


def seal_all(at: datetime) -> int:
    """Seal what was written since; returns how many seals were made."""
    return sum(_seal(stream, at) for stream in COLUMNS)


@transaction.atomic
def _seal(stream: str, at: datetime) -> int:
    last = Seal.objects.filter(stream=stream).order_by("id").last()
    upto = _settled_up_to(stream)
    if upto <= (last.last_id if last else 0):
        return 0
    root, rows = _root(stream, last.last_id if last else 0, upto)
    previous = last.seal if last else FIRST
    Seal.objects.create(
        stream=stream, last_id=upto, rows=rows, root=root, previous=previous, seal=_chain(previous, root), at=at
    )
    return 1


def _settled_up_to(stream: str) -> int:
    """The highest id below which no row can appear any more: writers hold the table while it is read."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local lock_timeout = '1s'")
        cursor.execute(f"lock table core_{stream} in share mode")
        cursor.execute(f"select coalesce(max(id), 0) from core_{stream}")
        return cursor.fetchone()[0]


def _root(stream: str, after: int, upto: int) -> tuple[str, int]:
    whole, rows = sha256(), 0
    for row in _rows(stream, after, upto):
        whole.update(sha256(_text(row)).digest())
        rows += 1
    return whole.hexdigest(), rows


def _rows(stream: str, after: int, upto: int) -> Iterator[tuple[Any, ...]]:
    columns = ", ".join(COLUMNS[stream])
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"select {columns} from core_{stream} where id > %s and id <= %s order by id", [after, upto])
        while chunk := cursor.fetchmany(2000):
            yield from chunk


def _text(row: tuple[Any, ...]) -> bytes:
    plain = [v.astimezone(UTC).isoformat() if isinstance(v, datetime) else v for v in row]
    return json.dumps(plain, ensure_ascii=False, default=str).encode()


def _chain(previous: str, root: str) -> str:
    return sha256((previous + root).encode()).hexdigest()


def findings() -> list[Finding]:
    """Compute every seal anew from the rows and compare."""
    return [_check(stream) for stream in COLUMNS]


def _check(stream: str) -> Finding:
    previous, after, rows, count = FIRST, 0, 0, 0
    for seal in Seal.objects.filter(stream=stream).order_by("id"):
        root, found = _root(stream, after, seal.last_id)
        sound = seal.previous == previous and seal.seal == _chain(previous, seal.root)
        if not sound or root != seal.root or found != seal.rows:
            fault = f"rows {after + 1} to {seal.last_id} differ from what was sealed at {seal.at:%Y-%m-%d %H:%M} UTC"
            return Finding(stream, count, rows, 0, fault)
        previous, after, rows, count = seal.seal, seal.last_id, rows + found, count + 1
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from core_{stream} where id > %s", [after])
        (unsealed,) = cursor.fetchone()
    return Finding(stream, count, rows, unsealed, "")


def check() -> int:
    """The command `openliaison check`: prints what was found; 0 when all is sound, 2 when not."""
    found = findings()
    for f in found:
        verdict = f"BROKEN: {f.fault}" if f.fault else "sound"
        print(f"{f.stream:8} {f.seals:6} seals, {f.rows:8} rows sealed, {f.unsealed} not yet: {verdict}")
    last = Seal.objects.order_by("id").last()
    if last:
        print(f"latest seal {last.seal} ({last.stream}, {last.at:%Y-%m-%d %H:%M} UTC): keep it elsewhere to compare.")
    return 2 if any(f.fault for f in found) else 0
