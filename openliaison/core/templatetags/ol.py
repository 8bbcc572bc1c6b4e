"""Tags and filters of the house, built into every template: icons, states, times, numbers, components."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openliaison.core import form_time, formatting, icons, states
from openliaison.core.codes import code_label
from openliaison.core.now import now
from openliaison.core.pages import Column

register = template.Library()
Context = dict[str, Any]

NOTE_ICONS = {
    "ok": "circle-check",
    "due": "alert-triangle",
    "over": "alert-octagon",
    "wait": "info-circle",
    "accent": "info-circle",
    "": "info-circle",
}


# ── Small marks ──────────────────────────────────────────────


@register.simple_tag
def icon(name: str) -> SafeString:
    return icons.icon(name)


@register.simple_tag
def state(key: str, text: str = "") -> SafeString:
    """The chip of a state; `text` replaces its word."""
    look = states.look(key)
    return chip(look.css, look.icon, text or str(look.label))


@register.simple_tag
def chip(css: str, icon_name: str, text: str) -> SafeString:
    """A chip with icon and word: css ok, due, over, wait or none."""
    return format_html('<span class="st st-{}">{}{}</span>', css, icons.icon(icon_name), text)


@register.simple_tag
def why(text: str) -> SafeString:
    """The reason under a suggestion."""
    return format_html('<p class="why">{}<span>{}</span></p>', icons.icon("bulb"), text)


@register.simple_tag(takes_context=True)
def takes(context: Context, form: Any, place: Any = None) -> SafeString:
    """How long a form takes, counted from the form itself: {% takes form %}."""
    minutes = _minutes(form, place or context["place"])
    text = ngettext("About %(minutes)s minute", "About %(minutes)s minutes", minutes) % {"minutes": minutes}
    return format_html('<span class="meta">{}</span>', text)


def _minutes(form: Any, place: Any) -> int:
    return form_time.form_minutes(form, place, place.day(now()))


@register.simple_block_tag
def note(content: str, css: str = "", icon_name: str = "") -> SafeString:
    """A notice strip: {% note "due" %}…{% endnote %}; css ok, due, over, wait, accent or nothing."""
    sign = icons.icon(icon_name or NOTE_ICONS[css])
    role = "alert" if css == "over" else "status"
    look = f" note-{css}" if css else ""
    return format_html('<div class="note{}" role="{}">{}<div>{}</div></div>', look, role, sign, content)


@register.simple_tag
def bar(done: float, total: float, label: str = "", kind: str = "mea") -> SafeString:
    """A progress bar: `kind` mea (measured, solid) or est (estimated, hatched)."""
    share = min(max(float(done) / float(total), 0), 1) * 100 if total else 0
    says = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="mbar" {}><rect class="{}" width="{}%" height="100%"/></svg>', says, kind, f"{share:.2f}"
    )


# ── Times, numbers, names ────────────────────────────────────


@register.filter
def when(value: datetime | None, style: str = "") -> SafeString | str:
    """An instant in the place's zone, as a <time> element. Styles: formatting.instant."""
    if value is None:
        return ""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), formatting.instant(value, style))


@register.filter
def day(value: date | datetime | None, style: str = "") -> str:
    """A date. Styles: formatting.day."""
    return "" if value is None else formatting.day(value, style)


@register.filter
def month(value: date) -> str:
    """The month of a date, with its year."""
    return formatting.month(value)


@register.filter
def ago(value: datetime | date | None) -> str:
    """How many days ago, in words."""
    return formatting.ago(value)


@register.filter
def number(value: float | Decimal | None, places: int | None = None) -> str:
    return "" if value is None else formatting.number(value, places)


@register.filter
def duration(seconds: float | None, style: str = "") -> str:
    """Working time as people say it: "3 h 58 min"; with "clock" 3:58."""
    return "" if seconds is None else formatting.duration(seconds, style)


@register.filter
def label(thing: Any) -> str:
    """The name in the reader's language: of an object with `label`, or of a mapping with zh and en."""
    if thing is None:
        return ""
    if isinstance(thing, Mapping):
        order = ("en", "zh") if formatting.locale() == "en" else ("zh", "en")
        return next((str(thing[key]) for key in order if thing.get(key)), "")
    return str(getattr(thing, "label", thing))


@register.filter
def get(mapping: Mapping[Any, Any], key: Any) -> Any:
    return mapping.get(key, "")


@register.filter
def industry(code: str, scheme: str) -> str:
    """The name of an industry code."""
    return code_label(scheme, code)


# ── Components ───────────────────────────────────────────────


@register.inclusion_tag("core/parts/fig.html")
def fig(
    label: str, value: Any, unit: str = "", sub: str = "", url: str = "", definition: str = "", look: str = ""
) -> Context:
    """A figure with its definition; `url` opens the rows behind it, `look` (over, due, ok) marks the line below."""
    return {
        "label": label,
        "value": value,
        "unit": unit,
        "sub": sub,
        "url": url,
        "definition": definition,
        "look": look,
        "look_icon": NOTE_ICONS.get(look, ""),
    }


@register.inclusion_tag("core/parts/empty.html")
def nothing(title: str, text: str = "", url: str = "", action: str = "", icon_name: str = "inbox") -> Context:
    """An empty state that teaches: what would be here, and what to do next."""
    return {"title": title, "text": text, "url": url, "action": action, "icon_name": icon_name}


@register.simple_tag(takes_context=True)
def tabs(context: Context, items: Iterable[tuple[str, Any]], current: str = "", param: str = "tab") -> SafeString:
    """Tabs that are links: items are (key, label) pairs, the choice travels as ?tab=key."""
    links = [(query(context, **{param: key, "page": None}), _is_current(key == current), text) for key, text in items]
    inner = format_html_join("", '<a href="{}"{}>{}</a>', links)
    return format_html('<nav class="ol-row tabs no-print" aria-label="{}">{}</nav>', _("Views of this page"), inner)


def _is_current(is_it: bool) -> SafeString:
    return mark_safe(' aria-current="true"' if is_it else "")


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The page's query with changes; None takes a parameter away."""
    found: QueryDict = context["request"].GET.copy()
    for key, value in changes.items():
        found.pop(key, None)
        if value not in (None, ""):
            found[key] = value
    return "?" + found.urlencode() if found else "?"


@register.inclusion_tag("core/parts/kept_query.html", takes_context=True)
def kept_query(context: Context, *but: str) -> Context:
    """The page's query as hidden fields of a GET form, without the parameters named."""
    pairs = [(k, v) for k, values in context["request"].GET.lists() if k not in but for v in values if v]
    return {"pairs": pairs}


class _Cell(template.Node):
    """A table cell of a ListPage's column: not even rendered where the reader left the column out."""

    def __init__(self, key: template.base.FilterExpression, inside: template.NodeList) -> None:
        self.key, self.inside = key, inside

    def render(self, context: template.Context) -> str:
        column: Column | None = context["list"].shown.get(self.key.resolve(context))
        if column is None:
            return ""
        css = mark_safe(' class="num"') if column.is_number else ""
        return format_html('<td data-l="{}"{}>{}</td>', column.label, css, mark_safe(self.inside.render(context)))


@register.tag
def cell(parser: template.base.Parser, token: template.base.Token) -> _Cell:
    """{% cell "due" %}…{% endcell %} in a row of a ListPage named `list`."""
    _name, key = token.split_contents()
    inside = parser.parse(("endcell",))
    parser.delete_first_token()
    return _Cell(parser.compile_filter(key), inside)
