"""Official numbers: validated by their scheme, and named where a spreadsheet has destroyed them."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import import_module
from typing import Any

from stdnum.exceptions import InvalidChecksum, ValidationError

SAFE_DIGITS = 15  # a spreadsheet's number keeps no more
NO_SCHEME = "none"
_SCIENTIFIC = re.compile(r"\d+(\.\d+)?E\+?\d+|\d+\.\d+E-?\d+", re.IGNORECASE)
_ALIKE = str.maketrans("OIZS", "0125")  # letters that unified codes leave out, and what they are taken for


@cache
def scheme_module(scheme: str) -> Any:
    """The stdnum module of a scheme such as "cn.uscc"; None for "none"."""
    if scheme in ("", NO_SCHEME):
        return None
    if not re.fullmatch(r"[a-z]{2}_?(\.[a-z0-9_]+)+", scheme):
        raise ValueError(f"“{scheme}” is not a number scheme; use a name such as cn.uscc, or none.")
    return import_module(f"stdnum.{scheme}")


def read_number(cell: Any, scheme: str) -> tuple[str, str, str]:
    """The number, or what is wrong with it.

    Returns:
        (number, problem code or "", hint). An empty cell gives three empty texts.

    >>> read_number("9.12112E+17", "cn.uscc")
    ('', 'number_destroyed', '')
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if abs(cell) >= 10**SAFE_DIGITS:
            return "", "number_destroyed", ""
        text = str(int(cell)) if cell == int(cell) else str(cell)
    else:
        text = clean(cell)
    if not text:
        return "", "", ""
    module = scheme_module(scheme)
    if module is None:
        return text[:40], "", ""
    if _SCIENTIFIC.fullmatch(text) and ("." in text or "+" in text):
        return "", "number_destroyed", ""
    return _validated(text, module)


def clean(cell: Any) -> str:
    """Full width to half, without blanks, hyphens and the apostrophe that keeps a cell text."""
    text = unicodedata.normalize("NFKC", str(cell if cell is not None else "")).upper()
    text = re.sub(r'^="(.*)"$', r"\1", text.strip())
    return re.sub(r"[\s\-'’`\u200b\ufeff]", "", text)


def is_number(cell: Any, scheme: str) -> bool:
    """Whether a cell holds a valid number; tells the column by its contents."""
    number, problem, _hint = read_number(cell, scheme)
    return bool(number) and not problem and scheme_module(scheme) is not None


def _validated(text: str, module: Any) -> tuple[str, str, str]:
    try:
        return module.validate(text), "", ""
    except InvalidChecksum:
        if text.isdigit() and text.endswith("000"):
            return "", "number_destroyed", ""
        return "", "number_check_digit", _better(text, module)
    except ValidationError:
        if text.isdigit() and text.endswith("000") and len(text) > SAFE_DIGITS:
            return "", "number_destroyed", ""
        return "", "number_format", _better(text, module)


def _better(text: str, module: Any) -> str:
    """The number with letters read as the figures they resemble, where that makes it right."""
    other = text.translate(_ALIKE)
    return other if other != text and module.is_valid(other) else ""
