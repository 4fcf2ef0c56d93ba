"""Logins over SFTP: a tenant's own folder, nothing above it, and no shell.

sshd runs in a mount namespace in which the names of logins come from files of the node (libnss-extrausers), so that the
server's own /etc/passwd is never touched. Adding, holding and removing a login rewrites one line of two files, which
sshd reads at each login; nothing is reloaded.
"""

from servanda.drivers.node.access.converger import Access
from servanda.drivers.node.access.daemons import daemons, prepare
from servanda.drivers.node.access.logins import verbs

__all__ = ["Access", "daemons", "prepare", "verbs"]
