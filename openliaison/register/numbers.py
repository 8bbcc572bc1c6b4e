"""Official numbers of enterprises, by the place's scheme (a module of `stdnum`, or "none")."""

from __future__ import annotations

import re
import unicodedata
from importlib import import_module
from typing import Any

from django.utils.translation import gettext as _
from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

from .errors import Incomplete

CHINA, USCC_LENGTH = "cn.uscc", 18
NOT_USED = "IOSVZ"  # letters that a unified social credit code does not have
_SHORTENED = re.compile(r"\d([.,]\d+)?E\+?\d+")
MOST = 40


def clean(scheme: str, text: str) -> str:
    """The number as it is kept; "" stays "".

    Raises:
        Incomplete: it is not a number of the scheme; the text says what is wrong with it.
    """
    number = unicodedata.normalize("NFKC", text).strip().upper()
    if not number:
        return ""
    if _SHORTENED.fullmatch(number):
        raise Incomplete(
            _("“%(number)s” was shortened by a spreadsheet and its last digits are lost. Copy it from the licence.")
            % {"number": text.strip()[:MOST]}
        )
    if scheme == "none":
        return _short(number)
    return _checked(scheme, number)


def _short(number: str) -> str:
    if len(number) > MOST:
        raise Incomplete(_("The number is longer than %(most)s characters.") % {"most": MOST})
    return number


def _checked(scheme: str, number: str) -> str:
    module: Any = import_module(f"stdnum.{scheme}")
    compact = re.sub(r"[\s\-]", "", number)
    try:
        return str(module.validate(compact))
    except ValidationError as error:
        raise Incomplete(_why(scheme, compact[:MOST], error)) from None


def _why(scheme: str, number: str, error: ValidationError) -> str:
    if scheme == CHINA:
        return _why_not_uscc(number)
    if isinstance(error, InvalidLength):
        return _("“%(number)s” has %(n)s characters, which is not the right length. Compare it with the licence.") % {
            "number": number,
            "n": len(number),
        }
    if isinstance(error, InvalidChecksum):
        return _(
            "The check digit of “%(number)s” is wrong: one character was mistyped. Compare it with the licence."
        ) % {"number": number}
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
