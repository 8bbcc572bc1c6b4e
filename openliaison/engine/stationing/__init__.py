"""Who serves whom, whom to see next, and which visits go together. Source: docs/explanation/stationing.md."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .ids import Id
from .joint_visit import Joint, Request, joint
from .next_visit import VISIT_REASONS, Counts, NextVisit, VisitWeights, next_visits
from .people import Enterprise, Loads, Officer, Weights

if TYPE_CHECKING:
    from .measures import Measures
    from .proposing import Assignment, Proposed, propose
    from .reasons import REASONS

# Asked for by name only when a proposal is computed: they load NumPy, which the site's start need not wait for.
_LATER = {
    "Assignment": "proposing",
    "Measures": "measures",
    "Proposed": "proposing",
    "REASONS": "reasons",
    "propose": "proposing",
}


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(f".{_LATER[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "REASONS",
    "VISIT_REASONS",
    "Assignment",
    "Counts",
    "Enterprise",
    "Id",
    "Joint",
    "Loads",
    "Measures",
    "NextVisit",
    "Officer",
    "Proposed",
    "Request",
    "VisitWeights",
    "Weights",
    "joint",
    "next_visits",
    "propose",
]
