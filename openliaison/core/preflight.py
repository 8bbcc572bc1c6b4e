"""What is checked before anything starts: one sentence each, with the cure."""

from __future__ import annotations

import platform
import shutil
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

LEAST_FREE_MB = 1000
SYSTEMS = {("Linux", "x86_64"), ("Linux", "aarch64"), ("Darwin", "arm64"), ("Darwin", "x86_64")}


def complaints(data: Path, host: str, port: int, environment: Mapping[str, str]) -> list[str]:
    """Everything that stands in the way of `serve`; empty when nothing does."""
    found = [python_version(sys.version_info[:2]), database(environment, platform.system(), platform.machine())]
    found += [folder(data), disk(data), free_port(host, port)]
    return [text for text in found if text]


def database(environment: Mapping[str, str], name: str, machine: str) -> str:
    """A server of one's own needs both of its addresses; without one the machine must have a build."""
    urls = [key for key in ("DATABASE_URL", "DATABASE_OWNER_URL") if not environment.get(key)]
    if len(urls) == 1:
        return f"{urls[0]} is not set: a server of your own has two accounts, see “openliaison database sql”."
    return system(name, machine) if urls else ""


def python_version(version: tuple[int, ...]) -> str:
    if version >= (3, 11):
        return ""
    return f"Python 3.11 or newer is needed; this is {'.'.join(map(str, version))}. Install python3.11."


def system(name: str, machine: str) -> str:
    if (name, machine) in SYSTEMS:
        return ""
    return f"The embedded PostgreSQL has no build for {name} on {machine}; set DATABASE_URL to a server of your own."


def folder(data: Path) -> str:
    try:
        data.mkdir(parents=True, exist_ok=True)
        probe = data / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        return f"The data folder {data} cannot be written ({error.strerror}); choose another with --data."
    return ""


def disk(data: Path) -> str:
    place = next((p for p in [data, *data.parents] if p.exists()), Path("/"))
    free = shutil.disk_usage(place).free // 1_000_000
    if free >= LEAST_FREE_MB:
        return ""
    return f"Only {free} MB are free at {place}; at least {LEAST_FREE_MB} MB are needed."


def free_port(host: str, port: int) -> str:
    """Bound without SO_REUSEPORT: the web server binds with it and would start beside another one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            return f"Port {port} may only be opened by root; choose another with --port."
        except OSError as error:
            return f"Port {port} on {host} cannot be opened ({error.strerror}); choose another with --port."
    return ""
