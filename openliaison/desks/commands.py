"""Commands that reach across rooms."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from openliaison.accounts.services import create_first_administrator
from openliaison.core import seals
from openliaison.core.errors import Refused
from openliaison.core.models import Place
from openliaison.core.place_pack import PlacePackError, read_pack

from . import story
from .place_diff import differences
from .places import load_place


def init(argv: list[str]) -> int:
    """Set up a place for real work and print the administrator's one-time link."""
    parser = argparse.ArgumentParser(prog="openliaison init", description=init.__doc__)
    parser.add_argument("--place", type=Path, required=True, help="the place's folder")
    parser.add_argument("--admin", required=True, help="name of the first administrator")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="the site's address")
    found = parser.parse_args(argv)
    _prepare_database()
    try:
        place = load_place(found.place)
    except PlacePackError as error:
        return _bad(error)
    token = create_first_administrator(place, found.admin)
    print(f"{place.label} is loaded. {found.admin} opens this link once, within 14 days, and chooses a password:")
    print(f"{found.url.rstrip('/')}/account/join/{token}/")
    return 0


def check(argv: list[str]) -> int:
    """Check the seals of journal and read log."""
    argparse.ArgumentParser(prog="openliaison check", description=check.__doc__).parse_args(argv)
    return seals.check()


def place_load(argv: list[str]) -> int:
    """Load or refresh a place from its folder."""
    parser = argparse.ArgumentParser(prog="openliaison place load", description=place_load.__doc__)
    parser.add_argument("folder", type=Path)
    found = parser.parse_args(argv)
    _prepare_database()
    try:
        place = load_place(found.folder)
    except PlacePackError as error:
        return _bad(error)
    print(f"{place.label} is loaded.")
    return 0


def place_diff(argv: list[str]) -> int:
    """Show what was edited on screen beside what the files say."""
    parser = argparse.ArgumentParser(prog="openliaison place diff", description=place_diff.__doc__)
    parser.add_argument("folder", type=Path)
    found = parser.parse_args(argv)
    try:
        pack = read_pack(found.folder)
    except PlacePackError as error:
        return _bad(error)
    lines = differences(pack)
    print(*lines, f"{len(lines)} rows were edited on screen.", sep="\n")
    return 0


def demo_load(argv: list[str]) -> int:
    """Load the example place and its story into an empty database."""
    argparse.ArgumentParser(prog="openliaison demo load", description=demo_load.__doc__).parse_args(argv)
    _prepare_database()
    story.load_if_empty(say=print)
    return 0


def demo_grow(argv: list[str]) -> int:
    """Add many invented enterprises and cases, to see how the site bears them."""
    parser = argparse.ArgumentParser(prog="openliaison demo grow", description=demo_grow.__doc__)
    parser.add_argument("--enterprises", type=int, default=10_000)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--place", help="the place's code; the example place where it is left out")
    parser.add_argument("--seed", type=int, default=1, help="another number gives other rows")
    found = parser.parse_args(argv)
    if min(found.enterprises, found.cases) < 0:
        parser.error("numbers to add are 0 or more")
    _prepare_database()
    from .growth import grow

    try:
        place = Place.objects.get(code=found.place) if found.place else None
        print(grow(enterprises=found.enterprises, cases=found.cases, place=place, seed=found.seed))
    except Place.DoesNotExist:
        print(f"There is no place “{found.place}”.", file=sys.stderr)
        return 2
    except Refused as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _prepare_database() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _bad(error: PlacePackError) -> int:
    for fault in error.faults:
        print(fault, file=sys.stderr)
    return 2
