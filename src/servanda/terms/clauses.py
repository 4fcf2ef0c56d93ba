"""The closed set of clause kinds: what a rule in an agreement can say, typed and bounded.

A rule is never code. Each kind is a frozen value; each figure carries its unit (for the prose) and its bounds (so that a
typo of 0 or 3650 days is refused when the document is checked, not when a customer is hurt).
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct


class CustomerKind(StrEnum):
    """Whom the law and the terms tell apart; frozen on the contract when it is concluded."""

    BUSINESS = "business"
    CONSUMER = "consumer"
    PUBLIC = "public"
    ASSOCIATION = "association"


Days = Annotated[int, Meta(ge=1, le=400, extra={"unit": "days"})]
DaysOrNone = Annotated[int, Meta(ge=0, le=400, extra={"unit": "days"})]
Months = Annotated[int, Meta(ge=1, le=60, extra={"unit": "months"})]
Years = Annotated[int, Meta(ge=1, le=30, extra={"unit": "years"})]
Hours = Annotated[int, Meta(ge=1, le=744, extra={"unit": "hours"})]
Percent = Annotated[Decimal, Meta(ge=0, le=100, extra={"unit": "percent"})]
Amount = Annotated[Decimal, Meta(ge=0, le=100_000, extra={"unit": "amount"})]
Count = Annotated[int, Meta(ge=1, le=100, extra={"unit": "count"})]

DecidedBy = Literal["system", "person"]


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every rule may say: what it applies to, which requirements it carries, and who decides.

    `house` marks a choice of the company where its terms are silent: shown as such, changeable without notice, and
    never enough by itself for an adverse act without a person.
    """

    kind: ClassVar[str] = ""
    selectors: ClassVar[tuple[str, ...]] = ()  # fields that tell rules of one kind apart, such as the reminder's step

    products: tuple[str, ...] = ()
    customers: tuple[CustomerKind, ...] = ()
    requirements: tuple[str, ...] = ()
    decided_by: DecidedBy = "system"
    house: bool = False


# --- The contract: how long, how it goes on, how it ends -----------------------------------------------------------


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
    about: Literal["resource limits", "term", "price"]


# --- Changes -------------------------------------------------------------------------------------------------------


class TermsChange(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How terms may change, by class of change: how long before it takes effect or renews, and who may leave until when."""

    kind: ClassVar[str] = "terms-change"
    selectors: ClassVar[tuple[str, ...]] = ("change",)
    change: Literal["any", "material", "ordinary", "larger", "worsening", "favourable", "minor"]
    days: Days | None = None
    months: Months | None = None
    counted_to: Literal["effect", "renewal"] = "effect"
    exit_days_before: Days | None = None  # the last day to leave, counted back from the effect
    exit_months: Months | None = None  # the notice with which a customer may leave after a change
    in_writing: bool = False
    is_announced: bool = True


class PriceChange(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How prices may change, by class of change; `cap_percent` is where an ordinary change ends."""

    kind: ClassVar[str] = "price-change"
    selectors: ClassVar[tuple[str, ...]] = ("change",)
    change: Literal["any", "material", "ordinary", "larger", "upgrade"]
    days: Days | None = None
    counted_to: Literal["effect", "renewal"] = "effect"
    cap_percent: Percent | None = None
    needs_approval: bool = False
    price_on: Literal["period start", "invoice date"] = "period start"


# --- Invoices and payment ------------------------------------------------------------------------------------------


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


class InvoiceChannel(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How invoices reach the customer and in which formats."""

    kind: ClassVar[str] = "invoice-channel"
    channels: tuple[Literal["e-mail", "e-invoice"], ...]
    formats: tuple[Literal["PDF", "OIOUBL"], ...]


class Prices(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether prices stand without VAT, and in which currency."""

    kind: ClassVar[str] = "prices"
    without_vat: bool
    currency: Literal["DKK"] = "DKK"


class PaymentMethods(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
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
    note: Literal["interruption"]


class Dispute(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Through which stages a dispute goes; `negotiations` dated entries are needed before court."""

    kind: ClassVar[str] = "dispute"
    stages: tuple[Literal["negotiation", "deadlock", "court"], ...]
    negotiations: Count = 1


# --- Late payment --------------------------------------------------------------------------------------------------


class Reminder(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One written reminder: sent so long after a day, with a new deadline so long after a day.

    `sent_after`: "due", "reminder deadline" (of the step before), "reminder" (the sending of the step before) or
    "closure" (on the day of the permanent closing). `deadline_from`: "due", "reminder deadline" or "sending".
    """

    kind: ClassVar[str] = "reminder"
    selectors: ClassVar[tuple[str, ...]] = ("step",)
    step: Count
    sent_after: Literal["due", "reminder deadline", "reminder", "closure"]
    wait_days: DaysOrNone
    deadline_days: Days
    deadline_from: Literal["due", "reminder deadline", "sending"]
    is_collection_warning: bool = False
    warns_of: tuple[Literal["suspension", "closure", "hosting", "backups", "critical systems"], ...] = ()


class ReminderFee(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a reminder may cost; the law's cap, count and spacing always stand above it."""

    kind: ClassVar[str] = "reminder-fee"
    amount: Amount
    fees_max: Count
    spacing_days: Days


class Interest(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Late interest: by the Interest Act, or so many percent of the principal for each started month."""

    kind: ClassVar[str] = "interest"
    method: Literal["statutory", "percent per started month"]
    percent: Percent | None = None
    is_approved: bool = False  # a lawyer has approved a rate of more than two percent a month between businesses


class Compensation(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fixed compensation for late payment, once per claim, with the named reminder. Never from consumers."""

    kind: ClassVar[str] = "compensation"
    amount: Amount
    with_step: Count = 1


class CollectionFee(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One fee when the claim is handed to a collector."""

    kind: ClassVar[str] = "collection-fee"
    amount: Amount


class CollectionCosts(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Documented costs of lawyers and collectors may be added to the claim."""

    kind: ClassVar[str] = "collection-costs"
    needs_document: bool = True


# --- Suspension, closure, reopening, deletion ----------------------------------------------------------------------


class Suspension(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When access may be stopped for the time being.

    For non-payment: `wait_days` after the due day or after the deadline of reminder `after_step`; `with_step` names the
    reminder that is sent with it. For other causes the day of finding counts. `hours_max` ends it by itself.
    """

    kind: ClassVar[str] = "suspension"
    selectors: ClassVar[tuple[str, ...]] = ("cause",)
    cause: Literal["non-payment", "breach", "abuse", "load"]
    counted_from: Literal["due", "reminder deadline", "finding"]
    wait_days: DaysOrNone = 0
    after_step: Count | None = None
    with_step: Count | None = None
    scope: Literal["unpaid services", "chosen services", "all services"] = "unpaid services"
    hours_max: Hours | None = None
    cuts_access: bool = False  # panel sessions, keys and tokens too


class Suspendable(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether services of these products can be suspended at all; a thing sold once cannot."""

    kind: ClassVar[str] = "suspendable"
    is_suspendable: bool


class MaterialBreach(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By more than how many days a payment must be late to be a material breach."""

    kind: ClassVar[str] = "material-breach"
    over_days: DaysOrNone


class Closure(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When the provider may end the contract for good because of the customer."""

    kind: ClassVar[str] = "closure"
    selectors: ClassVar[tuple[str, ...]] = ("cause",)
    cause: Literal["non-payment", "misuse"]
    counted_from: Literal["due", "suspension", "material breach", "second misuse"]
    wait_days: DaysOrNone
    scope: Literal["unpaid services", "contract", "domain"] = "unpaid services"
    may_bill_after: bool = False  # whether the text claims payment after the provider's own rescission


class Reopening(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What it takes to lift a suspension or to resume, how fast it goes, and what it may cost."""

    kind: ClassVar[str] = "reopening"
    selectors: ClassVar[tuple[str, ...]] = ("cause",)
    cause: Literal["payment", "misuse"]
    requires: Literal["all due paid", "assurance"]
    within_hours: Hours | None = None
    may_charge_fee: bool = False
    bills_extra_work: bool = False


class Deletion(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When the data of a service are erased, counted from its closing or from the contract's end."""

    kind: ClassVar[str] = "deletion"
    selectors: ClassVar[tuple[str, ...]] = ("counted_from",)
    counted_from: Literal["closure", "contract end"]
    days: Days | None = None
    months: Months | None = None
    gives_certificate: bool = False


class Export(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That a leaving customer takes data out in time, and how many days before the end they are reminded."""

    kind: ClassVar[str] = "export"
    reminders_days_before: tuple[Days, ...]


class CustomerErasure(Rule, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a customer as a whole may be erased, and within how long that is done once begun."""

    kind: ClassVar[str] = "customer-erasure"
    empty_fiscal_years: Count
    within_days: Days


# --- Money back ----------------------------------------------------------------------------------------------------


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


KINDS: dict[str, type[Rule]] = {
    kind.kind: kind
    for kind in (
        *(
            Term,
            Renewal,
            Notice,
            Rescission,
            NoticeChannel,
            ProviderExit,
            OutageExit,
            Scope,
            SpecialAgreement,
        ),
        *(TermsChange, PriceChange),
        *(InvoiceRun, BillingInterval, InvoiceChannel, Prices, PaymentMethods, PaymentTerm),
        *(InvoiceQuestion, InvoiceNote, Dispute),
        *(Reminder, ReminderFee, Interest, Compensation, CollectionFee, CollectionCosts),
        *(Suspension, Suspendable, MaterialBreach, Closure, Reopening, Deletion, Export, CustomerErasure),
        *(Refund, RefundCeiling, CancellationFee),
    )
}


def amount_minor(amount: Decimal) -> int:
    """Return the øre of an amount in a rule; the checker has refused a third decimal before."""
    return int(amount.scaleb(2))


def is_valid_on(effective_on: date, until: date | None, day: date) -> bool:
    """Tell whether a version is in force on the day."""
    return effective_on <= day and (until is None or day < until)
