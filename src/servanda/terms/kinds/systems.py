"""How systems are run: who looks after what, uptime, maintenance, watching, faults, capacity."""

from typing import ClassVar, Literal

from servanda.terms.kinds.rule import ClockTime, Days, Hours, Minutes, Percent, Rule, ShownRule, WorkingDays


class ServiceContent(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a service consists of."""

    kind: ClassVar[str] = "service-content"
    told_apart_by: ClassVar[tuple[str, ...]] = ("provides",)
    provides: tuple[
        Literal[
            "domain",
            "dns",
            "website",
            "database",
            "mailbox",
            "certificate",
            "php",
            "mysql",
            "control panel",
            "monitoring",
            "backup",
            "update",
            "storage",
            "support",
            "server",
            "operating system",
            "remote access",
            "antivirus",
            "web filter",
            "hardware",
            "network",
            "firewall",
        ],
        ...,
    ]
    place: Literal["own platform", "panel server", "own data centre", "vendor", "customer"] = "own platform"
    own_site_only: bool = False


class Care(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who looks after which layer of a system, and with what; `continuously` tells that it never ends."""

    kind: ClassVar[str] = "care"
    told_apart_by: ClassVar[tuple[str, ...]] = ("of",)
    of: Literal[
        "infrastructure",
        "network",
        "server",
        "operating system",
        "platform software",
        "control panel",
        "database software",
        "website",
        "plugins",
        "applications",
        "customer code",
        "customer data",
        "devices",
        "own systems",
        "tenant",
        "firewall",
        "backup",
        "access",
        "licences",
        "whole solution",
    ]
    party: Literal["provider", "customer"]
    duties: tuple[
        Literal[
            "running",
            "updates",
            "security",
            "backup",
            "restore",
            "firewall",
            "audit",
            "licences",
            "maintenance",
            "hardware",
            "monitoring",
            "closing the hole",
            "handling changes",
        ],
        ...,
    ]
    continuously: bool = False


class Advice(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the customer is advised to do; not following it is no breach."""

    kind: ClassVar[str] = "advice"
    told_apart_by: ClassVar[tuple[str, ...]] = ("to",)
    to: Literal[
        "use a firewall",
        "restrict remote access",
        "use two-factor login",
        "update software",
        "take snapshots",
        "snapshot before changes",
        "back up",
        "back up before changes",
        "use a private network",
        "use good passwords",
        "log out",
        "repeat checks",
        "follow up findings",
        "buy antivirus",
        "review practice",
        "buy counselling",
        "block cookies",
        "close the hole",
    ]


class Updates(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often something is brought up to date, and whether by hand. `wait` tells that a new release is held back for a while."""

    kind: ClassVar[str] = "updates"
    told_apart_by: ClassVar[tuple[str, ...]] = ("of",)
    of: Literal[
        "server",
        "network",
        "services",
        "operating system",
        "platform software",
        "control panel",
        "database instances",
        "web hotels",
        "website",
        "plugins",
        "common programs",
        "security protocols",
        "programs",
    ]
    rhythm: Literal["continuously", "monthly", "on release", "after a wait"]
    by_hand: bool = False
    checked_for_faults: bool = False


class Uptime(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which share of the time a service is up over a running span, and what does not count. `is_guarantee` is false for an aim."""

    kind: ClassVar[str] = "uptime"
    percent: Percent
    percent_best: Percent | None = None
    over_days: Days = 365
    is_guarantee: bool = False
    excludes: tuple[Literal["planned maintenance", "force majeure", "outside causes"], ...] = ()


class NoUptime(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That no uptime is guaranteed; running is sought as well as can be."""

    kind: ClassVar[str] = "no-uptime"
    best_effort: bool = True


class Maintenance(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How work that interrupts a service is announced and placed. `usual_minutes` is how long it normally takes."""

    kind: ClassVar[str] = "maintenance"
    told_apart_by: ClassVar[tuple[str, ...]] = ("cause",)
    cause: Literal["planned", "urgent", "security update", "upgrade"]
    notice_hours: Hours | None = None
    notice_working_days: WorkingDays | None = None
    counts_as_downtime_without: WorkingDays | None = None
    channels: tuple[Literal["e-mail", "website", "portal"], ...] = ()
    may_come_unannounced: bool = False
    quiet_times: bool = False
    outside_working_hours: bool = False
    usual_minutes: Minutes | None = None


class MaintenanceWindow(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Between which times of day work that can wait is done, each day."""

    kind: ClassVar[str] = "maintenance-window"
    from_time: ClockTime
    to_time: ClockTime


class Monitoring(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is watched, whether round the clock, and who is alerted."""

    kind: ClassVar[str] = "monitoring"
    told_apart_by: ClassVar[tuple[str, ...]] = ("of",)
    of: Literal[
        "machines and services",
        "threats",
        "performance",
        "devices",
        "antivirus log",
        "customer's use",
        "server room",
        "cooling",
        "hosting",
        "licence accounts",
    ]
    round_the_clock: bool = False
    alerts: tuple[Literal["on-call technician", "provider", "customer"], ...] = ()
    is_watched: bool = True


class Incident(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How soon the repair of a fault begins, and what a report holds."""

    kind: ClassVar[str] = "incident"
    told_apart_by: ClassVar[tuple[str, ...]] = ("cause",)
    cause: Literal["own fault", "unforeseen downtime", "server problem", "movement", "reported fault"]
    begins_within_minutes: Minutes | None = None
    as_soon_as_possible: bool = False
    raises_alarm: bool = False
    report_holds: tuple[Literal["the fault", "technical circumstances"], ...] = ()


class Redundancy(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands ready when a part breaks, or is always there to spare."""

    kind: ClassVar[str] = "redundancy"
    told_apart_by: ClassVar[tuple[str, ...]] = ("of",)
    of: Literal["servers", "mirror server", "internet link", "capacity"]
    at_short_notice: bool = False


class Environment(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the data centre has."""

    kind: ClassVar[str] = "environment"
    told_apart_by: ClassVar[tuple[str, ...]] = ("of",)
    of: Literal["data centre", "cooling", "temperature alarm", "cameras", "firewall passage"]
    is_redundant: bool = False
    is_automatic: bool = False


class UsageLimit(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happens when more of a resource is used than was agreed."""

    kind: ClassVar[str] = "usage-limit"
    told_apart_by: ClassVar[tuple[str, ...]] = ("of",)
    of: Literal["storage", "traffic", "load", "mail accounts", "server resources", "any"]
    on_excess: Literal["the customer is contacted", "more is billed", "the scope is agreed anew", "not allowed"]
    needs_person: bool = False
