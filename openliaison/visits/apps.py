from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "openliaison.visits"
    label = "visits"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models import Q

        from openliaison.register.followers import place_with

        from .models import Visit

        place_with(Visit, "enterprise_id", Q())
