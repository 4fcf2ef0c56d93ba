"""One invoice: the paper as the customer has it, and beside it what was paid, charged, sent and booked."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from servanda.business.billing.facts import AllocationFacts, ChargeFacts, InvoiceFacts, InvoiceLineFacts
from servanda.business.billing.queries.small import MOST, small_difference
from servanda.business.companies.facts import CompanyFacts
from servanda.business.customers.facts import CustomerFacts
from servanda.business.dunning.facts import PauseFacts
from servanda.business.dunning.queries import pauses_of_invoice
from servanda.business.ledger.queries import PostedLine, postings_of_invoice
from servanda.business.letters.facts import LetterFacts
from servanda.faces.office.people import names_of
from servanda.faces.office.places import Visit
from servanda.faces.office.showing.naming import customer_link, invoice_title
from servanda.faces.office.shown import (
    ChargeRow,
    DeliveryRow,
    InvoiceShown,
    PaperLine,
    PauseRow,
    PaymentRow,
    PostingRow,
    Stamp,
)
from servanda.faces.office.words import (
    ACCOUNTS,
    BOOKINGS,
    PAUSES,
    invoice_stamp,
    language,
    letter_stamp,
    word,
)
from servanda.ground.calendar import day_text
from servanda.ground.law.retention import keep_until
from servanda.ground.periods import Period

MAY_BE_ENDED = frozenset({"dispute", "payment plan", "collection"})


def invoice_shown(
    visit: Visit, invoice: InvoiceFacts, customer: CustomerFacts, letters: tuple[LetterFacts, ...]
) -> InvoiceShown:
    """Return the paper and all that hangs on it; the letters are those of the invoice."""
    company = visit.company
    pauses = pauses_of_invoice(invoice.invoice_id)
    is_credit_note = invoice.kind == "credit note"
    is_open = not is_credit_note and bool(invoice.open_total)
    return InvoiceShown(
        title=invoice_title(invoice),
        number=str(invoice.number),
        is_credit_note=is_credit_note,
        customer=customer_link(customer, company.slug),
        sender_name=company.legal_name,
        sender_lines=(*company.address_lines, f"CVR {company.cvr}", company.email, company.phone),
        recipient_lines=customer.postal_lines,
        facts=tuple(_facts(invoice, customer)),
        lines=tuple(_line(line) for line in invoice.lines),
        net=invoice.net,
        total=invoice.total,
        payment_lines=() if is_credit_note else tuple(_payment_lines(invoice, company)),
        footer=_("The terms of version %(version)s hold.") % {"version": invoice.terms_version},
        because=invoice.because,
        stamps=(invoice_stamp(invoice, today=visit.today), *_pause_stamps(pauses, today=visit.today)),
        open=invoice.open_total,
        payments=tuple(_payment(part) for part in invoice.allocations),
        charges=tuple(_charge(charge) for charge in invoice.charges),
        deliveries=tuple(_delivery(letter, company) for letter in letters),
        sha256=invoice.content_sha256,
        keep_until=keep_until(invoice.issued_on, fiscal_year_starts_month=company.fiscal_year_starts_month),
        postings=tuple(_posting(line) for line in postings_of_invoice(invoice.invoice_id)),
        pauses=tuple(_pauses(pauses, today=visit.today)),
        may_be_disputed=is_open,
        may_be_credited=not is_credit_note and any(line.credited_by is None for line in invoice.lines),
        may_be_written_off=is_open and _is_small(invoice, company, today=visit.today),
        ladder_address=reverse("office:invoice-ladder", args=[company.slug, invoice.number]),
    )


def _facts(invoice: InvoiceFacts, customer: CustomerFacts) -> Iterable[tuple[str, str]]:
    yield _("Number"), str(invoice.number)
    yield _("Customer"), customer.number
    yield _("Issued"), day_text(invoice.issued_on, language())
    if invoice.due_on is not None:
        yield _("Pay by"), day_text(invoice.due_on, language())


def _line(line: InvoiceLineFacts) -> PaperLine:
    period = ""
    if line.since is not None and line.until is not None:
        last = Period(line.since, line.until).last_day
        period = f"{day_text(line.since, language())} – {day_text(last, language())}"
    return PaperLine(
        text=line.description,
        period=period,
        quantity=line.quantity,
        unit=line.unit,
        net=line.net,
        stamp=Stamp(_("Credited"), "note") if line.credited_by is not None else None,
    )


def _payment_lines(invoice: InvoiceFacts, company: CompanyFacts) -> Iterable[tuple[str, str]]:
    if company.fik_creditor and invoice.reference:
        yield _("Payment slip"), f"+71<{invoice.reference}+{company.fik_creditor}<"
    yield _("Account"), f"{company.bank_registration} {company.bank_account}"
    yield "IBAN", company.iban


def _payment(part: AllocationFacts) -> PaymentRow:
    kind = _("Credit note") if part.credit_note_id is not None else _("Payment")
    towards = _("on charges") if part.charge_id is not None else _("on the invoice")
    return PaymentRow(part.value_on, part.amount, f"{kind}, {towards}")


def _charge(charge: ChargeFacts) -> ChargeRow:
    text = word(BOOKINGS, charge.kind)
    return ChargeRow(
        text=f"{text} {charge.step}" if charge.step is not None and charge.kind == "fee" else text,
        on=charge.on_day,
        amount=charge.amount,
        open=charge.open,
        reckoning=charge.reckoning,
        because=charge.because,
    )


def _delivery(letter: LetterFacts, company: CompanyFacts) -> DeliveryRow:
    address = reverse("office:document", args=[company.slug, letter.letter_id]) if letter.document_sha256 else ""
    return DeliveryRow(
        subject=letter.subject,
        recipient=letter.recipient,
        on=letter.on_day,
        stamp=letter_stamp(letter),
        accepted_at=letter.accepted_at,
        reply=letter.reply,
        document=address,
        sha256=letter.document_sha256,
    )


def _posting(line: PostedLine) -> PostingRow:
    is_debit = line.amount.minor > 0
    return PostingRow(
        on=line.on_day,
        what=word(BOOKINGS, line.what),
        account=word(ACCOUNTS, line.account),
        debit=line.amount if is_debit else None,
        credit=None if is_debit else -line.amount,
    )


def _pauses(pauses: tuple[PauseFacts, ...], *, today: date) -> Iterable[PauseRow]:
    staff = names_of(pause.by for pause in pauses)
    for pause in pauses:
        if not _stands(pause, today=today):
            continue
        yield PauseRow(
            text=word(PAUSES, pause.cause),
            since=pause.since,
            until=pause.until,
            reason=pause.reason,
            by=staff.get(pause.by, pause.by),
            pause_id=pause.pause_id,
            may_be_ended=pause.cause in MAY_BE_ENDED,
        )


def _pause_stamps(pauses: tuple[PauseFacts, ...], *, today: date) -> tuple[Stamp, ...]:
    return tuple(Stamp(word(PAUSES, pause.cause), "warn") for pause in pauses if _stands(pause, today=today))


def _stands(pause: PauseFacts, *, today: date) -> bool:
    return pause.ended_on is None and (pause.until is None or today < pause.until)


def _is_small(invoice: InvoiceFacts, company: CompanyFacts, *, today: date) -> bool:
    """Tell whether so little is left of an invoice that the company may write it off."""
    if invoice.open_charges or invoice.open_total > MOST:
        return False
    return invoice.open_total <= small_difference(company, on=today).most
