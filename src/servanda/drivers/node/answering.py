"""With which certificate a host answers: `tls/<host>` is a link, and this says where it leads while it has no own one.

A wildcard covers one label (RFC 6125 § 6.4.3), so `a.example.dk` may answer with `*.example.dk`, `a.b.example.dk` not.
"""

from servanda.drivers.node.layout import Layout

# The web server's own certificate, which answers for a host that has no other.
FALLBACK = "_default"
# How the folder of a name with an asterisk is called.
WILDCARD = "_wildcard."


def folder_of(host: str) -> str:
    return f"{WILDCARD}{host[2:]}" if host.startswith("*.") else host


def stand_in_for(layout: Layout, host: str) -> str:
    """Return the folder in `tls/` that answers for a host without an own certificate."""
    wildcard = f"{WILDCARD}{host.partition('.')[2]}"
    if host.startswith(WILDCARD) or not (layout.tls / wildcard / "cert.pem").exists():
        return FALLBACK
    return wildcard


def is_stand_in(host: str, target: str) -> bool:
    """Tell whether a link leads to what is not the host's own."""
    return target in (FALLBACK, f"{WILDCARD}{host.partition('.')[2]}")
