"""Search words of an enterprise: characters, pairs, pinyin initials and syllables; English words; the number."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery
from django.db.models import Func, QuerySet, TextField, Value
from pypinyin import Style, pinyin

_CJK = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[a-z0-9]+")
MOST_WORDS = 200


def normal(text: str) -> str:
    """Full width to half, lower case, blanks drawn together."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


@lru_cache(maxsize=20_000)
def _sounds(character: str) -> str:
    return pinyin(character, style=Style.NORMAL, errors="ignore")[0][0] if _CJK.match(character) else ""


def words(*texts: str) -> list[str]:
    """Everything by which the texts are found."""
    found: dict[str, None] = {}
    for text in map(normal, texts):
        for run in _CJK.findall(text):
            found |= dict.fromkeys(run)
            found |= dict.fromkeys(a + b for a, b in zip(run, run[1:], strict=False))
            sounds = [_sounds(c) for c in run]
            initials = "".join(s[:1] for s in sounds)
            found |= dict.fromkeys(f"@{initials[i : i + 12]}" for i in range(len(initials)))
            joined = "".join(sounds[:6])
            found |= {f"@{joined}": None}
        found |= dict.fromkeys(_WORD.findall(text))
    return list(found)[:MOST_WORDS]


def vector(*texts: str) -> Func:
    """The search words as a database value."""
    listed = Value(words(*texts), output_field=ArrayField(TextField()))
    return Func(listed, function="array_to_tsvector")


def matching(rows: QuerySet, text: str, field: str = "search") -> QuerySet:
    """Rows in which every part of `text` is found: characters by pairs, Latin letters as word or pinyin start."""
    parts: list[str] = []
    for run in _CJK.findall(normal(text)):
        pairs = [a + b for a, b in zip(run, run[1:], strict=False)] or [run]
        parts += [f"'{p}'" for p in pairs]
    for word in _WORD.findall(normal(text)):
        parts.append(f"('{word}':* | '@{word}':*)")
    if not parts:
        return rows.none() if text.strip() else rows
    return rows.filter(**{field: SearchQuery(" & ".join(parts), search_type="raw", config="simple")})
