"""Enterprises: who they are, what is known of them and from where, who serves them."""

from .burden import BurdenEntry, DiaryMark
from .diary import Booking, BookingQuerySet, Refusal
from .enterprises import (
    SERVING,
    Enterprise,
    EnterpriseQuerySet,
    Link,
    LinkQuerySet,
    handled_by_us,
    in_area,
    served_by_me,
)
from .facts import Fact, FactDefinition, FactQuerySet
from .held import Contact, ContactQuerySet, GroupTie, Site
from .imports import ImportBatch, ImportMapping, ImportRow, LookAlike
from .merges import Merge

__all__ = [
    "SERVING",
    "Booking",
    "BookingQuerySet",
    "BurdenEntry",
    "Contact",
    "ContactQuerySet",
    "DiaryMark",
    "Enterprise",
    "EnterpriseQuerySet",
    "Fact",
    "FactDefinition",
    "FactQuerySet",
    "GroupTie",
    "ImportBatch",
    "ImportMapping",
    "ImportRow",
    "Link",
    "LinkQuerySet",
    "LookAlike",
    "Merge",
    "Refusal",
    "Site",
    "handled_by_us",
    "in_area",
    "served_by_me",
]
