"""Official numbers of enterprises, by the place's scheme (a module of `stdnum`, or "none").

One reader for what is typed, sent and imported. Numbers that a spreadsheet has destroyed are named as such; letters
that were taken for figures are proposed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

from .errors import Incomplete

CHINA, USCC_LENGTH, NO_SCHEME = "cn.uscc", 18, "none"
NOT_USED = "IOSVZ"  # letters that a unified social credit code does not have
MOST = 40
SAFE_DIGITS = 15  # a spreadsheet's number keeps no more
_SHORTENED = re.compile(r"\d+([.,]\d+)?E[+-]?\d+")
_CLINGING = re.compile(r"['’`\u200b\ufeff]")
_ALIKE = str.maketrans("OIZS", "0125")  # letters that unified codes leave out, and what they are taken for


class Found(NamedTuple):
    """A number as it is kept, or the code of what is wrong with it and a hint."""

    number: str = ""
    problem: str = ""
    hint: str = ""


@cache
def scheme_module(scheme: str) -> Any:
    """The stdnum module of a scheme such as "cn.uscc"; None for "none"."""
    if scheme in ("", NO_SCHEME):
        return None
    if not re.fullmatch(r"[a-z]{2}_?(\.[a-z0-9_]+)+", scheme):
        raise ValueError(f"“{scheme}” is not a number scheme; use a name such as cn.uscc, or none.")
    return import_module(f"stdnum.{scheme}")


def read(cell: Any, scheme: str) -> Found:
    """The number in a cell or box, or what is wrong with it. Nothing in it gives nothing.

    >>> read("9.12112E+17", "cn.uscc").problem
    'number_destroyed'
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if abs(cell) >= 10**SAFE_DIGITS:
            return Found(problem="number_destroyed")
        cell = int(cell) if cell == int(cell) else cell
    text = _bare(cell)
    if _SHORTENED.fullmatch(text) and re.search(r"[.,+]", text):
        return Found(problem="number_destroyed")
    module = scheme_module(scheme)
    if not text or module is None:
        return Found(text) if len(text) <= MOST else Found(problem="too_long", hint=str(MOST))
    return _validated(re.sub(r"[\s\-]", "", text), module)


def is_number(cell: Any, scheme: str) -> bool:
    """Whether a cell holds a valid number; tells the column by its contents."""
    return bool(read(cell, scheme).number) and scheme_module(scheme) is not None


def clean(scheme: str, text: str) -> str:
    """The number as it is kept; "" stays "".

    Raises:
        Incomplete: it is not a number of the scheme; the text says what is wrong with it.
    """
    found = read(text, scheme)
    if found.problem:
        raise Incomplete(_why(scheme, re.sub(r"[\s\-]", "", _bare(text))[:MOST], found))
    return found.number


def _bare(cell: Any) -> str:
    """Full width to half, upper case, without what clings to it: the apostrophe or formula that keeps a cell text."""
    text = unicodedata.normalize("NFKC", str("" if cell is None else cell)).upper().strip()
    return " ".join(_CLINGING.sub("", re.sub(r'^="(.*)"$', r"\1", text)).split())


def _validated(text: str, module: Any) -> Found:
    try:
        return Found(str(module.validate(text)))
    except ValidationError as error:
        is_checksum = isinstance(error, InvalidChecksum)
    if text.isdigit() and text.endswith("000") and len(text) > SAFE_DIGITS:
        return Found(problem="number_destroyed")
    return Found(problem="number_check_digit" if is_checksum else "number_format", hint=_better(text, module))


def _better(text: str, module: Any) -> str:
    """The number with letters read as the figures they resemble, where that makes it right."""
    other = text.translate(_ALIKE)
    return other if other != text and module.is_valid(other) else ""


# ── In words, for whoever types one number ───────────────────


def _why(scheme: str, number: str, found: Found) -> str:
    if found.problem == "number_destroyed":
        return _(
            "“%(number)s” was shortened by a spreadsheet and its last digits are lost. Copy it from the licence."
        ) % {"number": number}
    if found.problem == "too_long":
        return _("The number is longer than %(most)s characters.") % {"most": MOST}
    if scheme == CHINA:
        return _why_not_uscc(number)
    if found.problem == "number_check_digit":
        return _(
            "The check digit of “%(number)s” is wrong: one character was mistyped. Compare it with the licence."
        ) % {"number": number}
    return _why_not_of_scheme(scheme, number)


def _why_not_of_scheme(scheme: str, number: str) -> str:
    try:
        scheme_module(scheme).validate(number)
    except InvalidLength:
        return _("“%(number)s” has %(n)s characters, which is not the right length. Compare it with the licence.") % {
            "number": number,
            "n": len(number),
        }
    except ValidationError:
        pass
    return _("“%(number)s” is not a number of this kind (%(scheme)s). Compare it with the licence.") % {
        "number": number,
        "scheme": scheme,
    }


def _why_not_uscc(number: str) -> str:
    if len(number) != USCC_LENGTH:
        return _("“%(number)s” has %(n)s characters; a unified social credit code has 18.") % {
            "number": number,
            "n": len(number),
        }
    wrong = [c for c in number[8:] if c in NOT_USED or not (c.isascii() and c.isalnum())]
    wrong += [c for c in number[:8] if not (c.isascii() and c.isdigit())]
    if wrong:
        return _(
            "“%(number)s” cannot hold “%(wrong)s” there: the first eight are digits, and I, O, S, V and Z are not used."
        ) % {"number": number, "wrong": wrong[0]}
    return _(
        "The check digit of “%(number)s” is wrong: one character was mistyped. By the others it would end in %(last)s."
    ) % {"number": number, "last": uscc.calc_check_digit(number[:17])}
