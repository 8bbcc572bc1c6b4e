from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VisitsConfig(AppConfig):
    name = "openliaison.visits"
    label = "visits"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models import Q

        from openliaison.core.context import SCRIPTS
        from openliaison.core.states import register as register_states
        from openliaison.register.followers import place_with

        from .models import Correction, FactConflict, Suggestion, Visit, VisitFile

        register_states(
            proposal__working=("wait", "clock", _("being computed")),
            proposal__ready=("due", "checks", _("to decide")),
            proposal__failed=("over", "alert-octagon", _("could not be computed")),
            proposal__closed=("none", "check", _("decided")),
            suggestion__open=("none", "question-mark", _("to decide")),
            suggestion__accepted=("ok", "circle-check", _("accepted")),
            suggestion__declined=("none", "x", _("declined")),
            suggestion__outdated=("due", "alert-triangle", _("no longer as it was")),
            change__keep=("none", "equal", _("stays")),
            change__new=("ok", "plus", _("first officer")),
            change__move=("wait", "arrows-exchange", _("changes")),
            change__nobody=("over", "alert-octagon", _("nobody free")),
        )

        SCRIPTS.append("visits/phone/badge.js")
        for model in (Correction, FactConflict, Suggestion, Visit, VisitFile):
            place_with(model, "enterprise_id", Q())
