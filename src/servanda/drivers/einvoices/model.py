"""What an e-invoice says, in the terms of EN 16931: one model for every format that it is written in.

Amounts are stated, not derived: the invoice that a customer has is what it says. `sums.py` computes them in the order of
EN 16931 and `checks.py` compares the two. A credit note has positive amounts; its kind says which way they go.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from servanda.drivers.einvoices.parties import Party, PaymentMeans
from servanda.ground.money import Money
from servanda.ground.periods import Period

Kind = Literal["invoice", "credit note"]
VatCategoryCode = Literal["S", "Z", "E", "AE", "K", "G", "O"]
ChargeKind = Literal["fee", "interest", "compensation"]
ReminderKind = Literal["advice", "reminder"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vat:
    """A VAT category with its rate: 25 is 25 percent. "O" (outside the scope of VAT) has no rate: leave it at 0."""

    category: VatCategoryCode
    percent: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAdjustment:
    """An allowance (BG-27) or a charge (BG-28) of a line; its VAT is the line's. `amount` is above zero."""

    is_charge: bool
    amount: Money
    reason: str
    reason_code: str = ""  # UNCL 5189 for allowances, UNCL 7161 for charges
    base_amount: Money | None = None
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """An allowance (BG-20) or a charge (BG-21) of the whole document, with a VAT of its own. `amount` is above zero."""

    is_charge: bool
    amount: Money
    reason: str
    vat: Vat
    reason_code: str = ""
    base_amount: Money | None = None
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line (BG-25). `price` is the net price of `base_quantity` units, with as many decimals as it has; never below zero.

    `net` (BT-131) is quantity × price / base quantity, less allowances, plus charges, rounded half-up.
    """

    line_id: str  # BT-126
    name: str  # BT-153
    quantity: Decimal  # BT-129
    price: Decimal  # BT-146
    net: Money  # BT-131
    vat: Vat  # BG-30
    description: str = ""  # BT-154
    unit: str = "C62"  # BT-130, UN/ECE Recommendation 20: C62 one, MON month, HUR hour, DAY, ANN year
    base_quantity: Decimal = Decimal(1)  # BT-149
    adjustments: tuple[LineAdjustment, ...] = ()
    period: Period | None = None  # BG-26
    seller_item_id: str = ""  # BT-155
    order_line: str = ""  # BT-132
    note: str = ""  # BT-127


@dataclass(frozen=True, slots=True, kw_only=True)
class VatSubtotal:
    """One line of the VAT breakdown (BG-23). All categories but S and Z say why there is no VAT."""

    vat: Vat
    taxable: Money  # BT-116
    tax: Money  # BT-117
    exemption_reason: str = ""  # BT-120
    exemption_code: str = ""  # BT-121, as in VATEX-EU-AE


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The totals (BG-22), as stated."""

    lines: Money  # BT-106
    allowances: Money  # BT-107
    charges: Money  # BT-108
    net: Money  # BT-109: lines - allowances + charges
    tax: Money  # BT-110
    gross: Money  # BT-112: net + tax
    prepaid: Money  # BT-113
    rounding: Money  # BT-114
    payable: Money  # BT-115: gross - prepaid + rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecedingInvoice:
    """The invoice that a credit note is about (BG-3)."""

    number: str
    issued_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EInvoice:
    """An invoice or a credit note."""

    kind: Kind
    number: str  # BT-1
    issued_on: date  # BT-2
    currency: str  # BT-5
    seller: Party  # BG-4
    buyer: Party  # BG-7
    lines: tuple[Line, ...]  # BG-25
    breakdown: tuple[VatSubtotal, ...]  # BG-23
    totals: Totals  # BG-22
    due_on: date | None = None  # BT-9
    adjustments: tuple[Adjustment, ...] = ()  # BG-20, BG-21
    payment: PaymentMeans | None = None  # BG-16
    buyer_reference: str = ""  # BT-10: the person reference of a public body
    order_reference: str = ""  # BT-13
    contract_reference: str = ""  # BT-12
    preceding: tuple[PrecedingInvoice, ...] = ()  # BG-3
    period: Period | None = None  # BG-14
    delivered_on: date | None = None  # BT-72
    delivery_country: str = ""  # BT-80: a sale within the EU (K) must say where it went
    note: str = ""  # BT-22
    payment_terms: str = ""  # BT-20
    accounting_cost: str = ""  # BT-19
    tax_in_accounting_currency: Money | None = None  # BT-6 is its currency, BT-111 its amount


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderCharge:
    """A reminder fee, interest or the fixed compensation for late payment: outside VAT, above zero."""

    kind: ChargeKind
    amount: Money
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderClaim:
    """An invoice that is reminded of, and what is still to be paid on it, without the reminder's own charges."""

    invoice_number: str
    issued_on: date
    balance: Money
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EReminder:
    """A reminder of claims, with what it charges. `period` is what it covers; `sequence` counts from 1."""

    kind: ReminderKind
    number: str
    issued_on: date
    sequence: int
    period: Period
    currency: str
    seller: Party
    buyer: Party
    claims: tuple[ReminderClaim, ...]
    charges: tuple[ReminderCharge, ...] = ()
    due_on: date | None = None
    payment: PaymentMeans | None = None
    buyer_reference: str = ""
    note: str = ""
    payment_terms: str = ""

    @property
    def balance(self) -> Money:
        """What is open on the claims."""
        return Money(sum(claim.balance.minor for claim in self.claims), self.currency)

    @property
    def charged(self) -> Money:
        """What the reminder itself charges."""
        return Money(sum(charge.amount.minor for charge in self.charges), self.currency)

    @property
    def payable(self) -> Money:
        """What is to be paid in all."""
        return self.balance + self.charged


Document = EInvoice | EReminder
