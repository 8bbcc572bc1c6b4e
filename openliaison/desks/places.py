"""A place from its folder: every room takes its share."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from openliaison.accounts.services import seed_organisations
from openliaison.cases.services import seed_categories, seed_reply_templates
from openliaison.core.models import Place
from openliaison.core.place_pack import read_pack
from openliaison.core.places import seed_place
from openliaison.register.services import seed_fact_definitions


@transaction.atomic
def load_place(folder: Path) -> Place:
    """Load or refresh a place; what was edited on screen stays.

    Raises:
        PlacePackError: the folder has faults; nothing is changed.
    """
    pack = read_pack(folder)
    place = seed_place(pack)
    seed_organisations(place, pack.organisations)
    seed_categories(place, pack.categories)
    seed_reply_templates(place, pack.replies)
    seed_fact_definitions(place, pack.facts)
    return place
