"""A zone as a file, and what a file would make of it, before anything is done."""

from collections.abc import Mapping
from datetime import date

from servanda.business.hosting.decisions.zones import zone_after_file
from servanda.business.hosting.facts import Plain, ZoneChange
from servanda.business.hosting.models import Part
from servanda.business.hosting.queries.parts import part_facts, part_of
from servanda.ground.nodes.kinds.dns import Zone
from servanda.ground.nodes.zone_files import write_zone_file


def zone_file(service_id: int, domain: str, *, today: date) -> str | None:
    """Return a zone of this service as a file; None when it has no such zone."""
    zone = _zone_of(service_id, domain)
    if zone is None:
        return None
    return write_zone_file(zone.domain, zone.records, serial=int(f"{today:%Y%m%d}01"))


def zone_change(service_id: int, domain: str, text: str) -> ZoneChange | None:
    """Return what a zone file would make of a zone of this service; None when it has no such zone."""
    zone = _zone_of(service_id, domain)
    return zone_after_file(zone, text, node_facts_of(zone)) if zone is not None else None


def node_facts_of(zone: Zone) -> Mapping[str, Plain]:
    """Return what the node told of the zone's mail; nothing when its mail is not here."""
    row = Part.objects.filter(key=f"mail-domain/{zone.domain}", state="kept").first()
    return part_facts(row).facts if row is not None else {}


def _zone_of(service_id: int, domain: str) -> Zone | None:
    part = part_of(service_id, f"zone/{domain}")
    return part.statement if part is not None and isinstance(part.statement, Zone) else None
