"""Which driver stands where: the only place that names a technology.

The faces reach these by the setting DRIVERS, because nothing below the wiring imports it; a test sets another module.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from django.conf import settings

from servanda.business.billing.facts import CsvPreview, NoticeDraft, PreviewLine, StatementDraft
from servanda.business.collecting.facts import CreditorFacts, MandateKind
from servanda.business.companies.facts import CompanyFacts
from servanda.business.payouts.facts import OrderFile, StatusReport
from servanda.drivers.collections.betalingsservice import Creditor
from servanda.drivers.collections.file_collector import FileCollector
from servanda.drivers.collections.mobilepay import MobilePay, SalesUnit
from servanda.drivers.collections.simulated_centre import SimulatedCentre
from servanda.drivers.documents import DocumentMaker
from servanda.drivers.documents.proofs import ProofMaker
from servanda.drivers.documents.typst_maker import TypstMaker
from servanda.drivers.documents.typst_proofs import TypstProofs
from servanda.drivers.letters import Attachment, Post
from servanda.drivers.letters.mailbox import StoredMail, attachments_in, mail_in, mails_in
from servanda.drivers.letters.sink import Sink
from servanda.drivers.letters.smtp import SmtpPost, SmtpServer, Tls
from servanda.drivers.payments import PainVersion
from servanda.drivers.payments.camt053 import read_camt053
from servanda.drivers.payments.camt054 import is_camt054, read_camt054
from servanda.drivers.payments.csv_files import look_at_csv, read_csv
from servanda.drivers.payments.pain001 import write_pain001
from servanda.drivers.payments.pain002 import read_pain002
from servanda.drivers.signing import Signer
from servanda.drivers.signing.keys import KeyRing
from servanda.drivers.signing.pades import PadesSigner
from servanda.ground.bank_layout import BankLayout
from servanda.wiring.bank import drafts_of, notices_of
from servanda.wiring.collections import Provider, creditor_values
from servanda.wiring.payouts import report_of, transfers_of
from servanda.wiring.tables import contract_rows as contract_rows
from servanda.wiring.tables import customer_rows as customer_rows


def post() -> Post:
    """Return what carries letters: the mail server of the settings."""
    server = SmtpServer(
        host=settings.SMTP_HOST,
        port=settings.SMTP_PORT,
        tls=cast(Tls, settings.SMTP_TLS),
        username=settings.SMTP_USER,
        password=settings.SMTP_PASSWORD,
    )
    return SmtpPost(server)


def document_maker() -> DocumentMaker:
    """Return what makes papers into files."""
    return TypstMaker()


def proof_maker() -> ProofMaker:
    """Return what makes proofs of agreement into files."""
    return TypstProofs()


def signer() -> Signer:
    """Return what signs in a company's name, with the keys of this installation, and examines files."""
    return PadesSigner(KeyRing(settings.SIGNING_KEYS))


def bank_statements(content: bytes, *, file: str) -> tuple[StatementDraft, ...]:
    """Return the statements of a bank's file, or raise `WrongDocument` with all of its problems."""
    return drafts_of(read_camt053(content, file=file), file=file)


def transfer_file(order: OrderFile) -> bytes:
    """Return the file of transfers that the bank is handed; the same order always gives the same bytes."""
    return write_pain001(transfers_of(order), version=cast(PainVersion, order.version))


def status_report(content: bytes, *, file: str) -> StatusReport:
    """Return the bank's answer to a file of ours, or raise `WrongDocument` with all of its problems."""
    return report_of(read_pain002(content, file=file), file=file)


def collection_provider(company: CompanyFacts, creditor: CreditorFacts, *, today: date) -> Provider | None:
    """Return the provider that collects for a company, or nothing where this installation has no access to it."""
    if creditor.kind is MandateKind.BETALINGSSERVICE:
        folder = settings.COLLECTIONS / company.slug
        files = FileCollector(Creditor(*creditor_values(company, creditor)), folder / "out", folder / "in")
        return Provider(files)
    if not settings.MOBILEPAY_URL:
        return None
    unit = SalesUnit(
        base_url=settings.MOBILEPAY_URL,
        client_id=settings.MOBILEPAY_CLIENT_ID,
        client_secret=settings.MOBILEPAY_CLIENT_SECRET,
        subscription_key=settings.MOBILEPAY_SUBSCRIPTION_KEY,
        serial_number=creditor.number,
    )
    return Provider(MobilePay(unit, today))


def simulated_centre(company: CompanyFacts, creditor: CreditorFacts) -> SimulatedCentre:
    """Return Betalingsservice's other end for a demo company; it remembers what it did in a file of its own."""
    folder = settings.COLLECTIONS / company.slug
    values = Creditor(*creditor_values(company, creditor))
    return SimulatedCentre.kept(values, folder / "out", folder / "in", folder / "centre.json")


def is_bank_notice(content: bytes) -> bool:
    """Tell whether a bank's file is advance news, to be read as such."""
    return is_camt054(content)


def bank_notices(content: bytes, *, file: str) -> tuple[NoticeDraft, ...]:
    """Return a bank's advance news, or raise `WrongDocument` with all of its problems."""
    return notices_of(read_camt054(content, file=file), file=file)


def bank_csv(content: bytes, layout: BankLayout, *, file: str) -> tuple[StatementDraft, ...]:
    """Return a bank's CSV file as a statement by a layout, or raise `WrongDocument` with all of its problems."""
    return drafts_of(read_csv(content, layout, file=file), file=file)


def bank_csv_preview(content: bytes, layout: BankLayout, *, file: str, most: int) -> CsvPreview:
    """Return the first lines of a file as a layout reads them, with every problem."""
    reading = look_at_csv(content, layout, file=file)
    lines = tuple(
        PreviewLine(
            line=one.number,
            booked_on=one.booked_on,
            amount=one.amount,
            text=one.text,
            payer_name=one.payer_name,
            reference=one.reference,
            payment_reference=one.payment_reference,
            balance=one.balance,
        )
        for one in reading.lines[:most]
    )
    return CsvPreview(reading.header, lines, len(reading.lines), reading.problems)


def mail_sink() -> Sink:
    """Return the mail server of a laptop, not yet started: it keeps every mail under SERVANDA_HOME."""
    return Sink(settings.MAIL_SINK, host=settings.SMTP_HOST, port=settings.SMTP_PORT)


def mails() -> "SinkMails":
    """Return the mails that the sink took in, for a page that shows them."""
    return SinkMails(settings.MAIL_SINK)


@dataclass(frozen=True, slots=True)
class SinkMails:
    """The sink's mails in a directory."""

    directory: Path

    def newest(self, count: int) -> tuple[StoredMail, ...]:
        """Return the newest mails, the last one first."""
        return mails_in(self.directory, newest=count)

    def mail(self, name: str) -> StoredMail | None:
        """Return the mail of that name, if there is one."""
        return mail_in(self.directory, name)

    def attachments(self, name: str) -> tuple[Attachment, ...]:
        """Return a mail's attachments; a mail that is not there has none."""
        return attachments_in(self.directory, name)
