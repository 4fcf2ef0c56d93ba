"""What is paid back, and what ending costs."""

from typing import ClassVar, Literal

from servanda.terms.kinds.rule import Amount, Percent, Rule


class Refund(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of a prepaid period is paid back, by cause."""

    kind: ClassVar[str] = "refund"
    selectors: ClassVar[tuple[str, ...]] = ("cause",)
    cause: Literal["customer default", "customer exit after change", "provider exit", "return", "force majeure"]
    share: Literal["none", "unused time"]


class RefundCeiling(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The most that is paid back for an outage, as a share of the running fee of that time."""

    kind: ClassVar[str] = "refund-ceiling"
    percent: Percent
    sole_fault_required: bool = False


class CancellationFee(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What ending costs by itself."""

    kind: ClassVar[str] = "cancellation-fee"
    amount: Amount
