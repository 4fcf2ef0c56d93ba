"""Can the document be paid as it says? The official rules look at the form only, not at check digits."""

import re
from collections.abc import Iterator

from stdnum import bic, iban

from servanda.drivers.einvoices.model import Document
from servanda.drivers.einvoices.oioubl_parts import PAYMENT_NOTE_MAX
from servanda.drivers.einvoices.parties import (
    AgreedPayment,
    DanishTransfer,
    DirectDebit,
    FikPayment,
    IbanTransfer,
)
from servanda.drivers.einvoices.ports import Format, Objection
from servanda.drivers.einvoices.ubl import xml_text
from servanda.ground.law.companies import fik_check_digit
from servanda.ground.law.sentences import Sentence

MANDATE_MAX = 60  # F-LIB140
_FIK_DIGITS = {"71": 15, "73": 0, "75": 16}
_CREDITOR = re.compile(r"8[0-9]{7}\Z")
_REGISTRATION = re.compile(r"(?!0000)[0-9]{4}\Z")
_ACCOUNT = re.compile(r"[0-9]{1,10}\Z")
_ASK = Sentence("Ret betalingsoplysningerne på firmaet.", "Mend the payment details of the company.")


def wrong_payment(document: Document, *, document_format: Format) -> Iterator[Objection]:
    """Yield what is wrong with the way to pay."""
    payment = document.payment
    match payment:
        case None | AgreedPayment():
            return
        case FikPayment():
            yield from _wrong_fik(payment)
        case DanishTransfer():
            yield from _wrong_account(payment)
            yield from _cut_reference(payment, document_format)
        case IbanTransfer():
            yield from _wrong_iban(payment)
            yield from _cut_reference(payment, document_format)
        case DirectDebit():
            yield from _wrong_debit(payment, document_format)


def _wrong_fik(payment: FikPayment) -> Iterator[Objection]:
    if not _CREDITOR.match(payment.creditor):
        yield Objection(
            field="payment.creditor",
            term="BT-84",
            message=Sentence(
                f"FIK-kreditornummeret {payment.creditor!r} er ikke 8 cifre, der begynder med 8.",
                f"The FIK creditor number {payment.creditor!r} is not 8 digits that begin with 8.",
            ),
            remedy=_ASK,
        )
    digits = _FIK_DIGITS.get(payment.kind)
    reference = payment.reference
    if digits is None:
        yield _wrong_slip(f"Korttypen {payment.kind!r} findes ikke.", f"The slip type {payment.kind!r} does not exist.")
    elif digits == 0 and reference:
        yield _wrong_slip("Korttype 73 har intet betalings-id.", "Slip type 73 has no payment id.")
    elif digits and not re.fullmatch(f"[0-9]{{{digits}}}", reference):
        yield _wrong_slip(
            f"Betalings-id'et {reference!r} skal have {digits} cifre i korttype {payment.kind}.",
            f"The payment id {reference!r} must have {digits} digits in slip type {payment.kind}.",
        )
    elif digits and fik_check_digit(reference[:-1]) != int(reference[-1]):
        yield _wrong_slip(
            f"Kontrolcifferet i betalings-id'et {reference} passer ikke; det skulle være "
            f"{fik_check_digit(reference[:-1])}.",
            f"The check digit of the payment id {reference} does not fit; it should be "
            f"{fik_check_digit(reference[:-1])}.",
        )


def _wrong_slip(da: str, en: str) -> Objection:
    return Objection(
        field="payment.reference",
        term="BT-83",
        message=Sentence(da, en),
        remedy=Sentence(
            "Dan betalings-id'et igen ud fra fakturaens nummer.", "Make it anew from the invoice's number."
        ),
    )


def _wrong_account(payment: DanishTransfer) -> Iterator[Objection]:
    if not (_REGISTRATION.match(payment.registration_number) and _ACCOUNT.match(payment.account_number)):
        yield Objection(
            field="payment.account_number",
            term="BT-84",
            message=Sentence(
                f"Kontoen {payment.registration_number} {payment.account_number} har ikke 4 cifre og 1 til 10 cifre.",
                f"The account {payment.registration_number} {payment.account_number} is not 4 digits and 1 to 10 digits.",
            ),
            remedy=_ASK,
        )


def _wrong_iban(payment: IbanTransfer) -> Iterator[Objection]:
    if iban.compact(payment.iban) != payment.iban or not iban.is_valid(payment.iban, check_country=False):
        yield Objection(
            field="payment.iban",
            term="BT-84",
            message=Sentence(
                f"IBAN {payment.iban!r} kan ikke være rigtigt: kontrolcifrene passer ikke, eller der er mellemrum.",
                f"The IBAN {payment.iban!r} cannot be right: its check digits do not fit, or it has spaces.",
            ),
            remedy=_ASK,
        )
    if payment.bic and not bic.is_valid(payment.bic):
        yield Objection(
            field="payment.bic",
            term="BT-86",
            message=Sentence(
                f"BIC {payment.bic!r} har ikke den rigtige form.", f"The BIC {payment.bic!r} has the wrong form."
            ),
            remedy=_ASK,
        )


def _wrong_debit(payment: DirectDebit, document_format: Format) -> Iterator[Objection]:
    if not xml_text(payment.mandate_id) or not xml_text(payment.payer_account):
        yield Objection(
            field="payment.mandate_id",
            term="BG-19",
            message=Sentence(
                "En direkte debitering skal have en aftale og betalerens konto.",
                "A direct debit must have a mandate and the payer's account.",
            ),
            remedy=Sentence(
                "Angiv begge, eller skriv i stedet, at der betales som aftalt.",
                "Give both, or say instead that it is paid as agreed.",
            ),
        )
    if document_format == "oioubl 2.1" and len(xml_text(payment.mandate_id)) > MANDATE_MAX:
        yield Objection(
            field="payment.mandate_id",
            term="BT-89",
            message=Sentence(
                f"Aftalens nummer har over {MANDATE_MAX} tegn.", f"The mandate has more than {MANDATE_MAX} signs."
            ),
            remedy=Sentence("Brug et kortere nummer.", "Use a shorter number."),
        )


def _cut_reference(payment: DanishTransfer | IbanTransfer, document_format: Format) -> Iterator[Objection]:
    if document_format == "oioubl 2.1" and len(payment.reference) > PAYMENT_NOTE_MAX:
        yield Objection(
            field="payment.reference",
            term="BT-83",
            severity="warning",
            message=Sentence(
                f"OIOUBL har plads til {PAYMENT_NOTE_MAX} tegn af betalingsteksten; resten udelades.",
                f"OIOUBL has room for {PAYMENT_NOTE_MAX} signs of the payment text; the rest is left out.",
            ),
            remedy=Sentence("Brug fakturanummeret alene.", "Use the invoice number alone."),
        )
