"""The embedded database starts anywhere, finds its data again, and ends nothing that is not its own."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from openliaison.core import embedded

IS_ROOT = os.geteuid() == 0


@pytest.fixture
def start() -> Iterator[Callable[..., embedded.Server]]:
    """Starts servers and stops them after the test, whatever happened."""
    servers: list[embedded.Server] = []

    def start_one(data: Path, *, fsync: bool = False) -> embedded.Server:
        servers.append(embedded.start(data, fsync=fsync))
        return servers[-1]

    yield start_one
    for server in servers:
        server.stop()
        remove(server.data)


def remove(data: Path) -> None:
    """The data folder, and the cluster that root keeps elsewhere for it."""
    if (data / "cluster").exists():
        shutil.rmtree(embedded.SERVICE_HOME / (data / "cluster").read_text().strip(), ignore_errors=True)
    shutil.rmtree(embedded.socket_dir(data), ignore_errors=True)
    shutil.rmtree(data, ignore_errors=True)


def ask(server: embedded.Server, statement: str, user: str = "openliaison_owner") -> list[tuple]:
    with psycopg.connect(host=str(server.socket), user=user, dbname="openliaison") as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def kill_own(pid: int) -> None:
    """SIGKILL for a server that this very process started, and for nothing else."""
    process = psutil.Process(pid)
    assert process.ppid() == os.getpid(), "not a child of this test"
    assert process.name() == "postgres", process.name()
    process.send_signal(signal.SIGKILL)


def test_a_folder_with_blanks_and_chinese_is_started_twice_and_keeps_its_rows(tmp_path, start):
    data = tmp_path / "数据 folder" / "it's ours"
    first = start(data)
    ask(first, "create table kept (word text)")
    ask(first, "insert into kept values ('留住')")
    first.stop()
    assert first.poll() is not None

    second = start(data)
    assert ask(second, "select word from kept") == [("留住",)]


def test_a_killed_server_comes_back_with_what_was_committed(tmp_path, start):
    first = start(tmp_path / "data", fsync=True)  # as in real work: what is committed is on disk
    ask(first, "create table kept (n int)")
    kill_own(first.process.pid)
    first.process.wait(10)

    second = start(tmp_path / "data")
    assert ask(second, "select count(*) from kept") == [(0,)]


def test_a_pid_file_that_names_a_stranger_harms_neither_start_nor_stranger(tmp_path, start):
    first = start(tmp_path / "data")
    cluster = Path(ask(first, "show data_directory", "postgres")[0][0])
    first.stop()
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        (cluster / "postmaster.pid").write_text(f"{stranger.pid}\n{cluster}\n0\n5432\n\n\n")
        second = start(tmp_path / "data")
        assert ask(second, "select 1") == [(1,)]
        second.stop()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_second_caller_adopts_the_server_and_leaves_it_running(tmp_path, start):
    first = start(tmp_path / "data")
    second = start(tmp_path / "data")

    assert second.process is None
    second.stop()
    assert ask(first, "select 1") == [(1,)]


@pytest.mark.skipif(not IS_ROOT, reason="only root has another account to give the server")
def test_as_root_in_a_private_folder_the_server_is_another_account_and_the_folder_stays_private(tmp_path, start):
    home = tmp_path / "home"
    home.mkdir(mode=0o700)

    server = start(home / "data")

    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert psutil.Process(server.process.pid).username() == embedded.SERVICE_ACCOUNT
    assert ask(server, "show data_directory", "postgres")[0][0].startswith(str(embedded.SERVICE_HOME))
    stranger = subprocess.run(["/bin/ls", str(server.socket)], user="nobody", group="nogroup", capture_output=True)
    assert stranger.returncode != 0
    assert ask(server, "show listen_addresses") == [("",)]


@pytest.mark.parametrize("role", embedded.ROLES)
def test_no_person_logs_in_as_a_database_role(role):
    from django.conf import settings

    host = settings.DATABASES["default"]["HOST"]
    with pytest.raises(psycopg.OperationalError, match=r"[Pp]eer authentication failed"):
        psycopg.connect(host=host, user=role, dbname="postgres")


def test_the_same_path_gives_the_same_short_socket_folder(tmp_path):
    deep = tmp_path.joinpath(*["很长的名字"] * 12)

    assert embedded.socket_dir(deep) == embedded.socket_dir(deep)
    assert embedded.socket_dir(deep) != embedded.socket_dir(tmp_path)
    assert len(os.fsencode(embedded.socket_dir(deep) / ".s.PGSQL.5432")) < 104


def test_a_socket_folder_of_somebody_else_is_refused(tmp_path, monkeypatch):
    target, link = tmp_path / "elsewhere", tmp_path / "run"
    target.mkdir()
    link.symlink_to(target)
    monkeypatch.setattr(embedded, "socket_dir", lambda data: link)

    with pytest.raises(embedded.CannotStart, match="belongs to another account"):
        embedded.start(tmp_path / "data")


def test_a_server_of_ones_own_gets_every_role_by_one_script():
    script = embedded.database_sql()

    for role in (*embedded.ROLES, "openliaison_owner", "openliaison_web"):
        assert f"CREATE ROLE {role} " in script
    assert script.count("INHERIT FALSE") == 2 * len(embedded.ROLES)
    assert "SUPERUSER" not in script
    assert "BYPASSRLS" not in script
