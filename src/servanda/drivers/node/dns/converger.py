"""Making the name server agree with one zone's statement: only the record sets that differ are sent.

A held zone is answered as before, because mail and the page that says why need its names. A quarantined zone keeps its
name servers, its keys and its serial, and answers for nothing else; one statement brings everything back. Two sets are
not of the statement and are left alone: SOA, which the server numbers, and the proofs for certificates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from servanda.drivers.node import Broken, Plain, Privileges
from servanda.drivers.node.dns.interface import Interface, zone_path
from servanda.drivers.node.layout import Layout
from servanda.ground.nodes.kinds.dns import Record, Zone
from servanda.ground.nodes.wanted import Difference, Wanted
from servanda.ground.nodes.zone_checks import check_zone, refuses
from servanda.ground.nodes.zone_sets import RecordSet, UnreadableContent, sets_of

ERASE = "erase_zone"
PROOF_LABEL = "_acme-challenge."
SHA256 = "2"


@dataclass(frozen=True, slots=True)
class ZoneConverger:
    """The agent's part for zones. Purging is the helper's verb, under its leave."""

    layout: Layout
    privileges: Privileges
    kinds: tuple[type[Wanted], ...] = (Zone,)

    def settle(self, wanted: Wanted, before: Wanted | None) -> Mapping[str, Plain]:
        """Make the zone as wanted, and return its serial and DS record. Raises NotNow, Broken."""
        assert isinstance(wanted, Zone)
        if wanted.state == "purged":
            return self.privileges.do(ERASE, wanted.key)
        server = Interface.of(self.layout)
        sets = _wanted_sets(wanted)
        found = server.get(zone_path(wanted.domain))
        if found is None:
            server.post("/zones", _new_zone(wanted, sets))
        else:
            changes = _changes(sets, _found_sets(found, wanted.domain))
            if changes:
                server.patch(zone_path(wanted.domain), {"rrsets": changes})
            if bool(found["dnssec"]) != wanted.has_dnssec:
                server.put(zone_path(wanted.domain), {"dnssec": wanted.has_dnssec, "api_rectify": True})
        return _facts(server, wanted)

    def look(self, wanted: Wanted) -> Sequence[Difference]:
        assert isinstance(wanted, Zone)
        found = Interface.of(self.layout).get(zone_path(wanted.domain))
        if wanted.state == "purged":
            return [Difference(code="zone-still-there", found=wanted.domain)] if found else []
        if found is None:
            return [Difference(code="zone-missing", wanted=wanted.domain)]
        differences = [*_set_differences(_wanted_sets(wanted), _found_sets(found, wanted.domain))]
        if bool(found["dnssec"]) != wanted.has_dnssec:
            differences.append(
                Difference(code="zone-dnssec", wanted=str(wanted.has_dnssec), found=str(found["dnssec"]))
            )
        return differences


def _wanted_sets(zone: Zone) -> Mapping[tuple[str, str], RecordSet]:
    problems = [one for one in check_zone(zone.domain, zone.records) if not one.is_warning]
    if refuses(problems):
        raise Broken(" ".join(one.text("en") for one in problems[:3]))
    try:
        sets = sets_of(zone.records)
    except UnreadableContent as error:
        raise Broken(f"a record of {zone.domain} cannot be read: {error}") from error
    if zone.state == "kept":
        return sets
    return {key: one for key, one in sets.items() if key == (zone.domain, "NS")}


def _found_sets(found: Mapping[str, Any], domain: str) -> Mapping[tuple[str, str], RecordSet]:
    sets = {}
    for one in found["rrsets"]:
        name, type_ = one["name"].removesuffix(".").lower(), one["type"]
        if type_ == "SOA" or name.startswith(PROOF_LABEL):
            continue
        contents = tuple(
            sorted(_read(name, type_, record["content"]) for record in one["records"] if not record["disabled"])
        )
        sets[name, type_] = RecordSet(name, type_, one["ttl"], contents)
    return sets


def _read(name: str, type_: str, content: str) -> str:
    """Return what the server shows in our canonical form; what cannot be read differs from all that is wanted."""
    try:
        (only,) = sets_of([Record(name=name, type=type_, content=content)]).values()  # type: ignore[arg-type]
    except UnreadableContent:
        return content
    return only.contents[0]


def _changes(
    wanted: Mapping[tuple[str, str], RecordSet], found: Mapping[tuple[str, str], RecordSet]
) -> list[dict[str, Any]]:
    removed = [
        {"name": f"{one.name}.", "type": one.type, "changetype": "DELETE"}
        for key, one in found.items() if key not in wanted
    ]  # fmt: skip
    return removed + [_as_order(one) for key, one in wanted.items() if one != found.get(key)]


def _as_order(one: RecordSet) -> dict[str, Any]:
    records = [{"content": content, "disabled": False} for content in one.contents]
    return {"name": f"{one.name}.", "type": one.type, "ttl": one.ttl, "changetype": "REPLACE", "records": records}


def _new_zone(zone: Zone, sets: Mapping[tuple[str, str], RecordSet]) -> dict[str, Any]:
    return {
        "name": f"{zone.domain}.",
        "kind": "Native",
        "nameservers": [],
        "rrsets": [_as_order(one) for one in sets.values()],
        "dnssec": zone.has_dnssec,
        "api_rectify": True,
        "soa_edit_api": "DEFAULT",
    }


def _set_differences(
    wanted: Mapping[tuple[str, str], RecordSet], found: Mapping[tuple[str, str], RecordSet]
) -> Sequence[Difference]:
    return [
        Difference(
            code=_code(wanted.get(key), found.get(key)), wanted=_shown(wanted.get(key)), found=_shown(found.get(key))
        )
        for key in sorted(wanted.keys() | found.keys())
        if wanted.get(key) != found.get(key)
    ]


def _code(wanted: RecordSet | None, found: RecordSet | None) -> str:
    if found is None:
        return "record-missing"
    return "record-differs" if wanted else "record-extra"


def _shown(one: RecordSet | None) -> str:
    return f"{one.name} {one.ttl} {one.type} {', '.join(one.contents)}"[:300] if one else ""


def _facts(server: Interface, zone: Zone) -> Mapping[str, Plain]:
    found = server.get(zone_path(zone.domain)) or {}
    facts: dict[str, Plain] = {"serial": int(found.get("serial", 0))}
    if zone.has_dnssec:
        keys = server.get(zone_path(zone.domain, after="/cryptokeys")) or []
        for key in keys:
            if key["active"] and (digest := next((ds for ds in key.get("ds", []) if ds.split()[2] == SHA256), None)):
                facts |= {"ds": digest, "dnskey": key["dnskey"]}
    return facts
