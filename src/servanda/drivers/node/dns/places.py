"""Where the files of the name server lie."""

from pathlib import Path

from servanda.drivers.node.layout import Layout


def etc(layout: Layout) -> Path:
    return layout.etc / "pdns"


def database(layout: Layout) -> Path:
    return layout.data / "pdns" / "zones.db"


def key_file(layout: Layout) -> Path:
    """Return where the agent keeps the key to the server's interface."""
    return layout.secrets / "pdns-api"
