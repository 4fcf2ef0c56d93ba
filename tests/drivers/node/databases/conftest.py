"""One server for all tests of this folder, and the conversation with it as agent, helper and tenant."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pymysql
import pytest

from servanda.drivers.node.databases import DatabaseConverger, daemons, prepare, verbs
from servanda.drivers.node.databases.connection import as_root
from servanda.drivers.node.databases.places import socket
from servanda.drivers.node.layout import Layout
from servanda.ground.nodes.database_passwords import database_password_hash as password_hash
from servanda.ground.nodes.kinds.databases import Database, DatabaseUser
from tests.drivers.node.databases.starting import Helper, Running, private_layout, running


@dataclass(frozen=True)
class Node:
    layout: Layout
    running: Running
    helper: Helper
    converger: DatabaseConverger

    def settle(self, database: Database) -> Any:
        before = self.helper.statements.get(database.key)
        self.helper.statements[database.key] = database
        return self.converger.settle(database, before)

    def connect(self, user: str, database: str | None = None, *, host: str = "", **more: Any) -> Any:
        where = {"host": host, "port": self.layout.ports.mysql} if host else {"unix_socket": str(socket(self.layout))}
        return pymysql.connect(
            user=user, password=f"pass of {user}", database=database, autocommit=True, **where, **more
        )

    def accounts(self) -> list[Any]:
        with as_root(self.layout) as server:
            privileges = server.ask(
                "SELECT User, Host, JSON_REMOVE(Priv, '$.password_last_changed') FROM mysql.global_priv"
            )
            return sorted((*privileges, *server.ask("SELECT * FROM mysql.db")), key=str)


@pytest.fixture(scope="package")
def node() -> Iterator[Node]:
    with private_layout() as layout:
        prepare(layout)
        with running(daemons(layout)) as started:
            helper = Helper(layout, verbs())
            yield Node(layout, started, helper, DatabaseConverger(layout, helper))


def database(number: int, name: str = "wp", **more: Any) -> Database:
    user = DatabaseUser(name=f"s{number}_{name}", password_hash=password_hash(f"pass of s{number}_{name}"))
    return Database(name=f"s{number}_{name}", tenant=200_000 + number, **{"users": (user,), **more})


def query(node: Node, user: str, sql: str, **more: Any) -> Any:
    with closing(node.connect(user, **more)) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()
