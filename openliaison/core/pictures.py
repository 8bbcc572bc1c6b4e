"""Pictures without what they do not show: where they were taken, by which phone, by whom."""

from __future__ import annotations

import re
import struct
import warnings
from io import BytesIO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from .errors import Refused

REWRITTEN = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
LARGEST_PIXELS = 60_000_000
QUALITY = 90
GPS_POINTER = 0x8825  # of EXIF: where the position stands
EXIF = b"Exif\0\0"
MARKS = (EXIF, b"eXIf", b"xmpmeta")
_XMP = re.compile(rb"<x:xmpmeta.*?</x:xmpmeta>", re.DOTALL)


class Unreadable(Refused):
    """It calls itself a picture and is none."""


def without_metadata(content: bytes, kind: str) -> bytes:
    """The picture as it looks, and nothing else. What is no picture comes back as it is, and a broken one too.

    Raises:
        Unreadable: it is broken and says more than it shows, or it has more pixels than any camera.
    """
    if kind == "image/heic":
        return _blanked(content)
    if kind not in REWRITTEN:
        return content
    try:
        return _rewritten(content, REWRITTEN[kind])
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, struct.error) as error:
        if not any(mark in content for mark in MARKS):
            return content
        raise Unreadable(_("The picture is broken or only half there. Take it again or send a copy.")) from error


def _rewritten(content: bytes, form: str) -> bytes:
    with warnings.catch_warnings(), Image.open(BytesIO(content), formats=[form]) as picture:
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        if picture.width * picture.height > LARGEST_PIXELS:
            raise Unreadable(_("The picture has too many pixels. Send a smaller copy."))
        shown = ImageOps.exif_transpose(picture)
        colours = shown.info.get("icc_profile")
        shown.info = {k: v for k, v in shown.info.items() if k == "transparency"}
        out = BytesIO()
        extra = {"quality": QUALITY} if form != "PNG" else {}
        shown.save(out, form, icc_profile=colours, **extra)
    return out.getvalue()


def _blanked(content: bytes) -> bytes:
    """A HEIC picture cannot be written anew here: its position is overwritten in place, its length stays."""
    kept = bytearray(content)
    at = content.find(EXIF)
    while at >= 0:
        _blank_position(kept, at + len(EXIF))
        at = content.find(EXIF, at + 1)
    for found in _XMP.finditer(content):
        kept[found.start() : found.end()] = b" " * (found.end() - found.start())
    return bytes(kept)


def _blank_position(kept: bytearray, start: int) -> None:
    """Empty the list of position entries of the EXIF block that begins at `start`."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(bytes(kept[start : start + 4]))
    if order is None:
        return
    try:
        (first,) = struct.unpack_from(f"{order}I", kept, start + 4)
        for entry in _entries(kept, start + first, order):
            tag, _type, _count, value = struct.unpack_from(f"{order}HHII", kept, entry)
            if tag == GPS_POINTER:
                _blank_entries(kept, start, start + value, order)
    except struct.error:  # it points beyond the file: nothing can be read there
        return


def _entries(kept: bytearray, table: int, order: str) -> list[int]:
    (count,) = struct.unpack_from(f"{order}H", kept, table)
    return [table + 2 + 12 * n for n in range(count)]


def _blank_entries(kept: bytearray, start: int, table: int, order: str) -> None:
    sizes = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8}
    for entry in _entries(kept, table, order):
        _tag, kind, count, value = struct.unpack_from(f"{order}HHII", kept, entry)
        length = min(sizes.get(kind, 1) * count, len(kept))
        if length > 4:
            end = min(start + value + length, len(kept))
            kept[start + value : end] = bytes(max(0, end - start - value))
        kept[entry : entry + 12] = bytes(12)
    kept[table : table + 2] = bytes(2)
