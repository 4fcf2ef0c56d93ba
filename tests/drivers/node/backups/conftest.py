"""A real store on loopback, as its own user, in a folder that only root and it can enter."""

import os
import secrets
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.x509.oid import NameOID

from servanda.drivers.node.backups.databases import MariaDatabases
from servanda.drivers.node.backups.keeping import Access, Shelf
from servanda.drivers.node.backups.restic import Repository
from servanda.drivers.node.databases.places import copies_options
from servanda.drivers.node.layout import Layout, Ports
from servanda.drivers.node.store.callers import admit
from servanda.ground.nodes.kinds.backups import BackupPlan

SRC = Path(__file__).parents[4] / "src"
needs_root = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("restic"), reason="needs root and restic: servanda node install"
)


@dataclass(frozen=True, slots=True)
class RunningStore:
    folder: Path
    port: int
    process: "subprocess.Popen[bytes]"
    node_word: str
    other_word: str
    keeper_word: str

    def client(self, name: str, word: str) -> httpx.Client:
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", auth=(name, word), timeout=20)

    def files(self) -> set[str]:
        return {str(one) for one in self.folder.rglob("*") if one.is_file()}

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "cert.pem"))


@contextmanager
def running_store(folder: Path, *words: str) -> Iterator[RunningStore]:
    callers = folder / "callers.json"
    names = {name: admit(callers, name=name, role=role) for name, role in _CALLERS}  # type: ignore[arg-type]
    callers.chmod(0o644)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [
            sys.executable, "-m", "servanda.drivers.node.store",
            "--folder", str(folder), "--port", str(port), "--user", "199003", *words,
        ],
        env={"PYTHONPATH": str(SRC), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    try:
        _wait_for(port, process)
        yield RunningStore(folder, port, process, names["node1"], names["node2"], names["keeper"])
    finally:
        process.terminate()
        process.wait(20)


_CALLERS = (("node1", "add"), ("node2", "add"), ("keeper", "keep"))


@pytest.fixture
def root() -> Iterator[Path]:
    """Return a folder that is root's at every level, as a node's is."""
    folder = Path("/var/lib/servanda") / f"t{secrets.token_hex(3)}"
    folder.mkdir(parents=True, mode=0o711)
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def store(root: Path) -> Iterator[RunningStore]:
    (root / "store").mkdir()
    with running_store(root / "store", "--reserve-bytes", "0") as running:
        yield running


@pytest.fixture
def small_store(root: Path) -> Iterator[RunningStore]:
    """Return a store whose disk has 8 MiB."""
    (root / "store").mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(root / "store")], check=True)
    try:
        with running_store(root / "store", "--reserve-bytes", "0") as running:
            yield running
    finally:
        subprocess.run(["umount", str(root / "store")], check=True)


@pytest.fixture
def tls_store(root: Path) -> Iterator[RunningStore]:
    folder = root / "store"
    folder.mkdir()
    _write_certificate(folder)
    words = ("--certificate", str(folder / "cert.pem"), "--key", str(folder / "key.pem"), "--reserve-bytes", "0")
    with running_store(folder, *words) as running:
        yield running


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the store did not start")


def _write_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


SITE, TENANT = 7, 270_007


@dataclass(frozen=True, slots=True)
class Node:
    """A private node with one site and one database, and the store where its copies go."""

    layout: Layout
    store: RunningStore
    keeper: X25519PrivateKey

    @property
    def plan(self) -> BackupPlan:
        return BackupPlan(plan=SITE, tenant=TENANT, site=SITE, databases=("s7_wp",))

    def plan_with(self, **changed: Any) -> BackupPlan:
        return msgspec.structs.replace(self.plan, **changed)

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.layout, SITE)

    @property
    def repository(self) -> Repository:
        self.shelf.prepare()
        return Repository(self.shelf, Access.of(self.layout))

    @property
    def databases(self) -> MariaDatabases:
        return MariaDatabases(self.layout)

    @property
    def site(self) -> Path:
        return self.layout.site(SITE)

    def write(self, path: str, content: bytes, *, mode: int = 0o644) -> Path:
        file = self.site / path
        for folder in reversed(file.relative_to(self.site).parents[:-1]):
            if not (self.site / folder).exists():
                (self.site / folder).mkdir(mode=0o755)
                os.chown(self.site / folder, TENANT, TENANT)
        file.write_bytes(content)
        file.chmod(mode)
        os.chown(file, TENANT, TENANT)
        return file

    def link(self, path: str, target: str) -> None:
        (self.site / path).symlink_to(target)
        os.chown(self.site / path, TENANT, TENANT, follow_symlinks=False)

    def noise(self, size: int) -> bytes:
        return secrets.token_bytes(size)

    def sql(self, orders: str) -> str:
        words = ["mariadb", "--no-defaults", f"--socket={self.databases.socket}", "--user=root", "-N", "-B"]
        return subprocess.run(words, input=orders, capture_output=True, text=True, check=True).stdout

    def all_databases(self) -> list[str]:
        return self.sql("SHOW DATABASES").split()


@pytest.fixture(scope="session")
def database_server() -> Iterator[Path]:
    """Return the folder of the socket of a MariaDB that all tests of this folder use."""
    if not shutil.which("mariadbd"):
        pytest.skip("needs MariaDB: servanda node install")
    folder = Path("/var/lib/servanda") / f"m{secrets.token_hex(3)}"
    folder.mkdir(parents=True)
    shutil.chown(folder, "mysql", "mysql")
    options = [f"--datadir={folder}/data", "--user=mysql", "--innodb-log-file-size=8M"]
    subprocess.run(
        ["mariadb-install-db", "--no-defaults", *options, "--skip-test-db", "--auth-root-authentication-method=socket"],
        check=True, capture_output=True,
    )  # fmt: skip
    (folder / "run").mkdir()
    shutil.chown(folder / "run", "mysql", "mysql")
    process = subprocess.Popen(
        [
            "/usr/sbin/mariadbd", "--no-defaults", *options, f"--socket={folder}/run/mysqld.sock", "--skip-networking",
            "--innodb-buffer-pool-size=64M", "--performance-schema=OFF", f"--pid-file={folder}/pid",
        ],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    until = time.monotonic() + 60
    while not (folder / "run/mysqld.sock").exists() and time.monotonic() < until:
        time.sleep(0.1)
    yield folder / "run"
    process.terminate()
    process.wait(60)
    shutil.rmtree(folder)


@pytest.fixture
def plain_node(root: Path) -> Node:
    """Return a node with a site, without a database server and without a store."""
    made = Node(Layout(root=root), None, X25519PrivateKey.generate())  # type: ignore[arg-type]
    make_site(made)
    return made


def make_site(node: Node) -> None:
    node.layout.run.mkdir(mode=0o711, exist_ok=True)
    node.site.mkdir(parents=True, mode=0o755)
    for part in ("htdocs", "private"):
        (node.site / part).mkdir(mode=0o755)
        os.chown(node.site / part, TENANT, TENANT)


@pytest.fixture
def node(root: Path, store: RunningStore, database_server: Path) -> Iterator[Node]:
    made = Node(
        Layout(root=root, ports=Ports(store=store.port), store_url=f"http://127.0.0.1:{store.port}"),
        store,
        X25519PrivateKey.generate(),
    )
    made.layout.run.mkdir(mode=0o711)
    subprocess.run(["mount", "--bind", str(database_server), _made(made.layout.run / "mysql")], check=True)
    made.layout.data.mkdir(mode=0o711)
    copies_options(made.layout).parent.mkdir(parents=True)
    copies_options(made.layout).write_text(f"[client]\nuser=root\nsocket={made.databases.socket}\n")
    Access(name="node1", word=store.node_word, keeper=made.keeper.public_key().public_bytes_raw()).keep(made.layout)
    make_site(made)
    made.sql("CREATE DATABASE s7_wp; CREATE TABLE s7_wp.posts (id INT PRIMARY KEY, t TEXT) ENGINE=InnoDB")
    made.sql("INSERT INTO s7_wp.posts VALUES (1, 'hello'), (2, 'æøå')")
    try:
        yield made
    finally:
        for name in made.all_databases():
            if name.startswith("s"):
                made.sql(f"DROP DATABASE `{name}`" if name != "sys" else "")
        subprocess.run(["umount", str(made.layout.run / "mysql")], check=True)


def _made(folder: Path) -> str:
    folder.mkdir(mode=0o755)
    return str(folder)


def flip_folder(site: Path, outside: Path) -> None:
    """A hostile tenant changes a folder for a link to the outside and back, as fast as it can."""
    os.setgroups([])
    os.setresgid(TENANT, TENANT, TENANT)
    os.setresuid(TENANT, TENANT, TENANT)
    real, away, link = site / "htdocs/img", site / "htdocs/img.away", site / "htdocs/img.link"
    while True:
        try:
            os.symlink(outside, link)
            os.rename(real, away)
            os.rename(link, real)
            os.unlink(real)
            os.rename(away, real)
        except OSError:
            for path in (link, real):
                if path.is_symlink():
                    path.unlink()
            if away.exists() and not real.exists():
                away.rename(real)
            elif not real.exists():
                real.mkdir()
