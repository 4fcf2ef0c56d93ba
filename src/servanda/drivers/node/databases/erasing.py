"""The one thing that root does for databases: erase one, under its leave, and say what was erased."""

from servanda.drivers.node import Result, Task, Verb
from servanda.drivers.node.databases.connection import Conversation, as_root
from servanda.drivers.node.databases.converger import ERASE
from servanda.ground.nodes.kinds.databases import Database


def verbs() -> tuple[Verb, ...]:
    return (Verb(name=ERASE, kinds=(Database,), run=erase, act="purge"),)


def erase(task: Task) -> Result:
    """Drop a database and its accounts; return tables, rows and bytes that went, for the certificate of erasure.

    Rows are counted, not estimated. A second run finds nothing and says zero.
    """
    database = task.statement
    assert isinstance(database, Database)
    with as_root(task.layout) as server:
        tables = _tables(server, database.name)
        rows = sum(int(server.ask(f"SELECT COUNT(*) FROM `{database.name}`.`{_quoted(one)}`")[0][0]) for one in tables)
        size = server.ask(
            "SELECT IFNULL(SUM(data_length + index_length), 0) FROM information_schema.tables WHERE table_schema = %s",
            database.name,
        )
        for user, host in server.ask(
            "SELECT User, Host FROM mysql.db WHERE Db = REPLACE(%s, '_', '\\\\_')", database.name
        ):
            server.call("part", database.name, user, host)
        server.ask(f"DROP DATABASE IF EXISTS `{database.name}`")
    return {"erased_tables": len(tables), "erased_rows": rows, "erased_bytes": int(size[0][0])}


def _tables(server: Conversation, database: str) -> tuple[str, ...]:
    query = "SELECT table_name FROM information_schema.tables WHERE table_schema = %s AND table_type = 'BASE TABLE'"
    return tuple(str(name) for (name,) in server.ask(query, database))


def _quoted(table: str) -> str:
    """Return a tenant's own name of a table for use between backticks; within them only the backtick has a meaning."""
    return table.replace("`", "``")
