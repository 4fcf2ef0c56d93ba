"""Texts that prove to an authority that certificates for a name may be issued to us (RFC 8555 § 8.4)."""

from collections.abc import Sequence
from dataclasses import dataclass

from servanda.drivers.node import Broken
from servanda.drivers.node.dns.converger import PROOF_LABEL
from servanda.drivers.node.dns.interface import Interface, zone_path
from servanda.drivers.node.layout import Layout
from servanda.ground.nodes.zone_checks import quoted

TTL = 30


@dataclass(frozen=True, slots=True)
class DnsProofs:
    """Puts proofs into the zones of this node, and takes them out again. The statement of a zone does not know them."""

    layout: Layout

    def publish(self, domain: str, texts: Sequence[str]) -> None:
        """Make exactly these texts the proofs of a name; none removes them. Raises Broken when no zone here has the name."""
        server = Interface.of(self.layout)
        zone = self._zone_of(server, domain)
        if zone is None:
            if texts:
                raise Broken(f"no zone of this node has {domain}, so its control cannot be proven by DNS")
            return
        change = {
            "name": f"{PROOF_LABEL}{domain}.",
            "type": "TXT",
            "ttl": TTL,
            "changetype": "REPLACE" if texts else "DELETE",
        }
        records = [{"content": quoted(text), "disabled": False} for text in texts]
        server.patch(zone_path(zone), {"rrsets": [{**change, "records": records}]})

    def _zone_of(self, server: Interface, domain: str) -> str | None:
        """Return the zone with the longest name that holds this one."""
        labels = domain.split(".")
        candidates = (".".join(labels[start:]) for start in range(len(labels) - 1))
        return next((one for one in candidates if server.get(zone_path(one, after="?rrsets=false"))), None)
