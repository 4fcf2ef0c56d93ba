"""What of a server does a plan give? The `hosting` section of a plan in the catalogue document."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Php = Literal["8.2", "8.3", "8.4"]


class HostingPackage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a service of this plan consists of when it is opened, and how far its owner may go.

    `source` is a requirement id or "plausible", as with a price. Gigabytes are of 1,000,000,000 bytes; 0 promises nothing.
    """

    source: Annotated[str, Meta(pattern=r"\A([a-z]+-\d{3}[a-z]?|plausible)\Z")]
    has_site: bool = False
    disk_gb: Annotated[int, Meta(ge=0, le=100_000)] = 0
    files_max: Annotated[int, Meta(ge=0, le=100_000_000)] = 0
    php: Php | None = None
    php_memory_mb: Annotated[int, Meta(ge=32, le=2048)] = 256
    php_processes: Annotated[int, Meta(ge=1, le=100)] = 5
    databases: Annotated[int, Meta(ge=0, le=1000)] = 0
    database_gb: Annotated[int, Meta(ge=0, le=100_000)] = 0
    database_connections: Annotated[int, Meta(ge=1, le=500)] = 15
    has_database_access: bool = False  # from addresses that the customer allows
    mailboxes: Annotated[int, Meta(ge=0, le=10_000)] = 0  # for each that was bought
    mailbox_gb: Annotated[int, Meta(ge=1, le=1000)] = 1
    mails_an_hour: Annotated[int, Meta(ge=0, le=1_000_000)] = 200
    mails_a_day: Annotated[int, Meta(ge=0, le=10_000_000)] = 1000
    has_zone: bool = False
    has_certificate: bool = False
    copies_every_hours: Annotated[int, Meta(ge=1, le=168)] = 24
    copies_daily: Annotated[int, Meta(ge=0, le=3660)] = 0  # generations that were promised
    copies_monthly: Annotated[int, Meta(ge=0, le=120)] = 0
    copies_country: Annotated[str, Meta(pattern=r"\A[A-Z]{2}\Z")] = "DK"

    @property
    def has_mail(self) -> bool:
        return self.mailboxes > 0

    @property
    def has_copies(self) -> bool:
        """Tell whether copies are promised; without a promise enough are kept for a last one before a purge."""
        return self.copies_daily > 0


def package_from_json(stored: object) -> HostingPackage | None:
    """Return the package that was stored as JSON, if any was."""
    return None if stored is None else msgspec.convert(stored, HostingPackage)


def package_to_json(package: HostingPackage | None) -> dict[str, object] | None:
    if package is None:
        return None
    built: dict[str, object] = msgspec.to_builtins(package)
    return built
