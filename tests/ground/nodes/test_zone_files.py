"""Zone files read and written, with an account of every line that was left out; dnspython's own reader is the judge."""

import dns.rdatatype
import dns.zone
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.ground.nodes.kinds.dns import Record
from servanda.ground.nodes.zone_checks import quoted
from servanda.ground.nodes.zone_files import read_zone_file, write_zone_file
from servanda.ground.nodes.zone_sets import canonical

FILE = """\
; an export from elsewhere
$ORIGIN a.dk.
$TTL 1h30m
@  IN SOA ns.old.dk. host.old.dk. ( 2026010101 ; serial
        3600 900
        1209600 300 )
@       NS  ns.old.dk.
@ 300   IN A 192.0.2.1
        IN 600 AAAA 2001:db8::1
www     CNAME @
mail    IN  A 192.0.2.2
@       MX 10 mail
txt     TXT ( "one ; not a comment"
              "two" )
$ORIGIN sub.a.dk.
deep    A 192.0.2.3
$INCLUDE /etc/passwd
$GENERATE 1-3 h$ A 192.0.2.$
other.dk. A 192.0.2.9
bad     A 1.2.3
chaos   CH TXT "x"
old     HINFO "a" "b"
sig     RRSIG A 13 2 300 20260101000000 20250101000000 1 a.dk. AAAA
$TTL never
lonely
slow    9999999 A 192.0.2.4
under_score._tcp SRV 1 2 3 mail.a.dk.
end     TXT "never closed
"""


def test_a_file_is_read_and_every_left_out_line_is_told() -> None:
    found = read_zone_file(FILE, "a.dk")
    assert [(one.name, one.ttl, one.type, one.content) for one in found.records] == [
        ("a.dk", 300, "A", "192.0.2.1"),
        ("a.dk", 600, "AAAA", "2001:db8::1"),
        ("www.a.dk", 5400, "CNAME", "a.dk."),
        ("mail.a.dk", 5400, "A", "192.0.2.2"),
        ("a.dk", 5400, "MX", "10 mail.a.dk."),
        ("txt.a.dk", 5400, "TXT", '"one ; not a comment" "two"'),
        ("deep.sub.a.dk", 5400, "A", "192.0.2.3"),
        ("slow.sub.a.dk", 604800, "A", "192.0.2.4"),
        ("under_score._tcp.sub.a.dk", 5400, "SRV", "1 2 3 mail.a.dk."),
    ]
    assert [(one.line, one.code) for one in found.left_out] == [
        (4, "soa-is-ours"), (7, "name-servers-are-ours"), (17, "include"), (18, "unknown-order"), (19, "outside-zone"),
        (20, "bad-record"), (21, "other-class"), (22, "unknown-type"), (23, "signatures-are-ours"), (24, "bad-order"),
        (25, "no-type"), (26, "ttl-changed"), (28, "open-bracket"),
    ]  # fmt: skip
    assert all(one.text("da") and one.text("en") for one in found.left_out)


def test_name_servers_are_kept_on_wish() -> None:
    assert [one.type for one in read_zone_file("@ NS ns.b.dk.", "a.dk", keep_name_servers=True).records] == ["NS"]


def test_a_line_without_an_owner_before_it_is_left_out() -> None:
    assert [(one.line, one.code) for one in read_zone_file("\n  A 192.0.2.1\n", "a.dk").left_out] == [(2, "no-owner")]


def test_a_file_cannot_be_endless() -> None:
    found = read_zone_file("".join(f"h{n} A 192.0.2.1\n" for n in range(5003)), "a.dk")
    assert len(found.records) == 5000
    assert [(one.line, one.code) for one in found.left_out] == [(5001, "too-many")]


LABELS = st.from_regex(r"\A[a-z0-9_]([a-z0-9-]{0,8}[a-z0-9])?\Z")
CONTENTS = st.one_of(
    st.ip_addresses(v=4).map(lambda one: ("A", str(one))),
    st.ip_addresses(v=6).map(lambda one: ("AAAA", str(one))),
    LABELS.map(lambda one: ("MX", f"10 {one}.b.dk.")),
    st.text(st.characters(codec="utf-8"), max_size=300).map(lambda one: ("TXT", quoted(one))),
    LABELS.map(lambda one: ("CAA", f'0 issue "{one}.dk"')),
)
RECORDS = st.lists(
    st.builds(
        lambda label, content, ttl: Record(name=f"{label}.a.dk", type=content[0], content=content[1], ttl=ttl),  # type: ignore[arg-type]
        LABELS, CONTENTS, st.integers(30, 604_800),
    ),
    max_size=12,
)  # fmt: skip


@given(RECORDS)
def test_what_is_written_is_read_again_also_by_others(records: list[Record]) -> None:
    text = write_zone_file("a.dk", [Record(name="a.dk", type="NS", content="ns.b.dk."), *records])
    found = read_zone_file(text, "a.dk", keep_name_servers=True)
    assert [one.code for one in found.left_out] == ["soa-is-ours"]
    expected = [(one.name, one.ttl, one.type, canonical(one)) for one in dict.fromkeys(records)]
    read = [(one.name, one.ttl, one.type, one.content) for one in found.records if one.type != "NS"]
    assert list(dict.fromkeys(expected)) == read
    judged = dns.zone.from_text(text, "a.dk", relativize=False)
    theirs = {
        (name.to_text(omit_final_dot=True), dns.rdatatype.to_text(rdata.rdtype), rdata.to_text())
        for name, _, rdata in judged.iterate_rdatas()
        if rdata.rdtype != dns.rdatatype.SOA
    }
    assert {(one.name, one.type, one.content) for one in found.records} == theirs


@given(st.text(max_size=300))
@pytest.mark.filterwarnings("ignore")
def test_any_text_gives_records_of_this_zone_or_reasons(text: str) -> None:
    found = read_zone_file(text, "a.dk")
    for one in found.records:
        assert one.name == "a.dk" or one.name.endswith(".a.dk")
        assert canonical(one) == one.content
    assert all(one.line >= 1 for one in found.left_out)
