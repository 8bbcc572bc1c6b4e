"""What people type about enterprises."""

from .facts import FactForm, RetractForm
from .finding import EnterpriseFilter
from .held import ContactForm, EndForm, NewContactForm, NewSiteForm, SiteForm, TieForm
from .identity import IdentityForm, NewEnterpriseForm
from .overwriting import OverwriteForm
from .people import OfficerForm, officer_options
from .serving import AssignForm, EndStationingForm, LeaderForm, ServeForm

__all__ = [
    "AssignForm",
    "ContactForm",
    "EndForm",
    "EndStationingForm",
    "EnterpriseFilter",
    "FactForm",
    "IdentityForm",
    "LeaderForm",
    "NewContactForm",
    "NewEnterpriseForm",
    "NewSiteForm",
    "OfficerForm",
    "OverwriteForm",
    "RetractForm",
    "ServeForm",
    "SiteForm",
    "TieForm",
    "officer_options",
]
