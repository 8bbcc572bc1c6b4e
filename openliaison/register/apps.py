from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegisterConfig(AppConfig):
    name = "openliaison.register"
    label = "register"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from openliaison.core.states import register

        register(
            enterprise__active=("ok", "circle-check", _("in operation")),
            enterprise__stopped=("over", "circle-off", _("production stopped")),
            enterprise__moved=("none", "arrows-exchange", _("moved away")),
            enterprise__closed=("none", "x", _("closed")),
        )
