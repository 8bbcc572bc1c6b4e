"""Cells as values: numbers, money with its unit, dates, yes and no, lists; texts made clean."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufeff\u200b]")
_MARKUP = re.compile(r"<\s*/?\s*[a-zA-Z!][^>]*>")
_RUNS = re.compile(r"\s*(=.*|[+@][A-Za-z_.]*[(|!].*|-[A-Za-z_.]+[(|!].*)", re.DOTALL)
_QUOTED = re.compile(r'="(.*)"', re.DOTALL)
_ISO = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]+[\d:.]+Z?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_WESTERN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:\s+[\d:]+(?:\s*[AP]M)?)?", re.IGNORECASE)
_MONEY = re.compile(r"([-+]?[\d,]*\.?\d+)(万亿|亿|千万|百万|万|千)?(.*)")
_SCALES = {"": 1, "千": 10**3, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8, "万亿": 10**12}
_CURRENCIES = {
    "CNY": {"", "元", "元人民币", "人民币", "人民币元", "圆", "RMB", "CNY", "YUAN"},
    "USD": {"", "$", "USD", "DOLLARS", "US$", "美元"},
}
_FIRST_SERIAL, _LAST_SERIAL = 10_000, 80_000  # spreadsheet days of 1927 to 2119
_SERIAL_ZERO = date(1899, 12, 30)
YES = {"true", "1", "yes", "y", "是", "有", "√", "对", "已"}
NO = {"false", "0", "no", "n", "否", "无", "×", "x", "未", "没有"}
ENUM_WORDS = {
    "大型": "large", "中型": "medium", "小型": "small", "微型": "micro", "个体": "individual",
    "大": "large", "中": "medium", "小": "small", "微": "micro",
    "一般纳税人": "general", "小规模纳税人": "small_scale",
}  # fmt: skip


class Unfit(ValueError):
    """The cell does not hold such a value; `args[0]` is the problem's code."""


class Money(NamedTuple):
    amount: Decimal  # in whole currency units
    is_foreign: bool


def text(cell: Any) -> str:
    """A cell as people see it: without control characters, blanks drawn together, whole numbers whole.

    Raises:
        Unfit: a formula, or markup.
    """
    if isinstance(cell, float) and cell == int(cell) and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    plain = " ".join(_CONTROL.sub(" ", str("" if cell is None else cell)).split())
    if quoted := _QUOTED.fullmatch(plain):  # ="0123": how spreadsheets are kept from reading a number
        plain = quoted[1]
    if _RUNS.fullmatch(plain):
        raise Unfit("formula")
    if _MARKUP.search(plain):
        raise Unfit("markup")
    return plain


def number(cell: Any) -> Decimal:
    if isinstance(cell, bool):
        raise Unfit("not_a_number")
    if isinstance(cell, int | float):
        return _finite(Decimal(repr(cell)))
    plain = unicodedata.normalize("NFKC", text(cell)).replace(",", "").replace(" ", "").lstrip("¥$￥")
    return _finite(plain.removesuffix("%") if plain.endswith("%") else plain)


def money(cell: Any, *, factor: int, currency: str) -> Money:
    """A sum in whole currency units. A unit inside the cell ("500万元") goes before the column's.

    Args:
        factor: how many currency units one of the column's units is.
    """
    if isinstance(cell, int | float):
        return Money(number(cell) * factor, False)
    plain = unicodedata.normalize("NFKC", text(cell)).replace(" ", "").upper().lstrip("¥$")
    found = _MONEY.fullmatch(plain)
    if not found:
        raise Unfit("not_a_number")
    scale, rest = found[2] or "", found[3]
    amount = number(found[1])
    own = _SCALES[scale] if scale or rest else factor
    is_foreign = rest not in _CURRENCIES.get(currency, {"", currency})
    if is_foreign and not re.fullmatch(r"[A-Z]{3}|[\u4e00-\u9fff]{1,4}", rest):
        raise Unfit("not_a_number")
    return Money(amount * own, is_foreign)


def day(cell: Any, *, month_first: bool = False) -> date:
    """A date in any of the ways offices write it."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and _FIRST_SERIAL <= cell <= _LAST_SERIAL:
        return _SERIAL_ZERO + timedelta(days=int(cell))
    plain = unicodedata.normalize("NFKC", text(cell))
    try:
        if found := _ISO.fullmatch(plain) or _COMPACT.fullmatch(plain):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _WESTERN.fullmatch(plain):
            return _western(int(found[1]), int(found[2]), int(found[3]), month_first)
    except ValueError:
        pass
    raise Unfit("not_a_date")


def yes_or_no(cell: Any) -> bool:
    plain = text(cell).lower()
    if plain not in YES | NO:
        raise Unfit("not_yes_or_no")
    return plain in YES


def items(cell: Any) -> list[str]:
    """A list written with semicolons, 、 or lines; "[]" is a list known to be empty."""
    plain = text(str(cell).replace("\n", ";"))
    if plain == "[]":
        return []
    return list(dict.fromkeys(p.strip() for p in re.split(r"[;；、]", plain) if p.strip()))


def one_of(cell: Any, allowed: list[str]) -> str:
    plain = text(cell)
    for found in (plain, plain.lower(), ENUM_WORDS.get(plain.removesuffix("企业"), "")):
        if found in allowed:
            return found
    raise Unfit("not_one_of")


def currency_words(currency: str) -> set[str]:
    """How a currency is written in a column of its own."""
    return _CURRENCIES.get(currency, {"", currency})


def _western(first: int, second: int, year: int, month_first: bool) -> date:
    is_month_first = month_first if first <= 12 and second <= 12 else first <= 12
    month, of_month = (first, second) if is_month_first else (second, first)
    return date(year, month, of_month)


def _finite(value: str | Decimal) -> Decimal:
    try:
        found = Decimal(value)
    except InvalidOperation:
        raise Unfit("not_a_number") from None
    if not found.is_finite() or abs(found) >= Decimal(10) ** 18:
        raise Unfit("not_a_number")
    return found
