"""Databases on a real MariaDB: made, isolated, held and released, limited, erased under a verb."""

import re
import threading
import time
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pymysql
import pytest

from servanda.drivers.node import Broken, NotNow
from servanda.drivers.node.databases import DatabaseMetering, prepare
from servanda.drivers.node.databases.connection import as_agent, as_root
from servanda.drivers.node.databases.places import agent_password_file, socket
from servanda.ground.nodes.database_passwords import database_password_hash as password_hash
from servanda.ground.nodes.kinds.base import Hold
from servanda.ground.nodes.kinds.databases import DatabaseUser
from tests.drivers.node.databases.conftest import Node, database, query
from tests.drivers.node.databases.starting import needs

pytestmark = needs("mariadbd", "mariadb-install-db", "mariadb")

HOLD = Hold(
    cause="payment",
    clause="§ 4.2",
    provider="Nordlys",
    since=date(2026, 12, 1),
    way_out="https://portal.example.dk/pay",
)


def refused(node: Node, user: str, sql: str, **more: Any) -> int:
    with pytest.raises(pymysql.MySQLError) as caught:
        query(node, user, sql, **more)
    return int(caught.value.args[0])


def test_a_database_is_made_once_and_then_stands_as_wanted(node: Node) -> None:
    wanted = database(1)
    assert [one.code for one in node.converger.look(wanted)] == ["database-missing"]
    node.settle(wanted)
    assert node.converger.look(wanted) == []
    before = node.accounts()
    node.settle(wanted)
    assert node.accounts() == before
    query(node, "s1_wp", "CREATE TABLE s1_wp.t (i INT)")
    assert query(node, "s1_wp", "SELECT COUNT(*) FROM t", database="s1_wp") == ((0,),)
    assert query(node, "s1_wp", "SELECT 1", host="127.0.0.1") == ((1,),)


def test_a_tenant_sees_and_reaches_nothing_of_another(node: Node) -> None:
    # s3_x_y does not exist as a name; s30wp would match s3_wp if its underscore were not escaped.
    for one in (database(3), database(30)):
        node.settle(one)
    with as_root(node.layout) as server:
        server.ask("CREATE DATABASE IF NOT EXISTS s3xwp")
    query(node, "s30_wp", "CREATE TABLE s30_wp.secret (i INT)")
    shown = {name for (name,) in query(node, "s3_wp", "SHOW DATABASES")}
    assert shown == {"information_schema", "s3_wp"}
    assert refused(node, "s3_wp", "USE s30_wp") == 1044
    assert refused(node, "s3_wp", "USE s3xwp") == 1044
    assert refused(node, "s3_wp", "SELECT * FROM s30_wp.secret") == 1142
    assert query(node, "s3_wp", "SELECT LOAD_FILE('/etc/passwd')") == ((None,),)
    attempts = (
        "SELECT 1 INTO OUTFILE '/tmp/x'",
        "LOAD DATA INFILE '/etc/passwd' INTO TABLE s3_wp.t",
        "CREATE USER 's3_b'@'localhost'",
        "CREATE DATABASE s3_more",
        "GRANT ALL ON s3_wp.* TO 's30_wp'@'localhost'",
        "GRANT ALL ON *.* TO 's3_wp'@'localhost'",
        "ALTER USER 's30_wp'@'localhost' IDENTIFIED BY 'mine'",
        "ALTER USER CURRENT_USER() ACCOUNT UNLOCK WITH MAX_USER_CONNECTIONS 0",
        "SET PASSWORD FOR 'root'@'localhost' = PASSWORD('mine')",
        "SET GLOBAL general_log_file = '/tmp/x'",
        "SET GLOBAL local_infile = 1",
        "INSTALL SONAME 'auth_pam'",
        "SELECT * FROM mysql.global_priv",
        "CALL servanda.cut('s30_wp', 'localhost')",
        "CREATE DEFINER = 'root'@'localhost' PROCEDURE s3_wp.p() SELECT LOAD_FILE('/etc/passwd')",
        "CREATE DEFINER = 'root'@'localhost' VIEW s3_wp.v AS SELECT * FROM mysql.global_priv",
        "CREATE FUNCTION sys_exec RETURNS INT SONAME 'lib_mysqludf_sys.so'",
        "SHUTDOWN",
    )
    with closing(node.connect("s30_wp")) as standing:
        assert [sql for sql in attempts if not _is_refused(node, sql)] == []
        _is_refused(node, "KILL USER 's30_wp'@'localhost'")  # kills nobody, without a word
        assert len(query(node, "s3_wp", "SHOW PROCESSLIST")) == 1
        standing.ping(reconnect=False)


def test_a_table_lies_where_the_server_puts_it(node: Node) -> None:
    node.settle(database(4))
    query(node, "s4_wp", "CREATE TABLE s4_wp.f (i INT) ENGINE=InnoDB DATA DIRECTORY='/tmp'")
    assert not Path("/tmp/s4_wp").exists()
    assert (node.layout.data / "mariadb" / "s4_wp" / "f.ibd").exists()


def _is_refused(node: Node, sql: str) -> bool:
    try:
        query(node, "s3_wp", sql)
    except pymysql.MySQLError:
        return True
    return False


def test_the_agent_can_do_nothing_but_its_routines(node: Node) -> None:
    password = agent_password_file(node.layout).read_text()
    with (
        closing(
            pymysql.connect(unix_socket=str(socket(node.layout)), user="servanda_agent", password=password)
        ) as connection,
        connection.cursor() as cursor,
    ):
        for sql in (
            "SELECT * FROM mysql.global_priv", "CREATE USER 'x'@'%'", "DROP DATABASE s1_wp", "SELECT 1 INTO OUTFILE '/tmp/y'",
            "ALTER USER 'root'@'localhost' IDENTIFIED BY 'x'", "DROP PROCEDURE servanda.cut", "SET GLOBAL max_connections = 1",
            "SELECT * FROM s1_wp.t", "SHUTDOWN",
        ):  # fmt: skip
            with pytest.raises(pymysql.MySQLError):
                cursor.execute(sql)


def test_a_hold_cuts_and_refuses_and_its_release_is_an_identity(node: Node) -> None:
    wanted = database(5)
    node.settle(wanted)
    query(node, "s5_wp", "CREATE TABLE s5_wp.t (i INT)")
    before = node.accounts()
    standing = node.connect("s5_wp", "s5_wp")
    outcome: list[int] = []
    sleeper = threading.Thread(target=lambda: outcome.append(_number_of(standing, "SELECT SLEEP(20)")))
    sleeper.start()
    time.sleep(0.2)
    node.settle(msgspec.structs.replace(wanted, holds=(HOLD,)))
    sleeper.join(5)
    assert outcome == [2013]
    assert refused(node, "s5_wp", "SELECT 1") == 4151
    assert [one.code for one in node.converger.look(wanted)] == ["database-lock"] * 2
    node.settle(wanted)
    assert node.accounts() == before
    assert query(node, "s5_wp", "SELECT COUNT(*) FROM s5_wp.t") == ((0,),)


def _number_of(connection: Any, sql: str) -> int:
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
    except pymysql.MySQLError as error:
        return int(error.args[0])
    return 0


def test_over_its_quota_a_database_is_read_and_emptied_but_not_written(node: Node) -> None:
    wanted = database(6)
    node.settle(wanted)
    query(node, "s6_wp", "CREATE TABLE s6_wp.t (i INT)")
    standing = node.connect("s6_wp", "s6_wp")
    full = msgspec.structs.replace(wanted, users=(msgspec.structs.replace(wanted.users[0], may_write=False),))
    node.settle(full)
    # A connection that stood must not go on with the old rights.
    assert _number_of(standing, "INSERT INTO t VALUES (1)") in (2006, 2013)
    assert refused(node, "s6_wp", "INSERT INTO s6_wp.t VALUES (1)") == 1142
    assert refused(node, "s6_wp", "CREATE TABLE s6_wp.u (i INT)") == 1142
    assert query(node, "s6_wp", "SELECT COUNT(*) FROM s6_wp.t") == ((0,),)
    query(node, "s6_wp", "DELETE FROM s6_wp.t")
    assert node.converger.look(full) == []
    node.settle(wanted)
    query(node, "s6_wp", "INSERT INTO s6_wp.t VALUES (1)")


@pytest.mark.clause("servicepoint-084")
def test_a_user_for_reports_reads_and_cannot_write(node: Node) -> None:
    report = DatabaseUser(name="s7_ro", password_hash=password_hash("pass of s7_ro"), rights="read")
    wanted = database(7)
    node.settle(msgspec.structs.replace(wanted, users=(*wanted.users, report)))
    query(node, "s7_wp", "CREATE TABLE s7_wp.t (i INT)")
    assert query(node, "s7_ro", "SELECT COUNT(*) FROM s7_wp.t") == ((0,),)
    for sql in ("INSERT INTO s7_wp.t VALUES (1)", "DELETE FROM s7_wp.t", "DROP TABLE s7_wp.t"):
        assert refused(node, "s7_ro", sql) == 1142
    node.settle(wanted)
    assert refused(node, "s7_ro", "SELECT 1") in (1045, 1698)


@pytest.mark.clause("servicepoint-083")
def test_only_listed_addresses_connect_and_only_encrypted(node: Node) -> None:
    wanted = database(8, "shop", allow=("127.0.0.2", "127.0.4.0/24"))
    node.settle(wanted)
    assert node.converger.look(wanted) == []
    for address, is_listed in (("127.0.0.2", True), ("127.0.4.77", True), ("127.0.0.3", False), ("127.0.5.1", False)):
        asked = {"host": "127.0.0.1", "bind_address": address}
        assert refused(node, "s8_shop", "SELECT 1", **asked, ssl_disabled=True) in (1045, 1130)
        if is_listed:
            assert query(node, "s8_shop", "SELECT 1", **asked, ssl={"check_hostname": False}) == ((1,),)
        else:
            assert refused(node, "s8_shop", "SELECT 1", **asked, ssl={"check_hostname": False}) in (1045, 1130)
    node.settle(msgspec.structs.replace(wanted, allow=("127.0.4.0/24",)))
    assert refused(
        node, "s8_shop", "SELECT 1", host="127.0.0.1", bind_address="127.0.0.2", ssl={"check_hostname": False}
    ) in (1045, 1130)


def test_a_user_of_another_house_is_refused(node: Node) -> None:
    node.settle(database(9))
    foreign = database(10, users=(DatabaseUser(name="s9_wp", password_hash=password_hash("mine")),))
    with pytest.raises(Broken, match="foreign user"):
        node.settle(foreign)
    assert query(node, "s9_wp", "SELECT 1") == ((1,),)


def test_connections_are_limited(node: Node) -> None:
    node.settle(database(11, max_connections=2))
    held = [node.connect("s11_wp") for _ in range(2)]
    assert refused(node, "s11_wp", "SELECT 1") == 1226
    for one in held:
        one.close()


def test_quarantine_keeps_all_and_purge_erases_and_counts(node: Node) -> None:
    wanted = database(12)
    node.settle(wanted)
    query(node, "s12_wp", "CREATE TABLE s12_wp.`a``b` (i INT)")
    query(node, "s12_wp", "INSERT INTO s12_wp.`a``b` VALUES (1), (2), (3)")
    node.settle(msgspec.structs.replace(wanted, state="quarantined"))
    assert refused(node, "s12_wp", "SELECT 1") == 4151
    assert node.helper.done == []
    node.settle(wanted)
    assert query(node, "s12_wp", "SELECT COUNT(*) FROM s12_wp.`a``b`") == ((3,),)
    node.settle(msgspec.structs.replace(wanted, state="quarantined"))
    gone = msgspec.structs.replace(wanted, state="purged")
    assert [one.code for one in node.converger.look(gone)] == ["database-still-there"]
    facts = node.settle(gone)
    assert (facts["erased_tables"], facts["erased_rows"]) == (1, 3)
    assert facts["erased_bytes"] > 0
    assert node.converger.look(gone) == []
    assert node.settle(gone)["erased_rows"] == 0
    assert not [one for one in node.accounts() if "s12" in str(one)]
    node.helper.done.clear()


def test_drift_has_a_code_and_is_mended(node: Node) -> None:
    wanted = database(13)
    node.settle(wanted)
    with as_root(node.layout) as server:
        server.ask("ALTER USER 's13_wp'@'localhost' IDENTIFIED BY 'other' REQUIRE SSL WITH MAX_USER_CONNECTIONS 400")
        server.ask("GRANT SELECT ON `s13\\_wp`.* TO 's13_other'@'localhost' IDENTIFIED BY 'x'")
        server.ask("DROP USER 's13_wp'@'127.0.0.1'")
    assert sorted(one.code for one in node.converger.look(wanted)) == [
        "database-account-extra", "database-account-missing", "database-connections", "database-encryption",
        "database-password",
    ]  # fmt: skip
    node.settle(wanted)
    assert node.converger.look(wanted) == []


def test_what_is_used_is_measured(node: Node) -> None:
    wanted = database(14)
    node.settle(wanted)
    query(node, "s14_wp", "CREATE TABLE s14_wp.t (x LONGTEXT)")
    query(node, "s14_wp", "INSERT INTO s14_wp.t VALUES (REPEAT('x', 1000000))")
    query(node, "s14_wp", "ANALYZE TABLE s14_wp.t")
    with closing(node.connect("s14_wp")):
        (found,) = DatabaseMetering(node.layout).measure(wanted, day="2026-12-01")
    assert found.figures["database_bytes"] > 1_000_000
    assert (found.figures["tables"], found.figures["connections"]) == (1, 1)


def test_a_killed_server_is_not_now_and_comes_back_with_everything(node: Node) -> None:
    wanted = database(15)
    node.settle(wanted)
    query(node, "s15_wp", "CREATE TABLE s15_wp.t (i INT)")
    query(node, "s15_wp", "INSERT INTO s15_wp.t VALUES (7)")
    before = node.accounts()
    node.running.kill("mariadb")
    with pytest.raises(NotNow):
        node.settle(wanted)
    with pytest.raises(NotNow):
        node.converger.look(wanted)
    node.running.start("mariadb")
    assert node.accounts() == before
    assert query(node, "s15_wp", "SELECT i FROM s15_wp.t") == ((7,),)
    assert node.converger.look(wanted) == []


def test_preparing_again_changes_nothing(node: Node) -> None:
    password = agent_password_file(node.layout).read_text()
    prepare(node.layout)
    assert agent_password_file(node.layout).read_text() == password
    with as_agent(node.layout) as server:
        assert server.call("exist", "s1_none") == ((0,),)


def test_secrets_are_readable_by_their_account_alone(node: Node) -> None:
    for path in (node.layout.etc / "mariadb").iterdir():
        assert path.stat().st_mode & 0o007 == 0, path
    assert node.layout.secrets.stat().st_mode & 0o777 == 0o700
    assert re.search(password_hash(agent_password_file(node.layout).read_text()).replace("*", r"\*"),
                     (node.layout.etc / "mariadb" / "init.sql").read_text())  # fmt: skip


@pytest.mark.slow
def test_a_change_costs_the_same_on_a_node_with_many_databases(node: Node) -> None:
    def figures(number: int) -> dict[str, float]:
        wanted = database(number)
        steps = {
            "add": wanted,
            "hold": msgspec.structs.replace(wanted, holds=(HOLD,)),
            "release": wanted,
            "full": msgspec.structs.replace(wanted, users=(msgspec.structs.replace(wanted.users[0], may_write=False),)),
            "quarantine": msgspec.structs.replace(wanted, state="quarantined"),
            "purge": msgspec.structs.replace(wanted, state="purged"),
        }
        found = {}
        for name, step in steps.items():
            begun = time.monotonic()
            node.settle(step)
            found[name] = time.monotonic() - begun
        return found

    few = [figures(number) for number in (101, 102, 103)]
    for number in range(1000, 1300):
        node.settle(database(number))
    many = [figures(number) for number in (104, 105, 106)]
    node.helper.done.clear()
    for name in few[0]:
        least, most = min(one[name] for one in few), min(one[name] for one in many)
        print(f"{name}: {least * 1000:.1f} ms among few, {most * 1000:.1f} ms among 300")
        assert most < 1.0
