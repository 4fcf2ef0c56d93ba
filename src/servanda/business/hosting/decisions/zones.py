"""Which records does a zone need that only the node can tell, and what may its owner write into it? Pure."""

from collections.abc import Mapping

import msgspec

from servanda.business.hosting.facts import Plain
from servanda.ground.nodes.kinds.dns import Record, Zone

TTL = 3600
_STRING_BYTES = 255
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
        records.append(Record(name=name, type="TXT", ttl=TTL, content=quoted(text)))
    return msgspec.structs.replace(zone, records=tuple(records))


def is_within(name: str, domain: str) -> bool:
    return name == domain or name.endswith(f".{domain}")


def quoted(text: str) -> str:
    """Return a text as the content of a TXT record: in strings of at most 255 bytes (RFC 1035 § 3.3.14)."""
    if text.startswith('"'):
        return text
    safe = text.replace("\\", "\\\\").replace('"', '\\"')
    return " ".join(f'"{safe[at : at + _STRING_BYTES]}"' for at in range(0, len(safe), _STRING_BYTES)) or '""'
