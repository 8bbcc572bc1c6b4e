"""Forms that overwrite a row: each carries what it showed, so that an older one is noticed."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from .. import services


class OverwriteForm(forms.Form):
    """Its fields are named as the row's; `row` fills them at first."""

    seen = forms.JSONField(
        widget=forms.HiddenInput, error_messages={"required": _("The page is incomplete; reload it and try again.")}
    )

    def __init__(self, *args: Any, row: models.Model, **kwargs: Any) -> None:
        self.names = [name for name in self.base_fields if name != "seen"]
        first = {name: getattr(row, name) for name in self.names} | {"seen": services.shown(row, self.names)}
        super().__init__(*args, initial=first | kwargs.pop("initial", {}), **kwargs)

    def clean_seen(self) -> dict[str, str]:
        seen = self.cleaned_data["seen"]
        if not isinstance(seen, dict) or set(seen) != set(self.names):
            raise forms.ValidationError(_("The page is incomplete; reload it and try again."))
        return {name: str(value) for name, value in seen.items()}

    def look_again(self, row: models.Model) -> None:
        """Keep what was typed, and take the row as it stands now for seen."""
        self.data = self.data.copy()  # type: ignore[union-attr]
        self.data["seen"] = json.dumps(services.shown(row, self.names))
