"""`python -m bench` runs every benchmark; `python -m bench NAME [--help]` runs one."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module

BENCHES = {
    "clock": ("bench.clock", "due instants and explanations per second, beside a minute loop and workalendar"),
    "seal": ("bench.seal", "journal rows per second, unsealed and sealed"),
    "import": ("bench.importing", "rows of a register file taken in"),
    "stationing": ("bench.stationing", "who serves whom: a county beside a greedy assignment and today's"),
    "web": ("bench.web", "every page of every role on 100,000 enterprises and 200,000 cases"),
}


def main(argv: list[str]) -> int:
    if argv and argv[0] in ("-h", "--help"):
        print(__doc__, *(f"\n  {name:<10} {what}" for name, (_module, what) in BENCHES.items()))
        return 0
    if argv and argv[0] not in BENCHES:
        print(f"There is no benchmark “{argv[0]}”; there are: {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    if argv:
        return import_module(BENCHES[argv[0]][0]).run(argv[1:])
    # One process each: settings and data folders differ.
    return max(subprocess.run([sys.executable, "-m", "bench", name], env=os.environ).returncode for name in BENCHES)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
