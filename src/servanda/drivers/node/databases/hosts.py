"""From which hosts an account may come, in the server's own way of writing networks."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

from servanda.drivers.node import Broken
from servanda.ground.nodes.kinds.databases import Database

# The socket, and loopback for programs that insist on an address.
HERE = ("localhost", "127.0.0.1")


@dataclass(frozen=True, slots=True)
class Host:
    """A host part of an account; from outside a connection must be encrypted."""

    pattern: str
    must_encrypt: bool


def hosts_of(database: Database) -> tuple[Host, ...]:
    """Return the hosts from which the users of a database may come, this node first. Raises Broken as `pattern_of`."""
    outside = dict.fromkeys(pattern_of(network) for network in database.allow)
    return (*(Host(one, False) for one in HERE), *(Host(one, True) for one in outside if one not in HERE))


def pattern_of(network: str) -> str:
    """Return the server's pattern for an address or network.

    MariaDB matches IPv4 with a netmask, but IPv6 only as text. A prefix of whole groups without a zero group has one
    text, whatever follows; others are refused.
    """
    try:
        read = ip_network(network, strict=False)
    except ValueError as error:
        raise Broken(f"{network} is no address and no network: {error}") from error
    if read.num_addresses == 1:
        return str(read.network_address)
    return f"{read.network_address}/{read.netmask}" if isinstance(read, IPv4Network) else _text_prefix(read)


def _text_prefix(network: IPv6Network) -> str:
    groups = [group.lstrip("0") for group in network.network_address.exploded.split(":")][: network.prefixlen // 16]
    if network.prefixlen % 16 or not groups or not all(groups):
        raise Broken(
            f"{network}: the database server can match IPv6 networks of /16, /32, /48 and so on without a group of "
            "zeros only; give single addresses, or a larger network of that form"
        )
    return ":".join(groups) + ":%"
