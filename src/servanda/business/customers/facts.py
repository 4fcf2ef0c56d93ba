"""What others know of a customer, and what a new one brings."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from servanda.ground.law.vat_location import LocationItem
from servanda.terms.clauses import CustomerKind


class Delivery(StrEnum):
    """How a customer wants invoices: as a mail with a PDF, or as an e-invoice in one of two formats."""

    E_MAIL = "e-mail"
    OIOUBL = "oioubl"
    PEPPOL = "peppol"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerDetails:
    """What is written down of a customer. Empty text: not given."""

    number: str
    kind: CustomerKind
    name: str
    email: str
    contact_name: str = ""
    cvr: str = ""
    vat_number: str = ""  # of another EU country
    vat_number_checked_on: date | None = None
    dealer_evidence: str = ""  # why they count as a VAT-registered dealer in listed hardware
    ean: str = ""  # GLN of a public body
    address_lines: tuple[str, ...] = ()
    postal_code: str = ""
    city: str = ""
    country: str = "DK"
    language: str = "da"
    last_purchase_on: date | None = None
    habit: str = ""
    invoice_delivery: str = ""  # one of `Delivery`; empty: what the kind of customer asks for
    order_number: str = ""  # the customer's own, which e-invoices name unless the contract has another
    person_reference: str = ""  # whom at a public body the invoice is for
    minor_until: date | None = None  # the day on which a consumer comes of age; empty: they are, or are no person


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerFacts:
    """A customer as stored: the latest address and e-mail that they gave."""

    customer_id: int
    company_id: int
    details: CustomerDetails
    created_on: date

    @property
    def number(self) -> str:
        return self.details.number

    @property
    def kind(self) -> CustomerKind:
        return self.details.kind

    @property
    def name(self) -> str:
        return self.details.name

    @property
    def email(self) -> str:
        return self.details.email

    @property
    def language(self) -> str:
        return self.details.language

    @property
    def country(self) -> str:
        return self.details.country

    @property
    def delivery(self) -> Delivery:
        """How invoices go to this customer: a public body gets e-invoices unless it asked for another format."""
        if self.details.invoice_delivery:
            return Delivery(self.details.invoice_delivery)
        return Delivery.OIOUBL if self.details.kind is CustomerKind.PUBLIC else Delivery.E_MAIL

    def is_minor(self, today: date) -> bool:
        """Tell whether a guardian's yes is needed for each agreement (værgemålsloven § 1)."""
        return self.details.minor_until is not None and today < self.details.minor_until

    @property
    def has_checked_vat_number(self) -> bool:
        return bool(self.details.vat_number) and self.details.vat_number_checked_on is not None

    @property
    def postal_lines(self) -> tuple[str, ...]:
        """The address as it stands on a letter, from the name on."""
        details = self.details
        place = f"{details.postal_code} {details.city}".strip()
        lines = (details.name, details.contact_name, *details.address_lines, place)
        country = "" if details.country == "DK" else details.country
        return tuple(line for line in (*lines, country) if line)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerVat:
    """What is known of a customer for VAT on a day: where they are, and the evidence for what they say they are.

    `location` has the billing address and the newest item of each other kind that was noted since the latest move.
    """

    customer_id: int
    company_id: int
    country: str
    number: str = ""
    number_checked_on: date | None = None
    consultation: str = ""
    dealer_evidence: str = ""
    location: tuple[LocationItem, ...] = ()


class CheckOutcome(StrEnum):
    """What an authority says of a VAT number. Unavailable: nothing, and so nothing changes."""

    VALID = "valid"
    INVALID = "invalid"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberCheck:
    """One question about a VAT number and its answer, as stored."""

    customer_id: int
    number: str
    outcome: CheckOutcome
    consultation: str = ""
    name: str = ""
    reason: str = ""
    source: str = ""
    on_day: date
    at: datetime
    answer_sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberToAsk:
    """A customer's VAT number that the authorities may have to be asked about, and what was tried before."""

    customer_id: int
    number: str
    checked_on: date | None
    is_wished: bool = False
    tried_on: date | None = None
    tried_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A move of a customer to another country, as noted."""

    customer_id: int
    left_country: str
    country: str
    since: date
    reason: str
    on_day: date
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureCandidate:
    """What must be known to say whether a customer may be erased as a whole."""

    customer_id: int
    last_purchase_on: date | None
    created_on: date
    has_open_invoice: bool
    has_running_line: bool
    has_legal_hold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedCustomer:
    """A customer of a file, with the line it stands on."""

    line: int
    details: CustomerDetails
    created_on: date
