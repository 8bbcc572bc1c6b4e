"""How long a form takes, counted from the form itself: what is read, and what each field asks for.

A count is the same in every language of a place: it goes by the words of the place's first one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django import forms
from django.utils import translation

from .models import Place
from .places import setting

LANGUAGES = {"zh": "zh-hans"}  # a place names its languages in short
_CJK = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Pace:
    """Seconds for an answer of each kind, and how fast people read: a place's setting `form_seconds`.

    Attributes:
        optional_share: what counts of a field that may stay empty, or that is filled in already.
    """

    tick: float
    choice: float
    several: float
    number: float
    date: float
    short: float
    long: float
    file: float
    opening: float
    optional_share: float
    characters_a_minute: float
    words_a_minute: float


@dataclass(frozen=True)
class Asked:
    """One question of a form: its kind (a name of `Pace`), what is read, and whether it must be answered."""

    kind: str
    text: str = ""
    is_required: bool = True


KINDS = tuple(f.name for f in fields(Pace))[:8]


def pace(place: Place, on: date) -> Pace:
    """How fast a place's people are, as it stands on a day."""
    return read_pace(setting(place, "form_seconds", on))


def read_pace(value: Mapping[str, Any]) -> Pace:
    return Pace(**{f.name: float(value[f.name]) for f in fields(Pace)})


def seconds(asked: Iterable[Asked], pace: Pace) -> float:
    """Seconds to read and answer the questions.

    >>> pace = Pace(tick=3, choice=6, several=10, number=20, date=10, short=25, long=60, file=45, opening=10,
    ...             optional_share=0.25, characters_a_minute=300, words_a_minute=200)
    >>> seconds([Asked("number", "从业人数"), Asked("long", "How was it", is_required=False)], pace)
    46.7
    """
    total = sum(reading(a.text, pace) + getattr(pace, a.kind) * _share(a, pace) for a in asked)
    return round(pace.opening + total, 2)


def _share(asked: Asked, pace: Pace) -> float:
    return 1 if asked.is_required else pace.optional_share


def reading(text: str, pace: Pace) -> float:
    """Seconds to read a text: Chinese by characters, other writing by words."""
    characters = len(_CJK.findall(text))
    words = len(_WORD.findall(_CJK.sub(" ", text)))
    return _at(characters, pace.characters_a_minute) + _at(words, pace.words_a_minute)


def _at(number: int, a_minute: float) -> float:
    return number * 60 / a_minute if a_minute else 0


def minutes(seconds: float) -> int:
    """Whole minutes as a page states them: the nearest, one at least."""
    return max(int(seconds / 60 + 0.5), 1)


def form_minutes(form: forms.BaseForm, place: Place, on: date) -> int:
    """Minutes of a form as it stands on a page."""
    with translation.override(first_language(place)):
        return minutes(seconds(asked_by(form), pace(place, on)))


def first_language(place: Place) -> str:
    """The language in which a place's forms are counted."""
    return LANGUAGES.get(place.languages[0], place.languages[0])


def asked_by(form: forms.BaseForm) -> list[Asked]:
    """The questions of a form; hidden fields ask nothing, what is filled in needs a glance."""
    found = []
    for name, field in form.fields.items():
        if not field.widget.is_hidden:
            is_filled = form.get_initial_for_field(field, name) not in (None, "", [], False)
            found.append(Asked(kind_of(field), _read(field), field.required and not is_filled))
    return found


def kind_of(field: forms.Field) -> str:
    """What a field asks for, as a name of `Pace`."""
    widget = field.widget
    if isinstance(field, forms.FileField):
        return "file"
    if isinstance(widget, forms.SelectMultiple | forms.CheckboxSelectMultiple):
        return "several"
    if isinstance(widget, forms.Select | forms.RadioSelect):
        return "choice"
    if isinstance(field, forms.BooleanField):
        return "tick"
    if isinstance(field, forms.DateField | forms.DateTimeField):
        return "date"
    if isinstance(field, forms.IntegerField) or widget.attrs.get("inputmode") in ("numeric", "decimal"):
        return "number"
    return "long" if isinstance(widget, forms.Textarea) else "short"


def _read(field: forms.Field) -> str:
    """Label, help, and choices where they all stand on the page."""
    choices: Iterable[Any] = ()
    is_listed = isinstance(field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    if is_listed and not isinstance(field, forms.ModelChoiceField):  # rows are names, known at a glance
        choices = (text for _key, text in field.widget.choices)  # type: ignore[attr-defined]
    return " ".join(str(part) for part in (field.label or "", field.help_text, *choices))
