"""Uploaded files: judged by content, kept once under their hash, served so that no browser runs them."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import filetype
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.utils.translation import gettext as _

from .errors import Refused
from .models import StoredFile
from .pictures import without_metadata

LARGEST_MB = 20
SHOWN = {"image/jpeg", "image/png", "image/webp", "application/pdf"}
KEPT = SHOWN | {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.ms-excel",
    "application/msword",
    "image/heic",
    "text/plain",
    "text/csv",
}


class Unwelcome(Refused):
    """The file cannot be taken."""


class Kept(NamedTuple):
    name: str
    content_type: str
    size: int
    sha256: str


def keep(upload: UploadedFile) -> Kept:
    """Store an upload under its hash; the same content is stored once. Of a picture only what it shows is kept.

    Raises:
        Unwelcome: empty, larger than 20 MB, or of a type that is not taken.
    """
    if not upload.size:
        raise Unwelcome(_("“%(name)s” is empty.") % {"name": upload.name})
    if upload.size > LARGEST_MB * 1024 * 1024:
        raise Unwelcome(
            _("“%(name)s” has %(size)s MB; at most %(most)s MB are taken. Send a smaller copy.")
            % {"name": upload.name, "size": round(upload.size / 1024 / 1024), "most": LARGEST_MB}
        )
    content = upload.read()
    kind = _kind(content, upload.name or "")
    if kind not in KEPT:
        raise Unwelcome(
            _("“%(name)s” is not taken: by its content it is %(kind)s. Pictures, PDF, Word, Excel and text are.")
            % {"name": upload.name, "kind": kind}
        )
    content = without_metadata(content, kind)
    digest = sha256(content).hexdigest()
    target = _path(digest)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(f".{uuid4().hex}")  # two who send the same file at once do not share it
        part.write_bytes(content)
        part.replace(target)
    return Kept(_clean_name(upload.name or ""), kind, len(content), digest)


def serve(stored: StoredFile) -> FileResponse:
    """The file, to be saved rather than run; pictures and PDF may be looked at."""
    response = FileResponse(
        _path(stored.sha256).open("rb"),
        as_attachment=stored.content_type not in SHOWN,
        filename=stored.name,
        content_type=stored.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    return response


def _kind(content: bytes, name: str) -> str:
    guess = filetype.guess(content)
    if guess is not None:
        return guess.mime
    if b"\0" not in content[:4096] and _is_text(content):
        looks_active = content.lstrip()[:1] == b"<"
        return "text/html" if looks_active else ("text/csv" if name.lower().endswith(".csv") else "text/plain")
    return "application/octet-stream"


def _is_text(content: bytes) -> bool:
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _clean_name(name: str) -> str:
    kept = "".join(c for c in Path(name.replace("\\", "/")).name if c.isprintable() and c not in '<>:"/|?*')
    return kept[-200:] or "file"


def _path(digest: str) -> Path:
    return Path(settings.MEDIA_ROOT) / digest[:2] / digest
