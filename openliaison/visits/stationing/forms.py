"""What people type and filter by in stationing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openliaison.core.forms import Pick, SentOnce
from openliaison.core.models import Locality, Place
from openliaison.core.scope import Scope

from ..models import Proposal, Suggestion
from . import selectors

INDENT = "　"  # an ideographic space: a select shows no margin
MOST_LOAD = 50
LONGEST_ID = 18
DEGREES = [("none", _("not at all")), ("little", _("a little")), ("usual", _("as usual")), ("much", _("much"))]


class ProposeForm(SentOnce):
    """For which area, with which loads, and what counts how much, in plain words."""

    area = forms.ModelChoiceField(
        Locality.objects.none(),
        label=_("Area"),
        empty_label=None,
        help_text=_("A city is computed county by county; each county stands for itself."),
    )
    usual = forms.IntegerField(label=_("Enterprises of one officer, usually"), min_value=1, max_value=MOST_LOAD)
    most = forms.IntegerField(label=_("At most"), min_value=1, max_value=MOST_LOAD)
    keep = forms.ChoiceField(
        label=_("Keep what works"),
        help_text=_("Who serves an enterprise well, or was there often, stays."),
        widget=Pick,
        choices=DEGREES,
    )
    near = forms.ChoiceField(
        label=_("Short ways"), help_text=_("From where the officer is at home."), widget=Pick, choices=DEGREES
    )
    sector = forms.ChoiceField(
        label=_("Knowing the trade"),
        help_text=_("Officers who serve, or visited, others of the same industry."),
        widget=Pick,
        choices=DEGREES,
    )

    def __init__(self, *args: Any, place: Place, scope: Scope, **kwargs: Any) -> None:
        found = selectors.loads(place, scope.today)  # type: ignore[arg-type]
        usual = dict.fromkeys(("keep", "near", "sector"), "usual")
        super().__init__(*args, initial={"usual": found.usual, "most": found.most, **usual}, **kwargs)
        rows = Locality.objects.filter(place=place, path__gte=scope.path_from, path__lt=scope.path_to).order_by("path")
        area: Any = self.fields["area"]
        area.queryset = rows
        area.label_from_instance = lambda row: INDENT * max(row.path.count("/") - 2, 0) + row.label

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        usual, most = data.get("usual"), data.get("most")
        if usual and most and most < usual:
            self.add_error("most", _("The most must not be below the usual."))
        return data

    @property
    def emphasis(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("keep", "near", "sector")}


class _Filters(forms.Form):
    """Always valid enough to list by: what cannot be read is told, and nothing is found."""

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, auto_id="filter-%s", **kwargs)

    @property
    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


class OfficerFilters(_Filters):
    q = forms.CharField(label=_("Name, office or place"), required=False, max_length=60)
    load = forms.ChoiceField(
        label=_("Enterprises"),
        required=False,
        choices=[
            ("", _("any number")),
            ("over", _("over the most")),
            ("above", _("above the usual")),
            ("free", _("below the usual")),
            ("none", _("none")),
        ],
    )
    away = forms.ChoiceField(
        label=_("Away"), required=False, choices=[("", _("at work or away")), ("yes", _("away now"))]
    )
    served = forms.IntegerField(required=False, min_value=0, max_value=10_000, widget=forms.HiddenInput)


class TermFilters(_Filters):
    q = forms.CharField(label=_("Enterprise or officer"), required=False, max_length=60)
    kind = forms.ChoiceField(
        label=_("As"),
        required=False,
        choices=[("", _("any")), ("officer", _("liaison officer")), ("deputy", _("deputy"))],
    )
    within = forms.ChoiceField(
        label=_("Ends"),
        required=False,
        choices=[("", _("soon or over")), ("0", _("over or today")), ("30", _("within 30 days"))],
    )
    officer = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


class ProposalFilters(_Filters):
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("any")), *Proposal.State.choices])


class SuggestionFilters(_Filters):
    q = forms.CharField(label=_("Enterprise"), required=False, max_length=60)
    change = forms.ChoiceField(
        label=_("What changes"),
        required=False,
        choices=[("", _("everything")), ("changes", _("only changes")), *Suggestion.Change.choices],
    )
    place = forms.ChoiceField(label=_("Place"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("any")), *Suggestion.State.choices])
    officer = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    pick = forms.TypedMultipleChoiceField(required=False, widget=forms.MultipleHiddenInput, coerce=int)

    def __init__(self, data: Any, *, scope: Scope, proposal: Proposal) -> None:
        super().__init__(data)
        found = [(row.path, row.label) for row in selectors.localities_of(scope, proposal)]
        self.fields["place"].choices = [("", _("everywhere")), *found]  # type: ignore[attr-defined]
        ids = [p for p in data.getlist("pick") if p.isascii() and p.isdigit() and len(p) < LONGEST_ID]
        self.fields["pick"].choices = [(p, p) for p in ids]  # type: ignore[attr-defined]
