"""Consistent dumps of one database, and loading them as the tenant's own user.

A dump is whole only when its last line says so; `dump` throws anything else away. A load can do no more than the
tenant: it comes in as the tenant's user, with a second password that lives as long as the load, in the client's sandbox
mode and without LOAD DATA LOCAL. DEFINER clauses are left out on the way, so that what is loaded belongs to that user.
"""

import os
import re
import secrets
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import IO

from servanda.drivers.node import Broken, NotNow
from servanda.drivers.node.commands import PATH, program, run
from servanda.drivers.node.databases.connection import PASSING, as_agent
from servanda.drivers.node.databases.places import copies_options, socket
from servanda.drivers.node.layout import Layout
from servanda.ground.nodes.database_passwords import database_password_hash

TAIL = b"-- Dump completed"
TAIL_BYTES = 200
CHUNK_BYTES = 1 << 20
DUMP_SECONDS = 3600.0
LOAD_SECONDS = 3600.0

_NAME = re.compile(r"\As[0-9]{1,7}_[a-z0-9]{1,24}\Z")
_DEFINER = re.compile(rb"DEFINER\s*=\s*`(?:[^`]|``)*`\s*@\s*`(?:[^`]|``)*`")
# Rows of a dump are one line each and begin with INSERT; only these lines can name a definer.
_MAY_DEFINE = (b"/*!5", b"CREATE DEFINER", b"CREATE ALGORITHM")


@dataclass(frozen=True, slots=True)
class Dump:
    """A whole dump that lies in a file."""

    path: Path
    size_bytes: int
    is_snapshot: bool  # of one moment without a pause; False: tables were locked, as they keep no transactions


def dump(layout: Layout, database: str, *, to: Path, seconds: float = DUMP_SECONDS) -> Dump:
    """Write a dump of one database to a file that appears only when it is whole.

    The caller must be able to read `places.copies_options` (root or the copies' account). Raises NotNow while the server
    is away or takes too long, Broken when it does not end with the mark of a whole dump.
    """
    is_snapshot = _keeps_transactions(layout, database)
    draft = to.with_name(f".{to.name}.{secrets.token_hex(4)}")
    try:
        with open(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "r+b") as file:
            _run(dump_command(layout, database, is_snapshot=is_snapshot), seconds=seconds, out=file)
            if not is_whole(file):
                raise Broken(f"the dump of {database} does not end with the mark of a whole dump; it was thrown away")
            os.fsync(file.fileno())
            size = file.seek(0, os.SEEK_END)
        draft.replace(to)
    finally:
        draft.unlink(missing_ok=True)
    return Dump(to, size, is_snapshot)


def dump_command(layout: Layout, database: str, *, is_snapshot: bool = True) -> tuple[str, ...]:
    """Return the words that write a dump to standard output. Whoever uses them directly must ask `is_whole` afterwards."""
    return (
        program("mariadb-dump"),
        f"--defaults-file={copies_options(layout)}",
        "--single-transaction" if is_snapshot else "--lock-tables",
        *("--quick", "--routines", "--triggers", "--events", "--hex-blob", "--default-character-set=utf8mb4"),
        _checked(database),
    )


def is_whole(file: IO[bytes]) -> bool:
    """Tell whether a dump ends with the mark that the dumping program writes last. The file is left at its end."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - TAIL_BYTES))
    last = file.read().rstrip(b"\n").rpartition(b"\n")[2]
    return last.startswith(TAIL)


def load(layout: Layout, database: str, *, user: str, source: IO[bytes], seconds: float = LOAD_SECONDS) -> None:
    """Load a dump into a database that stands, as one of its own users. The caller is the agent.

    Raises Broken when the user may not do what the dump asks (then a part may be loaded: see `replace`), NotNow when the
    server is away. A held user is not let in: release first, or wait.
    """
    with _let_in(layout, _checked(database), _checked(user)) as password:
        _run(_client(layout, database, user), seconds=seconds, given=without_definers(source), password=password)


def replace(layout: Layout, database: str, *, user: str, source: IO[bytes], keep: Path) -> None:
    """Load a dump in place of everything in the database. What stood before must lie whole in `keep`, and comes back on failure."""
    with open(keep, "rb") as kept:
        if not is_whole(kept):
            raise Broken(f"{database} was left as it is: what stands there has no whole dump in {keep.name}")
        try:
            empty(layout, database, user=user)
            load(layout, database, user=user, source=source)
        except (Broken, NotNow):
            kept.seek(0)
            empty(layout, database, user=user)
            load(layout, database, user=user, source=kept)
            raise


def empty(layout: Layout, database: str, *, user: str) -> None:
    """Drop every table, view, routine and event of a database, as one of its users: the first half of a restore in place."""
    with _let_in(layout, _checked(database), _checked(user)) as password:
        client = _client(layout, database, user, "--batch", "--skip-column-names")
        orders = _run(client, seconds=60, given=[_DROPS.encode()], password=password)
        _run(client, seconds=600, given=[b"SET foreign_key_checks = 0;\n" + orders], password=password)


_DROPS = """
SELECT CONCAT('DROP ', IF(table_type = 'VIEW', 'VIEW', IF(table_type = 'SEQUENCE', 'SEQUENCE', 'TABLE')), ' IF EXISTS `',
  REPLACE(table_name, '`', '``'), '`;') FROM information_schema.tables WHERE table_schema = DATABASE();
SELECT CONCAT('DROP ', routine_type, ' IF EXISTS `', REPLACE(routine_name, '`', '``'), '`;')
  FROM information_schema.routines WHERE routine_schema = DATABASE();
SELECT CONCAT('DROP EVENT IF EXISTS `', REPLACE(event_name, '`', '``'), '`;')
  FROM information_schema.events WHERE event_schema = DATABASE();
"""


def _client(layout: Layout, database: str, user: str, *more: str) -> tuple[str, ...]:
    return (
        program("mariadb"), "--no-defaults", f"--socket={socket(layout)}", f"--user={user}", "--local-infile=0", "--sandbox",
        "--binary-mode", "--default-character-set=utf8mb4", *more, database,
    )  # fmt: skip


@contextmanager
def _let_in(layout: Layout, database: str, user: str) -> Iterator[str]:
    """Give a user of the database a second password for a while. After a kill, the next settling takes it away."""
    password = secrets.token_urlsafe(32)
    with as_agent(layout) as server:
        found = [row for row in server.call("accounts", database) if (row[0], row[1]) == (user, "localhost")]
        if not found:
            raise Broken(f"{user} is no user of {database}")
        if found[0][2]:
            raise Broken(f"{user} is held, so nothing can be loaded as this user")
        server.call("admit", user, "localhost", database_password_hash(password))
    try:
        yield password
    finally:
        with as_agent(layout) as server:
            server.call("dismiss", user, "localhost")


def _keeps_transactions(layout: Layout, database: str) -> bool:
    query = (
        "SELECT COUNT(*) FROM information_schema.tables t LEFT JOIN information_schema.engines e ON e.engine = t.engine"
        f" WHERE t.table_schema = '{_checked(database)}' AND t.engine IS NOT NULL AND IFNULL(e.transactions, 'NO') <> 'YES'"
    )
    words = (f"--defaults-file={copies_options(layout)}", "--batch", "--skip-column-names", "-e", query)
    return run("mariadb", *words).strip() == b"0"


def _checked(name: str) -> str:
    if not _NAME.match(name):
        raise Broken(f"{name!r} is no name of a tenant's database or user")
    return name


def without_definers(source: IO[bytes]) -> Iterator[bytes]:
    """Yield a dump's lines so that what is loaded belongs to whoever loads it."""
    for line in source:
        yield _DEFINER.sub(b"", line) if line.startswith(_MAY_DEFINE) else line


def _run(
    words: tuple[str, ...],
    *,
    seconds: float,
    out: IO[bytes] | None = None,
    given: Iterable[bytes] | None = None,
    password: str = "",
) -> bytes:
    """Run one of the server's clients, feeding it piece by piece, and return what it printed unless that goes to a file."""
    environment = {"PATH": PATH, "LC_ALL": "C.UTF-8", "MYSQL_PWD": password}
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=out or subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd="/"
    ) as child:
        limit = Timer(seconds, child.kill)
        limit.start()
        try:
            printed, complaint = _converse(child, given or [])
        except BaseException:
            child.kill()
            raise
        finally:
            is_late = limit.finished.is_set()
            limit.cancel()
    if is_late:
        raise NotNow(f"{Path(words[0]).name} did not end within {seconds:g} s")
    if child.returncode:
        raise _complaint(Path(words[0]).name, complaint.decode(errors="replace"))
    return printed


def _converse(child: "subprocess.Popen[bytes]", given: Iterable[bytes]) -> tuple[bytes, bytes]:
    assert child.stdin is not None
    # A broken pipe: it stopped reading, and its complaint says why.
    with suppress(BrokenPipeError):
        for piece in given:
            child.stdin.write(piece)
        child.stdin.flush()
    printed, complaint = child.communicate()
    return printed or b"", complaint or b""


def _complaint(name: str, text: str) -> Broken | NotNow:
    number = re.search(r"(?:ERROR|error:?) (\d{4})", text)
    said = f"{name}: {text.strip()[-1000:]}"
    return NotNow(said) if number and int(number.group(1)) in PASSING else Broken(said)
