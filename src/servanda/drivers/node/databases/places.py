"""Where the server's files lie."""

from pathlib import Path

from servanda.drivers.node.layout import Layout


def data(layout: Layout) -> Path:
    return layout.data / "mariadb"


def socket(layout: Layout) -> Path:
    """Return the socket to which tenants and the agent connect; web binds its folder into the sites' jails."""
    return layout.run / "mysql" / "mysqld.sock"


def etc(layout: Layout) -> Path:
    return layout.etc / "mariadb"


def agent_password_file(layout: Layout) -> Path:
    return layout.secrets / "mariadb"


def copies_options(layout: Layout) -> Path:
    """Return the client's option file of the account that reads all databases for copies (mariadb-dump)."""
    return etc(layout) / "copies.cnf"


def certificate(layout: Layout) -> Path:
    """Return what a customer gives to the client so that it knows this server; it vouches for itself."""
    return data(layout).with_suffix(".tls") / "cert.pem"
