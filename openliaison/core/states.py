"""How a state looks: class, icon and word, always all three. Rooms register their own."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CLASSES = ("ok", "due", "over", "wait", "none")


class Look(NamedTuple):
    css: str  # one of CLASSES
    icon: str
    label: str | Promise


LOOKS: dict[str, Look] = {}


def register(**looks: tuple[str, str, str | Promise]) -> None:
    """Say how states look, by a key such as "case.submitted" (written case__submitted)."""
    for key, look in looks.items():
        if look[0] not in CLASSES:
            raise ValueError(f"The state {key} has the unknown class {look[0]}.")
        LOOKS[key.replace("__", ".")] = Look(*look)


def look(key: str) -> Look:
    """How a state looks.

    Raises:
        LookupError: no room has registered the key.
    """
    try:
        return LOOKS[key]
    except KeyError:
        raise LookupError(f"No state “{key}” is registered; core.states.register says how states look.") from None


register(
    clock__ok=("ok", "circle-check", _("on time")),
    clock__due=("due", "alert-triangle", _("due soon")),
    clock__over=("over", "alert-octagon", _("overdue")),
    clock__wait=("wait", "clock-pause", _("paused")),
    clock__none=("none", "check", _("stopped")),
)
