"""Zones on a real PowerDNS, asked with dig and validated with delv."""

import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from servanda.drivers.node import Broken, NotNow
from servanda.drivers.node.dns import DnsProofs, ZoneConverger, daemons, prepare, verbs
from servanda.drivers.node.dns.interface import Interface, zone_path
from servanda.drivers.node.dns.places import key_file
from servanda.drivers.node.layout import Layout
from servanda.ground.nodes.kinds.base import Hold
from servanda.ground.nodes.kinds.dns import Record, Zone
from servanda.ground.nodes.zone_checks import quoted
from servanda.ground.nodes.zone_templates import mail_records, name_server_records, web_records
from tests.drivers.node.databases.starting import Helper, Running, needs, private_layout, running

pytestmark = needs("pdns_server", "dig", "delv")

HOLD = Hold(
    cause="payment",
    clause="§ 4.2",
    provider="Nordlys",
    since=date(2026, 12, 1),
    way_out="https://portal.example.dk/pay",
)


@dataclass(frozen=True)
class Node:
    layout: Layout
    running: Running
    helper: Helper
    converger: ZoneConverger

    def settle(self, zone: Zone) -> Any:
        before = self.helper.statements.get(zone.key)
        self.helper.statements[zone.key] = zone
        return self.converger.settle(zone, before)

    def dig(self, name: str, kind: str, *more: str) -> list[str]:
        port = str(self.layout.ports.dns)
        words = ["dig", "+short", "+tries=1", "+time=2", "@127.0.0.1", "-p", port, name, kind, *more]
        return sorted(subprocess.run(words, capture_output=True, text=True, check=True).stdout.split("\n")[:-1])

    def status(self, name: str, kind: str) -> str:
        words = ["dig", "+tries=1", "+time=2", "@127.0.0.1", "-p", str(self.layout.ports.dns), name, kind]
        return (
            subprocess.run(words, capture_output=True, text=True, check=True).stdout.split("status: ")[1].split(",")[0]
        )


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with private_layout() as layout:
        prepare(layout)
        with running(daemons(layout)) as started:
            helper = Helper(layout, verbs())
            yield Node(layout, started, helper, ZoneConverger(layout, helper))


def zone(domain: str, *more: Record, **values: Any) -> Zone:
    servers = name_server_records(domain, ("ns1.nordlys.test", "ns2.nordlys.test"))
    return Zone(domain=domain, records=(*servers, *web_records(domain, ("192.0.2.10", "2001:db8::1")), *more), **values)


def test_a_zone_is_served_signed_and_validates(node: Node, tmp_path: Path) -> None:
    wanted = zone("alma.test", *mail_records("alma.test", servers=("mx.nordlys.test",), dkim=("sv1", "QUJD" * 90)))
    assert [one.code for one in node.converger.look(wanted)] == ["zone-missing"]
    facts = node.settle(wanted)
    assert node.converger.look(wanted) == []
    assert node.dig("www.alma.test", "A") == ["192.0.2.10"]
    assert node.dig("alma.test", "MX") == ["10 mx.nordlys.test."]
    assert node.dig("sv1._domainkey.alma.test", "TXT")[0].startswith('"v=DKIM1; k=rsa; p=QUJD')
    tag, algorithm, kind, digest = facts["ds"].split()
    assert (algorithm, kind) == ("13", "2")
    anchor = tmp_path / "anchor"
    anchor.write_text(f'trust-anchors {{ "alma.test" static-ds {tag} {algorithm} {kind} "{digest.upper()}"; }};\n')
    for name, kind in (("www.alma.test", "A"), ("alma.test", "MX"), ("nothing.alma.test", "A")):
        words = [
            "delv",
            "-a",
            str(anchor),
            "+root=alma.test",
            "@127.0.0.1",
            "-p",
            str(node.layout.ports.dns),
            name,
            kind,
        ]
        found = subprocess.run(words, capture_output=True, text=True, check=False)
        assert "fully validated" in found.stdout + found.stderr, found


def test_only_what_differs_is_sent_and_the_serial_rises(node: Node) -> None:
    wanted = zone("serial.test")
    first = node.settle(wanted)
    assert node.settle(wanted) == first
    changed = msgspec.structs.replace(
        wanted, records=(*wanted.records, Record(name="new.serial.test", type="TXT", content='"a;b"'))
    )
    second = node.settle(changed)
    assert second["serial"] > first["serial"]
    assert (second["ds"], second["dnskey"]) == (first["ds"], first["dnskey"])
    assert node.dig("new.serial.test", "TXT") == ['"a;b"']
    assert node.settle(wanted)["serial"] > second["serial"]
    assert node.status("new.serial.test", "TXT") == "NXDOMAIN"


def test_an_address_becomes_an_alias_and_back(node: Node) -> None:
    before = zone("swap.test", Record(name="shop.swap.test", type="A", content="192.0.2.1"))
    after = zone("swap.test", Record(name="shop.swap.test", type="CNAME", content="other.example.dk."))
    for wanted in (before, after, before):
        node.settle(wanted)
        assert node.converger.look(wanted) == []
    assert node.dig("shop.swap.test", "A") == ["192.0.2.1"]


def test_a_held_zone_is_answered_as_before(node: Node) -> None:
    wanted = zone("held.test")
    first = node.settle(wanted)
    assert node.settle(msgspec.structs.replace(wanted, holds=(HOLD,))) == first
    assert node.dig("held.test", "A") == ["192.0.2.10"]


def test_quarantine_silences_and_release_brings_all_back_with_the_same_keys(node: Node) -> None:
    wanted = zone("quiet.test")
    first = node.settle(wanted)
    before = _content(node, "quiet.test")
    aside = msgspec.structs.replace(wanted, state="quarantined")
    assert node.settle(aside)["ds"] == first["ds"]
    assert node.converger.look(aside) == []
    assert node.status("www.quiet.test", "A") == "NXDOMAIN"
    assert len(node.dig("quiet.test", "NS")) == 2
    assert node.settle(wanted)["ds"] == first["ds"]
    assert _content(node, "quiet.test") == before
    assert node.helper.done == []


def _content(node: Node, domain: str) -> Any:
    found = Interface.of(node.layout).get(zone_path(domain))
    return sorted(
        (one["name"], one["type"], one["ttl"], str(one["records"])) for one in found["rrsets"] if one["type"] != "SOA"
    )


def test_a_purge_goes_through_the_helper_and_is_counted(node: Node) -> None:
    wanted = zone("gone.test")
    node.settle(wanted)
    gone = msgspec.structs.replace(wanted, state="purged")
    assert [one.code for one in node.converger.look(gone)] == ["zone-still-there"]
    facts = node.settle(gone)
    assert facts["erased_records"] == len(wanted.records) + 1
    assert facts["erased_keys"] == 1
    assert node.status("gone.test", "A") == "REFUSED"
    assert node.converger.look(gone) == []
    assert node.settle(gone) == {"erased_records": 0, "erased_keys": 0}
    node.helper.done.clear()


def test_drift_has_a_code_and_is_mended_and_proofs_are_not_drift(node: Node) -> None:
    wanted = zone("drift.test")
    node.settle(wanted)
    proofs = DnsProofs(node.layout)
    proofs.publish("drift.test", ("one", "two"))
    proofs.publish("www.drift.test", ("three",))
    assert node.converger.look(wanted) == []
    assert node.dig("_acme-challenge.drift.test", "TXT") == ['"one"', '"two"']
    rrsets = [
        {
            "name": "www.drift.test.",
            "type": "A",
            "ttl": 60,
            "changetype": "REPLACE",
            "records": [{"content": "192.0.2.66"}],
        },
        {"name": "www.drift.test.", "type": "AAAA", "changetype": "DELETE"},
        {
            "name": "evil.drift.test.",
            "type": "A",
            "ttl": 60,
            "changetype": "REPLACE",
            "records": [{"content": "192.0.2.66"}],
        },
    ]
    Interface.of(node.layout).patch(zone_path("drift.test"), {"rrsets": rrsets})
    Interface.of(node.layout).put(zone_path("drift.test"), {"dnssec": False})
    assert sorted(one.code for one in node.converger.look(wanted)) == [
        "record-differs", "record-extra", "record-missing", "zone-dnssec",
    ]  # fmt: skip
    node.settle(wanted)
    assert node.converger.look(wanted) == []
    assert node.dig("_acme-challenge.www.drift.test", "TXT") == ['"three"']
    proofs.publish("drift.test", ())
    assert node.dig("_acme-challenge.drift.test", "TXT") == []
    with pytest.raises(Broken, match="no zone of this node"):
        proofs.publish("elsewhere.test", ("x",))


def test_texts_come_out_as_they_went_in(node: Node) -> None:
    texts = ['a "quoted" \\ text; with (brackets)', "æøå", "x" * 700, "tab\tand $dollar"]
    records = [Record(name=f"t{place}.text.test", type="TXT", content=quoted(text)) for place, text in enumerate(texts)]
    wanted = zone("text.test", *records)
    node.settle(wanted)
    assert node.converger.look(wanted) == []
    found = [node.dig(f"t{place}.text.test", "TXT") for place in range(len(texts))]
    assert found[0] == [r'"a \"quoted\" \\ text; with (brackets)"']
    assert found[2][0].replace('" "', "").strip('"') == "x" * 700


def test_records_that_break_the_rules_are_refused_whole(node: Node) -> None:
    wanted = zone("rules.test")
    first = node.settle(wanted)
    bad = msgspec.structs.replace(
        wanted, records=(*wanted.records, Record(name="www.rules.test", type="CNAME", content="a.example.dk."))
    )
    with pytest.raises(Broken, match="CNAME"):
        node.settle(bad)
    foreign = msgspec.structs.replace(
        wanted, records=(*wanted.records, Record(name="other.dk", type="A", content="192.0.2.1"))
    )
    with pytest.raises(Broken, match="does not belong"):
        node.settle(foreign)
    assert node.settle(wanted) == first


def test_a_killed_server_is_not_now_and_comes_back_with_zones_and_keys(node: Node) -> None:
    wanted = zone("kill.test")
    first = node.settle(wanted)
    node.running.kill("pdns")
    with pytest.raises(NotNow):
        node.settle(wanted)
    with pytest.raises(NotNow):
        node.converger.look(wanted)
    node.running.start("pdns")
    assert node.settle(wanted) == first
    assert node.dig("kill.test", "A") == ["192.0.2.10"]


def test_the_interface_wants_its_key_which_only_the_agent_reads(node: Node) -> None:
    with pytest.raises(Broken, match="401"):
        Interface(Interface.of(node.layout).address, "guess").get("")
    assert key_file(node.layout).stat().st_mode & 0o077 == 0
    assert (node.layout.etc / "pdns" / "pdns.conf").stat().st_mode & 0o007 == 0


@pytest.mark.slow
def test_a_change_costs_the_same_on_a_node_with_many_zones(node: Node) -> None:
    def seconds(domain: str) -> float:
        begun = time.monotonic()
        node.settle(zone(domain))
        return time.monotonic() - begun

    few = min(seconds(f"few{number}.test") for number in range(5))
    for number in range(1000):
        node.settle(zone(f"many{number}.test"))
    many = min(seconds(f"late{number}.test") for number in range(5))
    print(f"a new zone: {few * 1000:.1f} ms among few, {many * 1000:.1f} ms among 1000")
    assert many < 1.0
