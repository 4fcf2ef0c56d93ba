"""May this customer have this domain here? Reserved names, suffixes that nobody may own, and the proof of control.

Whoever hosts a zone or takes mail for a name that is another's can read that other's mail, so a domain is served only
after its holder has put a text into its public DNS that only we and the customer know for this domain.
"""

import hmac
from base64 import b32encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from publicsuffixlist import PublicSuffixList

# Special-use names: IANA's registry (RFC 6761, 6762, 7686, 8375, 9476) and what may never be delegated.
SPECIAL_USE = frozenset(
    {"test", "example", "invalid", "localhost", "local", "onion", "alt", "arpa", "internal", "localdomain", "home", "corp",
     "lan", "mail", "example.com", "example.net", "example.org"}
)  # fmt: skip
# Providers of free mail: a person has an address there, nobody else has the domain.
FREE_MAIL = frozenset(
    {"gmail.com", "googlemail.com", "outlook.com", "outlook.dk", "hotmail.com", "hotmail.dk", "live.com", "live.dk", "msn.com",
     "yahoo.com", "yahoo.dk", "ymail.com", "icloud.com", "me.com", "mac.com", "aol.com", "proton.me", "protonmail.com",
     "pm.me", "gmx.com", "gmx.de", "gmx.net", "web.de", "mail.com", "mail.dk", "jubii.dk", "ofir.dk", "sol.dk", "tdcadsl.dk",
     "get2net.dk", "post.tele.dk", "stofanet.dk", "webspeed.dk", "youmail.dk", "zoho.com", "fastmail.com", "tutanota.com",
     "hey.com", "yandex.com", "mail.ru", "qq.com", "163.com"}
)  # fmt: skip
PROOF_LABEL = "_servanda-proof"


@dataclass(frozen=True, slots=True)
class ClaimRefused:
    """Why a domain cannot be served for this customer."""

    code: Literal["not-a-domain", "suffix", "reserved", "free-mail", "ours", "taken"]
    domain: str
    detail: str = ""

    def text(self, language: Literal["da", "en"]) -> str:
        english, danish = _SENTENCES[self.code]
        return (danish if language == "da" else english).format(domain=self.domain, detail=self.detail)


_SENTENCES = {
    "not-a-domain": (
        "{domain} is no domain name. Write it like example.dk, without a protocol or path.",
        "{domain} er ikke et domænenavn. Skriv det som eksempel.dk, uden protokol og sti.",
    ),
    "suffix": (
        "{domain} is an ending below which others register names, so nobody can have it. Write the name with its own part.",
        "{domain} er en endelse, som andre registrerer navne under, så ingen kan have den. Skriv navnet med egen del.",
    ),
    "reserved": (
        "{domain} is reserved and cannot be served ({detail}). Choose another domain.",
        "{domain} er reserveret og kan ikke betjenes ({detail}). Vælg et andet domæne.",
    ),
    "free-mail": (
        "{domain} belongs to a mail provider. Use a domain that you have registered yourself.",
        "{domain} tilhører en mailudbyder. Brug et domæne, som du selv har registreret.",
    ),
    "ours": (
        "{domain} belongs to us. Use a domain that you have registered yourself.",
        "{domain} tilhører os. Brug et domæne, som du selv har registreret.",
    ),
    "taken": (
        "{domain} stands in the way of {detail}, which is served for another customer. Ask us if both are yours.",
        "{domain} er i vejen for {detail}, som betjenes for en anden kunde. Spørg os, hvis begge er dine.",
    ),
}


def refusal_of(
    domain: str, *, customer: str, holders: Mapping[str, str], ours: Iterable[str] = (), may_be_special: bool = False
) -> ClaimRefused | None:
    """Tell why a domain cannot be served for a customer, if so.

    `holders` are the domains that are served, with their customers; `ours` are the provider's own. A private node, for
    trying out, may serve the special-use names.
    """
    if not _is_name(domain):
        return ClaimRefused("not-a-domain", domain[:100])
    if not may_be_special and (special := next((one for one in SPECIAL_USE if _is_at_or_below(domain, one)), None)):
        return ClaimRefused("reserved", domain, special)
    if mail := next((one for one in FREE_MAIL if _is_at_or_below(domain, one)), None):
        return ClaimRefused("free-mail", domain, mail)
    if _suffixes().is_public(domain):
        return ClaimRefused("suffix", domain)
    if any(_is_at_or_below(domain, one) or _is_at_or_below(one, domain) for one in ours):
        return ClaimRefused("ours", domain)
    return next(
        (ClaimRefused("taken", domain, other) for other, holder in holders.items()
         if holder != customer and (_is_at_or_below(domain, other) or _is_at_or_below(other, domain))),
        None,
    )  # fmt: skip


def proof_name(domain: str) -> str:
    """Return the name at which the holder puts the proof: the same for all, beside the domain's other texts."""
    return f"{PROOF_LABEL}.{domain}"


def proof_text(secret: bytes, *, domain: str, customer: str) -> str:
    """Return the text that proves control of a domain for one customer; another customer's text proves nothing."""
    digest = hmac.digest(secret, f"{customer}\n{domain}".encode(), "sha256")
    return f"servanda-proof={b32encode(digest[:20]).decode().lower()}"


def is_proven(found: Iterable[str], expected: str) -> bool:
    """Tell whether one of the texts that were found is the expected proof, whatever blanks stand around it."""
    return any(hmac.compare_digest(text.strip().encode(), expected.encode()) for text in found)


def registered_domain(name: str) -> str | None:
    """Return the domain that was registered for a name (the public suffix and one label), if it is below a suffix."""
    return _suffixes().privatesuffix(name)


def _is_at_or_below(name: str, domain: str) -> bool:
    return name == domain or name.endswith(f".{domain}")


def _is_name(domain: str) -> bool:
    labels = domain.split(".")
    return (
        len(labels) >= 2 and len(domain) <= 253 and not labels[-1].isdigit()
        and all(0 < len(one) <= 63 and set(one) <= _SIGNS and one[0] != "-" and one[-1] != "-" for one in labels)
    )  # fmt: skip


_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
