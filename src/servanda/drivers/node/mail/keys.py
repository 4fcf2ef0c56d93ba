"""The DKIM keys of domains: made here, private here for ever; and the records that a domain's zone should have."""

import base64
import os
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from servanda.drivers.node.files import write
from servanda.drivers.node.layout import Layout
from servanda.drivers.node.mail.places import Places
from servanda.ground.nodes.kinds.mail import MailDomain

_BITS = 2048  # RFC 8301 § 3.2; longer ones do not fit in one string of a TXT record, and some resolvers fail on them


def settle(layout: Layout, wanted: MailDomain) -> Mapping[str, str]:
    """Make the keys that a domain needs, remove those it no longer has, and return the records for its zone."""
    places = Places(layout)
    selectors = tuple(dict.fromkeys(one for one in (wanted.dkim_selector, wanted.dkim_next) if one))
    for selector in selectors:
        _make(places.key(wanted.domain, selector), group=layout.accounts.gate)
    for path in kept(layout, wanted.domain):
        if path.name not in {f"{wanted.domain}.{selector}.pem" for selector in selectors}:
            path.unlink(missing_ok=True)
    records = {
        "dkim_name": f"{wanted.dkim_selector}._domainkey.{wanted.domain}",
        "dkim_record": record(places.key(wanted.domain, wanted.dkim_selector)),
        "mx_record": f"10 {layout.host_name}.",
        "spf_record": f"v=spf1 mx a:{layout.host_name} ~all",
        "dmarc_name": f"_dmarc.{wanted.domain}",
        "dmarc_record": "v=DMARC1; p=quarantine; adkim=r; aspf=r",
    }
    if wanted.dkim_next:
        records["dkim_next_name"] = f"{wanted.dkim_next}._domainkey.{wanted.domain}"
        records["dkim_next_record"] = record(places.key(wanted.domain, wanted.dkim_next))
    return records


def record(path: Path) -> str:
    """Return the public half of a key as the text of its TXT record (RFC 6376 § 3.6.1)."""
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


def kept(layout: Layout, domain: str) -> tuple[Path, ...]:
    """Return the keys of a domain. A selector has no dot, so that the keys of a longer name are not among them."""
    prefix = f"{domain}."
    found = (path for path in Places(layout).keys.glob(f"{domain}.*.pem") if path.name.startswith(prefix))
    return tuple(path for path in found if "." not in path.name.removeprefix(prefix).removesuffix(".pem"))


def remove(layout: Layout, domain: str) -> None:
    for path in kept(layout, domain):
        path.unlink(missing_ok=True)


def _make(path: Path, *, group: int) -> None:
    if path.exists():
        return
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    raw = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )  # fmt: skip
    write(path, raw, mode=0o640)
    if os.geteuid() == 0:
        os.chown(path, -1, group)
