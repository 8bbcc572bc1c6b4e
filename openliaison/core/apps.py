from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "openliaison.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from .walls import raise_walls

        post_migrate.connect(raise_walls, sender=self, dispatch_uid="raise_walls")
