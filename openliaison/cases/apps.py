from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "openliaison.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models import Q

        from openliaison.core.states import register
        from openliaison.register.followers import place_with

        from .models import Case, Handling, Promise

        # A confidential case stays with the desk that received it.
        place_with(Case, "enterprise_id", Q(is_confidential=False))
        place_with(Promise, "enterprise_id", Q(is_confidential=False))
        place_with(Handling, "case__enterprise_id", Q(case__is_confidential=False))
        register(
            case__draft=("none", "file-text", _("draft")),
            case__submitted=("wait", "inbox", _("to be assigned")),
            case__assigned=("wait", "send", _("assigned")),
            case__in_hand=("ok", "list-check", _("in hand")),
            case__waiting_enterprise=("wait", "clock-pause", _("waits for the enterprise")),
            case__replied=("due", "help-circle", _("enterprise to confirm")),
            case__planned=("wait", "calendar-event", _("planned")),
            case__referred_up=("wait", "flag", _("referred up")),
            case__closed=("none", "check", _("closed")),
            outcome__solved=("ok", "circle-check", _("solved")),
            outcome__partly=("ok", "check", _("partly solved")),
            outcome__explained=("none", "info-circle", _("explained")),
            outcome__silent=("none", "circle-minus", _("no answer")),
            outcome__withdrawn=("none", "circle-minus", _("withdrawn")),
            outcome__declined=("none", "x", _("not accepted")),
            outcome__duplicate=("none", "copy", _("duplicate")),
            promise__open=("wait", "clock", _("open")),
            promise__due=("due", "alert-triangle", _("due soon")),
            promise__late=("over", "alert-octagon", _("late")),
            promise__kept=("ok", "circle-check", _("kept")),
            promise__kept_late=("ok", "check", _("kept late")),
            promise__broken=("over", "x", _("not kept")),
            promise__withdrawn=("none", "circle-minus", _("withdrawn")),
        )
