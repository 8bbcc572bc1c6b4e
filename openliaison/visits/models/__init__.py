"""Contacts with enterprises, proposals of who serves whom, and what the phone needs."""

from .phone import Device, FactConflict, LateVisit
from .stationing import Proposal, Suggestion
from .visits import Correction, Visit, VisitFile, VisitQuerySet

__all__ = [
    "Correction",
    "Device",
    "FactConflict",
    "LateVisit",
    "Proposal",
    "Suggestion",
    "Visit",
    "VisitFile",
    "VisitQuerySet",
]
