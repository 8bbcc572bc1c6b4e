"""Instants, days, numbers, money and durations as people of the active language write them."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from .now import now

_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
WAN, YI = 10_000, 100_000_000  # 万 and 亿: how Chinese groups large sums

_INSTANT = {
    "zh_Hans": {"": "M 月 d 日 HH:mm", "year": "y 年 M 月 d 日 HH:mm", "long": "y 年 M 月 d 日 EEEE HH:mm"},
    "en": {"": "d MMM HH:mm", "year": "d MMM y HH:mm", "long": "EEEE, d MMMM y HH:mm"},
}
_DAY = {
    "zh_Hans": {"": "M 月 d 日", "year": "y 年 M 月 d 日", "long": "y 年 M 月 d 日 EEEE"},
    "en": {"": "d MMM", "year": "d MMM y", "long": "EEEE, d MMMM y"},
}


def locale() -> str:
    """Babel's name of the active language."""
    return "en" if (get_language() or "").startswith("en") else "zh_Hans"


def today() -> date:
    """Today in the active zone, which is the place's."""
    return timezone.localtime(now()).date()


def instant(value: datetime, style: str = "") -> str:
    """An aware datetime in the active zone.

    Args:
        style: "" (the year only where it is not this one), "long" (weekday and year), "time" (16:40),
            "near" ("today 16:40", else as "").
    """
    local = timezone.localtime(value)
    if style == "time":
        return f"{local:%H:%M}"
    if style == "near" and (name := _near(local.date())):
        return f"{name} {local:%H:%M}"
    return format_datetime(local, _pattern(_INSTANT, style, local.year), locale=locale())


def day(value: date | datetime, style: str = "") -> str:
    """A date, or the day of an instant in the active zone.

    Args:
        style: "" (the year only where it is not this one), "long" (weekday and year), "near" ("today", else as "").
    """
    local = timezone.localtime(value).date() if isinstance(value, datetime) else value
    if style == "near" and (name := _near(local)):
        return name
    return format_date(local, _pattern(_DAY, style, local.year), locale=locale())


def month(value: date) -> str:
    """The month of a date, with its year."""
    return format_date(value, "LLL y" if locale() == "en" else "y 年 M 月", locale=locale())


def worded(value: Any) -> Any:
    """What is kept for readers of two languages, in the active one: {"zh": …, "en": …}, or a day as ISO text."""
    if isinstance(value, dict):
        first, second = ("en", "zh") if locale() == "en" else ("zh", "en")
        return value.get(first) or value.get(second) or ""
    if isinstance(value, str) and _ISO_DAY.fullmatch(value):
        return day(date.fromisoformat(value))
    return value


def ago(value: date | datetime | None) -> str:
    """How many days ago, in words; "never" for None."""
    if value is None:
        return _("never")
    local = timezone.localtime(value).date() if isinstance(value, datetime) else value
    days = (today() - local).days
    if days <= 0:
        return _("today")
    return ngettext("%(days)s day ago", "%(days)s days ago", days) % {"days": days}


def number(value: float | Decimal, places: int | None = None) -> str:
    """A number with its thousands grouped; `places` fixes how many decimals are shown."""
    pattern = "#,##0" + ("." + "0" * places if places else "") if places is not None else None
    return format_decimal(value, format=pattern, locale=locale())


def money(value: float | Decimal, currency: str = "CNY") -> str:
    """A sum with its currency; in Chinese, yuan by 万 and 亿 where no digit is lost."""
    amount = Decimal(str(value))
    if currency == "CNY" and locale() != "en":
        return _yuan(amount)
    pattern = "¤#,##0" if amount == amount.to_integral_value() else None
    return format_currency(amount, currency, format=pattern, locale=locale(), currency_digits=pattern is None)


def duration(seconds: float, style: str = "") -> str:
    """A length of time as people say it: "3 h 58 min"; with style "clock" "3:58". The sign is dropped."""
    hours, minutes = divmod(abs(int(seconds)) // 60, 60)
    if style == "clock":
        return f"{hours}:{minutes:02}"
    if not hours:
        return _("%(minutes)s min") % {"minutes": minutes}
    if not minutes:
        return _("%(hours)s h") % {"hours": number(hours)}
    return _("%(hours)s h %(minutes)s min") % {"hours": number(hours), "minutes": minutes}


def _pattern(patterns: dict[str, dict[str, str]], style: str, year: int) -> str:
    known = patterns[locale()]
    if style == "long":
        return known["long"]
    return known["" if year == today().year else "year"]


def _near(value: date) -> str:
    return {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}.get((value - today()).days, "")


def _yuan(amount: Decimal) -> str:
    for unit, name in ((YI, "亿元"), (WAN, "万元")):
        scaled = amount / unit
        if abs(scaled) >= 1 and scaled == round(scaled, 2):
            return f"{format_decimal(scaled.normalize(), locale='zh_Hans')} {name}"
    return f"{format_decimal(amount, locale='zh_Hans')} 元"
