from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RegisterConfig(AppConfig):
    name = "openliaison.register"
    label = "register"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from openliaison.core.states import register

        from . import burden_jobs, diary_jobs, merge_jobs  # noqa: F401  their tasks are found by name

        register(
            enterprise__active=("ok", "circle-check", _("in operation")),
            enterprise__stopped=("over", "circle-off", _("production stopped")),
            enterprise__moved=("none", "arrows-exchange", _("moved away")),
            enterprise__closed=("none", "x", pgettext_lazy("enterprise", "closed")),
            booking__requested=("wait", "clock-pause", _("requested")),
            booking__accepted=("ok", "circle-check", pgettext_lazy("booking", "accepted")),
            booking__not_now=("none", "calendar-off", _("not at this time")),
            booking__held=("ok", "check", _("held")),
            booking__recorded=("ok", "checks", pgettext_lazy("booking", "recorded")),
            booking__cancelled=("none", "x", _("cancelled by who asked")),
            import__uploaded=("none", "cloud-upload", _("uploaded")),
            import__checking=("wait", "clock", _("being checked")),
            import__checked=("due", "checks", _("checked, not taken in")),
            import__running=("wait", "clock", _("being taken in")),
            import__done=("ok", "circle-check", _("taken in")),
            import__failed=("over", "alert-octagon", _("failed")),
            import__undoing=("wait", "clock", _("being undone")),
            import__undone=("none", "arrow-back-up", _("undone")),
            import_row__created=("ok", "plus", _("new")),
            import_row__updated=("ok", "pencil", _("changed")),
            import_row__unchanged=("none", "equal", _("unchanged")),
            import_row__refused=("over", "alert-octagon", _("refused")),
            import_row__undecided=("due", "question-mark", _("to be decided")),
            import_row__skipped=("none", "x", _("left out")),
        )
