"""Where the parts of mail lie below the layout's root. Sockets stay short: a Unix address has room for 107 bytes."""

from dataclasses import dataclass
from pathlib import Path

from servanda.drivers.node.layout import Layout


@dataclass(frozen=True, slots=True)
class Places:
    """The folders and files of mail."""

    layout: Layout

    @property
    def postfix(self) -> Path:
        return self.layout.etc / "postfix"

    @property
    def dovecot(self) -> Path:
        return self.layout.etc / "dovecot"

    @property
    def maps(self) -> Path:
        """Return the rows that Postfix and the gate read, and the agent writes."""
        return self.layout.data / "mailmap" / "mail.db"

    @property
    def logins(self) -> Path:
        """Return the rows with password hashes, which only Dovecot's root worker and the agent can open."""
        return self.layout.data / "mailauth" / "logins.db"

    @property
    def counts(self) -> Path:
        """Return what the gate counted; the agent reads it."""
        return self.layout.data / "mailcount" / "counts.db"

    @property
    def keys(self) -> Path:
        return self.layout.data / "dkim"

    @property
    def certificate(self) -> Path:
        """Return the folder that holds cert.pem and key.pem for all of mail."""
        return self.layout.data / "mailtls"

    @property
    def master_password(self) -> Path:
        """Return the agent's own secret for putting imported messages into mailboxes."""
        return self.layout.secrets / "mail-master"

    @property
    def sockets(self) -> Path:
        return self.layout.run / "mail"

    def key(self, domain: str, selector: str) -> Path:
        return self.keys / f"{domain}.{selector}.pem"

    def domain(self, domain: str) -> Path:
        return self.layout.mail / domain

    def mailbox(self, domain: str, local: str) -> Path:
        return self.layout.mail / domain / local
