from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "openliaison.visits"
    label = "visits"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models import Q

        from openliaison.register.followers import place_with

        from .models import Correction, FactConflict, Suggestion, Visit, VisitFile

        for model in (Correction, FactConflict, Suggestion, Visit, VisitFile):
            place_with(model, "enterprise_id", Q())
