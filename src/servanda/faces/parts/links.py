"""Links that letters and mails carry: each ends in a secret of 256 bits, of which only the hash is kept."""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse


@dataclass(frozen=True, slots=True)
class SecretLink:
    secret: str
    address: str


def secret_link(view: str, *before: str) -> SecretLink:
    """Return a new link to a page of the portal; the secret is the last part of its address."""
    secret = secrets.token_urlsafe(32)
    return SecretLink(secret, outside(reverse(f"portal:{view}", args=[*before, secret])))


def outside(path: str) -> str:
    """Return an address of ours as somebody outside reaches it."""
    return f"{settings.PORTAL_URL.rstrip('/')}{path}"
