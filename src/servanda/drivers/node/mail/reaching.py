"""Which hosts of the outside a node may connect to on a customer's word: public addresses only, looked up once.

A name is resolved once, all its addresses must be public, and the connection goes to one of exactly these: a second
look-up could answer otherwise (DNS rebinding).
"""

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from servanda.drivers.node import Broken, NotNow

Address = IPv4Address | IPv6Address
_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_NEVER = (IPv4Network("192.88.99.0/24"), IPv4Network("100.64.0.0/10"))


def is_public(address: Address) -> bool:
    """Tell whether an address is of the public internet; one that carries another inside is judged by that too."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return False
        if any(address in network for network in _TRANSLATED):
            return False
        if address.sixtofour is not None or address.teredo is not None:
            return False
        return address.is_global and not address.is_multicast and not address.is_site_local
    return address.is_global and not address.is_multicast and not any(address in network for network in _NEVER)


def resolved(host: str, port: int, *, may_reach: Callable[[Address], bool] = is_public) -> tuple[str, ...]:
    """Return the addresses of a host. Raises Broken when any of them may not be reached, NotNow when there are none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotNow(f"{host} cannot be looked up: {error}") from error
    addresses = tuple(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
    for text in addresses:
        if not may_reach(ip_address(text)):
            raise Broken(f"{host} leads to {text}, which is not an address of the public internet: name another server")
    return addresses
