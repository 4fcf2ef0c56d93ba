"""Zones on PowerDNS: records, signatures and serial numbers by its own interface on loopback, without a reload."""

from servanda.drivers.node.dns.converger import ZoneConverger
from servanda.drivers.node.dns.erasing import verbs
from servanda.drivers.node.dns.proofs import DnsProofs
from servanda.drivers.node.dns.server import daemons, prepare

__all__ = ["DnsProofs", "ZoneConverger", "daemons", "prepare", "verbs"]
