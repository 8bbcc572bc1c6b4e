"""The columns of the lists of stationing, and of their exports."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from openliaison.core.pages import Column

from . import wording


def of_officers() -> list[Column]:
    return [
        Column("name", _("Officer"), lambda r: r.user.label, "user__display_name"),
        Column("office", _("Office or place"), lambda r: r.organisation_label, "organisation__name", nulls_last=True),
        Column("served", _("Enterprises"), lambda r: r.served, "served", is_number=True),
        Column("deputy", _("As deputy"), lambda r: r.deputy, is_number=True),
        Column("cover", _("As cover"), lambda r: r.cover, is_number=True),
        Column("last_at", _("Last contact"), lambda r: r.last_at),
        Column("promises", _("Open promises"), lambda r: r.promises, is_number=True),
        Column("away", _("Away until"), lambda r: r.away),
        Column("phone", _("Telephone"), lambda r: r.user.phone, is_extra=True),
    ]


def of_terms() -> list[Column]:
    return [
        Column("enterprise", _("Enterprise"), lambda k: k.enterprise.label, "enterprise__name"),
        Column("officer", _("Who"), lambda k: k.user.label, "user__display_name"),
        Column("kind", _("As"), lambda k: k.get_kind_display(), "kind"),
        Column("term", _("Term until"), lambda k: k.term_until, "term_until"),
        Column("since", _("Since"), lambda k: k.starts_on, "starts_on"),
        Column("last_at", _("Last contact"), lambda k: k.last_at),
        Column("place", _("Place"), lambda k: k.enterprise.locality.label, "enterprise__locality_path", is_extra=True),
    ]


def of_proposals() -> list[Column]:
    return [
        Column("made_at", _("When"), lambda p: p.made_at, "made_at"),
        Column("area", _("Area"), lambda p: p.locality.label, "locality_path"),
        Column("state", _("State"), lambda p: p.get_state_display(), "state"),
        Column("served", _("Served, today → proposed"), lambda p: _pair(p, "served")),
        Column("over", _("Officers over the most"), lambda p: _pair(p, "over_most")),
        Column("by", _("Asked for by"), lambda p: p.made_by.label, "made_by__display_name"),
    ]


def _pair(proposal: Any, name: str) -> str:
    """A measure of today and as proposed."""
    found = proposal.measures
    return f"{found['today'][name]} → {found['proposed'][name]}" if "proposed" in found else ""


def of_suggestions(names: dict[int, str], scheme: str) -> list[Column]:
    def why(row: Any) -> str:
        return " ".join(wording.told(row.reasons, names, scheme))

    return [
        Column("enterprise", _("Enterprise"), lambda s: s.enterprise.label, "enterprise__name"),
        Column("place", _("Place"), lambda s: s.enterprise.locality.label, "locality_path", is_extra=True),
        Column("current", _("Today"), lambda s: s.current.label if s.current else "", "current__display_name"),
        Column("officer", _("Proposed"), lambda s: s.officer.label if s.officer else "", "officer__display_name"),
        Column("change", _("What changes"), lambda s: s.get_change_display(), "rank"),
        Column("why", _("Why"), why),
        Column("state", _("State"), lambda s: s.get_state_display(), "state"),
        Column("decided", _("Decided"), lambda s: s.decided_at, "decided_at", is_extra=True, nulls_last=True),
    ]
