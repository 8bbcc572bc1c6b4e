"""Templates are all used, and name only icons, pages, files and states that exist."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template import engines
from django.urls import NoReverseMatch, get_resolver, reverse

from openliaison.core import icons, states
from tests.conftest import ROOT

PRODUCT = ROOT / "openliaison"
TEMPLATES = sorted(PRODUCT.glob("*/templates/**/*.html"))
CODE = sorted([*PRODUCT.rglob("*.py"), *(ROOT / "config").glob("*.py")])
INCLUDED = re.compile(r"""{%\s*(?:extends|include)\s+["']([^"']+)["']""")
NAMED = {
    "icon": re.compile(r"""{%\s*icon\s+["']([\w-]+)["']"""),
    "state": re.compile(r"""{%\s*state\s+["']([\w.]+)["']\s"""),
    "url": re.compile(r"""{%\s*url\s+["']([\w:]+)["']"""),
    "static": re.compile(r"""{%\s*static\s+["']([^"']+)["']"""),
}


def name(template: Path) -> str:
    return template.as_posix().split("/templates/", 1)[1]


@cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def mentions(kind: str) -> list[tuple[str, str]]:
    """(template, what it names) for each mention."""
    return [(name(t), found) for t in TEMPLATES for found in NAMED[kind].findall(text(t))]


def test_every_template_is_used():
    told = {found for t in TEMPLATES for found in INCLUDED.findall(text(t))}
    code = "\n".join(map(text, CODE))
    unused = [name(t) for t in TEMPLATES if name(t) not in told and not _is_named(name(t), code)]
    assert not unused, f"Nobody shows these templates; delete them or use them: {unused}"


def _is_named(template: str, code: str) -> bool:
    """By its whole name, or by one that is put together: f"desks/help/{kind}.{language}.html"."""
    if template in code or "django/forms/" in template:  # Django's own, in our markup
        return True
    made = re.findall(r"""["']([\w/{}().\[\]-]*\{[\w/{}().\[\]-]*\.html)["']""", code)
    return any(re.fullmatch(re.sub(r"\{[^}]*\}", "[\\\\w-]+", one), template) for one in made)


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_every_template_can_be_read(template):
    engines["django"].get_template(name(template))


def test_every_icon_exists():
    lacking = {found for _where, found in mentions("icon") if not (ROOT / icons.FOLDER / f"{found}.svg").is_file()}
    assert not lacking, f"Tabler has no outline icon of this name: {sorted(lacking)}"


def test_every_state_is_registered():
    for where, key in mentions("state"):
        assert states.look(key), f"{where}: {key}"


def test_every_page_that_a_template_links_to_exists():
    unknown = sorted({(where, found) for where, found in mentions("url") if not _is_url(found)})
    assert not unknown, f"No such page: {unknown}"


def _is_url(found: str) -> bool:
    try:
        reverse(found)
    except NoReverseMatch:
        return _takes_arguments(found)
    return True


@cache
def _takes_arguments(found: str) -> bool:
    resolver = get_resolver()
    *namespaces, last = found.split(":")
    for namespace in namespaces:
        if namespace not in resolver.namespace_dict:
            return False
        resolver = resolver.namespace_dict[namespace][1]
    return bool(resolver.reverse_dict.getlist(last))


def test_every_static_file_exists():
    lacking = {found for _where, found in mentions("static") if finders.find(found) is None}
    assert not lacking, f"No such file: {sorted(lacking)}"


def test_every_form_that_posts_carries_its_token():
    for template in TEMPLATES:
        for form in re.findall(r"""<form\b[^>]*\bmethod=["']post["'].*?</form>""", text(template), re.S | re.I):
            assert "csrf_token" in form, f"{name(template)}: {form[:80]}"
