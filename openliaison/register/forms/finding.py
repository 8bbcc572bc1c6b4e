"""By what the list of enterprises is filtered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from openliaison.core.scope import AREA, LEADER, OFFICER

from .. import finding, selectors
from ..models import Enterprise, ImportBatch
from .industries import industry_choices, read
from .localities import indented, localities

EVERYWHERE = ("", _("everywhere"))
ANY = ("", _("any"))
BY_HAND = "-"
LONGEST_ID = 18


class EnterpriseFilter(forms.Form):
    """Always valid enough to list by: what cannot be read is passed over."""

    q = forms.CharField(label=_("Name, number or pinyin initials"), required=False, max_length=300)
    place = forms.ChoiceField(label=_("Place"), required=False)
    industry = forms.ChoiceField(label=_("Industry"), required=False)
    status = forms.ChoiceField(label=_("State"), required=False, choices=[ANY, *Enterprise.Status.choices])
    serving = forms.ChoiceField(label=_("Served by"), required=False)
    officer = forms.ChoiceField(label=_("Liaison officer"), required=False)
    staff = forms.ChoiceField(label=_("Staff"), required=False, choices=[ANY, *finding.STAFF_BANDS.items()])
    source = forms.ChoiceField(label=_("Source"), required=False)
    pick = forms.TypedMultipleChoiceField(label=_("Ticked rows"), required=False, widget=forms.MultipleHiddenInput)

    def __init__(self, data: Any, *, request: HttpRequest) -> None:
        super().__init__(data, auto_id="filter-%s")
        scope, place = request.scope, request.place  # type: ignore[attr-defined]
        scheme = place.industry_scheme
        code = read(scheme, data.get("industry", ""))
        if code and code != data.get("industry"):  # "c33" and "C3311" are codes of the tree too
            self.data = data.copy()
            self.data["industry"] = code
        self._choices("place", [EVERYWHERE, *indented(localities(place))])
        self._choices("industry", [ANY, *industry_choices(scheme, also=code)])
        self._choices("serving", _servings(scope.role))
        asked = data.get("officer", "")
        self._choices("officer", [ANY, *selectors.officer_choices(place, scope.today, asked)])
        if scope.role == AREA:
            self._choices("source", [ANY, (BY_HAND, _("entered by hand")), *_sources(scope)])
        else:
            del self.fields["source"]
        self._choices("pick", [(p, p) for p in data.getlist("pick")])

    def _choices(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def wanted(self) -> dict[str, Any]:
        """What could be read; a choice that is not offered finds nothing rather than everything."""
        self.is_valid()
        unread = {name: finding.NOTHING for name in self.errors if name in self.fields}
        picked = self.cleaned_data.get("pick")
        ids = [p for p in picked or [] if p.isascii() and p.isdigit() and len(p) < LONGEST_ID]
        return {**self.cleaned_data, **unread, **({"pick": ids or finding.NOTHING} if picked else {})}

    @property
    def front(self) -> list[Any]:
        return [self[name] for name in ("q", "place", "status", "serving") if name in self.fields]

    @property
    def further(self) -> list[Any]:
        return [self[name] for name in ("industry", "officer", "staff", "source") if name in self.fields]

    @property
    def further_used(self) -> int:
        return sum(bool(field.value()) for field in self.further)


def _servings(role: str) -> list[Any]:
    mine = [(finding.MINE, _("me"))] if role == OFFICER else []
    led = [(finding.LED, _("whom I am responsible for"))] if role == LEADER else []
    return [("", _("anybody")), *mine, *led, (finding.NOBODY, _("nobody"))]


def _sources(scope: Any) -> list[tuple[str, str]]:
    names = ImportBatch.objects.visible_to(scope).exclude(source="").order_by("source")
    return [(n, n) for n in names.values_list("source", flat=True).distinct()]
