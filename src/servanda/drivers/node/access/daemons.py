"""sshd, and what it is told: once for the node, without any tenant's value."""

import os
import re
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from servanda.drivers.node import Broken, Daemon, files
from servanda.drivers.node.commands import program, run
from servanda.drivers.node.layout import Layout

_GATE = Path(__file__).with_name("gate.py")
NAME_SERVICES = "passwd: files extrausers\ngroup: files extrausers\nshadow: files extrausers\nhosts: files dns\n"


def daemons(layout: Layout) -> Sequence[Daemon]:
    return (
        Daemon(
            name="sshd",
            argv=(sys.executable, "-I", "-S", str(_GATE), str(layout.root), program("sshd")),
            ready=lambda: _answers(layout),
            writable=(layout.run, layout.log, layout.sites),
            capabilities=(
                "CAP_SYS_ADMIN", "CAP_SYS_CHROOT", "CAP_SETUID", "CAP_SETGID", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_KILL",
                "CAP_NET_BIND_SERVICE", "CAP_FOWNER", "CAP_AUDIT_WRITE",
            ),
        ),
    )  # fmt: skip


def prepare(layout: Layout) -> None:
    """Write what sshd reads, and make its key once: customers know the server by it."""
    for path in (layout.run, layout.etc, layout.log, layout.etc / "sshd", layout.etc / "sshd" / "keys"):
        files.folder(path, mode=0o711)
    files.folder(layout.etc / "extrausers", mode=0o755)
    files.folder(layout.log / "access", mode=0o750, owner=0, group=layout.accounts.agent)
    for name, mode in (("passwd", 0o644), ("group", 0o644), ("shadow", 0o600)):
        path = layout.etc / "extrausers" / name
        if not path.exists():
            files.write(path, "", mode=mode)
    key = layout.etc / "sshd" / "host_ed25519"
    if not key.exists():
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", layout.host_name, "-f", str(key))
    files.write(layout.etc / "sshd" / "nsswitch.conf", NAME_SERVICES, mode=0o644)
    files.write(layout.etc / "sshd" / "sshd_config", configuration(layout), mode=0o600)


def configuration(layout: Layout) -> str:
    root = str(layout.root)
    if not re.fullmatch(r"/[A-Za-z0-9/_.-]+", root):
        raise Broken(f"the folder of a node may hold letters, digits and / _ . - only: {root}")
    allowed = " ".join(f"s{digit}*" for digit in range(10))
    return f"""Port {layout.ports.ssh}
ListenAddress {layout.address}
HostKey {root}/etc/sshd/host_ed25519
PidFile {root}/run/sshd.pid
AuthorizedKeysFile {root}/etc/sshd/keys/%u
AllowUsers {allowed}
PasswordAuthentication yes
PubkeyAuthentication yes
KbdInteractiveAuthentication no
HostbasedAuthentication no
GSSAPIAuthentication no
PermitEmptyPasswords no
PermitRootLogin no
UsePAM no
UseDNS no
PrintMotd no
Subsystem sftp internal-sftp -u 0027
ForceCommand internal-sftp -u 0027
ChrootDirectory %h
AllowTcpForwarding no
AllowAgentForwarding no
AllowStreamLocalForwarding no
PermitTunnel no
GatewayPorts no
X11Forwarding no
PermitTTY no
PermitUserRC no
PermitUserEnvironment no
MaxAuthTries 4
MaxSessions 4
MaxStartups 20:30:100
PerSourceMaxStartups 10
LoginGraceTime 20
ClientAliveInterval 60
ClientAliveCountMax 3
LogLevel VERBOSE
"""


def _answers(layout: Layout) -> bool:
    address = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(layout.address, layout.address)
    try:
        with socket.create_connection((address, layout.ports.ssh), timeout=0.5) as line:
            return line.recv(4) == b"SSH-"
    except OSError:
        return False


def master(layout: Layout) -> int | None:
    """Return the process of this node's sshd, if it runs."""
    try:
        number = int((layout.run / "sshd.pid").read_text())
        os.kill(number, 0)
    except (OSError, ValueError):
        return None
    return number
