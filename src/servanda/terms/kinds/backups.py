"""Backups, restores, and the copy that a leaving customer gets."""

from typing import ClassVar, Literal

from servanda.terms.kinds.rule import Days, Rule, ShownRule


class Backup(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is backed up, how often and for how long. Without `included` it is agreed apart or is the customer's own."""

    kind: ClassVar[str] = "backup"
    told_apart_by: ClassVar[tuple[str, ...]] = ("of",)
    of: Literal[
        "everything",
        "data copies",
        "customer data",
        "website",
        "database",
        "database instances",
        "web hotels",
        "server",
        "whole servers",
        "before our work",
    ]
    included: bool = True
    rhythm: Literal["daily", "weekly", "monthly", "scheduled", "continuously", "automatic", "by agreement"] | None = (
        None
    )
    choices: tuple[Literal["daily", "weekly", "monthly"], ...] = ()
    keep_days: Days | None = None
    many_generations: bool = False
    off_site: bool = False
    region: Literal["EU", "EEA", "Denmark"] | None = None
    tested: bool = False
    by: Literal["provider", "customer"] = "provider"


class Restore(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a restore is asked for, who does it, and what it costs."""

    kind: ClassVar[str] = "restore"
    told_apart_by: ClassVar[tuple[str, ...]] = ("of",)
    of: Literal["hosting", "website", "database", "solution", "hacked site", "everything"]
    by: Literal["provider", "customer"] = "provider"
    in_writing: bool = False
    self_service: bool = False
    paid_by: Literal["included", "standard hourly rate", "consultant hourly rate"] = "included"
    full_recovery_promised: bool = True


class ExitCopy(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The copy of site and data that a leaving customer can have."""

    kind: ClassVar[str] = "exit-copy"
    small_fee: bool = False
    holds: tuple[Literal["website", "data", "mail", "databases"], ...]
