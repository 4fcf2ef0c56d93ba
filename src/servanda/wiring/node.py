"""Which technology stands for each capability of a node: the only place of the node that names one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from servanda.drivers.node import (
    Daemon,
    Known,
    Layout,
    Verb,
    access,
    backups,
    certificates,
    databases,
    dns,
    mail,
    quota,
    web,
)
from servanda.drivers.node.certificates import private_authority
from servanda.drivers.node.store import __main__ as store
from servanda.drivers.node.web import figures
from servanda.drivers.nodelink import Clock, Door, Identity, Link
from servanda.drivers.nodelink.http import HttpDoor, HttpLink
from servanda.faces.node.parts import Capability, Setting
from servanda.ground.nodes.kinds.backups import BackupPlan, Retention


def capabilities() -> Sequence[Capability]:
    """Return what a node can do, in the order in which its daemons' files are prepared."""
    return (
        Capability(
            name="databases",
            daemons=databases.daemons,
            prepare=databases.prepare,
            verbs=databases.verbs,
            convergers=lambda here: (databases.DatabaseConverger(here.layout, here.privileges),),
            meterings=lambda here: (databases.DatabaseMetering(here.layout),),
        ),
        Capability(
            name="dns",
            daemons=dns.daemons,
            prepare=dns.prepare,
            verbs=_over_the_network(dns.verbs),  # PowerDNS is told by HTTP on loopback
            convergers=lambda here: (dns.ZoneConverger(here.layout, here.privileges),),
        ),
        Capability(
            name="web",
            daemons=web.daemons,
            prepare=web.prepare,
            verbs=web.verbs,
            convergers=lambda here: (_sites(here),),
        ),
        Capability(
            name="quota",
            verbs=quota.verbs,
            meterings=lambda here: (quota.SiteMetering(here.privileges),),
            watchings=lambda here: (quota.LoadWatch(quota.LoadGuard()),),
        ),
        Capability(
            name="access",
            daemons=access.daemons,
            prepare=access.prepare,
            verbs=access.verbs,
            convergers=lambda here: (access.Access(here.layout, here.privileges),),
        ),
        Capability(
            name="mail",
            daemons=mail.daemons,
            prepare=mail.prepare,
            verbs=mail.verbs,
            convergers=lambda here: (mail.MailConverger(here.layout, here.privileges),),
            meterings=lambda here: (mail.MailMetering(here.layout, here.privileges),),
            errands=lambda here: (mail.MailImports(here.layout),),
        ),
        Capability(
            name="certificates",
            daemons=_if_private(private_authority.daemons),
            prepare=_prepare_certificates,
            convergers=lambda here: (mail.WithMail(_certificates(here.layout), here.layout, here.privileges),),
        ),
        Capability(
            name="backups",
            daemons=_if_private(lambda layout: (backups.store_daemon(layout),)),
            prepare=backups.prepare,
            verbs=_over_the_network(backups.verbs),  # copies go to a store on another machine
            convergers=lambda here: (backups.CopiesConverger(here.layout),),
            errands=lambda here: (backups.CopyErrands(here.layout, here.privileges),),
            copies=lambda here: (backups.RoundOfCopies(here.layout, here.known, here.privileges),),
        ),
    )


def private_layout(layout: Layout) -> Layout:
    """Return the layout of a node that has an authority of its own, on loopback."""
    return private_authority.layout_with_authority(layout)


def link(url: str, identity: Identity, now: Clock, roots: str | None) -> Link:
    return HttpLink(url, identity, now, roots=roots)


def door(url: str, roots: str | None) -> Door:
    return HttpDoor(url, roots=roots)


def measure_sites(layout: Layout, sites: int, changes: int, seconds: int) -> Mapping[str, float | int | bool]:
    return figures.measured(layout, sites=sites, changes=changes, seconds=seconds)


def serve_store(words: Sequence[str]) -> int:
    """Be the store on a machine of its own until asked to stop."""
    return store.main(list(words))


def keep_private_store(
    layout: Layout, known: Known, leave_of: Callable[[str, str], str], today: date
) -> Mapping[str, str]:
    plans = [one for one in known.of(BackupPlan) if isinstance(one, BackupPlan)]
    return backups.keep_private(layout, plans, leave_of=leave_of, today=today)


def keep_store(folder: Path, said: Sequence[Retention] | None, today: date) -> Mapping[str, str]:
    return backups.keep_folder(folder, said, today=today)


def _sites(here: Setting) -> mail.SitesWithMail:
    return mail.SitesWithMail(web.Web(here.layout, here.privileges), here.layout, here.privileges, here.known)


def _certificates(layout: Layout) -> certificates.CertificateConverger:
    return certificates.CertificateConverger(layout, dns.DnsProofs(layout))


def _prepare_certificates(layout: Layout) -> None:
    certificates.prepare(layout)
    if layout.is_private:
        private_authority.prepare(layout)


def _if_private(daemons: Callable[[Layout], Sequence[Daemon]]) -> Callable[[Layout], Sequence[Daemon]]:
    return lambda layout: daemons(layout) if layout.is_private else ()


def _over_the_network(verbs: Callable[[], Sequence[Verb]]) -> Callable[[], Sequence[Verb]]:
    return lambda: tuple(replace(verb, has_network=True) for verb in verbs())
