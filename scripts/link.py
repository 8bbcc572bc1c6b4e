"""Puts the clone on the virtual environment's path, with the `openliaison` command. Downloads nothing."""

import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMAND = """#!/bin/sh
exec "{python}" -m openliaison "$@"
"""


def link() -> None:
    Path(sysconfig.get_path("purelib"), "openliaison.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    command = Path(sysconfig.get_path("scripts"), "openliaison")
    command.write_text(COMMAND.format(python=sys.executable), encoding="utf-8")
    command.chmod(0o755)


if __name__ == "__main__":
    link()
