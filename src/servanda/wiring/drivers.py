"""Which driver stands where: the only place that names a technology.

The faces reach these by the setting DRIVERS, because nothing below the wiring imports it; a test sets another module.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import cast

from django.conf import settings

from servanda.business.billing.facts import StatementDraft
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
from servanda.drivers.payments.camt053 import read_camt053
from servanda.drivers.signing import Signer
from servanda.drivers.signing.keys import KeyRing
from servanda.drivers.signing.pades import PadesSigner
from servanda.ground.law.sentences import Sentence
from servanda.ground.refusal import Problem, WrongDocument
from servanda.wiring.bank import drafts_of
from servanda.wiring.measuring import DocumentsBench, papers, rate_of, render_all
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
