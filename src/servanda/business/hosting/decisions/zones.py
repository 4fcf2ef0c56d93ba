"""Which records does a zone need that only the node can tell, and what may its owner write into it? Pure."""

from collections.abc import Mapping

import msgspec

from servanda.business.hosting.facts import Plain
from servanda.ground.nodes.kinds.dns import Zone
from servanda.ground.nodes.zone_checks import is_within, quoted
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
