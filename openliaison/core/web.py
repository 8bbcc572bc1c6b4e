"""The web part: `python -m openliaison.core.web HOST PORT [CERT KEY]`."""

import os
import sys
from pathlib import Path

from granian.constants import Interfaces
from granian.server import Server


def run(host: str, port: int, cert: str = "", key: str = "") -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    Server(
        "config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=2,
        blocking_threads=4,
        backpressure=32,
        respawn_failed_workers=True,
        workers_kill_timeout=15,
        ssl_cert=Path(cert) if cert else None,
        ssl_key=Path(key) if key else None,
        log_access=os.environ.get("OPENLIAISON_LOG_ACCESS") == "1",
    ).serve()


if __name__ == "__main__":
    run(sys.argv[1], int(sys.argv[2]), *sys.argv[3:5])
