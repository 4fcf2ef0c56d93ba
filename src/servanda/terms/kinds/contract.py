"""The contract: how long, how it goes on, how it ends."""

from typing import ClassVar, Literal

from servanda.terms.kinds.rule import Days, Months, Rule


class Term(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long a contract line runs: `months` by default, one of `allowed` if given, or open-ended."""

    kind: ClassVar[str] = "term"
    months: Months | None = None
    allowed: tuple[Months, ...] = ()
    is_open_ended: bool = False
    by_agreement: bool = False  # each order states its own length


class Renewal(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What follows a period without timely notice: `months` more, or the same length again."""

    kind: ClassVar[str] = "renewal"
    months: Months | None = None
    same_length: bool = False


class Notice(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the customer ends a line.

    `counted_to`: "period end" (so long before the period's last day), "month end" (the rest of the running month and so
    many months more), "day" (so long after the notice), "agreed end" (any time; the line runs to its agreed end).
    """

    kind: ClassVar[str] = "notice"
    counted_to: Literal["period end", "month end", "day", "agreed end"]
    days: Days | None = None
    months: Months | None = None
    in_writing: bool = False


class Rescission(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long before a renewal an entitled customer's rescission must be given."""

    kind: ClassVar[str] = "rescission"
    days: Days
    in_writing: bool = True


class NoticeChannel(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Through which channels notices between the parties are valid."""

    kind: ClassVar[str] = "notice-channel"
    told_apart_by: ClassVar[tuple[str, ...]] = ("party",)
    party: Literal["provider", "customer", "both"] = "both"
    channels: tuple[Literal["e-mail", "letter", "portal", "website"], ...]
    latest_address: bool = False


class ProviderExit(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the provider may end a line: so many months, to the day or to the end of a calendar month."""

    kind: ClassVar[str] = "provider-exit"
    selectors: ClassVar[tuple[str, ...]] = ("cause",)
    cause: Literal["any", "discontinuation", "force majeure"]
    months: Months | None = None
    counted_to: Literal["day", "month end"] = "day"


class OutageExit(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """After how many unbroken days of outage the customer may rescind."""

    kind: ClassVar[str] = "outage-exit"
    days: Days


class Scope(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an order must state before it can start, and what the running fee covers."""

    kind: ClassVar[str] = "scope"
    sheet_required: bool = False
    included: tuple[str, ...] = ()


class SpecialAgreement(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That limits of their own can be agreed with a customer, as a dated deviation with a reason."""

    kind: ClassVar[str] = "special-agreement"
    told_apart_by: ClassVar[tuple[str, ...]] = ("about",)
    about: Literal["resource limits", "term", "price", "streaming"]
