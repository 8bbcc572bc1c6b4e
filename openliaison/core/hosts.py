"""Under which names a site may be asked for. Any other `Host` is somebody else's name that points here."""

from __future__ import annotations

import fcntl
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress

EVERY_INTERFACE = {"", "0.0.0.0", "::"}
_ADDRESS_OF_INTERFACE = 0x8915  # SIOCGIFADDR


def names_of(host: str) -> list[str]:
    """What people may type to reach a site that listens on `host`: itself, or all this machine is called."""
    if host not in EVERY_INTERFACE:
        return [f"[{host}]" if ":" in host else host]
    return sorted({socket.gethostname(), socket.getfqdn(), *_addresses()})


def _addresses() -> Iterator[str]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        for _index, name in socket.if_nameindex():
            with suppress(OSError):  # an interface without an address
                said = fcntl.ioctl(asked, _ADDRESS_OF_INTERFACE, struct.pack("256s", name.encode()))
                yield socket.inet_ntoa(said[20:24])
