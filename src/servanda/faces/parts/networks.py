"""From which network somebody asks: as much of the address as tells floods and strangers apart, and no more of a person."""

from ipaddress import ip_address, ip_network

from django.http import HttpRequest

PREFIX = {4: 24, 6: 64}


def network_of(request: HttpRequest) -> str:
    """Return the network of whoever asks, such as 192.0.2.0/24; an address that cannot be read counts as one network."""
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return "unknown"
    return str(ip_network(f"{address}/{PREFIX[address.version]}", strict=False))
