"""Settings of a place, on screen: the administrator's."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from . import place_editing
from .access import roles
from .errors import Refused
from .models import CalendarDay, ClockLimit, Setting
from .now import now
from .pages import Column, ListPage
from .settings_forms import LIMITS, SETTINGS, UNITS, DayForm, LimitForm, SettingForm, WordsForm, YearFileForm


@roles("ol_admin")
def index(request: HttpRequest) -> HttpResponse:
    """Everything that differs by place, page by page."""
    years = CalendarDay.objects.filter(place=request.place).dates("day", "year")
    context = {
        "years": [y.year for y in years],
        "next_year": request.scope.today.year + 1,
        "languages": [code for code in request.place.words if code != "edited"],
        "edited": _edited(request),
    }
    return render(request, "core/settings.html", context)


def _edited(request: HttpRequest) -> dict[str, int]:
    models = {"days": CalendarDay, "clocks": ClockLimit, "values": Setting}
    return {name: m.objects.filter(place=request.place).exclude(edited_at=None).count() for name, m in models.items()}


# ── Calendar ─────────────────────────────────────────────────


@roles("ol_admin")
def calendar(request: HttpRequest) -> HttpResponse:
    """The days of one year that differ from the ordinary week."""
    year = _year(request)
    rows = CalendarDay.objects.filter(place=request.place, day__year=year)
    page = ListPage(request, rows, _day_columns(), "day")
    if kind := request.GET.get("export"):
        return page.export(kind, f"calendar-{year}", now())
    return _calendar(request, year, page)


def _calendar(request: HttpRequest, year: int, page: ListPage | None = None, **forms: Any) -> HttpResponse:
    rows = CalendarDay.objects.filter(place=request.place, day__year=year).select_related("place")
    page = page or ListPage(request, rows, _day_columns(), "day")
    years = {d.year for d in CalendarDay.objects.filter(place=request.place).dates("day", "year")}
    today = request.scope.today
    context = {
        "list": page,
        "year": year,
        "years": sorted(years | {today.year, today.year + 1, year}),
        "is_loaded": year in years,
        "rows": [(d, place_editing.is_ordinary(d)) for d in rows.order_by(page.sort)],
        "day_form": DayForm(),
        "file_form": YearFileForm(initial={"year": year}),
    }
    return render(request, "core/settings_calendar.html", context | forms, status=422 if forms else 200)


def _year(request: HttpRequest) -> int:
    asked = request.GET.get("year", "")
    is_year = asked.isascii() and asked.isdigit() and len(asked) == 4 and "2000" <= asked <= "2100"
    return int(asked) if is_year else request.scope.today.year


def _day_columns() -> list[Column]:
    return [
        Column("day", _("Day"), lambda d: d.day, "day"),
        Column("kind", _("What it is"), lambda d: d.get_kind_display(), "kind"),
        Column("name", _("Name"), lambda d: d.name),
        Column("source", _("Where it is laid down"), lambda d: d.source),
        Column("edited", _("Edited on screen"), lambda d: d.edited_at, "edited_at", nulls_last=True),
    ]


def _to_year(year: int) -> HttpResponse:
    return redirect(f"{reverse('core:settings_calendar')}?year={year}")


@roles("ol_admin")
@require_POST
def set_day(request: HttpRequest) -> HttpResponse:
    form = DayForm(request.POST)
    if not form.is_valid():
        return _calendar(request, _year(request), day_form=form)
    row = place_editing.set_day(place=request.place, by=request.role, at=now(), **form.cleaned_data)
    messages.success(request, _("Saved. It wins over the place's files from now on."))
    return _to_year(row.day.year)


@roles("ol_admin")
@require_POST
def clear_day(request: HttpRequest, day_id: int) -> HttpResponse:
    day = get_object_or_404(CalendarDay.objects.select_related("place"), pk=day_id, place=request.place)
    place_editing.clear_day(day=day, by=request.role, at=now())
    messages.success(request, _("The day is an ordinary one again."))
    return _to_year(day.day.year)


@roles("ol_admin")
@require_POST
def load_year(request: HttpRequest) -> HttpResponse:
    form = YearFileForm(request.POST, request.FILES)
    if form.is_valid():
        data = form.cleaned_data
        try:
            count = place_editing.load_year(
                place=request.place, year=data["year"], text=data["file"], by=request.role, at=now()
            )
        except Refused as error:
            for fault in str(error).splitlines():
                form.add_error("file", fault)
        else:
            messages.success(request, _("%(n)s days of %(year)s are taken in.") % {"n": count, "year": data["year"]})
            return _to_year(data["year"])
    return _calendar(request, _year(request), file_form=form)


# ── Lengths and values ───────────────────────────────────────


@roles("ol_admin")
def clocks(request: HttpRequest) -> HttpResponse:
    """Every clock length: what holds today, what is to come."""
    rows = _in_force(ClockLimit, request)
    units = dict(UNITS)
    found = [(LIMITS.get(key, key), key, row, units.get(row.unit, row.unit), to_come) for key, row, to_come in rows]
    return render(request, "core/settings_clocks.html", {"rows": found})


def _in_force(model: Any, request: HttpRequest) -> list[tuple[str, Any, Any]]:
    """(key, the row of today, the next one) for every key, in the order in which the files give them."""
    today = request.scope.today
    current: dict[str, Any] = {}
    coming: dict[str, Any] = {}
    for row in model.objects.filter(place=request.place).order_by("valid_from", "id"):
        if row.valid_from <= today:
            current[row.key] = row
        else:
            coming.setdefault(row.key, row)
    order = dict.fromkeys([*LIMITS, *SETTINGS, *sorted({*current, *coming})])
    return [(key, current.get(key) or coming[key], coming.get(key)) for key in order if key in current or key in coming]


@roles("ol_admin")
def clock(request: HttpRequest, key: str) -> HttpResponse:
    """One length with its history; a change adds a row from a day on."""
    history = list(ClockLimit.objects.filter(place=request.place, key=key).order_by("-valid_from"))
    if not history:
        raise Http404
    last = history[0]
    initial = {"amount": last.amount.normalize() if last.amount % 1 else int(last.amount), "unit": last.unit}
    form = LimitForm(request.POST or None, today=request.scope.today, initial=initial)
    if request.method == "POST" and form.is_valid():
        place_editing.change_limit(place=request.place, key=key, by=request.role, at=now(), **form.cleaned_data)
        messages.success(request, _("Saved. The earlier length stays on file for what ran before."))
        return redirect("core:settings_clocks")
    units = dict(UNITS)
    context = {
        "title": LIMITS.get(key, key),
        "back": reverse("core:settings_clocks"),
        "back_label": _("Clocks"),
        "form": form,
        "history": [(h.valid_from, f"{h.amount.normalize():f} {units.get(h.unit, h.unit)}", h) for h in history],
    }
    return render(request, "core/settings_value.html", context, status=422 if form.errors else 200)


@roles("ol_admin")
def values(request: HttpRequest) -> HttpResponse:
    """The numbers, lists and switches of the place."""
    rows = [(SETTINGS.get(key, key), key, row, to_come) for key, row, to_come in _in_force(Setting, request)]
    return render(request, "core/settings_values.html", {"rows": rows})


@roles("ol_admin")
def value(request: HttpRequest, key: str) -> HttpResponse:
    history = list(Setting.objects.filter(place=request.place, key=key).order_by("-valid_from"))
    if not history:
        raise Http404
    form = SettingForm(request.POST or None, today=request.scope.today, known=history[0].value)
    if request.method == "POST" and form.is_valid():
        try:
            place_editing.change_setting(place=request.place, key=key, by=request.role, at=now(), **form.cleaned_data)
        except Refused as error:
            form.add_error("value", str(error))
        else:
            messages.success(request, _("Saved. The earlier value stays on file."))
            return redirect("core:settings_values")
    context = {
        "title": SETTINGS.get(key, key),
        "back": reverse("core:settings_values"),
        "back_label": _("Numbers and lists"),
        "form": form,
        "history": [(h.valid_from, h.value, h) for h in history],
    }
    return render(request, "core/settings_value.html", context, status=422 if form.errors else 200)


@roles("ol_admin")
def words(request: HttpRequest, language: str) -> HttpResponse:
    """What the place calls things."""
    known = request.place.words.get(language)
    if language == "edited" or known is None:
        raise Http404
    form = WordsForm(request.POST or None, words=known)
    if request.method == "POST" and form.is_valid():
        place_editing.change_words(
            place=request.place, language=language, words=form.cleaned_data, by=request.role, at=now()
        )
        messages.success(request, _("Saved. It wins over the place's files from now on."))
        return redirect("core:settings_words", language)
    languages = [code for code in request.place.words if code != "edited"]
    context = {"form": form, "language_shown": language, "languages": languages}
    return render(request, "core/settings_words.html", context, status=422 if form.errors else 200)
