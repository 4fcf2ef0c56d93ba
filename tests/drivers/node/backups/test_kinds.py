"""What a node may be told about copies: the statements read and write the same, and hostile values are refused."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.ground.nodes.kinds.backups import BackupPlan, MoveIn, SftpSource
from servanda.ground.nodes.wanted import decode_statement, encode

KEY = "ssh-ed25519 " + "A" * 68
SOURCE = SftpSource(host="old.example.dk", user="web-1", folder="/srv/web-1/public_html", host_key=KEY)
MOVE = MoveIn(errand="a" * 32, site=7, tenant=270_007, source=SOURCE, not_after=datetime(2026, 12, 1, tzinfo=UTC))


def test_statements_read_as_they_were_written() -> None:
    for one in (MOVE, BackupPlan(plan=7, tenant=270_007, site=7, keep_databases_daily=7)):
        assert decode_statement(encode(one)) == one


def test_an_older_statement_without_the_new_parts_is_still_read() -> None:
    raw = b'{"kind":"move-in","errand":"%s","site":7,"tenant":270007,"not_after":"2026-12-01T00:00:00Z"}' % (b"a" * 32)
    found = decode_statement(raw)
    assert isinstance(found, MoveIn)
    assert found.source is None


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("host", "127.0.0.1"),
        ("host", "localhost"),
        ("host", "old.example.dk\n"),
        ("port", 0),
        ("user", "a b"),
        ("user", "-oProxyCommand=x"),
        ("folder", "a\nb"),
        ("host_key", "ssh-ed25519"),
        ("host_key", f'command="x" {KEY}'),
    ],
)
def test_a_source_outside_its_grammar_is_refused(part: str, value: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**msgspec.to_builtins(SOURCE), part: value}, SftpSource)


@given(st.text(max_size=80))
def test_whatever_is_taken_as_a_user_or_folder_has_no_control_sign(text: str) -> None:
    for part in ("user", "folder", "host"):
        try:
            taken = msgspec.convert({**msgspec.to_builtins(SOURCE), part: text}, SftpSource)
        except msgspec.ValidationError:
            continue
        assert not any(ord(sign) < 32 or ord(sign) == 127 for sign in getattr(taken, part))
