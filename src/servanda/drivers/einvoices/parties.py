"""Who stands on an e-invoice, and how it is paid: the parts that invoices, credit notes and reminders share.

The names in the comments (BT-27, BG-4 …) are those of EN 16931, which a buyer's program reports errors by.
"""

from dataclasses import dataclass
from typing import Literal

# The schemes of ISO 6523 that Danish documents use.
CVR = "0184"
GLN = "0088"
DANISH_VAT = "0198"

FikKind = Literal["71", "73", "75"]


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number and the scheme it belongs to, an ISO 6523 code such as `CVR` ("0184") or `GLN` ("0088").

    A CVR number is eight digits without "DK". The scheme is empty where none is known.
    """

    value: str
    scheme: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address. `country` is two capital letters. `street` may hold the building number, or leave it apart."""

    city: str
    postcode: str
    country: str = "DK"
    street: str = ""
    building_number: str = ""
    additional: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person or desk to ask."""

    name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A seller (BG-4) or a buyer (BG-7).

    `legal_id` is the registration, for a Danish company its CVR number; `vat_id` begins with the country's letters
    ("DK12345674"); `endpoint` is where its documents are delivered. `is_public` marks a public body, which must be
    addressed by GLN and told an order number or a person reference.
    """

    name: str  # BT-27, BT-44: the registered name
    address: Address  # BG-5, BG-8
    trading_name: str = ""  # BT-28, BT-45
    legal_id: Identifier | None = None  # BT-30, BT-47
    vat_id: str = ""  # BT-31, BT-48
    endpoint: Identifier | None = None  # BT-34, BT-49
    contact: Contact | None = None  # BG-6, BG-9
    is_public: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FikPayment:
    """The Danish payment slip: type 71 (15 digits), 73 (no reference) or 75 (16 digits), and the creditor's 8 digits."""

    kind: FikKind
    creditor: str
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DanishTransfer:
    """A transfer to a Danish account: registration number and account number, digits only."""

    registration_number: str
    account_number: str
    account_name: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IbanTransfer:
    """A transfer to an IBAN, without spaces."""

    iban: str
    bic: str = ""
    account_name: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectDebit:
    """The amount is drawn from the buyer's account (BT-91) under a mandate (BT-89)."""

    mandate_id: str
    payer_account: str
    creditor_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedPayment:
    """Paid in a way that was agreed elsewhere, such as Betalingsservice or a payment app, and that no code tells exactly."""

    text: str = ""
    reference: str = ""


PaymentMeans = FikPayment | DanishTransfer | IbanTransfer | DirectDebit | AgreedPayment
