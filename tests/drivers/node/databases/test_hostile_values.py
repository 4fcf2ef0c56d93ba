"""Hostile values on their way to the database server: the routines refuse them, or nothing but the named thing changes."""

import re
from random import Random

import pymysql
import pytest

from servanda.drivers.node import Broken
from servanda.drivers.node.databases.connection import Conversation, as_agent, as_root
from servanda.drivers.node.databases.hosts import pattern_of
from servanda.drivers.node.databases.routines import rights_text, statements
from tests.drivers.node.databases.conftest import Node
from tests.drivers.node.databases.hostile import QUICK, SLOW, draws, near
from tests.drivers.node.databases.starting import needs

NAME = re.compile(r"s[0-9]{1,7}_[a-z0-9]{1,24}")
HOST = re.compile(r"localhost|[0-9a-f.:%/]{1,79}")
HASH = re.compile(r"\*[0-9A-F]{40}")


def _call(chance: Random) -> tuple[object, ...]:
    def name() -> str:
        return near(chance, "s70_wp", "s70_b")

    def host() -> str:
        return near(chance, "localhost", "127.0.0.1", "10.0.0.0/255.0.0.0", "2001:db8:%")

    def hashed() -> str:
        return near(chance, "*" + "A1" * 20)

    rights = near(chance, "all", "tidy", "read")
    return chance.choice((
        lambda: ("make_database", name()),
        lambda: ("cut", name(), host()),
        lambda: ("part", name(), name(), host()),
        lambda: ("admit", name(), host(), hashed()),
        lambda: ("dismiss", name(), host()),
        lambda: ("accounts", name()),
        lambda: ("make_account", name(), name(), host(), hashed(), 5, 0, 1, rights),
    ))()  # fmt: skip


def _may_pass(call: tuple[object, ...]) -> bool:
    routine, *words = call
    parts = {
        "make_database": (NAME,), "cut": (NAME, HOST), "part": (NAME, NAME, HOST), "admit": (NAME, HOST, HASH),
        "dismiss": (NAME, HOST),
        "accounts": (NAME,),
        "make_account": (NAME, NAME, HOST, HASH),
    }[str(routine)]  # fmt: skip
    return all(pattern.fullmatch(str(word)) for pattern, word in zip(parts, words, strict=False))


def _everything(server: Conversation) -> tuple[object, ...]:
    tenants = "NOT REGEXP '^s[0-9]+_[a-z0-9]+$'"
    return (
        server.ask(f"SELECT schema_name FROM information_schema.schemata WHERE schema_name {tenants} ORDER BY 1"),
        server.ask(f"SELECT User, Host, Priv FROM mysql.global_priv WHERE User {tenants} ORDER BY 1, 2"),
        server.ask(f"SELECT * FROM mysql.db WHERE User {tenants} ORDER BY 1, 2, 3"),
        server.ask(
            "SELECT User, Host FROM mysql.global_priv WHERE JSON_VALUE(Priv, '$.access') NOT IN (0, '0') ORDER BY 1, 2"
        ),
        server.ask(r"SELECT Db, User FROM mysql.db WHERE User LIKE 's%' AND Db NOT REGEXP '^s[0-9]+\\\\_[a-z0-9]+$'"),
    )


def _try(server: Conversation, call: tuple[object, ...]) -> bool:
    """Hold a call to the grammar, and tell whether it passed."""
    routine, *words = call
    complaint = ""
    try:
        server.call(str(routine), *words)  # type: ignore[arg-type]
    except (pymysql.MySQLError, UnicodeError) as error:
        complaint = str(error) or "refused"
    # What is within the grammar may still be refused for another reason; nothing else may pass, or reach the parser.
    assert "SQL syntax" not in complaint, call
    assert complaint or _may_pass(call), call
    return not complaint


def _hostile_calls(node: Node, count: int) -> None:
    with as_root(node.layout) as root:
        before = _everything(root)
        with as_agent(node.layout) as server:
            passed = sum(_try(server, _call(chance)) for chance in draws(count))
        assert 0 < passed < count / 2
        assert _everything(root) == before


@needs("mariadbd", "mariadb-install-db")
def test_hostile_words_to_the_routines(node: Node) -> None:
    _hostile_calls(node, QUICK)


@pytest.mark.slow
@needs("mariadbd", "mariadb-install-db")
def test_a_hundred_thousand_hostile_words_to_the_routines(node: Node) -> None:
    _hostile_calls(node, SLOW)


def test_a_network_becomes_a_hosts_pattern_or_is_refused() -> None:
    for chance in draws(QUICK):
        try:
            found = pattern_of(near(chance, "10.0.0.0/8", "2001:db8:1::/48", "192.0.2.7", "2001:db8::/32"))
        except Broken:
            continue
        assert HOST.fullmatch(found)


@pytest.mark.parametrize(
    ("network", "pattern"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7/32", "192.0.2.7"),
        ("10.1.2.3/8", "10.0.0.0/255.0.0.0"),
        ("0.0.0.0/0", "0.0.0.0/0.0.0.0"),
        ("2001:db8::5", "2001:db8::5"),
        ("2001:db8:1:2::/64", "2001:db8:1:2:%"),
        ("2001:db8::/32", "2001:db8:%"),
    ],
)
def test_networks_in_the_servers_words(network: str, pattern: str) -> None:
    assert pattern_of(network) == pattern


@pytest.mark.parametrize("network", ["2001:db8:0:2::/64", "2001:db8::/33", "::/0", "10.0.0.0/33", "localhost"])
def test_networks_that_the_server_cannot_match_are_refused(network: str) -> None:
    with pytest.raises(Broken):
        pattern_of(network)


def test_the_init_file_has_one_statement_a_line() -> None:
    made = statements(agent_hash="*" + "A" * 40, copies_hash="*" + "B" * 40)
    assert not any("\n" in one for one in made)
    assert rights_text("all") == "Y" * 18
    assert rights_text("read").count("Y") == 2
