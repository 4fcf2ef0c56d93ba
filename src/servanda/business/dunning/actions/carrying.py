"""Carrying out one order: the warrant, the act, the letter and the evidence, in the transaction that holds the claim."""

from collections.abc import Mapping
from datetime import date, datetime

from servanda.business.billing.actions.charging import ChargeDraft, add_charge, waive_charges
from servanda.business.billing.queries import invoices
from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.actions.ending import stop_line
from servanda.business.customers.facts import CustomerFacts
from servanda.business.customers.queries import customer
from servanda.business.dunning import wording
from servanda.business.dunning.actions.releasing import release
from servanda.business.dunning.decisions.interest import interest_so_far
from servanda.business.dunning.decisions.orders import (
    ChargeCompensation,
    ChargeFee,
    ChargeInterest,
    EndContract,
    Order,
    PlaceHold,
    SendReminder,
    WaiveCharges,
)
from servanda.business.dunning.decisions.terms import LadderTerms
from servanda.business.dunning.decisions.warrants import warrant_for
from servanda.business.dunning.facts import Arrears
from servanda.business.dunning.models import Proposal
from servanda.business.dunning.queries import ladder_terms_of
from servanda.business.evidence.actions import issue_warrant, record
from servanda.business.evidence.facts import Approval, because_to_json
from servanda.business.hosting.actions import place_holds, quarantine_services
from servanda.business.hosting.decisions.deletion import purge_on
from servanda.business.hosting.queries import services
from servanda.business.letters.actions import write_letters
from servanda.business.letters.decisions import carrier_of
from servanda.business.letters.facts import LetterDraft
from servanda.ground.calendar import day_text
from servanda.ground.citation import Citation

KINDS = {"fee.charged": "fee", "interest.charged": "interest", "compensation.charged": "compensation"}


def carry_out(order: Order, arrears: Arrears, company: CompanyFacts, *, today: date, at: datetime) -> None:
    """Carry out an order, or put it to a person where only a person may decide."""
    if order.decided_by == "person" and order.key not in arrears.approved:
        _propose(order, arrears, company, today=today, at=at)
        return
    match order:
        case SendReminder():
            _send_reminder(order, arrears, company, today=today, at=at)
        case ChargeFee() | ChargeInterest() | ChargeCompensation():
            charge(order, arrears, company, today=today, at=at)
        case PlaceHold():
            _hold(order, arrears, company, today=today, at=at)
        case EndContract():
            _end(order, arrears, company, today=today, at=at)
        case WaiveCharges():
            _waive(order, arrears, company, today=today, at=at)
        case _:
            _note(order, arrears, company, today=today, at=at)


def charge(
    order: ChargeFee | ChargeInterest | ChargeCompensation,
    arrears: Arrears,
    company: CompanyFacts,
    *,
    today: date,
    at: datetime,
) -> None:
    """Charge a fee, interest or compensation under its warrant."""
    _warrant(order, arrears, company, today=today, at=at)
    reckoning = order.reckoning if isinstance(order, ChargeInterest) else ()
    draft = ChargeDraft(
        key=order.key,
        kind=KINDS[order.what],
        invoice_id=order.invoice_id,
        amount=order.amount,
        because=order.because,
        step=getattr(order, "step", None),
        reckoning=reckoning,
    )
    add_charge(draft, today=today, at=at)
    facts: dict[str, object] = {"amount_minor": order.amount.minor, "reckoning": list(reckoning)}
    if not isinstance(order, ChargeInterest | ChargeCompensation):
        facts["step"] = order.step
    if isinstance(order, ChargeInterest):
        facts["until"] = str(order.until) if order.until else None
        facts["uncovered_from"] = str(order.uncovered_from) if order.uncovered_from else None
    _record(order, arrears, company, facts, today=today, at=at)


def _note(order: Order, arrears: Arrears, company: CompanyFacts, *, today: date, at: datetime) -> None:
    """Record what is so. Where the terms are silent, a person is asked as well."""
    _record(order, arrears, company, {}, today=today, at=at)
    if order.what == "not_specified":
        _write_proposal(order, arrears, company, at=at)


def _propose(order: Order, arrears: Arrears, company: CompanyFacts, *, today: date, at: datetime) -> None:
    _write_proposal(order, arrears, company, at=at)
    record(
        company_id=company.company_id,
        key=f"proposed:{order.key}",
        what="proposal.made",
        subject=f"proposal:{order.key}",
        on_day=today,
        at=at,
        because=order.because,
        facts={"act": order.what, "invoice": order.invoice_id},
        customer_id=arrears.customer_id,
    )


def _write_proposal(order: Order, arrears: Arrears, company: CompanyFacts, *, at: datetime) -> None:
    sentence_da, sentence_en = wording.proposal(order, arrears, customer(arrears.customer_id).name)
    Proposal.objects.get_or_create(
        key=order.key,
        defaults={
            "company_id": company.company_id,
            "customer_id": arrears.customer_id,
            "invoice_id": order.invoice_id,
            "act": order.what,
            "earliest_on": order.allowed_on,
            "because": because_to_json(order.because),
            "sentence_da": sentence_da,
            "sentence_en": sentence_en,
            "proposed_at": at,
        },
    )
    # A payment made it fall away, and the bank has taken that payment back.
    Proposal.objects.filter(key=order.key, state="obsolete").update(state="open", proposed_at=at)


def _send_reminder(order: SendReminder, arrears: Arrears, company: CompanyFacts, *, today: date, at: datetime) -> None:
    """Write the reminder. It counts, and its fee is charged, once the receiving server has accepted it."""
    terms = ladder_terms_of(arrears)
    letter_key = f"reminder:{order.invoice_id}:{order.step}"
    to = customer(arrears.customer_id)
    words = wording.reminder(order, arrears, company, to, interest=interest_so_far(arrears, terms, today=today))
    _warrant(order, arrears, company, today=today, at=at)
    because = tuple(dict.fromkeys((*order.because, *order.fee_because)))
    pay_by = order.deadline_on
    claimed = _claimed(order, arrears)
    write(
        letter_key, "reminder", words, to, arrears, company, because, today=today, at=at, pay_by=pay_by, claimed=claimed
    )
    facts = {
        "step": order.step,
        "letter": letter_key,
        "deadline_on": order.deadline_on.isoformat(),
        "fee_minor": order.fee.minor if order.fee else None,
        "no_fee_because": str(order.no_fee_because) if order.no_fee_because else None,
        "is_collection_warning": order.is_collection_warning,
        "warns_of": list(order.warns_of),
    }
    _record(order, arrears, company, facts, today=today, at=at, what="reminder.written")


def _claimed(order: SendReminder, arrears: Arrears) -> Mapping[str, object]:
    """Return what the letter claims as figures, for a program to read: the principal, and each charge with its kind.

    Frozen with the letter, because a payment may come before it is made into a document.
    """
    (invoice,) = invoices([order.invoice_id])
    charges = [[charge.kind, charge.open.minor] for charge in invoice.charges if charge.open]
    if order.fee:
        charges.append(["fee", order.fee.minor])
    return {"step": order.step, "principal_minor": arrears.open_principal.minor, "charges_minor": charges}


def _hold(order: PlaceHold, arrears: Arrears, company: CompanyFacts, *, today: date, at: datetime) -> None:
    _warrant(order, arrears, company, today=today, at=at)
    held = place_holds(
        order.service_ids,
        cause="payment",
        invoice_id=order.invoice_id,
        warrant_key=order.key,
        because=order.because,
        today=today,
        at=at,
    )
    to = customer(arrears.customer_id)
    words = wording.suspension(order, arrears, company, to.language)
    write(f"hold:{order.invoice_id}", "hold", words, to, arrears, company, order.because, today=today, at=at)
    _record(order, arrears, company, {"services": list(held)}, today=today, at=at)


def _waive(order: WaiveCharges, arrears: Arrears, company: CompanyFacts, *, today: date, at: datetime) -> None:
    """Waive the open charges on a person's word, and lift at once the holds that nothing else stands behind."""
    waived = waive_charges(order.invoice_id, because=order.because, key=order.key, today=today, at=at)
    _record(order, arrears, company, {"amount_minor": waived.minor}, today=today, at=at)
    release(company, arrears.customer_id, today=today, at=at)


def _end(order: EndContract, arrears: Arrears, company: CompanyFacts, *, today: date, at: datetime) -> None:
    """End the lines, and take their services out of operation; the data stay until a second warrant lets them go."""
    _warrant(order, arrears, company, today=today, at=at)
    terms = ladder_terms_of(arrears)
    for service in services(order.service_ids):
        stop_line(
            service.line_id,
            ends_on=today,
            cause="closure for non-payment",
            because=order.because,
            warrant_key=order.key,
            today=today,
            at=at,
        )
        _quarantine(service.service_id, service.product, terms, order.because, today=today, at=at)
    to = customer(arrears.customer_id)
    words = wording.ending(order, arrears, company, to.language, _purge_sentence(order, terms, to, today=today))
    write(f"closing:{order.invoice_id}", "closing", words, to, arrears, company, order.because, today=today, at=at)
    _record(order, arrears, company, {"services": list(order.service_ids)}, today=today, at=at)


def _quarantine(
    service_id: int, product: str, terms: LadderTerms, because: tuple[Citation, ...], *, today: date, at: datetime
) -> None:
    rule = dict(terms.deletions).get(product)
    quarantine_services(
        [service_id],
        purge_on=purge_on(rule.rule, ended_on=today) if rule is not None else None,
        purge_because=rule.because if rule is not None else (),
        decided_by=rule.decided_by if rule is not None else "person",
        because=because,
        today=today,
        at=at,
    )


def _purge_sentence(order: EndContract, terms: LadderTerms, to: CustomerFacts, *, today: date) -> str:
    """Return when the data go at the earliest, or that they stay until a person decides."""
    products = {service.product for service in services(order.service_ids)}
    days = [purge_on(rule.rule, ended_on=today) for product, rule in terms.deletions if product in products]
    if not days:
        if to.language == "da":
            return "Dine data bliver ikke slettet, uden at vi skriver til dig først."
        return "Your data will not be deleted before we have written to you."
    day = day_text(min(days), to.language)
    if to.language == "da":
        return f"Dine data ligger urørt til {day}. Derefter bliver de slettet."
    return f"Your data stay untouched until {day}. After that they are deleted."


def _warrant(order: Order, arrears: Arrears, company: CompanyFacts, *, today: date, at: datetime) -> None:
    request = warrant_for(order, arrears, company_id=company.company_id, approvals=_approvals(order), today=today)
    issue_warrant(request, today=today, at=at)


def _approvals(order: Order) -> tuple[Approval, ...]:
    if order.decided_by != "person":
        return ()
    rows = Proposal.objects.filter(key=order.key, state="approved", decided_at__isnull=False)
    return tuple(Approval(row.decided_by, row.decided_at, row.reason) for row in rows if row.decided_at is not None)


def write(
    key: str,
    kind: str,
    words: wording.Wording,
    to: CustomerFacts,
    arrears: Arrears,
    company: CompanyFacts,
    because: tuple[Citation, ...],
    *,
    today: date,
    at: datetime,
    pay_by: date | None = None,
    claimed: Mapping[str, object] | None = None,
) -> None:
    """Write a letter of dunning, with the paper that it is made into."""
    paper = {
        "title": words.subject,
        "paragraphs": list(words.paragraphs),
        "owed": [list(row) for row in words.owed],
        "total": words.total,
        "invoice": arrears.invoice_id,
        "because": because_to_json(because),
        "pay_by": pay_by.isoformat() if pay_by is not None else None,
        **(claimed or {}),
    }
    draft = LetterDraft(
        company_id=company.company_id,
        customer_id=arrears.customer_id,
        key=key,
        kind=kind,
        language=to.language,
        recipient=to.email,
        subject=words.subject,
        text=words.text,
        on_day=today,
        queued_at=at,
        invoice_id=arrears.invoice_id,
        paper=paper,
        carrier=carrier_of(kind, to),
    )
    write_letters([draft])


def _record(
    order: Order,
    arrears: Arrears,
    company: CompanyFacts,
    facts: dict[str, object],
    *,
    today: date,
    at: datetime,
    what: str = "",
) -> None:
    decided = _approvals(order)
    record(
        company_id=company.company_id,
        key=order.key,
        what=what or order.what,
        subject=f"invoice:{order.invoice_id}",
        on_day=today,
        at=at,
        because=order.because,
        facts={"invoice": arrears.invoice_number, "allowed_on": order.allowed_on.isoformat(), **facts},
        customer_id=arrears.customer_id,
        by=decided[0].by if decided else "system",
    )
