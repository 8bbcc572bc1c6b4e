"""What people type about enterprises."""

from .facts import FactForm, RetractForm
from .finding import EnterpriseFilter
from .held import ContactForm, EndForm, NewContactForm, NewSiteForm, SiteForm, TieForm
from .identity import IdentityForm, NewEnterpriseForm
from .overwriting import OverwriteForm
from .serving import AssignForm, ServeForm

__all__ = [
    "AssignForm",
    "ContactForm",
    "EndForm",
    "EnterpriseFilter",
    "FactForm",
    "IdentityForm",
    "NewContactForm",
    "NewEnterpriseForm",
    "NewSiteForm",
    "OverwriteForm",
    "RetractForm",
    "ServeForm",
    "SiteForm",
    "TieForm",
]
