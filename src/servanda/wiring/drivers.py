"""Which driver stands where: the only place that names a technology.

The faces reach these by the setting DRIVERS, because nothing below the wiring imports it; a test sets another module.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from servanda.business.billing.facts import CsvPreview, NoticeDraft, PreviewLine, StatementDraft
from servanda.business.collecting.facts import CreditorFacts, MandateKind
from servanda.business.companies.facts import CompanyFacts
from servanda.business.payouts.facts import OrderFile, StatusReport
from servanda.drivers.archives import Archive
from servanda.drivers.archives.restic import ResticArchive
from servanda.drivers.collections.betalingsservice import Creditor
from servanda.drivers.collections.file_collector import FileCollector
from servanda.drivers.collections.mobilepay import MobilePay, SalesUnit
from servanda.drivers.collections.simulated_centre import SimulatedCentre
from servanda.drivers.documents import DocumentMaker
from servanda.drivers.documents.proofs import ProofMaker
from servanda.drivers.documents.typst_maker import TypstMaker
from servanda.drivers.documents.typst_proofs import TypstProofs
from servanda.drivers.einvoices import (
    Answer,
    Document,
    FateUnknown,
    Finding,
    Format,
    HandOver,
    Inbox,
    Objection,
    Renderer,
    TakenOver,
    Transport,
    TurnedAway,
    Verdict,
)
from servanda.drivers.einvoices.answers import read_answer
from servanda.drivers.einvoices.checks import objections_to
from servanda.drivers.einvoices.engine import RuleEngine
from servanda.drivers.einvoices.file_drop import FileDrop
from servanda.drivers.einvoices.gate import OfficialGate
from servanda.drivers.einvoices.mailed import DocumentMail, MailedDocuments
from servanda.drivers.einvoices.measuring import works
from servanda.drivers.einvoices.oioubl import OioublRenderer
from servanda.drivers.einvoices.pdf_files import is_pdf, xml_in
from servanda.drivers.einvoices.peppol import PeppolRenderer
from servanda.drivers.einvoices.receipts import Receipts
from servanda.drivers.einvoices.remedies import remedy_for
from servanda.drivers.einvoices.rule_installing import InstalledRules, install_rules
from servanda.drivers.einvoices.rule_sets import RULE_SETS, RuleSet, is_installed
from servanda.drivers.einvoices.safe_xml import NotSafeXml
from servanda.drivers.letters import Accepted, Attachment, NotSendable, OutgoingMail, Post, Rejected
from servanda.drivers.letters.mailbox import StoredMail, attachments_in, mail_in, mails_in
from servanda.drivers.letters.sink import Sink
from servanda.drivers.letters.smtp import SmtpPost, SmtpServer, Tls
from servanda.drivers.names import Names, NamesUnavailable
from servanda.drivers.names.resolver import ResolvedNames
from servanda.drivers.payments import PainVersion
from servanda.drivers.payments.camt053 import read_camt053
from servanda.drivers.payments.camt054 import is_camt054, read_camt054
from servanda.drivers.payments.csv_files import look_at_csv, read_csv
from servanda.drivers.payments.pain001 import write_pain001
from servanda.drivers.payments.pain002 import read_pain002
from servanda.drivers.sheets import SheetMaker
from servanda.drivers.sheets.csv_maker import CsvMaker
from servanda.drivers.sheets.xlsx import XlsxMaker
from servanda.drivers.signing import Signer
from servanda.drivers.signing.keys import KeyRing
from servanda.drivers.signing.node_keys import make_node_key, read_node_key
from servanda.drivers.signing.pades import PadesSigner
from servanda.drivers.vatnumbers import NumberAsker
from servanda.drivers.vatnumbers.memory import PracticeAsker
from servanda.drivers.vatnumbers.vies import ViesAsker
from servanda.ground.bank_layout import BankLayout
from servanda.ground.law.sentences import Sentence
from servanda.ground.refusal import Problem, WrongDocument
from servanda.wiring.bank import drafts_of, notices_of
from servanda.wiring.collections import Provider, creditor_values
from servanda.wiring.measuring import DocumentsBench, papers, rate_of, render_all
from servanda.wiring.payouts import report_of, transfers_of
from servanda.wiring.tables import contract_rows as contract_rows
from servanda.wiring.tables import customer_rows as customer_rows


def texts_at(name: str) -> tuple[str, ...] | None:
    """Return the texts at a name of the public DNS, by the resolvers of this machine; None: nobody could tell now."""
    asker: Names = ResolvedNames()
    try:
        return asker.texts(name)
    except NamesUnavailable:
        return None


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


def number_asker(*, is_practice: bool) -> NumberAsker:
    """Return who is asked about VAT numbers: VIES, or for made-up companies somebody who believes every right number."""
    if is_practice:
        return PracticeAsker()
    return ViesAsker(address=settings.VIES_ADDRESS)


def archive() -> Archive:
    """Return where this installation's own backups are kept."""
    return ResticArchive(settings.BACKUP_STORE, settings.BACKUP_KEY)


def document_maker() -> DocumentMaker:
    """Return what makes papers into files."""
    return TypstMaker()


def proof_maker() -> ProofMaker:
    """Return what makes proofs of agreement into files."""
    return TypstProofs()


def signer() -> Signer:
    """Return what signs in a company's name, with the keys of this installation, and examines files."""
    return PadesSigner(KeyRing(settings.SIGNING_KEYS))


def node_key(*, is_made: bool = False) -> Ed25519PrivateKey:
    """Return the key that documents for nodes are signed with; `is_made` makes it, and refuses where there is one."""
    return make_node_key(settings.NODE_KEY) if is_made else read_node_key(settings.NODE_KEY)


def sheet_maker(form: str = "xlsx") -> SheetMaker:
    """Return what makes tables into files of the form: a workbook (`xlsx`) or `csv`."""
    makers: dict[str, type[SheetMaker]] = {"xlsx": XlsxMaker, "csv": CsvMaker}
    return makers[form]()


def bank_statements(content: bytes, *, file: str) -> tuple[StatementDraft, ...]:
    """Return the statements of a bank's file, or raise `WrongDocument` with all of its problems."""
    return drafts_of(read_camt053(content, file=file), file=file)


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


def e_invoice_renderer(format: Format) -> Renderer:
    """Return what writes e-documents in the format."""
    return OioublRenderer() if format == "oioubl 2.1" else PeppolRenderer()


def e_invoice_objections(document: Document, *, format: Format) -> tuple[Objection, ...]:
    """Return what our own checks have against a document."""
    return objections_to(document, format=format)


@cache
def e_invoice_gate() -> OfficialGate:
    """Return the one gate of this process; its rule engine starts with the first document."""
    return OfficialGate(_rule_folders())


def e_invoice_transport() -> Transport:
    """Return what carries e-documents: the folder shared with an access point."""
    return FileDrop(settings.EINVOICE_DROP)


def e_invoice_mail() -> Transport:
    """Return what mails e-documents to receivers without an access point."""
    return MailedDocuments(_carry_by_mail, receipts=Receipts(settings.EINVOICE_DROP / "mailed"))


def e_invoice_inbox() -> Inbox:
    """Return where the answers of receivers come in."""
    return FileDrop(settings.EINVOICE_DROP)


def e_invoice_answer(content: bytes, *, file: str) -> Answer:
    """Return what a receiver or the carrier says of a document, or raise `WrongDocument`."""
    try:
        return read_answer(content)
    except NotSafeXml as refusal:
        raise WrongDocument((Problem(file, refusal.line, refusal.said.en, refusal.remedy.en),)) from refusal


def e_invoice_verdict(content: bytes) -> Verdict:
    """Return what the official rules say of a file; of a hybrid PDF, what they say of the document that it carries."""
    try:
        document = xml_in(content).content if is_pdf(content) else content
    except NotSafeXml as refusal:
        return Verdict(kind=None, format=None, checked=(), refusal=refusal.said, remedy=refusal.remedy)
    with OfficialGate(_rule_folders()) as gate:
        return gate.judge(document)


def e_invoice_remedy(finding: Finding) -> Sentence:
    """Return what to do about a finding of the official rules."""
    return remedy_for(finding)


def e_invoice_rule_sets() -> tuple[tuple[RuleSet, bool], ...]:
    """Return the official rule sets, each with whether it is installed."""
    return tuple((rules, is_installed(rules, _rule_folders())) for rules in RULE_SETS)


def install_e_invoice_rules(source: Path) -> InstalledRules:
    """Install the rule sets that are in the folder or zip file; all or nothing."""
    return install_rules(source, into=settings.EINVOICE_RULES)


def document_rates(count: int) -> DocumentsBench:
    """Measure how fast e-documents are written, checked and judged, and PDFs made."""
    made = tuple(papers(count))
    with RuleEngine() as engine:
        rates = [
            rate_of(work.name, work.documents, work.run, process=work.process)
            for work in works(count, folders=_rule_folders(), engine=engine)
        ]
    maker = document_maker()
    render_all(maker, made[:1])
    rates.append(rate_of("PDF of one page", count, lambda: render_all(maker, made), process=lambda: None))
    missing = tuple(rules.name for rules, is_there in e_invoice_rule_sets() if not is_there)
    return DocumentsBench(rates=tuple(rates), missing=missing)


def _rule_folders() -> tuple[Path, ...]:
    elsewhere = settings.EINVOICE_RULES_ELSEWHERE
    return (settings.EINVOICE_RULES, *((Path(elsewhere).expanduser(),) if elsewhere else ()))


def _carry_by_mail(mail: DocumentMail) -> HandOver:
    try:
        outcome = post().send(_outgoing(mail))
    except NotSendable as refusal:
        return TurnedAway(str(refusal), True)
    match outcome:
        case Accepted(reply):
            return TakenOver(reply)
        case Rejected(reply, is_permanent):
            return TurnedAway(reply, is_permanent)
        case uncertain:
            return FateUnknown(uncertain.reply)


def _outgoing(mail: DocumentMail) -> OutgoingMail:
    return OutgoingMail(
        message_id=f"<{mail.name}@{mail.sender_email.rpartition('@')[2]}>",
        sender=mail.sender_email,
        sender_name=mail.sender_name,
        recipient=mail.recipient,
        subject=mail.subject,
        text=mail.text,
        language=mail.language,
        written_at=datetime.now(UTC),
        attachments=(Attachment(mail.file_name, mail.media_type, mail.content),),
    )
