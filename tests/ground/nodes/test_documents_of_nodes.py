"""What a node takes and what it refuses, one test for each reason, and the one byte string of a value."""

import contextlib
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from servanda.faces.node.order import KINDS
from servanda.ground.nodes.documents import DocumentRefused, Position, Trust, accept, fingerprint, hash_of, sign
from servanda.ground.nodes.grammar import (
    DatabaseName,
    HostName,
    HostPattern,
    InnerPath,
    LocalPart,
    LoginName,
    MailAddress,
    NodeName,
    PlainLine,
    RecordName,
)
from servanda.ground.nodes.kinds.base import Hold
from servanda.ground.nodes.kinds.dns import Record, Zone
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.wanted import Document, NodeWarrant, Wanted, decode_document, encode

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.generate()
TRUST = Trust(install="a" * 32, node="n1", incarnation=2, keys=(KEY.public_key().public_bytes_raw(),))
SITE = Site(site=1, tenant=200_001, names=("example.dk",))
HELD = Hold(cause="payment", clause="5.1", provider="Nordlys", since=NOW.date(), way_out="https://p.dk/")
LEAVE = NodeWarrant(
    warrant="hosting/quarantine/1", act="quarantine", key="site/1", fingerprint=fingerprint(SITE), clause="9.1",
    not_before=NOW - timedelta(hours=1), not_after=NOW + timedelta(hours=1),
)  # fmt: skip


def document(*resources: Wanted, warrants: tuple[NodeWarrant, ...] = (), **changes: object) -> Document:
    words = {
        "install": "a" * 32, "node": "n1", "incarnation": 2, "seq": 6, "follows": "b" * 64, "issued_at": NOW,
        "not_after": NOW + timedelta(days=1), "resources": resources, "warrants": warrants,
    }  # fmt: skip
    return Document(**{**words, **changes})  # type: ignore[arg-type]


def state(one: str, **changes: object) -> Site:
    return msgspec.structs.replace(SITE, state=one, **changes)


def many(count: int, **changes: object) -> tuple[Site, ...]:
    return tuple(Site(site=n, tenant=200_000 + n, names=(f"s{n}.dk",), **changes) for n in range(1, count + 1))  # type: ignore[arg-type]


def take(one: Document, known: tuple[Wanted, ...] = (SITE,), *, key: Ed25519PrivateKey = KEY) -> Document:
    position = Position(seq=5, hash="b" * 64)
    return accept(sign(one, key), TRUST, position, {each.key: each for each in known}, now=NOW)


RUN_OUT = msgspec.structs.replace(LEAVE, not_after=NOW - timedelta(1))
TOO_EARLY = msgspec.structs.replace(LEAVE, not_before=NOW + timedelta(1))
REFUSED = [
    ("foreign", document(SITE, install="c" * 32), ()),
    ("foreign", document(SITE, node="n2"), ()),
    ("foreign", document(SITE, incarnation=1), ()),
    ("foreign", document(SITE, incarnation=3), ()),
    ("old", document(SITE, seq=5), ()),
    ("old", document(SITE, seq=1, follows=None), ()),
    ("gap", document(SITE, follows="c" * 64), ()),
    ("future", document(SITE, issued_at=NOW + timedelta(minutes=6)), ()),
    ("expired", document(SITE, not_after=NOW - timedelta(seconds=1)), ()),
    ("doubled", document(SITE, state("kept", names=("b.dk",))), ()),
    ("moved", document(msgspec.structs.replace(SITE, tenant=200_002)), (SITE,)),
    ("unwarranted", document(state("quarantined")), (SITE,)),
    ("unwarranted", document(state("quarantined"), warrants=(msgspec.structs.replace(LEAVE, act="purge"),)), (SITE,)),
    ("unwarranted", document(state("quarantined"), warrants=(msgspec.structs.replace(LEAVE, key="site/2"),)), (SITE,)),
    ("unwarranted", document(state("quarantined"), warrants=(LEAVE,)), (state("kept", names=("new.dk",)),)),
    ("unwarranted", document(state("quarantined"), warrants=(RUN_OUT,)), (SITE,)),
    ("unwarranted", document(state("quarantined"), warrants=(TOO_EARLY,)), (SITE,)),
    ("unwarranted", document(state("purged"), warrants=(msgspec.structs.replace(LEAVE, act="purge"),)), (SITE,)),
    ("too much", document(*many(3, holds=(HELD,))), many(3)),
    ("too much", document(*many(21, holds=(HELD,))), many(1000)),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "one", "known"), REFUSED)
def test_each_reason_to_refuse(reason: str, one: Document, known: tuple[Wanted, ...]) -> None:
    with pytest.raises(DocumentRefused) as refusal:
        take(one, known)
    assert refusal.value.reason == reason
    assert refusal.value.seq == one.seq


@pytest.mark.parametrize(
    ("one", "known"),
    [
        (document(SITE), ()),
        (document(follows=None), (SITE,)),
        (document(SITE, issued_at=NOW + timedelta(minutes=4)), ()),
        (document(state("quarantined"), warrants=(LEAVE,)), (SITE,)),
        (document(state("kept")), (state("quarantined"),)),
        (document(*many(2, holds=(HELD,))), many(2)),
        (document(*many(20, holds=(HELD,))), many(1000)),
        (document(*many(300)), many(300, holds=(HELD,))),
    ],
)
def test_what_may_be_taken_is(one: Document, known: tuple[Wanted, ...]) -> None:
    assert take(one, known) == one


def test_another_signature_and_a_changed_byte_are_refused_unread() -> None:
    raw = sign(document(SITE), KEY)
    broken = raw.replace(b"example.dk", b"examplf.dk")
    for bad in (sign(document(SITE), Ed25519PrivateKey.generate()), broken, b"", b"\n", raw[:-1], b"{}\nxx"):
        with pytest.raises(DocumentRefused, match="unsigned"):
            accept(bad, TRUST, Position(), {}, now=NOW)


@pytest.mark.parametrize(
    "content",
    [b"{}", b'{"kind":"site"}', b"[]", b"\xff", encode(document(SITE)).replace(b'"kind":"site"', b'"kind":"shell"'),
     encode(document(SITE)).replace(b'"php":null', b'"php":null,"command":"rm"')],
)  # fmt: skip
def test_what_is_signed_and_makes_no_sense_is_refused_whole(content: bytes) -> None:

    with pytest.raises(DocumentRefused, match="unreadable"):
        accept(content + b"\n" + b64encode(KEY.sign(content)), TRUST, Position(), {}, now=NOW)


def test_one_value_has_one_byte_string_as_rfc_8785_says() -> None:
    text = "".join(chr(n) for n in range(0x20, 0x7F)) + "æøåÆØÅ€𝄞"
    zone = Zone(domain="example.dk", records=(Record(name="example.dk", type="TXT", content='"a\\b/"'),))
    held = state("kept", holds=(msgspec.structs.replace(HELD, provider=text[:150]),))
    one = document(held, zone, warrants=(LEAVE,))
    assert encode(one) == rfc8785.dumps(msgspec.json.decode(encode(one)))
    assert decode_document(encode(one)) == one
    assert hash_of(sign(one, KEY)) == hash_of(encode(one) + b"\nx")


def test_every_kind_has_its_place_in_the_order_of_settling() -> None:
    assert set(KINDS) == set(Wanted.__args__)


HOSTILE = st.text(alphabet=st.sampled_from("ab1.-_/*@ \t\n\r\x00\x7f\x85\u2028\"'`;{}()$%&|<>\\#:æ\u0430"), max_size=40)
CLOSED = {
    HostName: "abcdefghijklmnopqrstuvwxyz0123456789-.", HostPattern: "abcdefghijklmnopqrstuvwxyz0123456789-.*",
    RecordName: "abcdefghijklmnopqrstuvwxyz0123456789-._*", LocalPart: "abcdefghijklmnopqrstuvwxyz0123456789-._+=",
    MailAddress: "abcdefghijklmnopqrstuvwxyz0123456789-._+=@", DatabaseName: "abcdefghijklmnopqrstuvwxyz0123456789_",
    LoginName: "abcdefghijklmnopqrstuvwxyz0123456789_", NodeName: "abcdefghijklmnopqrstuvwxyz0123456789-",
}  # fmt: skip


@pytest.mark.parametrize("grammar", CLOSED, ids=[str(n) for n in range(len(CLOSED))])
@given(text=HOSTILE)
def test_a_name_holds_only_the_signs_of_its_grammar_or_is_refused(grammar: type[str], text: str) -> None:
    try:
        taken = msgspec.convert(text, grammar)
    except msgspec.ValidationError:
        return
    assert set(taken) <= set(CLOSED[grammar])
    assert not taken.startswith((".", "/"))
    assert ".." not in taken


@given(text=HOSTILE | st.text(max_size=30))
def test_a_line_for_people_has_no_line_break_and_a_path_never_leads_upward(text: str) -> None:
    with contextlib.suppress(msgspec.ValidationError):
        assert not set(msgspec.convert(text, PlainLine)) & set("\n\r\x00\x85\u2028\u2029\x1b")
    try:
        path = msgspec.convert(text, InnerPath)
    except msgspec.ValidationError:
        return
    assert not path.startswith("/")
    assert not {"", ".", ".."} & set(path.split("/"))
