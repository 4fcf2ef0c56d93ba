"""The server itself: its folder, its configuration, its own certificate and the passwords of its two accounts."""

import os
import pwd
import secrets
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pymysql
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from servanda.drivers.node import Daemon
from servanda.drivers.node.commands import program, run
from servanda.drivers.node.databases.connection import connect
from servanda.drivers.node.databases.places import (
    agent_password_file,
    certificate,
    copies_options,
    data,
    etc,
    socket,
)
from servanda.drivers.node.databases.routines import AGENT, COPIES, statements
from servanda.drivers.node.files import folder, write
from servanda.drivers.node.layout import Layout
from servanda.ground.nodes.database_passwords import database_password_hash

CERTIFICATE_DAYS = 3650
RENEW_BEFORE_DAYS = 365

# A small server: 65-75 MiB resident. Buffers grow with a node; these suit some hundred small sites.
_CONFIGURATION = """\
[mariadbd]
datadir = {data}
socket = {socket}
pid-file = {run}/mysqld.pid
bind-address = {addresses}
port = {port}
log-error = {log}
tmpdir = {data}.tmp
init-file = {etc}/init.sql
lc-messages-dir = /usr/share/mysql
ssl-cert = {data}.tls/cert.pem
ssl-key = {data}.tls/key.pem
skip-name-resolve
local-infile = 0
secure-file-priv = {data}.none
symbolic-links = 0
event-scheduler = ON
character-set-server = utf8mb4
collation-server = utf8mb4_unicode_ci
performance-schema = OFF
innodb-buffer-pool-size = 64M
innodb-log-file-size = 16M
innodb-buffer-pool-load-at-startup = 0
innodb-buffer-pool-dump-at-shutdown = 0
innodb-flush-log-at-trx-commit = 1
key-buffer-size = 1M
aria-pagecache-buffer-size = 1M
table-open-cache = 400
max-connections = 200
extra-max-connections = 4
thread-cache-size = 4
max-allowed-packet = 64M
"""


def prepare(layout: Layout) -> None:
    """Write everything that the server reads, and make its first files. Root calls this before each start."""
    owner, group = _ids(layout)
    for path, mode in ((layout.data, 0o711), (layout.etc, 0o711), (layout.run, 0o711), (layout.log, 0o711)):
        if not path.is_dir():
            folder(path, mode=mode)
    folder(layout.secrets, mode=0o700, owner=layout.accounts.agent, group=layout.accounts.agent)
    folder(etc(layout), mode=0o751)
    folder(socket(layout).parent, mode=0o755, owner=owner, group=group)
    for suffix in (".tmp", ".none", ".tls"):
        folder(data(layout).with_suffix(suffix), mode=0o750, owner=owner, group=group)
    _write_configuration(layout, group)
    _keep_certificate(layout, owner, group)
    _bootstrap(layout, owner, group)


def daemons(layout: Layout) -> tuple[Daemon, ...]:
    return (
        Daemon(
            name="mariadb",
            argv=(program("mariadbd"), f"--defaults-file={etc(layout)}/my.cnf"),
            ready=lambda: is_ready(layout),
            user=layout.accounts.database,
            reload=None,
            writable=(layout.data, socket(layout).parent, layout.log),
        ),
    )


def is_ready(layout: Layout) -> bool:
    """Tell whether the agent's account is let in, which is after the init file was carried out."""
    try:
        connect(layout, user=AGENT, password=agent_password_file(layout).read_text(), seconds=1).close()
    except (pymysql.MySQLError, OSError):
        return False
    return True


def _ids(layout: Layout) -> tuple[int, int]:
    account = pwd.getpwnam(layout.accounts.database)
    return account.pw_uid, account.pw_gid


def _write_configuration(layout: Layout, group: int) -> None:
    agent = _secret(agent_password_file(layout), owner=layout.accounts.agent)
    copies = _secret(etc(layout) / "copies.secret", owner=0)
    log = layout.log / "mariadb.err"
    if not log.exists():
        write(log, "", mode=0o640, owner=_ids(layout)[0], group=group)
    addresses = ",".join(dict.fromkeys(("127.0.0.1", layout.address)))
    content = _CONFIGURATION.format(
        data=data(layout),
        socket=socket(layout),
        run=socket(layout).parent,
        etc=etc(layout),
        log=log,
        addresses=addresses,
        port=layout.ports.mysql,
    )
    write(etc(layout) / "my.cnf", content, mode=0o640, owner=0, group=group)
    orders = statements(agent_hash=database_password_hash(agent), copies_hash=database_password_hash(copies))
    write(etc(layout) / "init.sql", "".join(f"{one};\n" for one in orders), mode=0o640, owner=0, group=group)
    options = f"[client]\nuser={COPIES}\npassword={copies}\nsocket={socket(layout)}\n"
    write(copies_options(layout), options, mode=0o640, owner=0, group=layout.accounts.copies)


def _secret(path: Path, *, owner: int) -> str:
    """Return the secret that lies here, made at the first call."""
    if not path.exists():
        write(path, secrets.token_urlsafe(32), mode=0o400, owner=owner, group=owner)
    return path.read_text()


def _bootstrap(layout: Layout, owner: int, group: int) -> None:
    """Make the first data files beside their place and move them there whole, so that a kill leaves no half server."""
    if data(layout).exists():
        return
    draft = data(layout).with_suffix(".draft")
    shutil.rmtree(draft, ignore_errors=True)
    folder(draft, mode=0o700, owner=owner, group=group)
    run(
        "mariadb-install-db",
        "--no-defaults",
        f"--datadir={draft}",
        f"--user={layout.accounts.database}",
        "--skip-test-db",
        "--auth-root-authentication-method=socket",
        "--auth-root-socket-user=root",
        "--innodb-log-file-size=16M",
        "--innodb-buffer-pool-size=32M",
        seconds=180,
    )
    draft.rename(data(layout))


def _keep_certificate(layout: Layout, owner: int, group: int) -> None:
    path = certificate(layout)
    now = datetime.now(UTC)
    if path.exists():
        found = x509.load_pem_x509_certificate(path.read_bytes())
        if found.not_valid_after_utc - now > timedelta(days=RENEW_BEFORE_DAYS):
            return
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, layout.host_name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=CERTIFICATE_DAYS))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(layout.host_name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write(path.with_name("key.pem"), secret, mode=0o440, owner=owner, group=group)
    write(path, made.public_bytes(serialization.Encoding.PEM), mode=0o444, owner=owner, group=group)
    os.chmod(path.parent, 0o755)
