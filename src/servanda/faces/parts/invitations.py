"""The link of an invitation, as a letter has it."""

from servanda.faces.parts.links import secret_link


def invitation_link() -> str:
    """Return a new link to the page that takes invitations; its last part is a secret of 256 bits."""
    return secret_link("invitation").address
