"""Code trees of `reference/`: names, parents, containment."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

REFERENCE = Path(__file__).resolve().parents[2] / "reference"
FILES = {"gbt4754-2017": "gbt4754_2017.csv", "isic4": "isic_rev4.csv"}


@dataclass(frozen=True)
class Code:
    code: str
    parent: str
    section: str
    name_zh: str
    name_en: str

    @property
    def label(self) -> str:
        in_english = (get_language() or "").startswith("en")
        return (self.name_en if in_english else self.name_zh) or self.name_en or self.name_zh


@cache
def tree(scheme: str) -> dict[str, Code]:
    """Every code of a scheme.

    Raises:
        KeyError: no such scheme.
    """
    with (REFERENCE / FILES[scheme]).open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return {r["code"]: Code(r["code"], r["parent"], r["section"], r["name_zh"], r["name_en"]) for r in rows}


def canonical(scheme: str, text: str) -> str | None:
    """A code as the tree has it: "C3311" and "3311" are one; None when it is not there."""
    text = text.strip().upper()
    codes = tree(scheme)
    if text in codes:
        return text
    return text[1:] if text[1:] in codes and codes[text[1:]].section == text[:1] else None


def code_label(scheme: str, code: str) -> str:
    """The name of a code in the reader's language; the nearest name above where it has none in it."""
    codes = tree(scheme)
    return codes[code].label if code in codes else ""


def ancestors(scheme: str, code: str) -> list[str]:
    """The code and all above it, nearest first."""
    found, codes = [], tree(scheme)
    while code in codes:
        found.append(code)
        code = codes[code].parent
    return found


def is_within(scheme: str, code: str, outer: str) -> bool:
    """Whether `code` is `outer` or lies beneath it."""
    return outer in ancestors(scheme, code)
