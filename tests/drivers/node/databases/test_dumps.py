"""Dumps of a real database: whole or nothing, of one moment, loaded with no more rights than the tenant's."""

import hashlib
import io
import os
import threading
import time
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from servanda.drivers.node import Broken, NotNow
from servanda.drivers.node.databases.connection import as_root
from servanda.drivers.node.databases.dumps import dump, is_whole, load, replace
from tests.drivers.node.databases.conftest import Node, database, query
from tests.drivers.node.databases.starting import needs
from tests.drivers.node.databases.test_databases import HOLD

pytestmark = needs("mariadbd", "mariadb-install-db", "mariadb", "mariadb-dump")


def filled(node: Node, number: int) -> None:
    node.settle(database(number))
    name = f"s{number}_wp"
    with closing(node.connect(name, name, host="127.0.0.1")) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE posts (id INT PRIMARY KEY AUTO_INCREMENT, body TEXT, raw BLOB) CHARSET utf8mb4")
        cursor.execute(
            "INSERT INTO posts (body, raw) VALUES (%s, %s)",
            ("DEFINER=`x`@`y` æøå 🦢\n/*!5 DEFINER=`a`@`b`", b"\0\xff'\\"),
        )
        cursor.execute("CREATE VIEW titles AS SELECT body FROM posts")
        cursor.execute("CREATE TRIGGER trim BEFORE INSERT ON posts FOR EACH ROW SET NEW.body = TRIM(NEW.body)")
        cursor.execute("CREATE PROCEDURE count_posts() SELECT COUNT(*) FROM posts")
        cursor.execute("CREATE EVENT tidy ON SCHEDULE EVERY 1 DAY DO DELETE FROM posts WHERE id < 0")


def state(node: Node, number: int) -> str:
    name = f"s{number}_wp"
    rows = [query(node, name, f"CHECKSUM TABLE {name}.posts"), query(node, name, f"SELECT body FROM {name}.titles")]
    return hashlib.sha256(repr([row[-1] for found in rows for row in found]).encode()).hexdigest()


def test_a_dump_loads_into_another_database_as_its_own_user(node: Node, tmp_path: Path) -> None:
    filled(node, 21)
    node.settle(database(22))
    made = dump(node.layout, "s21_wp", to=tmp_path / "one.sql")
    assert made.is_snapshot
    assert made.size_bytes == made.path.stat().st_size
    with open(made.path, "rb") as file:
        load(node.layout, "s22_wp", user="s22_wp", source=file)
    assert state(node, 21) == state(node, 22)
    with as_root(node.layout) as server:
        definers = server.ask(
            "SELECT definer FROM information_schema.views WHERE table_schema = 's22_wp' UNION ALL"
            " SELECT definer FROM information_schema.routines WHERE routine_schema = 's22_wp' UNION ALL"
            " SELECT definer FROM information_schema.triggers WHERE trigger_schema = 's22_wp' UNION ALL"
            " SELECT definer FROM information_schema.events WHERE event_schema = 's22_wp'"
        )
    assert definers == (("s22_wp@localhost",),) * 4
    assert query(node, "s22_wp", "CALL s22_wp.count_posts()") == ((1,),)
    assert node.converger.look(database(22)) == []


def test_a_dump_is_of_one_moment_while_others_write(node: Node, tmp_path: Path) -> None:
    node.settle(database(23))
    query(node, "s23_wp", "CREATE TABLE s23_wp.a (n INT)")
    query(node, "s23_wp", "CREATE TABLE s23_wp.z (n INT)")
    stop = threading.Event()

    def write() -> None:
        with closing(node.connect("s23_wp", "s23_wp")) as connection, connection.cursor() as cursor:
            while not stop.is_set():
                cursor.execute("BEGIN")
                cursor.execute("INSERT INTO a VALUES (1)")
                cursor.execute("INSERT INTO z VALUES (1)")
                cursor.execute("COMMIT")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        time.sleep(0.3)
        made = dump(node.layout, "s23_wp", to=tmp_path / "one.sql")
    finally:
        stop.set()
        writer.join()
    node.settle(database(24))
    with open(made.path, "rb") as file:
        load(node.layout, "s24_wp", user="s24_wp", source=file)
    ((a, z),) = query(node, "s24_wp", "SELECT (SELECT COUNT(*) FROM s24_wp.a), (SELECT COUNT(*) FROM s24_wp.z)")
    assert a == z > 0


def test_tables_without_transactions_are_locked_for_their_dump(node: Node, tmp_path: Path) -> None:
    node.settle(database(25))
    query(node, "s25_wp", "CREATE TABLE s25_wp.t (i INT) ENGINE=MyISAM")
    assert not dump(node.layout, "s25_wp", to=tmp_path / "one.sql").is_snapshot


def test_a_broken_dump_leaves_no_file(node: Node, tmp_path: Path) -> None:
    filled(node, 26)
    with as_root(node.layout) as server:
        server.ask("CREATE VIEW s26_wp.broken AS SELECT * FROM s26_wp.posts")
    query(node, "s26_wp", "DROP TABLE s26_wp.posts")
    with pytest.raises(Broken):
        dump(node.layout, "s26_wp", to=tmp_path / "one.sql")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(Broken):
        dump(node.layout, "s999_none", to=tmp_path / "one.sql")
    with pytest.raises(Broken, match="no name"):
        dump(node.layout, "--all-databases", to=tmp_path / "one.sql")


def test_only_the_last_line_makes_a_dump_whole() -> None:
    assert is_whole(io.BytesIO(b"x\n-- Dump completed on 2026-12-01  1:00:00\n"))
    assert not is_whole(io.BytesIO(b"-- Dump completed on 2026-12-01\nINSERT INTO"))
    assert not is_whole(io.BytesIO(b""))


@pytest.mark.parametrize(
    "sql",
    [
        b"INSERT INTO s21_wp.posts (body) VALUES ('x');",
        b"USE s21_wp;",
        b"SELECT * FROM mysql.global_priv;",
        b"SELECT 1 INTO OUTFILE '/tmp/servanda-escape';",
        b"\\! touch /tmp/servanda-escape\n",
        b"system touch /tmp/servanda-escape\n",
        b"source /etc/passwd\n",
        b"\\T /tmp/servanda-escape\nSELECT 1;",
        b"LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE t;",
        b"SET GLOBAL local_infile = 1;",
    ],
)
def test_a_hostile_dump_does_nothing_outside_its_database(node: Node, sql: bytes) -> None:
    node.settle(database(27))
    with pytest.raises(Broken):
        load(node.layout, "s27_wp", user="s27_wp", source=io.BytesIO(b"CREATE TABLE IF NOT EXISTS t (i TEXT);\n" + sql))
    assert not os.path.exists("/tmp/servanda-escape")
    assert node.converger.look(database(27)) == []


def test_a_failed_replacement_brings_back_what_stood(node: Node, tmp_path: Path) -> None:
    filled(node, 28)
    before = state(node, 28)
    kept = dump(node.layout, "s28_wp", to=tmp_path / "kept.sql").path
    with pytest.raises(Broken):
        replace(
            node.layout, "s28_wp", user="s28_wp", source=io.BytesIO(b"CREATE TABLE x (i INT);\nbroken;\n"), keep=kept
        )
    assert state(node, 28) == before
    replace(node.layout, "s28_wp", user="s28_wp", source=io.BytesIO(b"CREATE TABLE x (i INT);\n"), keep=kept)
    assert query(node, "s28_wp", "SHOW TABLES", database="s28_wp") == (("x",),)
    (tmp_path / "half.sql").write_bytes(kept.read_bytes()[:-60])
    with pytest.raises(Broken, match="whole dump"):
        replace(node.layout, "s28_wp", user="s28_wp", source=io.BytesIO(b""), keep=tmp_path / "half.sql")
    assert query(node, "s28_wp", "SHOW TABLES", database="s28_wp") == (("x",),)


def test_a_held_database_takes_no_load_and_a_password_left_behind_is_drift(node: Node) -> None:
    wanted = database(29)
    node.settle(msgspec.structs.replace(wanted, holds=(HOLD,)))
    with pytest.raises(Broken, match="held"):
        load(node.layout, "s29_wp", user="s29_wp", source=io.BytesIO(b"SELECT 1;"))
    node.settle(wanted)
    with as_root(node.layout) as server:
        server.call("admit", "s29_wp", "localhost", "*" + "A" * 40)
    assert [one.code for one in node.converger.look(wanted)] == ["database-second-password"]
    node.settle(wanted)
    assert node.converger.look(wanted) == []


def test_a_load_that_takes_too_long_is_ended(node: Node) -> None:
    node.settle(database(31))
    with pytest.raises(NotNow, match="did not end"):
        load(node.layout, "s31_wp", user="s31_wp", source=io.BytesIO(b"SELECT SLEEP(20);"), seconds=0.5)
    assert node.converger.look(database(31)) == []
