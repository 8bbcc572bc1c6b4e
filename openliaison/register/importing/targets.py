"""What a column may be: part of the identity, of the contact, or a fact of the place's catalogue."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_MONEY_UNIT = re.compile(r"(?:(\d+)(k?)_)?([a-z]{3})")
CURRENCIES = {"cny", "usd", "eur", "gbp", "jpy", "hkd"}
SCALES = (1, 1000, 10_000, 1_000_000, 100_000_000)


@dataclass(frozen=True)
class Target:
    """One meaning of a column.

    Args:
        key: "name", "contact.phone", "fact:employees", …
        names: headings by which it is known.
        type, unit, may_lie_ahead: of a fact, as its definition has them.
    """

    key: str
    label_zh: str
    label_en: str
    names: frozenset[str] = frozenset()
    type: str = "text"
    unit: str = ""
    may_lie_ahead: bool = False

    @property
    def money(self) -> tuple[str, int] | None:
        """Currency and scale of a money fact: "10k_cny" is ("CNY", 10000)."""
        found = _MONEY_UNIT.fullmatch(self.unit)
        if not found or found[3] not in CURRENCIES:
            return None
        return found[3].upper(), int(found[1] or 1) * (1000 if found[2] else 1)


with (Path(__file__).parent / "headings.toml").open("rb") as _file:
    _HEADINGS: dict[str, dict[str, list[str]]] = tomllib.load(_file)

_LABELS = {
    "number": ("统一社会信用代码", "Official number"),
    "name": ("企业名称", "Name"),
    "name_en": ("英文名称", "English name"),
    "street": ("地址", "Street"),
    "locality": ("所在地", "Locality"),
    "industry": ("行业代码", "Industry code"),
    "status": ("经营状态", "State"),
    "source_key": ("来源系统编号", "Key in the source"),
    "contact.name": ("联系人", "Contact person"),
    "contact.function": ("联系人职务", "Contact’s function"),
    "contact.phone": ("联系电话", "Contact’s phone"),
    "contact.email": ("联系邮箱", "Contact’s e-mail"),
    "currency": ("金额币种", "Currency of the sums"),
}
IDENTITY = tuple(Target(key, zh, en, frozenset(_HEADINGS["identity"][key])) for key, (zh, en) in _LABELS.items())


@dataclass
class Catalogue:
    """Every target of a place."""

    targets: dict[str, Target] = field(default_factory=dict)

    def label(self, key: str, *, in_english: bool) -> str:
        target = self.targets.get(key)
        return key if target is None else target.label_en if in_english else target.label_zh


def catalogue(definitions: Iterable[Any]) -> Catalogue:
    """The targets: identity, contact, and the facts of enterprises. A `same_as` lends its names to the fact it means.

    Args:
        definitions: rows with key, type, unit, label_zh, label_en, subject, same_as, may_lie_ahead.
    """
    rows = [d for d in definitions if d.subject == "enterprise" and d.key not in ("industry", "region")]
    names: dict[str, set[str]] = {}
    for row in rows:
        names.setdefault(row.same_as or row.key, set()).update({row.key, row.label_zh, row.label_en})
    facts = [
        Target(
            f"fact:{row.key}",
            row.label_zh,
            row.label_en,
            frozenset(names[row.key] | set(_HEADINGS["facts"].get(row.key, ()))),
            row.type,
            row.unit,
            row.may_lie_ahead,
        )
        for row in rows
        if not row.same_as
    ]
    return Catalogue({t.key: t for t in (*IDENTITY, *facts)})
