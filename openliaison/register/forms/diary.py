"""Asking for an enterprise's time, and answering."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext_lazy

from openliaison.core import formatting
from openliaison.core.forms import DateInput, Pick, PickMany, SentOnce

from ..models import Booking
from ..services.diary import MOST_MINUTES, REFUSED_INSTEAD

Instead = Booking.Instead
LENGTHS = (15, 30, 45, 60, 90, 120, 180, 240)
ANY = ("", _lazy("any"))


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)


def instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """A day and a time of the place as an instant.

    Raises:
        ValidationError: the clock leaps over that time on that day, or passes it twice.
    """
    local = datetime.combine(day, clock, zone)
    if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise forms.ValidationError(
            _("The clock is put forward on that day; this time does not exist. Choose another.")
        )
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        raise forms.ValidationError(_("The clock is put back on that day; this time comes twice. Choose another."))
    return local


class _AtATime(forms.Form):
    """A day and a time, cleaned to `starts_at`."""

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("day") and data.get("clock") is not None:
            try:
                data["starts_at"] = instant(data["day"], data["clock"], self.zone)
            except (forms.ValidationError, OverflowError) as error:
                self.add_error("clock", error if isinstance(error, forms.ValidationError) else _("Choose another day."))
        return data


class AskForm(_AtATime, SentOnce):
    """Ask an enterprise for its time. What is asked only in special cases is shown when the case arises."""

    kind = forms.ChoiceField(label=_lazy("Purpose"), widget=Pick)
    purpose = forms.CharField(
        label=_lazy("What is the visit about?"),
        help_text=_lazy("The enterprise decides by this sentence."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    basis = forms.CharField(
        label=_lazy("Basis"),
        help_text=_lazy(
            "Of an inspection: the law, or the item of the published list. Of an urgent matter: the danger."
        ),
        max_length=200,
        required=False,
    )
    is_urgent = forms.BooleanField(label=_lazy("Urgent: people are in danger"), required=False)
    day = forms.DateField(label=_lazy("Day"), widget=DateInput)
    clock = forms.TimeField(label=_lazy("Begins at"))
    minutes = forms.TypedChoiceField(
        label=_lazy("Takes"),
        coerce=int,
        choices=[(n, ngettext_lazy("%s minute", "%s minutes", n) % n) for n in LENGTHS],
        initial=60,
    )
    people = forms.IntegerField(label=_lazy("How many come"), min_value=1, max_value=50, initial=1)
    off_hours = forms.BooleanField(label=_lazy("The enterprise wants it at this time"), required=False)
    over_reason = forms.CharField(
        label=_lazy("Why all the same?"),
        help_text=_lazy("The desk sees the reason, and may propose a joint visit."),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    field_order = ["kind", "purpose", "basis", "is_urgent", "day", "clock", "minutes", "people"]

    def __init__(self, *args: Any, kinds: Sequence[str], slots: Sequence[time], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(Booking.Kind.choices)
        self.fields["kind"].choices = [(k, labels[k]) for k in kinds]  # type: ignore[attr-defined]
        self.fields["kind"].initial = kinds[0]
        listed = [(f"{s:%H:%M}", f"{s:%H:%M}") for s in slots]
        self.fields["clock"].widget = forms.Select(choices=listed)
        self.has_one_kind = len(kinds) == 1
        if self.has_one_kind:
            self.fields["kind"].widget = forms.HiddenInput()

    def arguments(self) -> dict[str, Any]:
        """What services.diary.request_booking is called with."""
        return {k: v for k, v in self.cleaned_data.items() if k not in ("day", "clock")}


class OtherTimeForm(_AtATime):
    """Another time that would suit."""

    day = forms.DateField(label=_lazy("Day"), widget=DateInput)
    clock = forms.TimeField(label=_lazy("Time"), widget=TimeInput)
    note = forms.CharField(label=_lazy("A word to who asked"), max_length=300, required=False)


class NotNowForm(forms.Form):
    """Not at this time: what instead; and, for the desk alone, whether it is a refusal."""

    instead = forms.ChoiceField(
        label=_lazy("What would you do instead?"),
        choices=[(i, i.label) for i in REFUSED_INSTEAD],
        widget=Pick,
    )
    note = forms.CharField(
        label=_lazy("A word to who asked"), max_length=300, required=False, help_text=_lazy("Who asked reads this.")
    )
    is_refusal = forms.ChoiceField(
        label=_lazy("Do you refuse it?"),
        choices=[("yes", _lazy("yes, we refuse it")), ("no", _lazy("no, only not so"))],
        widget=Pick,
        help_text=_lazy("Only the coordinator’s desk learns this, and counts it. It has no consequence for you."),
    )
    reason = forms.CharField(
        label=_lazy("Why"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_lazy("Only the coordinator’s desk reads this."),
    )


class HeldForm(forms.Form):
    """How long it really took."""

    minutes = forms.IntegerField(
        label=_lazy("How many minutes of the enterprise’s time did it take?"), min_value=1, max_value=MOST_MINUTES
    )


class JoinForm(_AtATime, SentOnce):
    """Several requests, one visit."""

    bookings = forms.MultipleChoiceField(label=_lazy("Which requests"), widget=PickMany)
    day = forms.DateField(label=_lazy("Day"), widget=DateInput)
    clock = forms.TimeField(label=_lazy("Begins at"), widget=TimeInput)
    minutes = forms.IntegerField(
        label=_lazy("Minutes in all"), min_value=1, max_value=MOST_MINUTES, required=False,
        help_text=_lazy("The sum of the requests, at most three hours, where you leave it empty."),
    )  # fmt: skip

    def __init__(self, *args: Any, among: Sequence[Booking], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.among = {str(b.pk): b for b in among}
        self.fields["bookings"].choices = [(pk, _line(b)) for pk, b in self.among.items()]  # type: ignore[attr-defined]

    def clean_bookings(self) -> list[Booking]:
        return [self.among[pk] for pk in self.cleaned_data["bookings"]]


def _line(booking: Booking) -> str:
    when = formatting.instant(booking.starts_at)
    return f"{booking.asker} · {when} · {booking.label} ({booking.get_state_display()})"


class BookingFilters(forms.Form):
    """What the list of requests may be narrowed to."""

    q = forms.CharField(label=_lazy("Enterprise"), required=False, max_length=100)
    state = forms.ChoiceField(label=_lazy("State"), required=False)
    kind = forms.ChoiceField(label=_lazy("Purpose"), required=False)
    since = forms.DateField(label=_lazy("On or after"), widget=DateInput(), required=False)
    until = forms.DateField(label=_lazy("On or before"), widget=DateInput(), required=False)
    mine = forms.ChoiceField(label=_lazy("Whose"), required=False, choices=[ANY, ("1", _lazy("asked by me"))])
    enterprise = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [ANY, *Booking.State.choices]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [ANY, *Booking.Kind.choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("since"), data.get("until")
        if start and end and end < start:
            self.add_error("until", _("The end lies before the beginning."))
        return data
