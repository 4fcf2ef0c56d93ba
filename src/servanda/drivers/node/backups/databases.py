"""What copies need of the database server: whole dumps, and loading them with no more rights than their owner has."""

import re
import secrets
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path
from typing import Protocol

from servanda.drivers.node import Broken, NotNow
from servanda.drivers.node.backups.jails import Jail
from servanda.drivers.node.commands import program, run
from servanda.drivers.node.databases import dumps
from servanda.drivers.node.layout import Layout
from servanda.drivers.node.passwords import password_of_user
from servanda.ground.nodes.kinds.databases import Database

_NAME = re.compile(r"s[0-9]{1,7}_[a-z0-9_]{1,40}")


class Databases(Protocol):
    """The database server of a node, as root sees it."""

    def dump(self, name: str, *, to: Path) -> None:
        """Write a consistent dump. The file appears only when it ends with the mark of a whole dump."""
        ...

    def stands(self, name: str) -> bool: ...

    def tables(self, name: str) -> Sequence[str]: ...

    def make(self, name: str, *, like: Database | None) -> None:
        """Make an empty database, for the users of another one if there is one. What is in it already is dropped."""
        ...

    def load(self, name: str, source: Path, *, like: Database | None, tenant: int) -> None:
        """Load a dump with no more rights than the owner has: no files, no other database, no commands of the client."""
        ...

    def drop(self, name: str) -> None:
        """Drop a database that a restore made. One that a statement names is never dropped here."""
        ...


@dataclass(frozen=True, slots=True)
class MariaDatabases:
    """MariaDB over its socket, where the system's root is the server's."""

    layout: Layout

    @property
    def socket(self) -> Path:
        return self.layout.run / "mysql" / "mysqld.sock"

    def dump(self, name: str, *, to: Path) -> None:
        dumps.dump(self.layout, _checked(name), to=to)

    def stands(self, name: str) -> bool:
        query = f"SELECT 1 FROM information_schema.schemata WHERE schema_name = '{_checked(name)}'"
        return bool(self._ask(query, "--batch", "--skip-column-names").strip())

    def tables(self, name: str) -> Sequence[str]:
        query = f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{_checked(name)}' ORDER BY 1"
        return self._ask(query, "--batch", "--skip-column-names").decode().split("\n")[:-1]

    def make(self, name: str, *, like: Database | None) -> None:
        users = like.users if like else ()
        orders = [f"DROP DATABASE IF EXISTS `{_checked(name)}`", f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4"]
        if like and name != like.name:
            escaped = name.replace("_", r"\_")
            orders += [f"GRANT ALL ON `{escaped}`.* TO '{_checked(one.name)}'@'localhost'" for one in users]
        self._ask(";\n".join(orders))

    def load(self, name: str, source: Path, *, like: Database | None, tenant: int) -> None:
        word = secrets.token_urlsafe(32)
        user, enter, leave = self._entrance(_checked(name), word, like)
        self._ask(enter)
        try:
            self._load(name, source, user=user, word=word, tenant=tenant)
        finally:
            self._ask(leave)

    def drop(self, name: str) -> None:
        if not re.search(r"_[rt][0-9a-f]{1,12}\Z", _checked(name)):
            raise Broken(f"{name} was not made by a restore; a database is dropped under a warrant only")
        self._ask(f"DROP DATABASE IF EXISTS `{name}`")

    def _entrance(self, name: str, word: str, like: Database | None) -> tuple[str, str, str]:
        """Return who loads, what lets this user in by a word for a while, and what ends that."""
        twice = sha1(sha1(word.encode(), usedforsecurity=False).digest(), usedforsecurity=False).hexdigest().upper()
        if like and like.users:
            owner = like.users[0]
            account = f"ALTER USER '{_checked(owner.name)}'@'localhost'"
            hashed = password_of_user(self.layout, like, owner)
            stands = f"{account} IDENTIFIED VIA mysql_native_password USING '{hashed}'"
            return owner.name, f"{stands} OR mysql_native_password USING '*{twice}'", stands
        loader = f"s0_load{secrets.token_hex(6)}"
        escaped = name.replace("_", r"\_")
        enter = (
            f"CREATE USER '{loader}'@'localhost' IDENTIFIED BY PASSWORD '*{twice}';\n"
            f"GRANT ALL ON `{escaped}`.* TO '{loader}'@'localhost'"
        )
        return loader, enter, f"DROP USER '{loader}'@'localhost'"

    def _load(self, name: str, source: Path, *, user: str, word: str, tenant: int) -> None:
        jail = Jail(self.layout, tenant, binds=[(self.socket.parent, "/server", "ro")], environment={"MYSQL_PWD": word})
        words = [
            program("mariadb"), "--no-defaults", f"--socket=/server/{self.socket.name}", f"--user={user}",
            "--local-infile=0", "--sandbox", "--binary-mode", "--default-character-set=utf8mb4", name,
        ]  # fmt: skip
        process = jail.start(words, given=subprocess.PIPE, taken=subprocess.DEVNULL)
        assert process.stdin is not None
        try:
            with open(source, "rb") as dump, suppress(BrokenPipeError):
                for line in dumps.without_definers(dump):
                    process.stdin.write(line)
            _, said = process.communicate(timeout=3600)
        except BaseException:
            process.kill()
            process.wait()
            raise
        if process.returncode != 0:
            raise Broken(f"the dump could not be loaded into {name}: {said.decode(errors='replace').strip()[-500:]}")

    def _ask(self, orders: str, *more: str) -> bytes:
        try:
            return run(
                "mariadb", "--no-defaults", f"--socket={self.socket}", "--user=root", *more, given=orders.encode()
            )
        except Broken as error:
            raise NotNow(str(error)) if "Can't connect" in str(error) else error from error


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise Broken(f"{name!r} is no name of a tenant's database or user")
    return name
