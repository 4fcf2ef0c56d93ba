"""A real store on loopback, as its own user, in a folder that only root and it can enter."""

import os
import shutil
import secrets
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

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from servanda.drivers.node.backups.store.callers import admit

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
            sys.executable, "-m", "servanda.drivers.node.backups.store",
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
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
