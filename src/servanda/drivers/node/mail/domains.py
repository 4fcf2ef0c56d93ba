"""Which domains a node never takes as its own, whatever it is told: the second belt behind the proof of control."""

from functools import cache

from publicsuffixlist import PublicSuffixList

from servanda.drivers.node.layout import Layout

# Mail providers that everybody writes to: taking one as local would swallow other people's mail.
_LISTED = """
aol.com fastmail.com gmail.com gmx.at gmx.com gmx.de gmx.net googlemail.com hey.com hotmail.com
hotmail.dk icloud.com jubii.dk live.com live.dk mac.com mail.com mail.dk mail.ru me.com msn.com
ofir.dk outlook.com outlook.dk pm.me proton.me protonmail.com stofanet.dk t-online.de tutanota.com
web.de yahoo.com yahoo.dk yandex.com youmail.dk zoho.com
"""
EVERYBODYS = frozenset(_LISTED.split())


def never_local(layout: Layout, domain: str) -> str:
    """Return why a domain is never delivered here, or nothing when it may be."""
    if domain in EVERYBODYS:
        return "everybody's mail provider"
    if domain == layout.host_name or layout.host_name.endswith(f".{domain}"):
        return "the node's own name lies in it"
    if _suffixes().is_public(domain):
        return "a public suffix, under which strangers have domains"
    return ""


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
