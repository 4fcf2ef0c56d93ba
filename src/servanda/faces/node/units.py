"""A node on a server: the same daemons as units of systemd, shut in as far as each of them allows.

`plan` finds out what would be written and what is in the way, and touches nothing; `apply` does it. Units are made from
the same specifications as the private node's processes, so that there is one truth about what a node runs.
"""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import msgspec

from servanda.drivers.node import Daemon, Layout, write_file
from servanda.faces.node import enclosure, installed, supervisor
from servanda.faces.node.enrolling import enrol
from servanda.faces.node.installed import Installation, NoNode
from servanda.faces.node.parts import WIRING, wiring
from servanda.faces.node.private import NAME
from servanda.faces.node.processes import Place, prepare
from servanda.ground.refusal import Refused

UNITS = Path("/etc/systemd/system")
SYSUSERS = Path("/etc/sysusers.d/servanda.conf")
TARGET = "servanda-node.target"
# Debian 12 and 13, Ubuntu 24.04; tools/install_daemons.sh installs the same.
PACKAGES = (
    "nginx-light", "php-fpm", "php-cli", "php-mysql", "php-curl", "php-gd", "php-mbstring", "php-xml", "php-zip", "php-intl",
    "php-bcmath", "mariadb-server", "mariadb-client", "postfix", "postfix-sqlite", "dovecot-imapd", "dovecot-lmtpd",
    "dovecot-sqlite", "pdns-server", "pdns-backend-sqlite3", "pdns-tools", "bind9-dnsutils", "restic",
    "openssh-server", "openssh-client", "libnss-extrausers", "util-linux", "nftables",
)  # fmt: skip

# What root needs to work among files of many owners, to become a tenant, and to shut a child into a jail.
HELPER_CAPABILITIES = (
    "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID",
    "CAP_SETUID", "CAP_SETPCAP", "CAP_SYS_ADMIN", "CAP_SYS_CHROOT", "CAP_MKNOD", "CAP_SYS_RESOURCE",
)  # fmt: skip

_ALWAYS = """\
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID={suid}
SystemCallArchitectures=native
UMask=0027
"""


class NotInstalled(Refused):
    """The node cannot be installed here as it is."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be written, by path, and what is in the way, each with its remedy."""

    installation: Installation
    files: dict[Path, str]
    problems: tuple[str, ...]
    is_default_place: bool

    def as_text(self) -> str:
        return "\n".join(f"# {path}\n{content}" for path, content in self.files.items())

    def shown(self) -> dict[str, Any]:
        return {
            "node": self.installation.name,
            "root": str(self.installation.layout.root),
            "files": {str(path): content for path, content in self.files.items()},
            "problems": list(self.problems),
        }


def plan(root: Path, *, name: str, url: str, units: Path = UNITS, wiring_name: str = WIRING) -> Plan:
    """Return what an installation would write and what stands in its way. Changes nothing."""
    installation = _installation(root, name=name, url=url)
    place = Place(root=root, wiring=wiring_name)
    daemons, missing = supervisor.daemons_of(wiring(wiring_name).capabilities(), installation.layout)
    files = {units / TARGET: _target(daemons)}
    for daemon in supervisor.in_order(daemons):
        files[units / f"servanda-{daemon.name}.service"] = unit_of(daemon, installation.layout)
    files[units / "servanda-helper.service"] = helper_unit(place, installation.layout)
    files[units / "servanda-agent.service"] = agent_unit(place, installation.layout)
    sysusers = SYSUSERS if units == UNITS else units / SYSUSERS.name
    files[sysusers] = accounts(installation.layout)
    return Plan(installation, files, (*_problems(installation), *missing.values()), units == UNITS)


def apply(plan: Plan, *, token: str | None = None) -> None:
    """Write the files, enrol with a token if there is one, and start. Only root may."""
    if os.geteuid() != 0:
        raise NotInstalled("Only root may write units and start them. Nothing was written.")
    installation = plan.installation
    for path, content in plan.files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, content, mode=0o644, owner=0, group=0)
    if plan.is_default_place:
        _call("systemd-sysusers", str(SYSUSERS))
    installed.write(installation)
    if token:
        enrol(installation, wiring().door(installation.url, installation.url_roots), token)
    if plan.is_default_place:
        prepare(Place(root=installation.layout.root))
        _call("systemctl", "daemon-reload")
        _call("systemctl", "enable", "--now", TARGET)


def unit_of(daemon: Daemon, layout: Layout) -> str:
    """Return the unit of one daemon."""
    lines = [
        "[Unit]",
        f"Description=Servanda node: {daemon.name}",
        f"PartOf={TARGET}",
        "Wants=network-online.target",
        " ".join(["After=network-online.target", *(f"servanda-{name}.service" for name in daemon.after)]),
        *(f"Requires=servanda-{name}.service" for name in daemon.after),
        "",
        "[Service]",
        "Type=exec",
        *(f"ExecStartPre=+{quoted(words)}" for words in daemon.before),
        f"ExecStart={quoted(daemon.argv)}",
        *([f"User={_account(daemon.user, layout)}"] if daemon.user is not None else []),
        *([f"Group={_account(daemon.group, layout)}"] if daemon.group is not None else []),
        *(f"Environment={quoted([f'{name}={value}'])}" for name, value in sorted(daemon.environment.items())),
        *([f"ExecReload=/bin/kill -{daemon.reload} $MAINPID"] if daemon.reload else []),
        f"KillSignal=SIG{daemon.stop}",
        "Restart=always",
        "RestartSec=1",
        _ALWAYS.format(suid="yes").rstrip(),
        "PrivateTmp=yes",
        "PrivateDevices=yes",
        "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK",
        f"CapabilityBoundingSet={' '.join(daemon.capabilities)}",
        f"ReadWritePaths={' '.join(quoted([str(path)]) for path in (*daemon.writable, layout.log))}",
        "",
        "[Install]",
        f"WantedBy={TARGET}",
        "",
    ]
    return "\n".join(lines)


def helper_unit(place: Place, layout: Layout) -> str:
    """Return the unit of the helper: root, with the few rights that its verbs need."""
    return "\n".join(
        [
            "[Unit]",
            "Description=Servanda node: helper (root)",
            f"PartOf={TARGET}",
            "",
            "[Service]",
            "Type=exec",
            f"ExecStart={quoted(place.command('helper'))}",
            "Restart=always",
            "RestartSec=1",
            _ALWAYS.format(suid="no").rstrip(),
            "PrivateTmp=yes",
            # It leaves the network by itself; a few verbs start a child that has one (copies to the store).
            "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK",
            f"CapabilityBoundingSet={' '.join(HELPER_CAPABILITIES)}",
            "SystemCallFilter=@system-service @mount @setuid @chown unshare setns pivot_root",
            f"ReadWritePaths={quoted([str(layout.root)])}",
            "",
            "[Install]",
            f"WantedBy={TARGET}",
            "",
        ]
    )


def agent_unit(place: Place, layout: Layout) -> str:
    """Return the unit of the agent: an account of its own, and not one right of root's."""
    return "\n".join(
        [
            "[Unit]",
            "Description=Servanda node: agent (no privileges)",
            f"PartOf={TARGET}",
            "Wants=network-online.target",
            "After=network-online.target servanda-helper.service",
            "",
            "[Service]",
            "Type=exec",
            f"ExecStart={quoted(place.command('agent'))}",
            f"User={_account(layout.accounts.agent, layout)}",
            f"Group={_account(layout.accounts.agent, layout)}",
            "Restart=always",
            "RestartSec=1",
            _ALWAYS.format(suid="yes").rstrip(),
            "PrivateTmp=yes",
            "PrivateDevices=yes",
            "RestrictNamespaces=yes",
            "MemoryDenyWriteExecute=yes",
            "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
            "CapabilityBoundingSet=",
            "AmbientCapabilities=",
            "SystemCallFilter=@system-service",
            f"ReadWritePaths={quoted([str(layout.root)])}",
            "",
            "[Install]",
            f"WantedBy={TARGET}",
            "",
        ]
    )


def accounts(layout: Layout) -> str:
    """Return the accounts of the node's own parts, for systemd-sysusers."""
    lines = [f'u {name} {number} "Servanda node" {layout.root}' for number, name in _names(layout).items()]
    return "\n".join([*lines, ""])


def quoted(words: Sequence[str]) -> str:
    """Return words as systemd reads them: quoted, and without its own specifiers and variables."""
    return " ".join(
        '"' + word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$") + '"'
        for word in words
    )


def missing_packages() -> tuple[str, ...]:
    """Return the packages of the system that a node needs and that are not installed."""
    done = subprocess.run(
        ["/usr/bin/dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *PACKAGES],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    there = {line.split()[0] for line in done.stdout.splitlines() if line.endswith(" installed")}
    return tuple(name for name in PACKAGES if name not in there)


def _installation(root: Path, *, name: str, url: str) -> Installation:
    if not NAME.match(name):
        raise NotInstalled(f"{name!r} is no name for a node: up to 32 lower-case letters, digits and hyphens.")
    try:
        found = installed.read(root)
    except NoNode:
        layout = Layout(root=root, is_private=False, address="0.0.0.0", host_name=os.uname().nodename)
        return Installation(layout=layout, name=name, url=url)
    if found.layout.is_private:
        raise NotInstalled(f"Below {root} lives a private node. Name another folder with --root.")
    return msgspec.structs.replace(found, name=name, url=url or found.url)


def _problems(installation: Installation) -> list[str]:
    found = []
    if not Path("/run/systemd/system").is_dir():
        found.append("This machine is not run by systemd: `servanda node run` runs a private node without it.")
    if not Path("/usr/bin/dpkg-query").exists():
        found.append("A node takes its daemons from Debian 12 or 13, or Ubuntu 24.04; this is another system.")
    elif missing := missing_packages():
        found.append(f"Packages are missing: apt-get install --no-install-recommends {' '.join(missing)}")
    for bar in sorted({str(bar) for bar in enclosure.barred_paths()}):
        found.append(
            f"Servanda lies below {bar}, which other accounts may not enter: install it in /opt/servanda instead."
        )
    if not installation.url:
        found.append("Nobody said where the control plane answers: --url https://…")
    return found


def _target(daemons: list[Daemon]) -> str:
    names = [*(daemon.name for daemon in daemons), supervisor.HELPER, supervisor.AGENT]
    wanted = " ".join(f"servanda-{name}.service" for name in names)
    return f"[Unit]\nDescription=Servanda node\nWants={wanted}\n\n[Install]\nWantedBy=multi-user.target\n"


def _names(layout: Layout) -> dict[int, str]:
    found = {one.name: getattr(layout.accounts, one.name) for one in fields(layout.accounts)}
    return {number: f"servanda-{name}" for name, number in found.items() if isinstance(number, int)}


def _account(account: str | int, layout: Layout) -> str:
    """A number without a name is no account to systemd: only those that `accounts` makes may stand here."""
    if isinstance(account, int):
        return _names(layout)[account]
    return account


def _call(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise NotInstalled(f"{' '.join(words)} ended with {done.returncode}: {done.stderr.strip()}")
