"""What stands in the way of a start is said in a sentence with its cure."""

import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from openliaison.core import preflight


def test_an_old_python_is_named_with_its_cure():
    assert "this is 3.9" in preflight.python_version((3, 9))
    assert preflight.python_version((3, 11)) == ""


def test_a_machine_without_a_build_is_told_of_database_url():
    assert "DATABASE_URL" in preflight.system("Windows", "AMD64")
    assert preflight.system("Linux", "aarch64") == ""


def test_with_a_server_of_ones_own_the_machine_does_not_matter():
    both = {"DATABASE_URL": "postgresql://web@db/x", "DATABASE_OWNER_URL": "postgresql://owner@db/x"}

    assert preflight.database(both, "Windows", "AMD64") == ""
    assert preflight.database({}, "Windows", "AMD64") != ""


@pytest.mark.parametrize(
    ("given", "lacking"), [("DATABASE_URL", "DATABASE_OWNER_URL"), ("DATABASE_OWNER_URL", "DATABASE_URL")]
)
def test_half_a_server_is_named(given, lacking):
    said = preflight.database({given: "postgresql://x@db/x"}, "Linux", "x86_64")
    assert said.startswith(f"{lacking} is not set")


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    file = tmp_path / "file"
    file.touch()

    said = preflight.folder(file / "data")
    assert str(file / "data") in said
    assert "--data" in said
    assert preflight.folder(tmp_path / "数据") == ""


def test_a_full_disk_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(preflight.shutil, "disk_usage", lambda place: SimpleNamespace(free=5_000_000))
    assert "Only 5 MB are free" in preflight.disk(tmp_path / "not" / "made" / "yet")


def test_a_busy_port_is_named_even_where_it_may_be_shared():
    """The web server binds with SO_REUSEPORT and would start silently beside another one."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = preflight.free_port("127.0.0.1", port)
    assert f"Port {port}" in said
    assert "--port" in said


def test_an_address_that_is_not_this_machines_is_named():
    assert "192.0.2.1" in preflight.free_port("192.0.2.1", 0)


def test_everything_is_said_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(preflight, "LEAST_FREE_MB", 10**12)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        found = preflight.complaints(tmp_path, "127.0.0.1", other.getsockname()[1], {})
    assert len(found) == 2
    assert preflight.folder(Path(tmp_path)) == ""
