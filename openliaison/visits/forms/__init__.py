"""What people type about visits."""

from .amending import CorrectionForm, ObjectionForm
from .blocks import ProblemForm, PromiseForm
from .filters import VisitFilters
from .record import VisitForm

__all__ = ["CorrectionForm", "ObjectionForm", "ProblemForm", "PromiseForm", "VisitFilters", "VisitForm"]
