"""The node of `servanda up`: a private one below /var/lib/servanda, enrolled with this installation.

Where there is no root, or the daemons are not installed, all else goes on without a node, and says why.
"""

import os
import secrets
import shutil
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from servanda.faces.cli.children import Child, child
from servanda.faces.node import enrolling, installed, private, shown, units
from servanda.faces.node.installed import Installation
from servanda.faces.node.parts import wiring
from servanda.ground.nodes.sealing import public_text, spare_key
from servanda.ground.refusal import Refused

SERVED = "simsoft"  # the demo company whose customer has a login
NAME = "node1"
BY = "servanda up"
READY_SECONDS = 90.0
SERVICES_OF_A_DEMO = 1000


@dataclass(frozen=True, slots=True)
class Demo:
    """What runs beside the web server, and what to tell the person who started it."""

    children: tuple[Child, ...] = ()
    said: str = ""


def start(settings: Any, stack: ExitStack, *, port: int) -> Demo:
    """Make, enrol and start the node of this installation. Needs the web server, because the node enrols there."""
    if reason := why_not():
        return Demo(said=f"Without a node: {reason}")
    root = private.root_for(settings.HOME)
    url = f"http://127.0.0.1:{port}"
    relay = f"{settings.SMTP_HOST or '127.0.0.1'}:{settings.SMTP_PORT}"
    try:
        installation = _enrolled(private.make(root, name=NAME, url=url, mail_relay=relay), settings)
    except Refused as refusal:
        return Demo(said=f"Without a node: {refusal}")
    if installation is None:
        return Demo(said="Without a node: there is no company here yet that it could serve.")
    _lay_out_what_began_before()
    command = [sys.executable, "-m", "servanda.faces.cli.main"]
    run = [*command, "node", "run", "--root", str(root), "--name", NAME, "--url", url]
    children = (stack.enter_context(child("the node", run)),)
    _wait(root, children)
    ports = installed.read(root).layout.ports
    return Demo(
        children,
        f"The node below {root} serves sites at http://127.0.0.1:{ports.http}/ and https://127.0.0.1:{ports.https}/ by "
        f"their names, IMAP at {ports.imap}, SMTP at {ports.submission}, DNS at {ports.dns}, SFTP at {ports.ssh}. "
        f"How it stands: servanda node status --root {root}",
    )


def make_key(settings: Any) -> None:
    """Make the key that documents are signed with, once, as the owner of the database. Needed before the signer starts."""
    if why_not() or Path(settings.NODE_KEY).is_file():
        return
    from django.utils import timezone
    from django.utils.module_loading import import_string

    from servanda.business.nodes.actions.keys import keep_key

    with import_string(settings.DATABASE_OWNED)():
        key = import_module(settings.DRIVERS).node_key(is_made=True)
        keep_key(
            key.public_key().public_bytes_raw(),
            spare_key=public_text(spare_key(key)),
            install=secrets.token_hex(16),
            at=timezone.now(),
        )


def why_not() -> str:
    """Return why this machine can have no node, or an empty text."""
    if os.geteuid() != 0:
        return "only root can give its parts accounts of their own."
    if not Path("/usr/bin/dpkg-query").exists():
        return "its daemons are taken from the packages of Debian or Ubuntu, which this system has not."
    if missing := units.missing_packages():
        return f"packages are missing. apt-get install --no-install-recommends {' '.join(missing)}"
    return ""


def remove(home: Path) -> None:
    """Remove the node of an installation that starts over, unless it runs."""
    root = private.root_for(home)
    if (root / installed.FILE).exists() and not private.is_running(root):
        shutil.rmtree(root)


def _enrolled(installation: Installation, settings: Any) -> Installation | None:
    """Return the node as one that this installation trusts, or None without a company."""
    from django.utils import timezone

    from servanda.business.companies.queries import companies, today_of
    from servanda.business.nodes.actions.enrolling import add_node, keep_token
    from servanda.business.nodes.actions.keys import install_of
    from servanda.business.nodes.queries import node_named

    if not companies():
        return None
    company, now = companies()[0], timezone.now()
    company = next((one for one in companies() if one.slug == SERVED), company)
    install = install_of(import_module(settings.DRIVERS).node_key().public_key().public_bytes_raw())
    node, today = node_named(NAME), today_of(company, now=now)
    pinned = installation.enrolled
    if node and pinned and (pinned.install, pinned.incarnation) == (install, node.incarnation):
        return installation
    if pinned and pinned.install != install:
        raise Refused(
            f"the node below {installation.layout.root} was enrolled by another installation, whose data are gone from here. "
            "Start over with a new node: make run FRESH=1"
        )
    if node is None:
        card = {"country": "DK", "services_max": 1000, "addresses": ("127.0.0.1",), "host_name": f"{NAME}.example"}
        add_node(company.company_id, NAME, **card, by=BY, today=today, at=now)  # type: ignore[arg-type]
    token = secrets.token_urlsafe(32)
    keep_token(NAME, token, by=BY, today=today, at=now)
    return enrolling.enrol(installation, wiring().door(installation.url, installation.url_roots), token)


def _lay_out_what_began_before() -> None:
    """Set up the demo company's services that began before it had a node. A real company's lie elsewhere, and stay there."""
    from django.db import transaction
    from django.utils import timezone

    from servanda.business.companies.queries import companies, moment_for, today_of
    from servanda.business.hosting.actions import set_up, tell_nodes
    from servanda.business.hosting.queries import ServiceFilter, services_of_company

    now = timezone.now()
    for company in companies():
        if company.slug != SERVED:
            continue
        found = services_of_company(
            company.company_id, show=ServiceFilter.ALL, search="", skip=0, limit=SERVICES_OF_A_DEMO
        )
        today, at = today_of(company, now=now), moment_for(company, now=now)
        with transaction.atomic():
            if set_up(company, [one.service_id for one in found], today=today, at=at):
                tell_nodes(company, today=today, at=at)


def _wait(root: Path, children: tuple[Child, ...]) -> None:
    """Wait until all of the node serves, for a while: what does not is shown by its status, and stops nothing."""
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and not any(one.has_ended for one in children):
        parts = shown.status(root)["parts"]
        if parts and all(one["state"] in {"serving", "missing"} for one in parts):
            return
        time.sleep(0.5)
