"""Verbs of the register: enterprises, facts, contacts, sites, who serves whom, what belongs together."""

from .assigning import MOST_AT_ONCE, Assigned, end_stationing, station, station_many, tell_officer
from .enterprises import add_enterprise, change_identity, read_industry
from .facts import confirm_fact, record_fact, retract_fact, seed_fact_definitions, visit_reference
from .held import (
    add_contact,
    add_site,
    change_contact,
    change_site,
    close_site,
    end_contact,
    make_main_contact,
)
from .leading import name_leader
from .merging import merge_enterprises, unmerge
from .overwriting import shown
from .terms import Renewed, renew_term, renew_terms, usual_term
from .ties import add_tie, end_tie

__all__ = [
    "MOST_AT_ONCE",
    "Assigned",
    "Renewed",
    "add_contact",
    "add_enterprise",
    "add_site",
    "add_tie",
    "change_contact",
    "change_identity",
    "change_site",
    "close_site",
    "confirm_fact",
    "end_contact",
    "end_stationing",
    "end_tie",
    "make_main_contact",
    "merge_enterprises",
    "name_leader",
    "read_industry",
    "record_fact",
    "renew_term",
    "renew_terms",
    "retract_fact",
    "seed_fact_definitions",
    "shown",
    "station",
    "station_many",
    "tell_officer",
    "unmerge",
    "usual_term",
    "visit_reference",
]
