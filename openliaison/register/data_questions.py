"""The questions of a data request: what may be asked, how long it takes, what is on file already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from openliaison.accounts.models import Organisation
from openliaison.core import form_time, formatting
from openliaison.core.form_time import Asked
from openliaison.core.models import Place
from openliaison.core.scope import Scope

from . import facts
from .errors import Incomplete
from .models import Enterprise, Fact, FactDefinition

MOST = 20
LONGEST = 200
FEW = 4  # choices that stand on the page as pills
# Types of an office's own questions; "enum" brings its choices.
TYPES = {
    "bool": _lazy("yes or no"),
    "int": _lazy("whole number"),
    "decimal": _lazy("number"),
    "date": _lazy("date"),
    "enum": _lazy("one of several"),
    "text": _lazy("a few words"),
}

Question = dict[str, Any]


def read(place: Place, asked: Iterable[Mapping[str, Any]]) -> list[Question]:
    """The questions as a booking keeps them.

    Args:
        asked: {"key"} of the catalogue, or {"label", "type", "choices"} of one's own.

    Raises:
        Incomplete: none, too many, the same twice, or one that cannot be asked.
    """
    found: list[Question] = []
    for number, one in enumerate(asked, start=1):
        found.append(_of_catalogue(place, one["key"]) if one.get("key") else _own(one, number))
    if not found:
        raise Incomplete(_("Ask at least one thing."))
    if len(found) > MOST:
        raise Incomplete(_("At most %(n)s questions at once. Ask for what you need now.") % {"n": MOST})
    names = [q.get("key") or q["label"].casefold() for q in found]
    if twice := next((n for n in names if names.count(n) > 1), None):
        raise Incomplete(_("“%(what)s” is asked twice.") % {"what": twice})
    return found


def _of_catalogue(place: Place, key: str) -> Question:
    entry = facts.definition(place.pk, str(key))
    if entry.subject != "enterprise":
        raise Incomplete(_("“%(label)s” is not known of an enterprise as a whole.") % {"label": entry.label})
    if entry.holder == "derived":
        raise Incomplete(_("“%(label)s” is worked out by a rule; nobody needs to be asked.") % {"label": entry.label})
    return {"key": entry.key}


def _own(one: Mapping[str, Any], number: int) -> Question:
    label, kind = str(one.get("label") or "").strip(), str(one.get("type") or "")
    if not label:
        raise Incomplete(_("Question %(n)s has no words.") % {"n": number})
    if len(label) > LONGEST:
        raise Incomplete(_("Question %(n)s is longer than %(most)s characters.") % {"n": number, "most": LONGEST})
    if kind not in TYPES:
        raise Incomplete(_("Say what kind of answer “%(label)s” wants.") % {"label": label})
    question: Question = {"id": f"q{number}", "label": label, "type": kind}
    if kind == "enum":
        choices = [str(c).strip().replace("|", "/") for c in one.get("choices") or [] if str(c).strip()]
        if len(set(choices)) < 2:
            raise Incomplete(_("“%(label)s” needs at least two choices.") % {"label": label})
        question["choices"] = list(dict.fromkeys(choices))
    return question


def name(question: Question) -> str:
    """Under what an answer is kept."""
    return str(question.get("key") or question["id"])


def definitions(place: Place, questions: Sequence[Question]) -> dict[str, FactDefinition]:
    """By name, what each question wants: the catalogue's entry, or one made of the office's own words."""
    keys = [q["key"] for q in questions if q.get("key")]
    entries = {d.key: d for d in FactDefinition.objects.filter(place=place, key__in=keys)}
    found = {}
    for question in questions:
        entry = entries.get(question.get("key", "")) or _made(place, question)
        found[name(question)] = entry
    return found


def _made(place: Place, question: Question) -> FactDefinition:
    kind = question.get("type", "text")
    full = f"enum:{'|'.join(question['choices'])}" if kind == "enum" else kind
    label = question.get("label") or question.get("key", "")
    return FactDefinition(
        place=place, key=name(question), type=full, label_zh=label, label_en=label, may_lie_ahead=True
    )


# ── How long ─────────────────────────────────────────────────


def minutes(questions: Sequence[Question], place: Place, on: date) -> int:
    """Minutes to answer, counted as the form that the enterprise fills in counts."""
    return form_time.minutes(seconds(questions, place, on))


def seconds(questions: Sequence[Question], place: Place, on: date) -> float:
    with translation.override(form_time.first_language(place)):
        asked = [_asked(entry) for entry in definitions(place, questions).values()]
        asked.append(Asked("date", str(AS_OF), is_required=False))
    return form_time.seconds(asked, form_time.pace(place, on))


AS_OF = _lazy("These answers hold as of")


def _asked(entry: FactDefinition) -> Asked:
    kind, _sep, rest = entry.type.partition(":")
    label = labelled(entry)
    if kind == "bool":
        return Asked("choice", f"{label} {_('yes')} {_('no')}")
    if kind == "enum":
        choices = rest.split("|")
        shown = " ".join(facts.choice_word(c) for c in choices) if len(choices) <= FEW else ""
        return Asked("choice", f"{label} {shown}")
    if kind == "list":
        return _asked_list(label, rest)
    if rest == "locality":
        return Asked("choice", label)
    if kind == "code":
        return Asked("short", label + " " + _("A code of the place's tree, such as 3630."))
    words = {"int": "number", "decimal": "number", "date": "date"}
    return Asked(words.get(kind, "long"), label)


def _asked_list(label: str, rest: str) -> Asked:
    kind, _sep, choices = rest.partition(":")
    if kind == "enum":
        words = [label, *(facts.choice_word(c) for c in choices.split("|"))]
        return Asked("several", " ".join(words), is_required=False)
    return Asked("long", f"{label} {_('One a line. Leave it empty to say that there is none.')}", is_required=False)


def labelled(entry: FactDefinition) -> str:
    """What is asked, with its unit."""
    unit = facts.unit_word(entry.unit)
    return f"{entry.label} ({unit})" if unit else entry.label


def in_words(questions: Sequence[Question], values: Mapping[str, Any], enterprise: Enterprise) -> list[tuple[str, str]]:
    """Each question with its answer in words."""
    entries = definitions(enterprise.place, questions)
    return [(labelled(entry), shown(entry, values.get(key), enterprise)) for key, entry in entries.items()]


def shown(entry: FactDefinition, value: Any, enterprise: Enterprise) -> str:
    return "" if value is None else facts.show(entry, Fact(value=value, unit=entry.unit), enterprise)


# ── What is on file ──────────────────────────────────────────


@dataclass(frozen=True)
class OnFile:
    """A fact that need not be asked: what is held, or who holds it where this person may not read it."""

    key: str
    label: str
    value: str = ""
    source: str = ""
    as_of: date | None = None
    holder: str = ""

    @property
    def sentence(self) -> str:
        if self.as_of:
            return _("%(label)s is on file: %(value)s, as of %(day)s, from: %(source)s. Take it from there.") % {
                "label": self.label,
                "value": self.value,
                "day": formatting.day(self.as_of),
                "source": self.source,
            }
        return _("%(label)s is on file, held by %(holder)s: ask them, with the enterprise's consent.") % {
            "label": self.label,
            "holder": self.holder,
        }


def on_file(enterprise: Enterprise, keys: Iterable[str], scope: Scope, today: date) -> dict[str, OnFile]:
    """Of some keys those that are held and fresh, each as this person may know it."""
    held = _held(enterprise, list(keys), today)
    if not held:
        return {}
    entries = {d.key: d for d in FactDefinition.objects.filter(place_id=enterprise.place_id, key__in=held)}
    seen = Fact.objects.visible_to(scope).current().filter(enterprise=enterprise, key__in=held)  # type: ignore[attr-defined]
    found = {f.key: _read_of(entries[f.key], f, enterprise) for f in seen}
    for key in held:
        if key not in found:
            found[key] = OnFile(key, entries[key].label, holder=_holder(entries[key], enterprise))
    return found


def _held(enterprise: Enterprise, keys: list[str], today: date) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select register_held_fresh(%s, %s, %s)", [enterprise.pk, keys, today])
        return sorted(key for (key,) in cursor.fetchall())


def _read_of(entry: FactDefinition, fact: Fact, enterprise: Enterprise) -> OnFile:
    value = facts.show(entry, fact, enterprise)
    return OnFile(entry.key, entry.label, value, fact.get_source_display(), fact.as_of)


def _holder(entry: FactDefinition, enterprise: Enterprise) -> str:
    office = Organisation.objects.filter(place_id=enterprise.place_id, code=entry.holder).first()
    return office.label if office else _("the register of the desk")
