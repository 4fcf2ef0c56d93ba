"""An order that a customer places by themselves: contract, service and confirmation in one transaction.

A consumer is bound only if the button said that the order costs money, and must get the confirmation on a durable medium
(forbrugeraftaleloven §§ 12, 13): the letter is written with the contract, or neither is.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import transaction

from servanda.business.catalogue.facts import ListedPlan
from servanda.business.catalogue.queries import prices_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.actions import conclude_contract
from servanda.business.contracts.decisions.terms import ConclusionTerms, conclusion_terms
from servanda.business.contracts.facts import Acceptance, ContractFacts, NewLine
from servanda.business.contracts.queries import contract_numbered, contract_numbers
from servanda.business.customers.facts import CustomerFacts
from servanda.business.customers.queries import customer as customer_facts
from servanda.business.evidence.actions import record
from servanda.business.evidence.facts import because_to_json
from servanda.business.evidence.queries import is_recorded
from servanda.business.hosting import wording
from servanda.business.hosting.actions.services import open_services
from servanda.business.letters.actions import write_letters
from servanda.business.letters.facts import LetterDraft
from servanda.business.library.queries import version_of
from servanda.ground.law.consumers import CONSUMER_WITHDRAWAL, withdrawal_ends_on
from servanda.ground.money import Money
from servanda.ground.refusal import Refused
from servanda.terms.clauses import CustomerKind


class OrderRefused(Refused):
    """The order is not taken; nothing was concluded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was ordered, and all that the buyer saw and said when they pressed the button.

    `token` is of the page that showed it: the same page sent twice orders once. `shown_price` is the price without VAT that
    stood there; another one on the day of the order refuses. `starts_now`: a consumer's express wish (§ 25).
    """

    token: str
    plan_code: str
    name: str
    shown_price: Money
    shown_with_vat: Money
    button: str
    starts_now: bool
    guardian: str = ""  # the record of a guardian's yes to this very order, which staff have looked at


@transaction.atomic
def place_order(
    company: CompanyFacts,
    customer_id: int,
    order: Order,
    acceptance: Acceptance,
    *,
    accepted_by: str,
    today: date,
    at: datetime,
    by: str,
) -> ContractFacts:
    """Conclude the contract, open its service, and write the confirmation; a second time it is found done.

    Refuses a plan that is not sold, a price that has changed since it was shown, and what the terms do not offer.
    """
    number = f"W-{order.token[:12]}"
    if number in contract_numbers(company.company_id):
        return _placed_before(company, customer_id, number)
    buyer = customer_facts(customer_id)
    _refuse_minor(buyer, order, today=today)
    plan = prices_of(company.company_id).plan(order.plan_code)
    _refuse_other_price(plan, order, today=today)
    terms = conclusion_terms(
        version_of(company.slug, acceptance.version), product=plan.product.code, customer=buyer.kind, on=today
    )
    begins_on = begins(buyer.kind, starts_now=order.starts_now, today=today)
    concluded = conclude_contract(
        company_id=company.company_id,
        customer_id=customer_id,
        number=number,
        acceptance=acceptance,
        began_on=begins_on,
        lines=(_line(plan, order, terms, began_on=begins_on),),
        terms=terms,
        today=today,
        at=at,
        scope_sheet=f"{plan.name_da}: {order.name}",
        by=by,
        accepted_by=accepted_by,
    )
    open_services(company, today=today, at=at)
    _record(company, buyer, concluded, order, today=today, at=at, by=by)
    _confirm(company, buyer, concluded, plan, order, today=today, at=at)
    return concluded


def begins(kind: CustomerKind, *, starts_now: bool, today: date) -> date:
    """Return the day on which an order's service begins: a consumer who does not ask for it waits until they are bound."""
    if kind is not CustomerKind.CONSUMER or starts_now:
        return today
    return withdrawal_ends_on(today) + timedelta(days=1)


def _placed_before(company: CompanyFacts, customer_id: int, number: str) -> ContractFacts:
    found = contract_numbered(company.company_id, number)
    if found.customer_id != customer_id:
        raise OrderRefused("This order belongs to somebody else. Begin a new one.")
    return found


def _refuse_minor(buyer: CustomerFacts, order: Order, *, today: date) -> None:
    if buyer.is_minor(today) and not (order.guardian and is_recorded(order.guardian)):
        raise OrderRefused(
            "Who is not of age orders with a guardian's yes, each time anew. Write to us, and we ask your guardian."
        )


def _refuse_other_price(plan: ListedPlan, order: Order, *, today: date) -> None:
    price = plan.price_on(today)
    if price != order.shown_price:
        raise OrderRefused(
            "%(plan)s costs %(price)s now, not %(shown)s. Look at the order once more.",
            {"plan": plan.code, "price": price, "shown": order.shown_price},
        )


def _line(plan: ListedPlan, order: Order, terms: ConclusionTerms, *, began_on: date) -> NewLine:
    line = NewLine(
        product_code=plan.product.code,
        plan_code=plan.code,
        interval_months=plan.interval_months,
        began_on=began_on,
        description=order.name,
        term_months=plan.interval_months or None,
    )
    notice = terms.notices.get(plan.product.code)
    needs_term = notice is not None and notice.rule.counted_to in ("period end", "agreed end")
    return line if needs_term else replace(line, term_months=None)


def _record(
    company: CompanyFacts,
    buyer: CustomerFacts,
    concluded: ContractFacts,
    order: Order,
    *,
    today: date,
    at: datetime,
    by: str,
) -> None:
    record(
        company_id=company.company_id,
        key=f"order.placed:{concluded.contract_id}",
        what="order.placed",
        subject=f"contract:{concluded.contract_id}",
        on_day=today,
        at=at,
        because=(),
        facts={
            "plan": order.plan_code,
            "name": order.name,
            "price": str(order.shown_price),
            "with_vat": str(order.shown_with_vat),
            "button": order.button,
            "starts_now": order.starts_now,
            **({"guardian": order.guardian} if order.guardian else {}),
        },
        customer_id=buyer.customer_id,
        by=by,
    )


def _confirm(
    company: CompanyFacts,
    buyer: CustomerFacts,
    concluded: ContractFacts,
    plan: ListedPlan,
    order: Order,
    *,
    today: date,
    at: datetime,
) -> None:
    is_consumer = buyer.kind is CustomerKind.CONSUMER
    subject = wording.order_subject(company.name, buyer.language)
    paragraphs = wording.order_paragraphs(
        company=company.name,
        name=order.name,
        plan=plan.name_da if buyer.language == "da" else plan.name_en,
        number=concluded.number,
        price=order.shown_with_vat if is_consumer else order.shown_price,
        is_with_vat=is_consumer,
        months=plan.interval_months,
        version=concluded.acceptance.version,
        begins_on=concluded.began_on,
        withdraw_until=withdrawal_ends_on(today) if is_consumer else None,
        is_start_requested=order.starts_now,
        email=company.email,
        language=buyer.language,
    )
    because = (CONSUMER_WITHDRAWAL,) if is_consumer else ()
    draft = LetterDraft(
        company_id=company.company_id,
        customer_id=buyer.customer_id,
        key=f"order:{concluded.contract_id}",
        kind="order",
        language=buyer.language,
        recipient=buyer.email,
        subject=subject,
        text="\n\n".join(paragraphs) + "\n",
        on_day=today,
        queued_at=at,
        paper={"title": subject, "paragraphs": list(paragraphs), "because": because_to_json(because)},
    )
    write_letters([draft])
