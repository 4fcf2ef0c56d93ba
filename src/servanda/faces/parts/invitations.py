"""The link of an invitation, as a letter has it."""

import secrets

from django.conf import settings
from django.urls import reverse


def invitation_link() -> str:
    """Return a new link to the page that takes invitations; its last part is a secret of 256 bits."""
    return f"{settings.PORTAL_URL.rstrip('/')}{reverse('portal:invitation', args=[secrets.token_urlsafe(32)])}"
