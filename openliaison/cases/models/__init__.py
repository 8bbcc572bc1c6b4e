"""A problem from its first word to the enterprise's own verdict; promises of both sides."""

from .case import Case, CaseQuerySet, Category, Handling, running
from .promise import Promise, PromiseQuerySet
from .reply import ReplyTemplate
from .story import CaseFile, Entry, Extension, ExternalRef, Objection

__all__ = [
    "Case",
    "CaseFile",
    "CaseQuerySet",
    "Category",
    "Entry",
    "Extension",
    "ExternalRef",
    "Handling",
    "Objection",
    "Promise",
    "PromiseQuerySet",
    "ReplyTemplate",
    "running",
]
