"""Passwords for databases that may be reached from outside."""

import pytest

from servanda.ground.nodes.database_passwords import database_password_hash, password_problems, reason_text

LEAKED = frozenset({"Correct-Horse-Battery-1"})


@pytest.mark.clause("servicepoint-085")
@pytest.mark.parametrize(
    ("password", "reasons"),
    [
        ("korrekt hest batteri hæfteklamme", ()),
        ("aB3-xY7_qLm9", ()),
        ("Short1-x", ("short",)),
        ("alllowercase", ("simple",)),
        ("Aa1-" * 40, ("long", "repeated")),
        ("aaaaaaaaaaaaaaaaaaaaaaa", ("repeated",)),
        ("S12_Shop-Secret-9", ("name",)),
        ("my-SHOP-passw0rd", ("name",)),
        ("Correct-Horse-Battery-1", ("leaked",)),
        ("", ("short", "simple")),
    ],
)
def test_a_password_is_taken_or_refused_with_every_reason(password: str, reasons: tuple[str, ...]) -> None:
    found = password_problems(password, names=("s12_shop",), is_leaked=LEAKED.__contains__)
    assert found == reasons
    for reason in found:
        assert reason_text(reason, "da") != reason_text(reason, "en")


def test_the_hash_is_the_servers_own() -> None:
    # The value that MariaDB's documentation shows for PASSWORD('notagoodpwd').
    assert database_password_hash("notagoodpwd") == "*3A70EE9FC6594F88CE9E959CD51C5A1C002DC937"
