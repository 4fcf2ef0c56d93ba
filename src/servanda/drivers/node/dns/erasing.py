"""Removing a zone, under its leave: its keys go with it, and no statement can bring them back."""

from servanda.drivers.node import Result, Task, Verb
from servanda.drivers.node.dns.converger import ERASE
from servanda.drivers.node.dns.interface import Interface, zone_path
from servanda.ground.nodes.kinds.dns import Zone


def verbs() -> tuple[Verb, ...]:
    return (Verb(name=ERASE, kinds=(Zone,), run=erase, act="purge"),)


def erase(task: Task) -> Result:
    """Remove a zone and return how many records and keys went. A second run finds nothing and says zero."""
    zone = task.statement
    assert isinstance(zone, Zone)
    server = Interface.of(task.layout)
    found = server.get(zone_path(zone.domain))
    if found is None:
        return {"erased_records": 0, "erased_keys": 0}
    keys = server.get(zone_path(zone.domain, after="/cryptokeys")) or []
    server.delete(zone_path(zone.domain))
    return {"erased_records": sum(len(one["records"]) for one in found["rrsets"]), "erased_keys": len(keys)}
