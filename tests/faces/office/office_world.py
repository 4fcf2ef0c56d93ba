"""A small company for the pages: the cast lives through some weeks of a test clock, with a post that stays in memory.

Also stands as the module of drivers while the pages are tested: see the setting DRIVERS.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.contrib.auth import get_user_model
from django.test import override_settings
from django.utils import timezone

from servanda.agreements.reading import catalogue_of, company_of, library_of
from servanda.business.billing.facts import BankMovement, StatementDraft
from servanda.business.billing.queries import invoices_of_customer
from servanda.business.catalogue.actions import load_catalogue
from servanda.business.companies.actions import add_company, note_bank_news
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import company
from servanda.business.contracts.actions.concluding import conclude_contract
from servanda.business.contracts.decisions.terms import conclusion_terms
from servanda.business.contracts.facts import Acceptance, NewLine
from servanda.business.customers.actions import add_customer
from servanda.business.customers.facts import CustomerDetails
from servanda.business.dunning.actions import pause_claim, receive_statement
from servanda.business.identity.actions import give_role
from servanda.business.identity.facts import StaffRole
from servanda.business.payouts.facts import OrderFile, StatusReport
from servanda.drivers.documents.memory import TextMaker
from servanda.drivers.documents.typst_proofs import TypstProofs
from servanda.drivers.letters import Attachment, OutgoingMail
from servanda.drivers.letters.memory import MemoryPost
from servanda.drivers.sheets import SheetMaker
from servanda.drivers.signing.keys import KeyRing
from servanda.drivers.signing.pades import PadesSigner
from servanda.drivers.vatnumbers.memory import MemoryAsker
from servanda.faces.clock.rounds import live_through_day, move_time
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money, total_of
from servanda.simulation.drivers import (
    e_invoice_answer,
    e_invoice_gate,
    e_invoice_inbox,
    e_invoice_objections,
    e_invoice_renderer,
    e_invoice_transport,
    texts_at,
)
from servanda.terms.clauses import CustomerKind
from servanda.wiring import drivers

__all__ = [
    "e_invoice_answer",
    "e_invoice_gate",
    "e_invoice_inbox",
    "e_invoice_objections",
    "e_invoice_renderer",
    "e_invoice_transport",
    "texts_at",
]
BEGAN_ON = date(2026, 8, 3)
HOSTILE = "<script>alert('Mallory')</script>"
PASSWORD = "sagen er ren"
_POSTS = [MemoryPost()]  # the one in use
ASKER = MemoryAsker()
_KEYS = Path(__file__).parents[3] / "var" / "tests" / "signing"


def post() -> MemoryPost:
    return _POSTS[-1]


def document_maker() -> TextMaker:
    return TextMaker()


def number_asker(*, is_practice: bool) -> MemoryAsker:
    return ASKER


def sheet_maker(form: str = "xlsx") -> SheetMaker:
    return drivers.sheet_maker(form)


def transfer_file(order: OrderFile) -> bytes:
    return drivers.transfer_file(order)


def status_report(content: bytes, *, file: str) -> StatusReport:
    return drivers.status_report(content, file=file)


def proof_maker() -> TypstProofs:
    return TypstProofs()


def signer() -> PadesSigner:
    return PadesSigner(KeyRing(_KEYS))


def mails() -> "MemoryMails":
    return MemoryMails()


@dataclass(frozen=True, slots=True)
class MemoryMail:
    """A mail as the sink would show it."""

    name: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    written_at: datetime | None
    text: str
    attachment_names: tuple[str, ...]


class MemoryMails:
    """The mails that the post in memory accepted."""

    def newest(self, count: int) -> tuple[MemoryMail, ...]:
        numbered = list(enumerate(post().accepted))
        return tuple(_mail(number, message) for number, message in reversed(numbered[-count:]))

    def mail(self, name: str) -> MemoryMail | None:
        return next((mail for mail in self.newest(10_000) if mail.name == name), None)

    def attachments(self, name: str) -> tuple[Attachment, ...]:
        return post().accepted[int(name.removesuffix(".eml"))].attachments


def _mail(number: int, message: OutgoingMail) -> MemoryMail:
    return MemoryMail(
        name=f"{number}.eml",
        sender=f"{message.sender_name} <{message.sender}>",
        recipients=(message.recipient,),
        subject=message.subject,
        written_at=message.written_at,
        text=message.text,
        attachment_names=tuple(attachment.name for attachment in message.attachments),
    )


def staff(username: str = "eva", *, is_staff: bool = True) -> object:
    """Make a member of staff; without `is_staff`, somebody who only can sign in."""
    user = get_user_model().objects.create_user(username, password=PASSWORD)
    if is_staff:
        give_role(user.pk, StaffRole.OWNER, by="system", at=moment_of(BEGAN_ON))
        user.refresh_from_db()
    return user


def a_company(slug: str, *, clock_on: date = BEGAN_ON) -> CompanyFacts:
    """Add the demo company of the provider, with its catalogue and a test clock."""
    card = company_of(slug)
    added = add_company(
        slug=card.slug,
        name=card.name,
        legal_name=card.legal_name,
        cvr=card.cvr,
        address_lines=tuple(card.address_lines),
        email=card.email,
        phone=card.phone,
        web=card.web,
        bank_registration=card.bank_registration,
        bank_account=card.bank_account,
        iban=card.iban,
        fik_creditor=card.fik_creditor,
        colour=card.colour,
        language=card.language,
        fiscal_year_starts_month=card.fiscal_year_starts_month,
        clock_on=clock_on,
    )
    load_catalogue(added.company_id, catalogue_of(slug), today=clock_on, at=moment_of(clock_on))
    return added


def a_customer(here: CompanyFacts, number: str, name: str, kind: CustomerKind, *, email: str = "") -> int:
    """Add a customer with an address."""
    assert here.clock_on is not None
    details = CustomerDetails(
        number=number,
        kind=kind,
        name=name,
        email=email or f"{number}@kunde.example",
        address_lines=("Prøvevej 1",),
        postal_code="0000",
        city="Prøveby",
    )
    customer_id, _warnings = add_customer(here.company_id, details, today=here.clock_on, at=moment_of(here.clock_on))
    return customer_id


def a_contract(
    here: CompanyFacts, customer_id: int, number: str, kind: CustomerKind, *lines: tuple[str, str, str, int | None]
) -> None:
    """Conclude a contract over lines of product, plan, description and the months of the term."""
    assert here.clock_on is not None
    agreement = library_of(here.slug).version_on(here.clock_on)
    intervals = {plan.code: plan.interval_months for sold in catalogue_of(here.slug).product for plan in sold.plan}
    conclude_contract(
        company_id=here.company_id,
        customer_id=customer_id,
        number=number,
        acceptance=Acceptance(
            version=agreement.version,
            language=agreement.language,
            sha256=agreement.sha256,
            at=moment_of(here.clock_on),
            how="signed order",
        ),
        began_on=here.clock_on,
        lines=tuple(
            NewLine(
                product_code=product,
                plan_code=plan,
                interval_months=intervals[plan],
                began_on=here.clock_on,
                description=description,
                term_months=months,
            )
            for product, plan, description, months in lines
        ),
        terms=conclusion_terms(agreement, product=lines[0][0], customer=kind, on=here.clock_on),
        today=here.clock_on,
        at=moment_of(here.clock_on),
    )


def a_payment(here: CompanyFacts, amount: Money, *, reference: str = "", text: str = "", payer: str = "") -> None:
    """Let the bank tell of one payment of today."""
    assert here.clock_on is not None
    told = f"{here.clock_on}{amount}{reference}{text}"
    movement = BankMovement(
        reference=hashlib.sha256(told.encode()).hexdigest()[:16],
        ordinal=1,
        amount=amount,
        booked_on=here.clock_on,
        value_on=here.clock_on,
        text=text,
        creditor_reference=reference,
        payer_name=payer,
        payer_account="",
        is_reversal=False,
    )
    opening = _closing.get(here.company_id, Money(0))
    closing = total_of((opening, amount))
    statement = StatementDraft(
        account=here.iban,
        statement_id=told,
        opening=opening,
        closing=closing,
        opening_on=here.clock_on,
        closing_on=here.clock_on,
        sha256=hashlib.sha256(told.encode()).hexdigest(),
        file_name="statement.xml",
        movements=(movement,),
    )
    receive_statement(here, statement, today=here.clock_on, at=moment_of(here.clock_on))
    _closing[here.company_id] = closing


_closing: dict[int, Money] = {}


@dataclass(frozen=True, slots=True)
class Kept:
    """What the processes remember of a lived-in company beside its database."""

    company: CompanyFacts
    post: MemoryPost
    closing: dict[int, Money]


def live() -> Kept:
    """Let the staff, a second company and the small one come to be."""
    with override_settings(DRIVERS="tests.faces.office.office_world", DAILY_LIFE=""):
        _POSTS[:] = [MemoryPost()]
        staff()
        staff("birthe", is_staff=False)
        a_company("vicevaert")
        return Kept(small_company(), post(), dict(_closing))


def resume(kept: Kept) -> CompanyFacts:
    """Go on from what was kept, and return the small company."""
    _POSTS[:] = [kept.post]
    _closing.clear()
    _closing.update(kept.closing)
    return kept.company


def small_company() -> CompanyFacts:
    """Let Safe IT run for some weeks: Alma pays, Birk forgets, Carla disputes, Mallory has a name that bites."""
    here = a_company("safe-it")
    _closing.clear()
    business, consumer = CustomerKind.BUSINESS, CustomerKind.CONSUMER
    alma = a_customer(here, "1001", "Almas Atelier ApS", business)
    birk = a_customer(here, "1002", "Birks Bageri", business)
    carla = a_customer(here, "1003", "Carlas Kontor", business)
    mallory = a_customer(here, "1004", HOSTILE, consumer)
    a_contract(here, alma, "A-1", business, ("webhosting", "hosting-monthly", "alma.example", None))
    a_contract(here, birk, "A-2", business, ("webhosting", "hosting-yearly", "birk.example", None))
    a_contract(here, carla, "A-3", business, ("pc-security", "pc-monthly", "8 computere", None))
    a_contract(here, mallory, "A-4", consumer, ("webhosting", "hosting-monthly", HOSTILE, None))
    live_through_day(here, now=timezone.now())
    here = days_pass(here, to=date(2026, 9, 7))
    (first, *_) = invoices_of_customer(alma)
    a_payment(here, first.open_total, reference=first.reference, payer="Almas Atelier ApS")
    a_payment(here, Money(50_000), text="Tak for sidst", payer="Birk B.")
    (claimed, *_) = invoices_of_customer(carla)
    pause_claim(
        here,
        claimed.invoice_id,
        cause="dispute",
        reason="Kunden har talt efter og kun fundet syv.",
        until=None,
        by="system",
        today=date(2026, 9, 7),
        at=moment_of(date(2026, 9, 7)),
    )
    return days_pass(here, to=date(2026, 10, 12))


def days_pass(here: CompanyFacts, *, to: date) -> CompanyFacts:
    """Move the time a few days at once, with the bank telling each time that nothing came in."""
    assert here.clock_on is not None
    while here.clock_on is not None and here.clock_on < to:
        day = min(here.clock_on + timedelta(days=3), to)
        note_bank_news(here.company_id, until=day)
        move_time(here.company_id, to=day)
        here = company(here.company_id)
    return here
