"""Mail of a node: Postfix takes and sends, Dovecot keeps and shows, a gate of our own counts, checks and signs.

What is served lies in rows (`maps.py`, `logins.py`), never in a configuration file. Only the coming and going of a whole
domain needs a reload of Postfix, which caches to which class a domain belongs.
"""

from servanda.drivers.node.mail.certificate import WithMail
from servanda.drivers.node.mail.converging import MailConverger
from servanda.drivers.node.mail.imap_in import MailImports
from servanda.drivers.node.mail.metering import MailMetering
from servanda.drivers.node.mail.of_sites import SitesWithMail
from servanda.drivers.node.mail.preparing import daemons, prepare
from servanda.drivers.node.mail.verbs import verbs

__all__ = ["MailConverger", "MailImports", "MailMetering", "SitesWithMail", "WithMail", "daemons", "prepare", "verbs"]
