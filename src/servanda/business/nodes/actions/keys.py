"""The public half of the signing key: nodes get it when they enrol. The private half never comes near the database."""

from base64 import b64encode
from datetime import datetime

from django.db import transaction

from servanda.business.nodes.models import SigningKey
from servanda.ground.refusal import Refused


class UnknownKey(Refused):
    """The key is not the one that nodes were told of."""


@transaction.atomic
def keep_key(public_key: bytes, *, spare_key: str, install: str, at: datetime) -> str:
    """Keep a key that nodes shall trust from now on, and return the name of the installation, which never changes."""
    known = SigningKey.objects.order_by("since_at").first()
    row = SigningKey.objects.create(
        install=known.install if known is not None else install,
        public_key=b64encode(public_key).decode(),
        spare_key=spare_key,
        since_at=at,
    )
    return row.install


def tell_spare_key(public_key: bytes, *, spare_key: str) -> None:
    """Let passwords be sealed for the spare key of a signing key from before there were such keys."""
    SigningKey.objects.filter(public_key=b64encode(public_key).decode(), spare_key="").update(spare_key=spare_key)


def install_of(public_key: bytes) -> str:
    """Return the installation that a key speaks for. Refuses a key that nobody was told of, or that was retired."""
    row = SigningKey.objects.filter(public_key=b64encode(public_key).decode(), retired_at__isnull=True).first()
    if row is None:
        raise UnknownKey("Nodes were never told of this key, or it was retired. Use the one from `servanda nodes key`.")
    return row.install
