"""Search words of an enterprise: characters, pairs, pinyin initials and syllables; English words; the number."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery
from django.db.models import Func, QuerySet, TextField, Value
from pypinyin import Style, lazy_pinyin
from pypinyin.seg import mmseg

_HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_CJK = re.compile(f"[{_HAN}]+")
_WORD = re.compile(r"[a-z0-9]+")
_BETWEEN = re.compile(rf"(?<=[{_HAN}])[^{_HAN}a-z0-9\s]+(?=[{_HAN}])")  # 北岗（铁岭）专用: the brackets
_BLANK = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])")
MOST_WORDS = 300
MOST_LETTERS, MOST_PARTS = 120, 24  # of a question; what lies beyond is passed over
INITIALS, SYLLABLES = 12, 6  # how far a pinyin word reaches
LONG_NUMBER, ENDINGS = 10, range(4, 9)  # a long number is also found by its last four to eight digits


def normal(text: str) -> str:
    """Full width to half, lower case, blanks drawn together."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


@lru_cache(maxsize=20_000)
def _sound(character: str) -> str:
    return lazy_pinyin(character, style=Style.NORMAL, errors="ignore")[0] if _CJK.match(character) else ""


@lru_cache(maxsize=50_000)
def _sounds_of(phrase: str) -> tuple[str, ...]:
    """How a phrase reads: the library's own cut, kept, for names share their phrases."""
    return tuple(lazy_pinyin(phrase, style=Style.NORMAL, errors=lambda unknown: [""] * len(unknown)))


def words(*texts: str) -> list[str]:
    """Everything by which the texts are found."""
    found: dict[str, None] = {}
    for text in map(normal, texts):
        for run in _CJK.findall(_BLANK.sub("", _BETWEEN.sub("", text))):
            found |= dict.fromkeys(_of_run(run))
        for word in _WORD.findall(text):
            found |= dict.fromkeys([word, *_endings(word)])
    return list(found)[:MOST_WORDS]


def _of_run(run: str) -> list[str]:
    """Characters, pairs, and the sounds from each character on; a character read two ways is found by both."""
    found = [*run, *_pairs(run)]
    alone = [_sound(c) for c in run]
    in_words = [sound for phrase in mmseg.seg.cut(run) for sound in _sounds_of(phrase)]
    readings = [alone] if in_words == alone or len(in_words) != len(run) else [alone, in_words]
    for sounds in readings:
        initials = "".join(s[:1] or " " for s in sounds)
        found += [f"@{initials[i : i + INITIALS].split(' ')[0]}" for i in range(len(run)) if sounds[i]]
        found += [f"@{''.join(sounds[i : i + SYLLABLES])}" for i in range(len(run)) if sounds[i]]
    return found


def _pairs(run: str) -> list[str]:
    return [a + b for a, b in pairwise(run)]


def _endings(word: str) -> list[str]:
    return [word[-n:] for n in ENDINGS] if len(word) >= LONG_NUMBER and word[:2].isdigit() else []


class Asked(SearchQuery):
    """A question made of words as they are kept: not taken apart again, which would drop the @ of pinyin words."""

    def __init__(self, text: str) -> None:
        super().__init__(text, search_type="raw")
        self.text = text

    def as_sql(self, *args: Any, **kwargs: Any) -> tuple[str, list[str]]:
        return "%s::tsquery", [self.text]


def vector(*texts: str) -> Func:
    """The search words as a database value."""
    listed = Value(words(*texts), output_field=ArrayField(TextField()))
    return Func(listed, function="array_to_tsvector")


def parts(text: str) -> list[str]:
    """What a question asks for, each part to be found: pairs of characters, words, beginnings of pinyin."""
    asked = _BETWEEN.sub("", normal(text[:MOST_LETTERS]))
    found: dict[str, None] = {}
    for run in _CJK.findall(asked):
        found |= dict.fromkeys(f"'{p}'" for p in _pairs(run) or [run])
    for word in _WORD.findall(asked):
        found |= {f"('{word}':* | '@{word}':*)": None}
    return list(found)[:MOST_PARTS]


def matching(rows: QuerySet, text: str, field: str = "search") -> QuerySet:
    """Rows in which every part of `text` is found; a text of blanks finds all, one of punctuation nothing."""
    asked = parts(text)
    if not asked:
        return rows.none() if text.strip() else rows
    return rows.filter(**{field: Asked(" & ".join(asked))})
