"""A node opens what was sealed for it, about this resource and this login, and nothing else."""

import shutil
from collections.abc import Iterator

import bcrypt
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from msgspec import ValidationError
from msgspec.structs import replace

from servanda.drivers.node import Broken, Layout, make_sealing_key, mark_of_sealing_key
from servanda.drivers.node.access.logins import shadow_line
from servanda.drivers.node.mail import rows
from servanda.drivers.node.passwords import password_of_user
from servanda.drivers.node.sealing_key import key_file
from servanda.ground.nodes.database_passwords import database_password_hash
from servanda.ground.nodes.kinds.access import Login
from servanda.ground.nodes.kinds.databases import Database, DatabaseUser
from servanda.ground.nodes.kinds.mail import Mailbox
from servanda.ground.nodes.sealing import key_mark, public_text, seal_password
from servanda.ground.nodes.wanted import decode_statement, encode
from tests.drivers.node.running import needs, new_layout

HASH = bcrypt.hashpw(b"Ni-varme-kander-kaffe", bcrypt.gensalt(4)).decode()
OF_DATABASE = database_password_hash("Kaffe-og-17-kopper")


@pytest.fixture
def layout() -> Iterator[Layout]:
    needs()
    made = new_layout()
    made.secrets.mkdir(parents=True)
    yield made
    shutil.rmtree(made.root, ignore_errors=True)


def sealed(hashed: str, key: str, *, to: X25519PrivateKey, user: str = "", node: str = "n1") -> str:
    return seal_password(hashed, to=public_text(to), reader="node", node=node, key=key, user=user)


def test_each_daemon_is_told_the_hash_that_was_sealed(layout: Layout) -> None:
    own = make_sealing_key(layout, "n1")
    assert make_sealing_key(layout, "n1").private_bytes_raw() == own.private_bytes_raw(), "it outlives an enrolment"
    assert mark_of_sealing_key(layout) == key_mark(public_text(own))
    assert key_file(layout).stat().st_mode & 0o777 == 0o400
    login = Login(name="s7", site=7, tenant=200_007, password_hash=sealed(HASH, "login/s7", to=own))
    assert shadow_line(layout, decode_statement(encode(login))).split(":")[1] == HASH  # type: ignore[arg-type]
    box = Mailbox(local="a", domain="b.test", tenant=200_007, password_hash=sealed(HASH, "mailbox/a@b.test", to=own))
    row = rows.login(layout, box)
    assert row is not None
    assert row["password"] == "{BLF-CRYPT}" + HASH
    user = DatabaseUser(name="s7_app", password_hash=sealed(OF_DATABASE, "database/s7_wp", to=own, user="s7_app"))
    base = Database(name="s7_wp", tenant=200_007, users=(user,))
    assert password_of_user(layout, base, user) == OF_DATABASE


@pytest.mark.parametrize("what", ["another key", "another node", "another login", "another kind of hash"])
def test_what_was_sealed_for_others_lets_nobody_in(layout: Layout, what: str) -> None:
    own = make_sealing_key(layout, "n1")
    to = X25519PrivateKey.generate() if what == "another key" else own
    key = "login/s8" if what == "another login" else "login/s7"
    hashed = "x:0:0::/:/bin/sh\n" if what == "another kind of hash" else HASH
    login = Login(name="s7", site=7, tenant=200_007, password_hash=sealed(HASH, "login/s7", to=own))
    given = sealed(hashed, key, to=to, node="n2" if what == "another node" else "n1")
    with pytest.raises((Broken, ValidationError)):
        shadow_line(layout, replace(login, password_hash=given))
