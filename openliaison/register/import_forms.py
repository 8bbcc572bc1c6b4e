"""Forms of the import: the upload, the columns, the filter of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openliaison.core.forms import DateInput, SentOnce

from .importing import wording
from .importing.kinds import MOST_MB, MOST_ROWS
from .importing.prepare import ProposedColumn, Table
from .importing.summing import Sum
from .importing.targets import Target
from .models import ImportBatch, ImportRow

SHORT = 40  # characters of a choice: a longer one would widen the page
GROUPS = ((_("Identity"), ""), (_("Contact"), "contact."), (_("Facts"), "fact:"))


class UploadForm(SentOnce):
    """A file, whose it is, and the day for which it speaks."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        help_text=_("XLSX, XLS or CSV (UTF-8 or GB18030), at most %(mb)s MB and %(rows)s rows.")
        % {"mb": MOST_MB, "rows": f"{MOST_ROWS:,}"},
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=60,
        required=False,
        help_text=_("Whose list it is, such as “tax office”. Keys in the file are told apart by it."),
    )
    as_of = forms.DateField(
        label=_("The file speaks for"), widget=DateInput, help_text=_("The day for which its figures hold.")
    )


class BatchFilter(forms.Form):
    """Which imports are listed."""

    q = forms.CharField(label=_("File"), required=False, max_length=100, widget=forms.SearchInput)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("any")), *ImportBatch.State.choices])

    @property
    def wanted(self) -> dict[str, Any]:
        """The filters as the query asks for them; what does not fit is passed over."""
        self.is_valid()
        given = self.cleaned_data
        found = {"state": given["state"]} if given.get("state") else {}
        return found | ({"file_name__icontains": given["q"]} if given.get("q") else {})


class RowFilter(forms.Form):
    """Which rows of a batch are shown."""

    action = forms.ChoiceField(
        label=_("Show rows"), required=False, choices=[("", _("all that need a look")), *ImportRow.Action.choices]
    )
    fault = forms.ChoiceField(label=_("With this fault"), required=False)

    def __init__(self, *args: Any, found: list[Sum], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(s.key, _short(f"{s.column}: {s.words}" if s.column else s.words)) for s in found]
        self.fields["fault"].choices = [("", _("any")), *named]  # type: ignore[attr-defined]


def _short(words: str) -> str:
    return words if len(words) <= SHORT else words[: SHORT - 1].rstrip() + "…"


@dataclass
class ColumnChoice:
    """One column as the page asks about it."""

    column: ProposedColumn
    target: str
    unit: int | None
    units: list[tuple[int, str]]  # to choose from; empty where the column holds no sums

    @property
    def reason(self) -> str:
        proposal = self.column.proposal
        return str(wording.REASONS[proposal.reason]) if proposal.reason and proposal.target == self.target else ""


def choices(table: Table) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a column may be, in groups."""
    found: dict[str, list[Target]] = {"": [], "contact.": [], "fact:": []}
    for key, target in table.catalogue.targets.items():
        lead = next((lead for _name, lead in GROUPS if lead and key.startswith(lead)), "")
        found[lead].append(target)
    return [(str(name), [(t.key, wording.target(t)) for t in found[lead]]) for name, lead in GROUPS]


def column_choices(table: Table, sent: Mapping[str, Any] | None) -> list[ColumnChoice]:
    """The columns as proposed, or as they were sent."""
    found = []
    for column in table.columns():
        target = column.proposal.target if sent is None else str(sent.get(f"col-{column.at}", ""))
        known = table.catalogue.targets.get(target)
        units = wording.units(known.money[0]) if known and known.money else []
        found.append(ColumnChoice(column, target, column.unit if sent is None else _unit(sent, column.at), units))
    return found


def _unit(sent: Mapping[str, Any], at: int) -> int | None:
    text = str(sent.get(f"unit-{at}", ""))
    return int(text) if text.isascii() and text.isdigit() else None
