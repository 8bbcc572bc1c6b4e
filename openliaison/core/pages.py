"""List pages: filter, sort, fifty rows a page, chosen columns, saved views, export that carries filter and date."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from . import exports, formatting
from .models import SavedView

ROWS_A_PAGE = 50
MOST_COUNTED = 100_000  # beyond it a list says "more than"; counting a million rows costs a tenth of a second
MOST_EXPORTED = 100_000
OWN_PARAMETERS = ("export", "page", "sort", "col")  # of the list itself; all others are filters


@dataclass(frozen=True)
class Column:
    """A column of a list and of its export."""

    key: str
    label: str
    value: Callable[[Any], Any]
    sort: str = ""  # the field it sorts by, "" where it does not
    is_number: bool = False
    is_extra: bool = False  # left out until the reader chooses it
    nulls_last: bool = False  # rows without a value at the end, whichever way it is sorted


class CappedPaginator(Paginator):
    """Counts up to MOST_COUNTED rows and pages through no more."""

    @cached_property
    def count(self) -> int:
        return min(self.object_list.order_by()[: MOST_COUNTED + 1].count(), MOST_COUNTED + 1)

    @property
    def is_capped(self) -> bool:
        return self.count > MOST_COUNTED


@dataclass
class ListPage:
    """One page of a list as the query asks for it; unknown sort keys, columns and page numbers are passed over.

    Args:
        rows: what this person may see, filtered already.
        filters: the bound filter form, if there is one: the export then tells the filters in words.
        name: the list's name in saved views; without one there are none.
    """

    request: HttpRequest
    rows: QuerySet
    columns: list[Column]
    default_sort: str
    extra: dict[str, Any] = field(default_factory=dict)
    filters: forms.Form | None = None
    name: str = ""

    @property
    def sort(self) -> str:
        wanted = self.request.GET.get("sort", "")
        known = {c.sort for c in self.columns if c.sort}
        return wanted if wanted.removeprefix("-") in known else self.default_sort

    @property
    def ordered(self) -> QuerySet:
        sort = self.sort
        name = sort.removeprefix("-")
        if any(c.nulls_last for c in self.columns if c.sort == name):
            by = F(name).desc(nulls_last=True) if sort.startswith("-") else F(name).asc(nulls_last=True)
            return self.rows.order_by(by, "pk")
        return self.rows.order_by(sort, "pk")

    @cached_property
    def page(self) -> Page:
        return CappedPaginator(self.ordered, ROWS_A_PAGE).get_page(self.request.GET.get("page"))

    @property
    def total(self) -> str:
        """How many rows there are, in words."""
        paginator = self.page.paginator
        if paginator.is_capped:
            return _("more than %(number)s") % {"number": formatting.number(MOST_COUNTED)}
        return formatting.number(paginator.count)

    @cached_property
    def shown(self) -> dict[str, Column]:
        """The columns the reader wants, by key; `{% cell %}` asks here."""
        wanted = self.request.GET.getlist("col")
        chosen = [c for c in self.columns if c.key in wanted]
        return {c.key: c for c in chosen or [c for c in self.columns if not c.is_extra]}

    def heads(self) -> list[dict[str, Any]]:
        """The header cells: label, what a click sorts by, how it is sorted now."""
        return [self._head(column) for column in self.shown.values()]

    def _head(self, column: Column) -> dict[str, Any]:
        is_up, is_down = self.sort == column.sort, self.sort == f"-{column.sort}"
        return {
            "key": column.key,
            "label": column.label,
            "is_number": column.is_number,
            "sort": (f"-{column.sort}" if is_up else column.sort) if column.sort else "",
            "aria": "ascending" if is_up else "descending" if is_down else "",
        }

    @property
    def active_filters(self) -> dict[str, str]:
        """What the list is filtered by, in words where there is a form."""
        given = {k: v for k, v in self.request.GET.items() if v and k not in OWN_PARAMETERS}
        if self.filters is None:
            return given
        fields = self.filters.fields
        return {str(fields[k].label or k): _words(fields[k], v) for k, v in given.items() if k in fields}

    @property
    def query(self) -> str:
        """The list as it stands, without page and export: what a saved view keeps."""
        kept = self.request.GET.copy()
        for key in ("page", "export"):
            kept.pop(key, None)
        return kept.urlencode()

    @cached_property
    def saved_views(self) -> list[SavedView]:
        if not self.name:
            return []
        return list(SavedView.objects.visible_to(self.request.scope).filter(page=self.name))  # type: ignore[attr-defined]

    def export(self, kind: str, name: str, at: datetime) -> HttpResponse:
        """The whole filtered list as CSV or XLSX: place, filter, order and date stand above its rows.

        Args:
            kind: "xlsx", or else CSV.
            name: the file's name without date and ending.
        """
        columns = list(self.shown.values())
        rows = self.ordered[:MOST_EXPORTED]
        sheet = exports.Sheet(
            name=name,
            about=self._about(at),
            heads=[c.label for c in columns],
            rows=([c.value(row) for c in columns] for row in _read(rows)),
        )
        is_example = self.request.place.is_example  # type: ignore[attr-defined]
        return exports.answer(sheet, kind, at=at, is_example=is_example)

    def _about(self, at: datetime) -> list[tuple[str, str]]:
        filters = "; ".join(f"{k}: {v}" for k, v in self.active_filters.items())
        sorted_by = next((c.label for c in self.columns if c.sort == self.sort.removeprefix("-")), self.sort)
        return [
            (_("Place"), self.request.place.label),  # type: ignore[attr-defined]
            (_("Made at"), formatting.instant(at, "long")),
            (_("Filter"), filters or _("none")),
            (_("Sorted by"), sorted_by),
            (_("Rows"), self.total if not self._is_cut else _("the first %(n)s") % {"n": MOST_EXPORTED}),
        ]

    @property
    def _is_cut(self) -> bool:
        return self.page.paginator.count > MOST_EXPORTED


def _read(rows: QuerySet) -> Iterator[Any]:
    """A slice with its prefetches in pieces: memory stays flat."""
    return rows.iterator(chunk_size=2000)


def _words(found: forms.Field, value: str) -> str:
    """A choice's label instead of its value."""
    for key, text in getattr(found, "choices", ()):
        if str(key) == value:
            return str(text)
    return value
