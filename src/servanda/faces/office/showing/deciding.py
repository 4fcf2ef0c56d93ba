"""What only a person may decide, as cards in the order of their days: proposals, letters, data, notices, payments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from servanda.business.billing.facts import BankEntryFacts
from servanda.business.billing.queries import entries_in_suspense
from servanda.business.billing.queries.vat_questions import VatQuestion, vat_questions
from servanda.business.catalogue.facts import PriceList
from servanda.business.catalogue.queries import prices_of
from servanda.business.contracts.facts import OpenNotice
from servanda.business.contracts.queries import notices_to_decide
from servanda.business.dunning.queries import ProposalFacts, open_proposals
from servanda.business.einvoices.facts import AnswerFacts, EDocumentFacts
from servanda.business.einvoices.queries import documents_to_look_at, open_answers
from servanda.business.hosting.facts import ServiceFacts
from servanda.business.hosting.queries import purges_to_decide
from servanda.business.letters.facts import LetterFacts
from servanda.business.letters.queries import undelivered_letters
from servanda.business.library.facts import ChangeProposalFacts, WaitingDraft
from servanda.business.library.queries import open_proposals as open_changes
from servanda.business.library.queries import unconfirmed_figures, waiting_drafts
from servanda.business.payouts.facts import RefundDue
from servanda.business.payouts.queries import refunds_due
from servanda.business.signups.facts import GuardianFacts
from servanda.business.signups.queries import guardians_to_decide
from servanda.faces.office.needs import Needs
from servanda.faces.office.places import Visit
from servanda.faces.office.showing.deciding_terms import agreement_cards
from servanda.faces.office.showing.einvoices import e_invoice_cards
from servanda.faces.office.showing.guardians import guardian_cards
from servanda.faces.office.showing.naming import Names
from servanda.faces.office.showing.vat import vat_card
from servanda.faces.office.shown import (
    Card,
    LetterCard,
    Link,
    NoticeCard,
    PaymentsCard,
    PurgeCard,
    Question,
    RefundsCard,
)
from servanda.faces.office.words import CHANNELS, LETTER_KINDS, language, word
from servanda.ground.law.confirming import FigureToConfirm
from servanda.ground.money import total_of

NOT_SPECIFIED = "not_specified"


@dataclass(frozen=True, slots=True)
class Asked:
    """All that waits for a person in a company."""

    proposals: tuple[ProposalFacts, ...]
    letters: tuple[LetterFacts, ...]
    purges: tuple[ServiceFacts, ...]
    notices: tuple[OpenNotice, ...]
    entries: tuple[BankEntryFacts, ...]
    refunds: tuple[RefundDue, ...]
    drafts: tuple[WaitingDraft, ...]
    changes: tuple[ChangeProposalFacts, ...]
    figures: tuple[FigureToConfirm, ...]
    vat: tuple[VatQuestion, ...]
    documents: tuple[EDocumentFacts, ...]
    answers: tuple[AnswerFacts, ...]
    guardians: tuple[GuardianFacts, ...]

    @property
    def invoice_ids(self) -> frozenset[int]:
        named = {letter.invoice_id for letter in self.letters if letter.invoice_id is not None}
        return frozenset(
            named
            | {proposal.invoice_id for proposal in self.proposals}
            | {document.invoice_id for document in self.documents}
        )

    @property
    def customer_ids(self) -> frozenset[int]:
        return frozenset(
            {letter.customer_id for letter in self.letters}
            | {service.customer_id for service in self.purges}
            | {notice.line.customer_id for notice in self.notices}
            | {question.customer_id for question in self.vat}
            | {document.customer_id for document in self.documents}
        )


def asked_in(visit: Visit, needs: Needs) -> Asked:
    """Return all that waits for a person; a list of which nothing waits is not read."""
    company_id, today = visit.company.company_id, visit.today
    return Asked(
        proposals=open_proposals(company_id) if needs.has("proposals") else (),
        letters=undelivered_letters(company_id) if needs.has("letters") else (),
        purges=purges_to_decide(company_id, today=today) if needs.has("purges") else (),
        notices=notices_to_decide(company_id) if needs.has("notices") else (),
        entries=entries_in_suspense(company_id) if needs.has("entries") else (),
        refunds=refunds_due(company_id) if needs.has("refunds") else (),
        drafts=waiting_drafts([company_id]) if needs.has("drafts") else (),
        changes=open_changes(company_id) if needs.has("changes") else (),
        figures=unconfirmed_figures(company_id, on=today) if needs.has("figures") else (),
        vat=vat_questions(company_id, today=today) if needs.has("vat") else (),
        documents=documents_to_look_at(company_id) if needs.has("documents") else (),
        answers=open_answers(company_id) if needs.has("answers") else (),
        guardians=guardians_to_decide(company_id) if needs.has("guardians") else (),
    )


def cards_of(asked: Asked, names: Names, visit: Visit) -> tuple[Card, ...]:
    """Return the cards, that which has waited longest first."""
    prices = prices_of(visit.company.company_id) if asked.notices else None
    cards: list[Card] = [
        *(_question(proposal, names) for proposal in asked.proposals),
        *(letter_card(letter, names) for letter in asked.letters),
        *(_purge(service, names) for service in asked.purges),
        *(_notice(notice, names, prices) for notice in asked.notices),
        *guardian_cards(asked.guardians),
        *_payments(asked.entries),
        *_refunds(asked.refunds),
        *vat_card(asked.vat, names, visit.today),
        *e_invoice_cards(asked.documents, asked.answers, names),
        *agreement_cards(asked.drafts, asked.changes, asked.figures, visit),
    ]
    return tuple(sorted(cards, key=lambda card: card.on))


def _question(proposal: ProposalFacts, names: Names) -> Question:
    is_silent = proposal.act == NOT_SPECIFIED
    return Question(
        on=proposal.earliest_on,
        key=str(proposal.proposal_id),
        text=proposal.sentence_da if language() == "da" else proposal.sentence_en,
        because=proposal.because,
        links=names.links(invoice_id=proposal.invoice_id, customer_id=proposal.customer_id),
        ways=tuple(_ways(proposal.invoice_id, names)) if is_silent else (),
        is_silent=is_silent,
    )


def _ways(invoice_id: int, names: Names) -> Iterable[Link]:
    """Yield what a person can do about an unpaid invoice where the terms say nothing."""
    invoice = names.invoices.get(invoice_id)
    if invoice is None:
        return
    page = reverse("office:invoice", args=[names.slug, invoice.number])
    yield Link(_("Agree on a payment plan"), f"{page}?act=plan#acts")
    yield Link(_("Mark as disputed"), f"{page}?act=dispute#acts")
    yield Link(_("Credit the whole invoice"), f"{page}?act=credit#acts")


def letter_card(letter: LetterFacts, names: Names) -> LetterCard:
    """Return a letter that did not arrive, or of which nobody knows whether it did, with how to send it again."""
    is_refused = letter.state == "rejected"
    return LetterCard(
        on=letter.on_day,
        letter_id=letter.letter_id,
        text=_("The customer's mail server refused a letter.")
        if is_refused
        else _("It is uncertain whether a letter arrived."),
        note="" if is_refused else _("If it did arrive, the customer gets it twice."),
        kind=word(LETTER_KINDS, letter.kind),
        subject=letter.subject,
        recipient=letter.recipient,
        reply=letter.reply,
        links=names.links(invoice_id=letter.invoice_id, customer_id=letter.customer_id),
    )


def _purge(service: ServiceFacts, names: Names) -> PurgeCard:
    assert service.purge_on is not None, "only a service with a day for its purge waits for one"
    return PurgeCard(
        on=service.purge_on,
        service_id=service.service_id,
        name=service.name,
        quarantined_on=service.quarantined_on,
        because=service.purge_because,
        links=names.links(customer_id=service.customer_id),
    )


def _notice(notice: OpenNotice, names: Names, prices: PriceList | None) -> NoticeCard:
    line = notice.line
    is_known = prices is not None and line.plan_code in prices.plans
    plan = prices.name_of(line.plan_code, language()) if prices is not None and is_known else line.plan_code
    return NoticeCard(
        on=notice.given_on,
        notice_id=notice.notice_id,
        name=f"{plan} · {line.description}" if line.description else plan,
        channel=word(CHANNELS, notice.channel),
        earliest_on=max(notice.given_on, line.began_on),
        period_ends_on=line.term_until - timedelta(days=1) if line.term_until is not None else None,
        because=notice.because,
        links=names.links(customer_id=line.customer_id),
    )


def _payments(entries: tuple[BankEntryFacts, ...]) -> Iterable[PaymentsCard]:
    if entries:
        yield PaymentsCard(on=min(entry.booked_on for entry in entries), count=len(entries))


def _refunds(refunds: tuple[RefundDue, ...]) -> Iterable[RefundsCard]:
    if refunds:
        total = total_of(one.amount for one in refunds)
        yield RefundsCard(on=min(one.pay_out_by for one in refunds), count=len(refunds), total=total)
