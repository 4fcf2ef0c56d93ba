"""Hostile values on their way into a zone: each is one record of its own name and type, or it is refused."""

from random import Random

import dns.rdatatype
import dns.zone
import msgspec
import pytest

from servanda.drivers.node import Broken
from servanda.drivers.node.dns import ZoneConverger, daemons, prepare, verbs
from servanda.drivers.node.dns.interface import Interface, zone_path
from servanda.ground.nodes.kinds.dns import Record, Zone
from servanda.ground.nodes.zone_checks import check_zone, quoted, refuses
from servanda.ground.nodes.zone_files import write_zone_file
from servanda.ground.nodes.zone_sets import sets_of
from servanda.ground.nodes.zone_templates import (
    WrongTemplateValue,
    issuer_records,
    mail_records,
    name_server_records,
    verification_record,
    web_records,
)
from tests.drivers.node.databases.hostile import QUICK, SLOW, draws, near
from tests.drivers.node.databases.starting import Helper, needs, private_layout, running

NAME_SERVERS = name_server_records("a.dk", ("ns1.b.dk", "ns2.b.dk"))
VALID = {
    "A": "192.0.2.1", "AAAA": "2001:db8::1", "MX": "10 mail.b.dk.", "TXT": '"some text" "more"', "CNAME": "b.dk.",
    "SRV": "1 2 3 a.b.dk.", "CAA": '0 issue "b.dk"', "NS": "ns.b.dk.", "HTTPS": "1 . alpn=h2", "TLSA": "3 1 1 " + "ab" * 32,
    "SSHFP": "4 2 " + "ab" * 32, "PTR": "x.b.dk.",
}  # fmt: skip


def _row(chance: Random) -> tuple[str, str, str]:
    kind = chance.choice(sorted(VALID))
    return near(chance, "x.a.dk", "_s._tcp.a.dk", "*.a.dk"), kind, near(chance, VALID[kind])


def _use(chance: Random) -> tuple[object, ...]:
    domain = near(chance, "a.dk")
    return chance.choice((
        lambda: (web_records, domain, near(chance, "192.0.2.1", "2001:db8::1")),
        lambda: (issuer_records, domain, near(chance, "letsencrypt.org")),
        lambda: (name_server_records, domain, near(chance, "ns.b.dk")),
        lambda: (verification_record, domain, near(chance, "a text of somebody else")),
        lambda: (mail_records, domain, near(chance, "mx.b.dk"), near(chance, "sv1"), near(chance, "QUJD"), near(chance, "p@a.dk")),
    ))()  # fmt: skip


def _one_record(row: tuple[str, str, str]) -> bool:
    """Hold a row to what it claims to be, with dnspython's reader of whole zones as the judge; tell whether it passed."""
    name, kind, content = row
    try:
        record = msgspec.convert({"name": name, "type": kind, "content": content}, Record)
    except msgspec.ValidationError:
        return False
    if refuses(check_zone("a.dk", (*NAME_SERVERS, record))):
        return False
    (found,) = sets_of([record]).values()
    assert (found.name, found.type, len(found.contents)) == (name, kind, 1)
    judged = dns.zone.from_text(write_zone_file("a.dk", [*NAME_SERVERS, record]), "a.dk", relativize=False)
    rows = [
        (owner.to_text(omit_final_dot=True), dns.rdatatype.to_text(rdata.rdtype))
        for owner, _, rdata in judged.iterate_rdatas()
    ]
    assert sorted(rows) == sorted([("a.dk", "SOA"), ("a.dk", "NS"), ("a.dk", "NS"), (name, kind)])
    return True


def _template(call: tuple[object, ...]) -> None:
    template, domain, *values = call
    try:
        made = _filled(template, domain, values)
    except WrongTemplateValue:
        return
    for record in made:
        assert msgspec.convert(msgspec.to_builtins(record), Record) == record
        assert record.name.endswith(str(domain))
    shape = [(one.name.removesuffix(str(domain)), one.type) for one in made]
    benign = {
        web_records: [("", "A"), ("www.", "A")], issuer_records: [("", "CAA")], name_server_records: [("", "NS")],
        verification_record: [("", "TXT")],
    }.get(template)  # type: ignore[call-overload]  # fmt: skip
    if benign is not None:
        assert [(name, kind.replace("AAAA", "A")) for name, kind in shape] == benign
    else:
        assert [kind for _, kind in shape] == ["MX", "TXT", "TXT", "TXT"]
        assert made[1].content == quoted("v=spf1 mx -all")


def _filled(template: object, domain: object, values: list[object]) -> tuple[Record, ...]:
    if template is mail_records:
        server, selector, key, reports = map(str, values)
        return mail_records(str(domain), servers=(server,), dkim=(selector, key), reports_to=reports)
    if template is verification_record:
        return (verification_record(str(domain), str(values[0])),)
    return template(str(domain), (str(values[0]),))  # type: ignore[operator, no-any-return]


def test_a_hostile_record_stays_one_record() -> None:
    passed = sum(_one_record(_row(chance)) for chance in draws(QUICK))
    assert QUICK / 20 < passed < QUICK


def test_a_hostile_value_in_a_template_makes_no_other_record() -> None:
    for chance in draws(QUICK):
        _template(_use(chance))


@pytest.mark.slow
def test_a_hundred_thousand_hostile_values_in_records_and_templates() -> None:
    for chance in draws(SLOW):
        _one_record(_row(chance))
        _template(_use(chance))


@needs("pdns_server")
def test_hostile_records_at_the_real_server_stay_in_their_zone() -> None:
    with private_layout() as layout:
        prepare(layout)
        with running(daemons(layout)):
            converger = ZoneConverger(layout, Helper(layout, verbs()))
            converger.settle(Zone(domain="a.dk", records=NAME_SERVERS), None)
            converger.settle(Zone(domain="c.dk", records=name_server_records("c.dk", ("ns1.b.dk", "ns2.b.dk"))), None)
            other = Interface.of(layout).get(zone_path("c.dk"))

            def settle(row: tuple[str, str, str]) -> None:
                name, kind, content = row
                try:
                    record = msgspec.convert({"name": name, "type": kind, "content": content}, Record)
                    zone = Zone(domain="a.dk", records=(*NAME_SERVERS, record))
                    converger.settle(zone, None)
                except (msgspec.ValidationError, Broken):
                    return
                assert converger.look(zone) == []

            for chance in draws(200):
                settle(_row(chance))
            assert Interface.of(layout).get(zone_path("c.dk")) == other
            assert {one["name"] for one in Interface.of(layout).get("/zones")} == {"a.dk.", "c.dk."}
