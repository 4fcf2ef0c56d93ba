"""Where everything of a node lies. Paths come from here and from numbers and grammars, never from free text."""

import socket
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

# Sockets of the node lie below the root; a Unix address has room for 107 bytes.
LONGEST_ROOT = 60


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports on which a node listens. The defaults are the well-known ones of a real server."""

    http: int = 80
    https: int = 443
    smtp: int = 25
    submission: int = 587
    imap: int = 993
    lmtp: int = 24
    dns: int = 53
    dns_api: int = 8081
    ssh: int = 22
    mysql: int = 3306
    policy: int = 10031
    dkim: int = 8891
    store: int = 8082  # the backup store, on a machine of its own in production
    web_status: int = 8083
    acme: int = 14000  # the authority of a private node
    acme_roots: int = 15000  # where that authority tells its root

    @classmethod
    def free(cls) -> "Ports":
        """Return ports that are free now, all different, for a node that runs privately on loopback."""
        names = cls.__dataclass_fields__
        sockets = [socket.socket() for _ in names]
        try:
            for one in sockets:
                one.bind(("127.0.0.1", 0))
            return cls(**{name: one.getsockname()[1] for name, one in zip(names, sockets, strict=True)})
        finally:
            for one in sockets:
                with closing(one):
                    pass


@dataclass(frozen=True, slots=True)
class Accounts:
    """The users under which the node's own parts run; numbers need no entry in /etc/passwd."""

    agent: int = 199_001
    copies: int = 199_002  # reads tenants' files for backups, writes nothing of theirs
    store: int = 199_003
    gate: int = 199_004  # counts, checks and signs outgoing mail; reads the DKIM keys
    web: str = "www-data"
    database: str = "mysql"
    names: str = "pdns"
    post: str = "postfix"


@dataclass(frozen=True, slots=True)
class Layout:
    """A node below one folder, root-owned at every level, and the addresses on which it listens."""

    root: Path
    ports: Ports = field(default_factory=Ports)
    accounts: Accounts = field(default_factory=Accounts)
    address: str = "127.0.0.1"  # where daemons listen that the world may reach
    host_name: str = "node.localdomain"
    is_private: bool = True  # one supervisor on loopback; False under systemd
    mail_relay: str = ""  # host:port that takes all outgoing mail; a private node has a sink here
    mail_bulk_address: str = ""  # from where mail with a bulk permit leaves; empty: as all other mail
    mail_dedicated_address: str = ""  # from where a dedicated relay's mail leaves
    acme_directory: str = ""
    acme_roots: Path | None = None  # who vouches for the directory itself; None: the system's
    store_url: str = ""

    def __post_init__(self) -> None:
        if not self.root.is_absolute() or len(str(self.root)) > LONGEST_ROOT:
            raise ValueError(
                f"the folder of a node must be an absolute path of at most {LONGEST_ROOT} characters: {self.root}"
            )

    @property
    def etc(self) -> Path:
        return self.root / "etc"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def sites(self) -> Path:
        return self.root / "sites"

    @property
    def hosts(self) -> Path:
        """Return the folder of links from a host name to its site; a change of one is seen at the next request."""
        return self.root / "vh"

    @property
    def web(self) -> Path:
        """Return the folder of marks by which nginx knows what holds for each site; only root writes there."""
        return self.root / "web"

    @property
    def moved(self) -> Path:
        """Return the folder whose paths tell nginx where a redirected name leads."""
        return self.root / "moved"

    @property
    def programs(self) -> Path:
        """Return the folder of the few programs that tenants may run from the node itself."""
        return self.root / "libexec"

    @property
    def tls(self) -> Path:
        return self.root / "tls"

    @property
    def mail(self) -> Path:
        return self.root / "mail"

    @property
    def challenges(self) -> Path:
        """Return the folder from which ACME's HTTP challenges are answered, whatever holds the site."""
        return self.root / "acme"

    @property
    def quarantine(self) -> Path:
        return self.root / "quarantine"

    @property
    def backup(self) -> Path:
        return self.root / "backup"

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def helper_socket(self) -> Path:
        return self.run / "helper" / "socket"

    @property
    def secrets(self) -> Path:
        """Return the folder of the agent's own secrets, mode 0700."""
        return self.data / "secrets"

    def site(self, number: int) -> Path:
        return self.sites / str(number)
