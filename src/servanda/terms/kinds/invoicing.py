"""Invoices, their questions and their payment."""

from typing import ClassVar, Literal

from servanda.terms.kinds.rule import Count, Days, DaysOrNone, Months, Rule, ShownRule


class InvoiceRun(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """On which day a period is invoiced: the last working day of the month it begins in, or `lead_days` before it."""

    kind: ClassVar[str] = "invoice-run"
    day: Literal["last working day of month", "period start", "continuously"]
    lead_days: DaysOrNone = 0


class BillingInterval(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The lengths in months that may be billed at a time."""

    kind: ClassVar[str] = "billing-interval"
    months: tuple[Months, ...]
    in_advance: bool = True


class InvoiceChannel(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How invoices reach the customer and in which formats."""

    kind: ClassVar[str] = "invoice-channel"
    channels: tuple[Literal["e-mail", "e-invoice"], ...]
    formats: tuple[Literal["PDF", "OIOUBL"], ...]


class Prices(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether prices stand without VAT, and in which currency."""

    kind: ClassVar[str] = "prices"
    without_vat: bool
    currency: Literal["DKK"] = "DKK"


class PaymentMethods(ShownRule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a customer may pay; `details_on_invoice` makes an invoice without account and reference impossible."""

    kind: ClassVar[str] = "payment-methods"
    methods: tuple[Literal["bank transfer", "direct debit", "card"], ...]
    details_on_invoice: bool = False


class PaymentTerm(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Within how many days an invoice must be paid, counted from its date or its receipt."""

    kind: ClassVar[str] = "payment-term"
    days: Days
    counted_from: Literal["invoice date", "receipt"]


class InvoiceQuestion(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Until when a question about an invoice must be put, and what silence means."""

    kind: ClassVar[str] = "invoice-question"
    days: Days
    counted_from: Literal["receipt"] = "receipt"
    in_writing: bool = True
    silence_accepts: bool = False


class InvoiceNote(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sentence that must stand on invoices with lines of these products."""

    kind: ClassVar[str] = "invoice-note"
    told_apart_by: ClassVar[tuple[str, ...]] = ("note",)
    note: Literal["interruption"]


class Dispute(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Through which stages a dispute goes; `negotiations` dated entries are needed before court."""

    kind: ClassVar[str] = "dispute"
    stages: tuple[Literal["negotiation", "deadlock", "court"], ...]
    negotiations: Count = 1
