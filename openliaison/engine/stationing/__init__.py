"""Who serves whom, whom to see next, and which visits go together. Source: docs/explanation/stationing.md."""

from .ids import Id
from .joint_visit import Joint, Request, joint
from .next_visit import VISIT_REASONS, Counts, NextVisit, VisitWeights, next_visits

__all__ = [
    "VISIT_REASONS",
    "Counts",
    "Id",
    "Joint",
    "NextVisit",
    "Request",
    "VisitWeights",
    "joint",
    "next_visits",
]
