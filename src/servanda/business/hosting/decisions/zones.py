"""Which records does a zone need that only the node can tell, and what becomes of it when its owner takes in a file? Pure."""

import hashlib
from collections.abc import Mapping

import msgspec

from servanda.business.hosting.facts import Plain, SetChange, ZoneChange
from servanda.ground.nodes.kinds.dns import Record, Zone
from servanda.ground.nodes.wanted import encode
from servanda.ground.nodes.zone_checks import check_zone, is_within, quoted
from servanda.ground.nodes.zone_files import read_zone_file
from servanda.ground.nodes.zone_sets import RecordSet, sets_of
from servanda.ground.nodes.zone_templates import record

# What a mail domain's findings say, as NAME_name and NAME_record.
FROM_NODE = ("dkim", "dkim_next")


def with_node_records(zone: Zone, facts: Mapping[str, Plain]) -> Zone:
    """Return the zone with the keys that receivers of its mail must find. A key that was replaced goes by its name."""
    records = list(zone.records)
    for what in FROM_NODE:
        name, text = facts.get(f"{what}_name"), facts.get(f"{what}_record")
        if not isinstance(name, str) or not isinstance(text, str) or not is_within(name, zone.domain):
            continue
        records = [one for one in records if (one.name, one.type) != (name, "TXT")]
        records.append(record(name, "TXT", quoted(text)))
    return msgspec.structs.replace(zone, records=tuple(records))


def zone_after_file(zone: Zone, text: str, facts: Mapping[str, Plain]) -> ZoneChange:
    """Return what a zone is after its owner put a zone file in its place, and every line that was left out.

    The zone's own name servers stay, and so do the keys that its mail is signed with here (`facts` of the mail domain): the
    file comes from elsewhere and cannot know them.
    """
    read = read_zone_file(text, zone.domain)
    servers = tuple(one for one in zone.records if (one.name, one.type) == (zone.domain, "NS"))
    after = with_node_records(msgspec.structs.replace(zone, records=(*servers, *read.records)), facts)
    return ZoneChange(
        before=zone,
        after=after,
        sets=_changed(zone.records, after.records),
        left_out=read.left_out,
        wrong=check_zone(zone.domain, after.records) if read.records else (),
        is_empty=not read.records,
        seen=_seen(zone, after),
    )


def _changed(before: tuple[Record, ...], after: tuple[Record, ...]) -> tuple[SetChange, ...]:
    old, new = sets_of(before), sets_of(after)
    return tuple(
        SetChange(name=name, type=type_, before=_lines(old.get((name, type_))), after=_lines(new.get((name, type_))))
        for name, type_ in sorted(old.keys() | new.keys())
        if old.get((name, type_)) != new.get((name, type_))
    )


def _lines(found: RecordSet | None) -> tuple[str, ...]:
    return () if found is None else tuple(f"{found.ttl} {content}" for content in found.contents)


def _seen(before: Zone, after: Zone) -> str:
    """Name a change by what it begins and ends with, so that what is carried out is what was looked at."""
    return hashlib.sha256(encode(before) + encode(after)).hexdigest()
