"""The industry tree as a choice: sections with their divisions; deeper codes come by links and by typing."""

from __future__ import annotations

from openliaison.core import codes

Choices = list[tuple[str, str | list[tuple[str, str]]]]


def industry_choices(scheme: str, also: str = "") -> Choices:
    """Sections as groups of divisions; `also` is a code that must be among them."""
    tree = codes.tree(scheme)
    found: Choices = []
    for code in tree.values():
        if not code.parent:
            beneath = [c for c in tree.values() if c.parent == code.code]
            whole = (code.code, f"{code.code} {code.label}")
            found.append((whole[1], [whole, *((c.code, f"{c.code} {c.label}") for c in beneath)]))
    if also in tree and len(also) > 2:
        found.insert(0, (also, f"{also} {tree[also].label}"))
    return found


def read(scheme: str, text: str) -> str:
    """The code of the tree that was asked for; "" where it has none."""
    return codes.canonical(scheme, text) or ""
