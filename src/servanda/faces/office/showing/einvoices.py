"""E-invoices: beside the invoice that they carry, on a page of their own, and as cards for what waits for a person."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from servanda.business.billing.queries import invoice_heads
from servanda.business.contracts.queries import contracts_of_customer
from servanda.business.customers.facts import CustomerFacts, Delivery
from servanda.business.customers.queries import customers
from servanda.business.einvoices.decisions import (
    hindrances,
    is_parked_for_rules,
    may_be_sent_again,
    references_for,
    waits_for_details,
)
from servanda.business.einvoices.facts import AnswerFacts, Code, EDocumentFacts, Problem, References, State
from servanda.business.einvoices.queries import (
    contract_references,
    counts_of,
    documents_of_invoices,
    newest_documents,
    open_answers,
)
from servanda.faces.office.places import Visit
from servanda.faces.office.showing.naming import Names
from servanda.faces.office.shown import Card, Link, Pager, Stamp, Tab
from servanda.faces.office.shown_einvoices import (
    AnswerCard,
    AnswerRow,
    ContractReferenceRow,
    EDocumentCard,
    EDocumentRow,
    EInvoicesShown,
    InvoicingShown,
    ProblemRow,
    RulesCard,
)
from servanda.faces.office.words import E_DOCUMENT_STATES, E_FORMATS, LETTER_KINDS, language, word
from servanda.ground.calendar import legal_day
from servanda.terms.clauses import CustomerKind

PAGE_ROWS = 50
_OUR_CODES = frozenset(Code)  # words for programs; the sentence says it already
FILTERS = (
    *(State.PARKED, State.REJECTED, State.UNCERTAIN, State.DUE, State.MADE, State.CHECKED),
    *(State.SENDING, State.SENT, State.ACCEPTED, State.REPLACED),
)


def e_document_rows(visit: Visit, invoice_id: int) -> tuple[EDocumentRow, ...]:
    """Return the e-documents about an invoice, the newest first."""
    return tuple(_row(one, visit.company.slug, ()) for one in reversed(documents_of_invoices([invoice_id])))


def e_invoices_shown(visit: Visit, *, state: str, page: int) -> EInvoicesShown:
    """Return a page of the company's e-documents, the newest first, with how many stand where."""
    company_id, slug = visit.company.company_id, visit.company.slug
    chosen = state if state in set(State) else ""
    offset = (page - 1) * PAGE_ROWS
    found = newest_documents(company_id, state=chosen, limit=PAGE_ROWS + 1, offset=offset)
    names = names_for(slug, found)
    counted = counts_of([company_id]).get(company_id)
    by_state = counted.by_state if counted is not None else {}
    address = reverse("office:einvoices", args=[slug])
    return EInvoicesShown(
        rows=tuple(
            _row(one, slug, names.links(invoice_id=one.invoice_id, customer_id=one.customer_id))
            for one in found[:PAGE_ROWS]
        ),
        filters=(
            Tab(_("All"), address, is_here=not chosen, count=sum(by_state.values())),
            *(
                Tab(_state_text(name), f"{address}?state={name}", is_here=name == chosen, count=by_state[name])
                for name in FILTERS
                if by_state.get(name)
            ),
        ),
        answers=tuple(_answer(one, slug) for one in open_answers(company_id)),
        pager=_pager(chosen, page, has_more=len(found) > PAGE_ROWS),
    )


def _pager(chosen: str, page: int, *, has_more: bool) -> Pager | None:
    if page == 1 and not has_more:
        return None
    return Pager(
        text=_("Page %(page)s") % {"page": page},
        before=f"?state={chosen}&page={page - 1}" if page > 1 else "",
        after=f"?state={chosen}&page={page + 1}" if has_more else "",
    )


def names_for(slug: str, documents: Iterable[EDocumentFacts]) -> Names:
    """Return the invoices and customers of documents, looked up at once."""
    many = tuple(documents)
    found = {one.invoice_id: one for one in invoice_heads({one.invoice_id for one in many})}
    return Names(slug, found, customers({one.customer_id for one in many}))


def invoicing_shown(to: CustomerFacts) -> InvoicingShown:
    """Return how a customer gets invoices, and what e-invoices still lack."""
    ways = _ways_of(to)
    contracts = contracts_of_customer(to.customer_id)
    named = contract_references(contract.contract_id for contract in contracts)
    of_contracts = [named.get(contract.contract_id, References()) for contract in contracts] or [References()]
    is_electronic = to.delivery is not Delivery.E_MAIL
    lacking = [found for found in (hindrances(to, references_for(to, one)) for one in of_contracts) if found]
    return InvoicingShown(
        delivery=str(to.delivery),
        deliveries=tuple((str(way), word(E_FORMATS, way)) for way in ways),
        ean=to.details.ean,
        order_number=to.details.order_number,
        person_reference=to.details.person_reference,
        is_public=_is_public(to),
        hindrances=tuple(problem_rows(lacking[0])) if is_electronic and lacking else (),
        contracts=tuple(
            ContractReferenceRow(
                contract_id=contract.contract_id,
                number=contract.number,
                order_number=one.order_number,
                person_reference=one.person_reference,
            )
            for contract, one in zip(contracts, of_contracts, strict=False)
        ),
    )


def e_invoice_cards(
    documents: tuple[EDocumentFacts, ...], answers: tuple[AnswerFacts, ...], names: Names
) -> Iterator[Card]:
    """Yield what waits for a person. All that waits for the official rules is one card."""
    waiting = [one for one in documents if is_parked_for_rules(one.problems)]
    if waiting:
        problem = next(one for one in waiting[0].problems)
        yield RulesCard(
            on=min(one.on_day for one in waiting),
            count=len(waiting),
            text=problem.message(language()),
            remedy=problem.remedy(language()),
        )
    for one in documents:
        if one not in waiting:
            yield _card(one, names)
    for answer in answers:
        yield AnswerCard(on=legal_day(answer.received_at), row=_answer(answer, names.slug))


def _card(document: EDocumentFacts, names: Names) -> EDocumentCard:
    links = names.links(invoice_id=document.invoice_id, customer_id=document.customer_id)
    is_refused = document.state is State.REJECTED
    return EDocumentCard(
        on=document.answered_on or document.on_day,
        text=_("The receiver refused an e-invoice.") if is_refused else _("An e-invoice could not be sent."),
        row=_row(document, names.slug, links),
        ways=tuple(_ways(document, names)),
    )


def _ways(document: EDocumentFacts, names: Names) -> Iterator[Link]:
    """Yield the pages on which the cause can be mended."""
    whose = names.customers.get(document.customer_id)
    if whose is not None and (waits_for_details(document.problems) or document.state is State.REJECTED):
        page = reverse("office:customer", args=[names.slug, whose.number])
        yield Link(_("Mend the number or the reference on the customer"), f"{page}#invoicing")
    invoice = names.invoices.get(document.invoice_id)
    if invoice is not None and invoice.kind == "invoice" and document.state is State.REJECTED:
        page = reverse("office:invoice", args=[names.slug, invoice.number])
        yield Link(_("Credit the whole invoice, and write a new one"), f"{page}?act=credit#acts")


def _row(document: EDocumentFacts, slug: str, links: tuple[Link, ...]) -> EDocumentRow:
    text, tone = E_DOCUMENT_STATES[document.state]
    return EDocumentRow(
        document_id=document.document_id,
        title=word(LETTER_KINDS, document.kind),
        format=word(E_FORMATS, document.format),
        number=document.number,
        stamp=Stamp(_(text), tone),
        to=_endpoint(document),
        references=tuple(_references(document)),
        times=tuple(_times(document)),
        problems=tuple(problem_rows(document.problems)),
        checked_with=document.checked_with,
        receipt=document.receipt,
        reply=document.reply,
        reasons=document.reasons,
        xml=reverse("office:einvoice-file", args=[slug, document.document_id]) if document.xml_sha256 else "",
        sha256=document.xml_sha256,
        on=document.on_day,
        links=links,
        may_be_sent_again=may_be_sent_again(document.state),
        may_be_settled=document.state is State.REJECTED,
    )


def _endpoint(document: EDocumentFacts) -> str:
    if not document.endpoint:
        return ""
    return f"{'GLN' if len(document.endpoint) == 13 else 'CVR'} {document.endpoint}"


def _references(document: EDocumentFacts) -> Iterator[tuple[str, str]]:
    if document.references.order_number:
        yield _("Order number"), document.references.order_number
    if document.references.person_reference:
        yield _("Person reference"), document.references.person_reference


def _times(document: EDocumentFacts) -> Iterator[tuple[str, datetime]]:
    answered = _("Refused") if document.state is State.REJECTED else _("Answered")
    named = (
        (_("Made"), document.made_at),
        (_("Judged by the rules"), document.checked_at),
        (_("Handed over"), document.sent_at),
        (answered, document.answered_at),
    )
    for name, at in named:
        if at is not None:
            yield name, at


def problem_rows(problems: Iterable[Problem]) -> Iterator[ProblemRow]:
    """Yield problems in the reader's language."""
    for one in problems:
        yield ProblemRow(
            code="" if one.code in _OUR_CODES else one.code,
            rule_set=one.rule_set,
            text=one.message(language()),
            remedy=one.remedy(language()),
            is_warning=one.is_warning,
        )


def _answer(answer: AnswerFacts, slug: str) -> AnswerRow:
    return AnswerRow(
        answer_id=answer.answer_id,
        name=answer.name,
        received_at=answer.received_at,
        number=answer.number,
        problem=_why_open(answer),
        file=reverse("office:einvoice-answer", args=[slug, answer.answer_id]),
    )


def _why_open(answer: AnswerFacts) -> str:
    if answer.state == "unknown":
        return _("No document with this number was sent from here, or the answer fits several.")
    return _("The file cannot be read as an answer: %(why)s") % {"why": answer.problem}


def _state_text(state: State) -> str:
    return _(E_DOCUMENT_STATES[state][0])


def _ways_of(to: CustomerFacts) -> list[Delivery]:
    """Return how invoices may go to the customer: a public body takes no mere PDF, and a consumer has nothing else to take."""
    if _is_public(to):
        return [Delivery.OIOUBL, Delivery.PEPPOL]
    return [Delivery.E_MAIL] if to.kind is CustomerKind.CONSUMER else list(Delivery)


def _is_public(to: CustomerFacts) -> bool:
    return to.kind is CustomerKind.PUBLIC
