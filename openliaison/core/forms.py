"""How forms look: Tabler's markup, labels always, help and errors tied to their field, a summary of errors on top."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import django.forms
from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.utils.functional import cached_property

CHECKS = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)


class HouseField(BoundField):
    """A field whose control carries Tabler's class."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        shown = widget or self.field.widget
        built = super().build_widget_attrs(attrs, widget)
        classes = [shown.attrs.get("class", ""), _control_class(shown)]
        if self.errors and not shown.is_hidden:
            classes.append("is-invalid")
        if joined := " ".join(c for c in classes if c):
            built["class"] = joined
        return built

    @property
    def is_check(self) -> bool:
        """One box: its label stands behind it."""
        return isinstance(self.field.widget, forms.CheckboxInput)


def _control_class(widget: forms.Widget) -> str:
    if isinstance(widget, CHECKS):
        return "form-check-input"
    if isinstance(widget, forms.Select):
        return "form-select"
    return "" if widget.is_hidden else "form-control"


class Renderer(DjangoTemplates):
    """Django's own widget templates and ours, with the house's tags at hand."""

    form_template_name = "core/forms/form.html"
    field_template_name = "core/forms/field.html"
    bound_field_class = HouseField

    @cached_property
    def engine(self) -> Any:
        return self.backend(
            {
                "APP_DIRS": True,
                "DIRS": [
                    Path(__file__).parent / "templates/core/widgets",
                    Path(django.forms.__file__).parent / "templates",
                ],
                "NAME": "house_forms",
                "OPTIONS": {"builtins": ["openliaison.core.templatetags.ol", "django.templatetags.i18n"]},
            }
        )


class Pick(forms.RadioSelect):
    """Two to four choices as pills with real radio buttons inside."""

    template_name = "core/forms/pick.html"


class PickMany(forms.CheckboxSelectMultiple):
    """A few boxes as pills."""

    template_name = "core/forms/pick.html"


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class SentOnce(forms.Form):
    """A form that carries its own key: sent twice, it is taken once."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client_key"].initial = uuid.uuid4
