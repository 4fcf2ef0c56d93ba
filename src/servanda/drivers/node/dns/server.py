"""The name server itself: its configuration, its file of zones and the key to its interface."""

import os
import pwd
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

from servanda.drivers.node import Broken, Daemon, NotNow
from servanda.drivers.node.commands import program
from servanda.drivers.node.dns.interface import Interface
from servanda.drivers.node.dns.places import database, etc, key_file
from servanda.drivers.node.files import folder, write
from servanda.drivers.node.layout import Layout

SCHEMA = Path("/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql")

# zone-cache-refresh-interval 0: a new zone is served at once. Times are seconds.
_CONFIGURATION = """\
launch=gsqlite3
gsqlite3-database={database}
gsqlite3-pragma-synchronous=1
gsqlite3-dnssec=yes
local-address={addresses}
local-port={port}
socket-dir={run}
api=yes
api-key={key}
webserver=yes
webserver-address=127.0.0.1
webserver-port={api_port}
webserver-allow-from=127.0.0.1
webserver-loglevel=none
webserver-max-bodysize=8
daemon=no
guardian=no
disable-syslog=yes
loglevel=4
log-dns-queries=no
default-soa-content={host}. hostmaster.{host}. 0 10800 3600 604800 3600
default-soa-edit=
default-ksk-algorithm=ecdsa256
cache-ttl=5
query-cache-ttl=5
negquery-cache-ttl=5
zone-cache-refresh-interval=0
receiver-threads=1
distributor-threads=2
version-string=anonymous
security-poll-suffix=
disable-axfr=yes
allow-dnsupdate-from=
enable-lua-records=no
expand-alias=no
"""


def prepare(layout: Layout) -> None:
    """Write everything that the server reads, and make an empty file of zones. Root calls this before each start."""
    account = pwd.getpwnam(layout.accounts.names)
    for path in (layout.data, layout.etc, layout.run, layout.log):
        if not path.is_dir():
            folder(path, mode=0o711)
    folder(layout.secrets, mode=0o700, owner=layout.accounts.agent, group=layout.accounts.agent)
    folder(etc(layout), mode=0o750, group=account.pw_gid)
    folder(database(layout).parent, mode=0o750, owner=account.pw_uid, group=account.pw_gid)
    folder(layout.run / "pdns", mode=0o750, owner=account.pw_uid, group=account.pw_gid)
    if not key_file(layout).exists():
        agent = layout.accounts.agent
        write(key_file(layout), secrets.token_urlsafe(32), mode=0o400, owner=agent, group=agent)
    content = _CONFIGURATION.format(
        database=database(layout),
        addresses=",".join(dict.fromkeys(("127.0.0.1", layout.address))),
        port=layout.ports.dns,
        run=layout.run / "pdns",
        key=key_file(layout).read_text(),
        api_port=layout.ports.dns_api,
        host=layout.host_name,
    )
    write(etc(layout) / "pdns.conf", content, mode=0o640, owner=0, group=account.pw_gid)
    _make_database(layout, account.pw_uid, account.pw_gid)


def daemons(layout: Layout) -> tuple[Daemon, ...]:
    return (
        Daemon(
            name="pdns",
            argv=(program("pdns_server"), f"--config-dir={etc(layout)}"),
            ready=lambda: is_ready(layout),
            user=layout.accounts.names,
            reload=None,
            writable=(database(layout).parent, layout.run / "pdns"),
            capabilities=("CAP_NET_BIND_SERVICE",) if layout.ports.dns < 1024 else (),
        ),
    )


def is_ready(layout: Layout) -> bool:
    """Tell whether the interface answers."""
    try:
        Interface.of(layout, seconds=0.8).get("")
    except (NotNow, Broken):
        return False
    return True


def _make_database(layout: Layout, owner: int, group: int) -> None:
    """Make the file beside its place and move it there whole. WAL keeps readers going while the interface writes."""
    path = database(layout)
    if path.exists():
        return
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with closing(sqlite3.connect(draft)) as made:
        made.executescript(SCHEMA.read_text())
        made.execute("PRAGMA journal_mode = WAL")
    os.chown(draft, owner, group)
    os.chmod(draft, 0o640)
    draft.rename(path)
