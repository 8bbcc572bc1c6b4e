"""Where the files of imports lie: under their hash, for this installation's accounts only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from openliaison.register.models import ImportBatch

from .kinds import MOST_MB
from .problems import Unreadable

PIECE = 1 << 20


def keep(pieces: Iterable[bytes]) -> str:
    """Write the file down piece by piece; gives its hash. The same content is kept once.

    Raises:
        Unreadable: larger than MOST_MB.
    """
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    part, digest, size = folder / f"{uuid4().hex}.part", sha256(), 0
    try:
        with part.open("wb") as file:
            for piece in pieces:
                size += len(piece)
                if size > MOST_MB * 1024 * 1024:
                    raise Unreadable("too_large", mb=size // 1024 // 1024, most=MOST_MB)
                digest.update(piece)
                file.write(piece)
        part.chmod(0o640)
        part.replace(path(digest.hexdigest()))
    finally:
        part.unlink(missing_ok=True)
    return digest.hexdigest()


def pieces_of(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        yield from iter(lambda: opened.read(PIECE), b"")


def path(digest: str) -> Path:
    return _folder() / digest


def drop(digest: str) -> None:
    """Forget a file that no batch speaks of."""
    if not ImportBatch.objects.filter(sha256=digest).exists():
        path(digest).unlink(missing_ok=True)


def tidy(before: datetime) -> int:
    """Remove what no batch since `before` speaks of: contacts and sums lie in these files. Gives how many."""
    spoken_of = set(ImportBatch.objects.filter(created_at__gte=before).values_list("sha256", flat=True))
    oldest = before.timestamp()
    gone = [f for f in _folder().glob("*") if f.name not in spoken_of and f.stat().st_mtime < oldest]
    for file in gone:
        file.unlink(missing_ok=True)
    return len(gone)


def clean_name(name: str) -> str:
    """A file's name without folders and without what no name should hold."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable() and c not in '<>:"|?*')[-200:] or "file"


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "imports"
