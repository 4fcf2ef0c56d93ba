"""What tenants may reach from the node: the world but its mail servers, and of the node itself only what serves them.

Tenants share the node's network. Their numbers tell them apart from everybody else (nftables, `meta skuid`): mail leaves
only by the node's own submission, which knows who sends, and the node's inner ports are closed to them.
"""

from pathlib import Path

from servanda.drivers.node import files
from servanda.drivers.node.commands import program, run
from servanda.drivers.node.layout import Layout

TENANTS = "200000-9999999"


def rules(layout: Layout) -> str:
    """Return the rules as one file for `nft -f`, which replaces what stood before in one step."""
    ports = layout.ports
    served = ", ".join(
        str(port) for port in sorted({ports.http, ports.https, ports.submission, ports.mysql, ports.dns})
    )
    return f"""table inet servanda_egress
delete table inet servanda_egress
table inet servanda_egress {{
  chain out {{
    type filter hook output priority 0; policy accept;
    meta skuid != {TENANTS} accept
    oifname "lo" tcp dport {{ {served} }} accept
    oifname "lo" udp dport {ports.dns} accept
    oifname "lo" ct state established,related accept
    oifname "lo" reject
    tcp dport {{ 25, 465, 587, 2525 }} counter reject with tcp reset
    ip daddr {{ 169.254.0.0/16, 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10 }} tcp dport != 53 counter reject
    ip6 daddr {{ fe80::/10, fc00::/7 }} counter reject
  }}
}}
"""


def prepare(layout: Layout) -> None:
    """Write the rules, and put them in force on a real server. A private node shares its network with others, so not there."""
    files.write(_file(layout), rules(layout), mode=0o640)
    if not layout.is_private:
        run("nft", "-f", str(_file(layout)))


def orders(layout: Layout) -> tuple[tuple[str, ...], ...]:
    """Return what puts the rules in force before the first process of a tenant starts: also after the machine did."""
    return () if layout.is_private else ((program("nft"), "-f", str(_file(layout))),)


def _file(layout: Layout) -> Path:
    return layout.etc / "egress.nft"
