"""The `openliaison` command. Each subcommand loads its own room only: engine commands need no Django."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# words → (module:function taking the remaining words and returning an exit code, what it does, needs Django)
COMMANDS: dict[str, tuple[str, str, bool]] = {
    "serve": ("openliaison.cli:serve", "start database, worker and web together", False),
    "init": ("openliaison.desks.commands:init", "set up a place for real work", True),
    "check": ("openliaison.desks.commands:check", "check the seals of journal and read log", True),
    "place load": ("openliaison.desks.commands:place_load", "load a place's files", True),
    "place diff": ("openliaison.desks.commands:place_diff", "compare a place's files with what is edited", True),
    "register import": ("openliaison.register.commands:import_file", "take a file into the register", True),
    "register undo": ("openliaison.register.commands:undo", "undo an import as a whole", True),
    "stationing propose": (
        "openliaison.visits.commands:propose_stationing",
        "propose who serves whom, from files",
        False,
    ),
    "database sql": ("openliaison.cli:database_sql", "print what a database administrator runs once", False),
    "demo load": ("openliaison.desks.commands:demo_load", "load the example place and its story", True),
    "demo grow": ("openliaison.desks.commands:demo_grow", "add many invented enterprises and cases", True),
    "manage": ("openliaison.cli:manage", "Django's own commands", True),
}
BAD_INPUT, OUR_FAULT = 2, 1


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit code: 0 done, 2 bad input, 1 our fault."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in ("-h", "--help"):
        print(_usage())
        return 0 if words else BAD_INPUT
    name = " ".join(words[:2]) if " ".join(words[:2]) in COMMANDS else words[0]
    if name not in COMMANDS:
        print(f"openliaison: there is no command “{name}”.\n\n{_usage()}", file=sys.stderr)
        return BAD_INPUT
    target, _what, needs_django = COMMANDS[name]
    rest = words[len(name.split()) :]
    if needs_django:
        rest = _set_up(rest, asks_help=bool({"-h", "--help"} & set(rest)))
    module, function = target.split(":")
    command: Callable[[list[str]], int] = getattr(import_module(module), function)
    return command(rest)


def _usage() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  openliaison {name:<{width}}  {what}" for name, (_target, what, _django) in COMMANDS.items()]
    return "\n".join(["Usage:", *lines, "", "“openliaison COMMAND --help” says more of each."])


def _set_up(words: list[str], *, asks_help: bool) -> list[str]:
    """Take `--data DIR` out of the words, see that the database runs, load Django as the owner."""
    parser = argparse.ArgumentParser(prog="openliaison", add_help=False, allow_abbrev=False)
    parser.add_argument("--data", type=Path)
    found, words = parser.parse_known_args(words)
    if found.data:
        os.environ["OPENLIAISON_DATA"] = str(found.data.absolute())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["OPENLIAISON_AS"] = "owner"
    if "DATABASE_URL" not in os.environ and not asks_help:
        import atexit

        from openliaison.core import embedded

        data = Path(os.environ.get("OPENLIAISON_DATA") or ROOT / "data").absolute()
        atexit.register(embedded.start(data).stop)
    import django

    django.setup()
    return words


def serve(argv: list[str]) -> int:
    from openliaison.core.server import Options
    from openliaison.core.server import serve as run
    from openliaison.desks.starting import prepare

    parser = argparse.ArgumentParser(prog="openliaison serve", description="Start database, worker and web together.")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("OPENLIAISON_DATA") or ROOT / "data"))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--cert", default="", help="certificate file (PEM)")
    parser.add_argument("--key", default="", help="key file (PEM)")
    parser.add_argument("--public-url", default="", help="the address people type, behind a proxy")
    parser.add_argument("--no-demo", action="store_true", help="real work: no example, no known passwords")
    found = parser.parse_args(argv)
    if bool(found.cert) != bool(found.key):
        parser.error("--cert and --key go together")
    return run(
        Options(
            data=found.data.absolute(),
            host=found.host,
            port=found.port,
            cert=found.cert,
            key=found.key,
            public_url=found.public_url,
            is_demo=not found.no_demo,
        ),
        prepare,
    )


def database_sql(argv: list[str]) -> int:
    from openliaison.core.embedded import database_sql as text

    argparse.ArgumentParser(prog="openliaison database sql").parse_args(argv)
    print(text())
    return 0


def manage(argv: list[str]) -> int:
    from django.core.management import execute_from_command_line

    execute_from_command_line(["openliaison manage", *argv])
    return 0


if __name__ == "__main__":
    sys.exit(main())
