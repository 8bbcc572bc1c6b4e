"""The reasons of a suggestion in words, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from openliaison.core import formatting
from openliaison.core.codes import code_label

Reason = Mapping[str, Any]
# What was told in the same breath by another reason, or says too little to be read fifty times.
_BEHIND = ("runner_up", "no_other")

PLAIN: dict[str, str | Promise] = {
    "pinned": gettext_lazy("A person has decided this."),
    "stays": gettext_lazy("Keeps the officer of today: it works."),
    "asked_for_change": gettext_lazy("Asked for another officer."),
    "change_not_possible": gettext_lazy("Asked for another officer, but nobody else has room."),
    "officer_left": gettext_lazy("The officer of today is no longer at work here."),
    "current_barred": gettext_lazy("The officer of today may not serve it."),
    "makes_room": gettext_lazy("The officer of today is needed elsewhere."),
    "no_worse": gettext_lazy("As good as with the officer of today, and better for the others."),
    "no_other": gettext_lazy("Nobody else has room."),
    "no_officers": gettext_lazy("There is no officer in this area."),
    "all_barred": gettext_lazy("None of the officers may serve it."),
}
BETTER: dict[str, str | Promise] = {
    "near": gettext_lazy("nearer than the officer of today"),
    "sector": gettext_lazy("knows the trade, the officer of today does not"),
    "language": gettext_lazy("speaks its language, the officer of today does not"),
    "history": gettext_lazy("was there more often than the officer of today"),
    "change": gettext_lazy("the term of the officer of today is over"),
    "load": gettext_lazy("serves fewer than the officer of today"),
}
WORSE: dict[str, str | Promise] = {
    "near": gettext_lazy("further away"),
    "sector": gettext_lazy("does not know the trade"),
    "language": gettext_lazy("does not speak its language"),
    "history": gettext_lazy("was there less often"),
    "change": gettext_lazy("would be a change"),
    "load": gettext_lazy("serves more already"),
    "tie": gettext_lazy("would do as well"),
}


def told(reasons: Sequence[Reason], names: Mapping[int, str], scheme: str) -> list[str]:
    """Each reason as a sentence; the next best officer last.

    Args:
        names: people by number, as far as the reasons name them.
        scheme: the place's scheme of industries.
    """
    ordered = [r for r in reasons if r["key"] not in _BEHIND] + [r for r in reasons if r["key"] in _BEHIND]
    return [text for text in (_one(r, names, scheme) for r in ordered) if text]


def _one(reason: Reason, names: Mapping[int, str], scheme: str) -> str:
    key = reason["key"]
    if key in PLAIN:
        return str(PLAIN[key])
    return _TOLD[key](reason, names, scheme)


def _term_over(r: Reason, names: Mapping[int, str], scheme: str) -> str:
    return _("The term ended on %(day)s.") % {"day": formatting.day(date.fromisoformat(r["on"]), "year")}


def _over_most(r: Reason, names: Mapping[int, str], scheme: str) -> str:
    return _("The officer of today serves %(n)s, at most %(most)s are allowed.") % {"n": r["n"], "most": r["most"]}


def _better(r: Reason, names: Mapping[int, str], scheme: str) -> str:
    return _("Better: %(why)s.") % {"why": BETTER[r["by"]]}


def _same_locality(r: Reason, names: Mapping[int, str], scheme: str) -> str:
    return _("At home in the same place.") if "km" not in r else _same_place_km(r)


def _same_place_km(r: Reason) -> str:
    return _("At home in the same place, %(km)s km away.") % {"km": formatting.number(r["km"], 1)}


def _near(r: Reason, names: Mapping[int, str], scheme: str) -> str:
    if "km" in r:
        return _("%(km)s km away.") % {"km": formatting.number(r["km"], 1)}
    return _("At home nearby.")


def _far(r: Reason, names: Mapping[int, str], scheme: str) -> str:
    if "km" in r:
        return _("Far: %(km)s km away.") % {"km": formatting.number(r["km"], 1)}
    return _("At home in another part of the area.")


def _same_sector(r: Reason, names: Mapping[int, str], scheme: str) -> str:
    label = code_label(scheme, r["sector"])
    return _("Knows the trade: %(sector)s.") % {"sector": label} if label else _("Knows the trade.")


def _language(r: Reason, names: Mapping[int, str], scheme: str) -> str:
    return _("Speaks its language.")


def _other_language(r: Reason, names: Mapping[int, str], scheme: str) -> str:
    return _("Does not speak its language.")


def _served_before(r: Reason, names: Mapping[int, str], scheme: str) -> str:
    n = r["visits"]
    return ngettext("Has been in touch %(n)s time.", "Has been in touch %(n)s times.", n) % {"n": n}


def _load(r: Reason, names: Mapping[int, str], scheme: str) -> str:
    n, over = r["n"], r["over"]
    if over:
        return _("Would then serve %(n)s, %(over)s beyond the usual.") % {"n": n, "over": over}
    return ngettext("Would then serve %(n)s enterprise.", "Would then serve %(n)s enterprises.", n) % {"n": n}


def _runner_up(r: Reason, names: Mapping[int, str], scheme: str) -> str:
    name = names.get(r["officer"], "")
    return _("Next best: %(name)s (%(why)s).") % {"name": name, "why": WORSE[r["by"]]} if name else ""


def _no_room(r: Reason, names: Mapping[int, str], scheme: str) -> str:
    n = r["officers"]
    return ngettext(
        "No room: %(n)s officer who could serve it has the most of %(most)s.",
        "No room: all %(n)s officers who could serve it have the most of %(most)s.",
        n,
    ) % {"n": n, "most": r["most"]}


_TOLD = {
    "term_over": _term_over,
    "over_most": _over_most,
    "better": _better,
    "same_locality": _same_locality,
    "near": _near,
    "far": _far,
    "same_sector": _same_sector,
    "language": _language,
    "other_language": _other_language,
    "served_before": _served_before,
    "load": _load,
    "runner_up": _runner_up,
    "no_room": _no_room,
}
WORDED = frozenset(PLAIN) | frozenset(_TOLD)


# ── A proposal ───────────────────────────────────────────────

ERRORS: dict[str, str | Promise] = {
    "left": gettext_lazy("Who asked for it is no longer at work here. Start a new proposal."),
    "too_large": gettext_lazy("The area is too large for one calculation. Choose a county or township."),
    "fault": gettext_lazy("The calculation met a fault; nothing was changed. Try again; if it fails again, tell IT."),
}


def error(code: str) -> str:
    return str(ERRORS.get(code, ERRORS["fault"]))
