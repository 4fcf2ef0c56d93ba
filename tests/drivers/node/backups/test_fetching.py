"""Sites fetched over SFTP from a real server, and servers that are not what they seem."""

import os
import shutil
import socket
import subprocess
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from servanda.drivers.node import Broken, NotNow
from servanda.drivers.node.backups.fetching import fetch, is_public
from servanda.ground.nodes.kinds.backups import SftpSource

needs_ssh = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("sshd"), reason="needs root and OpenSSH: servanda node install"
)
WORD = "a word of a test"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "::1", "fe80::1", "fd00::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "ff02::1", "198.18.0.1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_of_the_public_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["192.0.66.1", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_addresses_of_the_public_internet(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("found", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], []])
def test_a_name_that_leads_inside_is_refused_before_anything_is_sent(tmp_path: Path, found: list[str]) -> None:
    source = SftpSource(host="old.example.dk", user="web", host_key="ssh-ed25519 " + "A" * 68)
    with pytest.raises(Broken, match="not on the public internet"):
        fetch(source, WORD, tmp_path / "out", tell=print, resolve=lambda host, port: found)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SftpSource]:
    """Return a real sshd on loopback where the system's user `nobody`-like test account gets in by a password."""
    account = f"sv{os.getpid()}"
    site = tmp_path / "site"
    (site / "img").mkdir(parents=True)
    (site / "index.php").write_bytes(b"<?php old")
    (site / "img" / "a.png").write_bytes(bytes(range(256)) * 300)
    (site / "out").symlink_to("/etc/passwd")
    for path in (tmp_path, *tmp_path.parents):
        if path != Path("/") and path.stat().st_uid == 0 and "pytest" in str(path):
            path.chmod(0o755)
    for path in (site, *site.rglob("*")):
        os.chmod(path, 0o755) if path.is_dir() else None
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    subprocess.run(["useradd", "--no-create-home", "--home-dir", str(site), "--shell", "/bin/sh", account], check=True)
    try:
        subprocess.run(["chpasswd"], input=f"{account}:{WORD}", text=True, check=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        Path("/run/sshd").mkdir(exist_ok=True)
        words = [
            f"HostKey={key}", f"Port={port}", "ListenAddress=127.0.0.1", "UsePAM=no", "PasswordAuthentication=yes",
            "Subsystem=sftp internal-sftp", f"AllowUsers={account}", "PidFile=none",
        ]  # fmt: skip
        options = [word for one in words for word in ("-o", one)]
        process = subprocess.Popen(
            ["/usr/sbin/sshd", "-D", "-e", "-f", "/dev/null", *options], stderr=subprocess.DEVNULL
        )
        try:
            _wait(port)
            host_key = " ".join(key.with_suffix(".pub").read_text().split()[:2])
            yield SftpSource(host="old.example.dk", port=port, user=account, folder=str(site), host_key=host_key)
        finally:
            sessions = psutil.Process(process.pid).children(recursive=True)
            for one in (*sessions, process):
                one.kill()
            process.wait(20)
            psutil.wait_procs(sessions, timeout=10)
    finally:
        subprocess.run(["userdel", "--force", account], check=True, capture_output=True)


def local(source: SftpSource, into: Path, word: str = WORD) -> None:
    fetch(
        source,
        word,
        into,
        tell=lambda files: None,
        may_reach=lambda one: True,
        resolve=lambda host, port: ["127.0.0.1"],
    )


@needs_ssh
def test_everything_but_links_comes_over(server: SftpSource, tmp_path: Path) -> None:
    local(server, tmp_path / "out")
    with tarfile.open(tmp_path / "out") as archive:
        found = {one.name: archive.extractfile(one).read() for one in archive if one.isfile()}  # type: ignore[union-attr]
        assert all(one.isfile() for one in archive)
    assert found == {"index.php": b"<?php old", "img/a.png": bytes(range(256)) * 300}
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o600


@needs_ssh
def test_another_key_or_a_wrong_word_leaves_nothing(server: SftpSource, tmp_path: Path) -> None:
    other = SftpSource(**{**_fields(server), "host_key": "ssh-ed25519 " + "A" * 68})
    with pytest.raises(Broken, match="shows another key"):
        local(other, tmp_path / "out")
    with pytest.raises(Broken, match="does not let"):
        local(server, tmp_path / "out", "wrong")
    gone = SftpSource(**{**_fields(server), "folder": "/none"})
    with pytest.raises(NotNow):
        local(gone, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert not [one for one in tmp_path.iterdir() if one.name.startswith(".out")]


def _fields(source: SftpSource) -> dict[str, object]:
    return {name: getattr(source, name) for name in source.__struct_fields__}


def _wait(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
