"""Settings whose rows live in rooms above the core: categories of cases, the catalogue of facts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from openliaison.accounts.models import Organisation, Role
from openliaison.cases.models import Category
from openliaison.core import journal
from openliaison.core.access import roles
from openliaison.core.models import Place
from openliaison.core.now import now
from openliaison.core.pages import Column, ListPage
from openliaison.register.models import FactDefinition


class CategoryForm(forms.ModelForm):
    reply_days = forms.IntegerField(
        label=_lazy("Days to reply"), min_value=1, max_value=15, help_text=_lazy("Working days, 1 to 15.")
    )
    solution_days = forms.IntegerField(
        label=_lazy("Days to solve"), min_value=1, max_value=365, help_text=_lazy("Working days, from submission.")
    )

    class Meta:
        model = Category
        fields = ["name", "name_en", "description", "description_en", "organisation", "reply_days", "solution_days"]
        labels = {
            "name": _lazy("Name"),
            "name_en": _lazy("Name in English"),
            "description": _lazy("What belongs here"),
            "description_en": _lazy("What belongs here, in English"),
            "organisation": _lazy("Usually led by"),
        }
        widgets = {
            "description": forms.Textarea(attrs={"rows": 2}),
            "description_en": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, place: Place, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.filter(place=place)
        self.fields["organisation"].required = False


@transaction.atomic
def edit_category(*, category: Category, by: Role, at: datetime, **fields: Any) -> Category:
    """Change a category on screen: from now on it wins over the place's files. Cases that run keep their due times."""
    before = {name: getattr(category, name) for name in fields}
    for name, value in fields.items():
        setattr(category, name, value)
    category.edited_at = at
    category.save(update_fields=[*fields, "edited_at"])
    changed = {name: value for name, value in fields.items() if before[name] != value}
    journal.record(category, "category_edited", by=by, at=at, code=category.code, **changed)
    return category


@roles("ol_admin")
def categories(request: HttpRequest) -> HttpResponse:
    rows = Category.objects.visible_to(request.scope).select_related("organisation")
    text = request.GET.get("q", "").strip()[:60]
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(name_en__icontains=text))
    page = ListPage(request, rows, _category_columns(), "position", name="categories")
    if kind := request.GET.get("export"):
        return page.export(kind, "categories", now())
    return render(request, "desks/categories.html", {"list": page, "page": page.page, "wanted": text})


def _category_columns() -> list[Column]:
    return [
        Column("name", _("Name"), lambda c: c.label, "name"),
        Column("organisation", _("Usually led by"), lambda c: c.organisation.label if c.organisation else ""),
        Column("reply", _("Days to reply"), lambda c: c.reply_days, "reply_days", is_number=True),
        Column("solution", _("Days to solve"), lambda c: c.solution_days, "solution_days", is_number=True),
        Column("edited", _("Edited on screen"), lambda c: c.edited_at, "edited_at", nulls_last=True),
    ]


@roles("ol_admin")
def category(request: HttpRequest, category_id: int) -> HttpResponse:
    found = get_object_or_404(Category.objects.visible_to(request.scope), pk=category_id)
    form = CategoryForm(request.POST or None, instance=found, place=request.place)
    if request.method == "POST" and form.is_valid():
        fresh = Category.objects.get(pk=found.pk)
        edit_category(category=fresh, by=request.role, at=now(), **form.cleaned_data)
        messages.success(request, _("Saved. It wins over the place's files from now on."))
        return redirect("desks:categories")
    context = {"form": form, "category": found}
    return render(request, "desks/category.html", context, status=422 if form.errors else 200)


@roles("ol_admin")
def facts(request: HttpRequest) -> HttpResponse:
    """The catalogue of what may be known of an enterprise; read only."""
    rows = FactDefinition.objects.visible_to(request.scope)
    text = request.GET.get("q", "").strip()[:60]
    if text:
        rows = rows.filter(Q(key__icontains=text) | Q(label_zh__icontains=text) | Q(label_en__icontains=text))
    page = ListPage(request, rows, _fact_columns(), "key", name="facts")
    if kind := request.GET.get("export"):
        return page.export(kind, "facts", now())
    return render(request, "desks/facts.html", {"list": page, "page": page.page, "wanted": text})


def _fact_columns() -> list[Column]:
    return [
        Column("label", _("Fact"), lambda f: f.label, "label_zh"),
        Column("key", _("Key"), lambda f: f.key, "key"),
        Column("type", _("Type"), lambda f: f.type, "type"),
        Column("unit", _("Unit"), lambda f: f.unit),
        Column("holder", _("Held by"), lambda f: f.holder, "holder"),
        Column("sensitivity", _("Sensitivity"), lambda f: f.get_sensitivity_display(), "sensitivity"),
        Column("fresh", _("Fresh for days"), lambda f: f.fresh_days, "fresh_days", is_number=True, nulls_last=True),
    ]
