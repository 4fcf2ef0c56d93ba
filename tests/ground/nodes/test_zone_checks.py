"""What is said about the records of a zone: a table of stories, each with what is found."""

import pytest

from servanda.ground.nodes.kinds.dns import Record
from servanda.ground.nodes.zone_checks import check_zone, quoted, refuses, text_of
from servanda.ground.nodes.zone_sets import UnreadableContent, canonical, rdata_of, sets_of
from servanda.ground.nodes.zone_wording import CODES, sentence

SERVERS = (
    Record(name="a.dk", type="NS", content="ns1.b.dk."),
    Record(name="a.dk", type="NS", content="ns2.b.dk."),
)


def record(name: str, kind: str, content: str, ttl: int = 3600) -> Record:
    return Record(name=name, type=kind, content=content, ttl=ttl)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("records", "codes"),
    [
        ([record("www.a.dk", "A", "192.0.2.1")], []),
        ([record("www.b.dk", "A", "192.0.2.1")], ["outside-zone"]),
        ([record("xa.dk", "A", "192.0.2.1")], ["outside-zone"]),
        ([record("www.a.dk", "A", "192.0.2.300")], ["unreadable"]),
        ([record("www.a.dk", "A", "192.0.2.1 192.0.2.2")], ["unreadable"]),
        ([record("www.a.dk", "AAAA", "192.0.2.1")], ["unreadable"]),
        ([record("a.dk", "CNAME", "b.dk.")], ["not-at-the-top", "cname-not-alone"]),
        ([record("a.dk", "DS", "1 13 2 " + "AB" * 32)], ["not-at-the-top"]),
        ([record("x.a.dk", "CNAME", "b.dk."), record("x.a.dk", "A", "192.0.2.1")], ["cname-not-alone"]),
        ([record("x.a.dk", "CNAME", "b.dk."), record("x.a.dk", "CNAME", "c.dk.")], ["two-cnames"]),
        ([record("x.a.dk", "DS", "1 13 2 " + "AB" * 32)], ["ds-without-delegation"]),
        ([record("x.a.dk", "DS", "1 13 2 " + "AB" * 32), record("x.a.dk", "NS", "ns.c.dk.")], []),
        ([record("x.a.dk", "A", "192.0.2.1"), record("x.a.dk", "A", "192.0.2.2", 60)], ["differing-ttl"]),
        ([record("x.a.dk", "AAAA", "2001:db8::1"), record("x.a.dk", "AAAA", "2001:DB8:0::1")], ["twice"]),
        ([record("a.dk", "MX", "10 192.0.2.1")], ["target-is-an-address"]),
        ([record("a.dk", "MX", "10 mail")], ["target-has-one-label"]),
        ([record("a.dk", "MX", "10 mail.b.dk")], []),
        ([record("a.dk", "MX", "0 .")], []),
        ([record("a.dk", "MX", "10 m.a.dk."), record("m.a.dk", "CNAME", "b.dk.")], ["target-is-an-alias"]),
        ([record("a.dk", "MX", "10 m.a.dk.")], ["target-without-address"]),
        ([record("a.dk", "MX", "10 m.a.dk."), record("m.a.dk", "A", "192.0.2.1")], []),
        ([record("a.dk", "MX", "10 m.a.dk."), record("*.a.dk", "A", "192.0.2.1")], []),
        ([record("a.dk", "TXT", "v=spf1 mx -all")], ["text-without-quotes"]),
        ([record("a.dk", "TXT", '"v=spf1 mx -all"'), record("a.dk", "TXT", '"v=SPF1 -all"')], ["two-spf"]),
        ([record("a.dk", "TXT", '"v=spf1 mx -all"'), record("a.dk", "TXT", '"v=spf10"')], []),
        ([record("_dmarc.a.dk", "TXT", '"v=DMARC1; p=none"'), record("_dmarc.a.dk", "TXT", '"v=DMARC1;p=reject"')], ["two-dmarc"]),
        ([record("a.dk", "TXT", '"v=spf1 ' + " ".join(f"include:i{n}.dk" for n in range(9)) + ' a/24 mx:b.dk -all"')],
         ["spf-asks-too-much"]),
        ([record("a.dk", "TXT", '"v=spf1 ' + " ".join(f"ip4:192.0.2.{n}" for n in range(12)) + ' -all"')], []),
    ],
)  # fmt: skip
def test_what_is_found(records: list[Record], codes: list[str]) -> None:
    found = check_zone("a.dk", (*SERVERS, *records))
    assert [one.code for one in found] == codes
    for one in found:
        assert one.text("da") != one.text("en")


def test_a_zone_has_name_servers() -> None:
    assert [one.code for one in check_zone("a.dk", ())] == ["no-name-server"]
    assert refuses(check_zone("a.dk", ()))
    assert [one.code for one in check_zone("a.dk", SERVERS[:1])] == ["one-name-server"]
    assert not refuses(check_zone("a.dk", SERVERS[:1]))


@pytest.mark.parametrize("text", ["", "plain", 'a "b" \\c\\', "x" * 256, "æøå 🦢", "; ( ) $ \t"])
def test_a_text_survives_its_quoting(text: str) -> None:
    made = record("a.dk", "TXT", quoted(text))
    assert text_of(rdata_of(made)) == text
    assert canonical(made) == quoted(text)


def test_sets_join_what_is_the_same_and_take_the_shortest_time() -> None:
    found = sets_of(
        [record("a.dk", "A", "192.0.2.2", 60), record("a.dk", "A", "192.0.2.1"), record("a.dk", "A", "192.0.2.1")]
    )
    assert found["a.dk", "A"].contents == ("192.0.2.1", "192.0.2.2")
    assert found["a.dk", "A"].ttl == 60


@pytest.mark.parametrize("content", ["\\# 4 0102", "", '"open', "\\999", "1.2.3.4 \\"])
def test_what_is_no_content_is_unreadable_and_nothing_else(content: str) -> None:
    with pytest.raises(UnreadableContent):
        canonical(record("a.dk", "A", content))


def test_every_code_has_both_languages() -> None:
    for code in CODES:
        values = {"name": "a.dk", "type": "A", "detail": "x"}
        assert sentence(code, "da", **values) != sentence(code, "en", **values)
