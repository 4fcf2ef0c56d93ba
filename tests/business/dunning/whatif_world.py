"""Small companies to try terms out on: customers, their invoices and contracts, and drafts with one figure changed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import msgspec

from servanda.agreements.reading import catalogue_of, library_of
from servanda.business.billing.decisions.payment import due_on, term_for
from servanda.business.billing.decisions.reading import billing_terms_of
from servanda.business.billing.facts import BillableContract, BillableLine, PastInvoice
from servanda.business.catalogue.facts import ListedPlan, ListedPrice, ListedProduct, PriceList
from servanda.business.dunning.decisions.whatif.cases import CompanyCase, KnownCustomer
from servanda.business.hosting.facts import ServiceSpan
from servanda.ground.law.vat import buyer_of
from servanda.ground.money import Money
from servanda.terms.clauses import CustomerKind, Rule
from servanda.terms.document import Agreement, Clause

TODAY = date(2026, 6, 30)
LONG_AGO = date(2020, 1, 1)
AMOUNT = Money(1_250_00)
BUSINESS, CONSUMER = CustomerKind.BUSINESS, CustomerKind.CONSUMER
PRODUCT = {"safe-it": "webhosting", "compusoft": "hosting", "vicevaert": "subscription"}


def agreement(provider: str) -> Agreement:
    """The provider's newest terms."""
    library = library_of(provider)
    return library.version(library.versions[-1])


def changed(
    terms: Agreement, kind: type[Rule], *, where: Callable[[Any], bool] = lambda rule: True, **changes: object
) -> Agreement:
    """A draft in which the rules of a kind say something else; fails if there are none."""
    touched = 0

    def new(clause: Clause) -> Clause:
        nonlocal touched
        rules = []
        for placed in clause.rules:
            rule = placed.rule
            if isinstance(rule, kind) and where(rule):
                rule, touched = msgspec.structs.replace(rule, **changes), touched + 1
            rules.append(replace(placed, rule=rule))
        return replace(clause, rules=tuple(rules))

    clauses = tuple(map(new, terms.clauses))
    assert touched, f"{terms.provider} has no such {kind.kind}"
    named = f"{kind.kind} {sorted(changes.items())} of {terms.sha256}"
    return replace(terms, clauses=clauses, version=f"{terms.version}-draft", sha256=named)


def without(terms: Agreement, kind: type[Rule]) -> Agreement:
    """A draft that is silent on a kind."""
    clauses = tuple(
        replace(clause, rules=tuple(placed for placed in clause.rules if not isinstance(placed.rule, kind)))
        for clause in terms.clauses
    )
    return replace(terms, clauses=clauses, version=f"{terms.version}-draft", sha256=f"no {kind.kind} {terms.sha256}")


def same(terms: Agreement) -> Agreement:
    """A draft that says the same."""
    return replace(terms, version=f"{terms.version}-draft", sha256=f"same as {terms.sha256}")


def invoice(
    terms: Agreement,
    issued_on: date,
    *,
    number: int = 1,
    customer: int = 1,
    kind: CustomerKind = BUSINESS,
    products: Iterable[str] = (),
    paid_on: date | None = None,
    late_days: int | None = None,
    received_on: date | None = None,
    amount: Money = AMOUNT,
    payments: tuple[tuple[date, int], ...] = (),
) -> PastInvoice:
    """An invoice by the terms, delivered at once; paid on a day, so many days after its due day, or not at all."""
    codes = frozenset(products) or frozenset({PRODUCT[terms.provider]})
    term = term_for(sorted(codes), billing_terms_of(terms, kind, codes, terms.effective_on))
    assert term is not None
    due = due_on(term, issued_on=issued_on, received_on=issued_on)
    return PastInvoice(
        invoice_id=number,
        customer_id=customer,
        contract_id=customer,
        customer_kind=kind,
        terms_version=terms.version,
        products=codes,
        issued_on=issued_on,
        received_on=received_on or issued_on,
        due_on=due,
        is_term_agreed=not term.is_house,
        total_minor=amount.minor,
        paid_on=due + timedelta(days=late_days) if late_days is not None else paid_on,
        payments=payments,
    )


def contract(
    terms: Agreement,
    *,
    customer: int = 1,
    kind: CustomerKind = BUSINESS,
    billed_until: date = TODAY + timedelta(days=1),
    product: str = "",
    months: int = 1,
) -> BillableContract:
    """A contract with one line that runs on, at 1,000 kroner a period."""
    code = product or PRODUCT[terms.provider]
    line = BillableLine(
        line_id=customer,
        product=code,
        plan=code,
        description="",
        quantity=1,
        own_price=None,
        interval_months=months,
        began_on=date(2025, 1, 1),
        until=None,
        billed_until=billed_until,
    )
    is_business = kind is not CONSUMER
    return BillableContract(
        contract_id=customer,
        customer_id=customer,
        customer_kind=kind,
        terms_version=terms.version,
        language="da",
        email="birk@kunde.example",
        buyer=buyer_of("DK", is_business=is_business),
        lines=(line,),
    )


def company(
    terms: Agreement,
    invoices: Sequence[PastInvoice] = (),
    *,
    contracts: Sequence[BillableContract] = (),
    paused: Iterable[int] = (),
    deviating: Iterable[int] = (),
    today: date = TODAY,
) -> CompanyCase:
    """A company whose customers are those of the invoices and contracts, each with a running service for every product."""
    kinds = {one.customer_id: one.customer_kind for one in invoices}
    kinds |= {one.customer_id: one.customer_kind for one in contracts}
    deviate = frozenset(deviating)
    bought = {(one.customer_id, one.contract_id, code) for one in invoices for code in one.products}
    bought |= {(one.customer_id, one.contract_id, line.product) for one in contracts for line in one.lines}
    return CompanyCase(
        today=today,
        customers=tuple(
            KnownCustomer(customer, f"K{customer}", kind, customer in deviate)
            for customer, kind in sorted(kinds.items())
        ),
        invoices=tuple(sorted(invoices, key=lambda one: (one.issued_on, one.invoice_id))),
        paused=frozenset(paused),
        contracts=tuple(contracts),
        services=tuple(
            ServiceSpan(customer, number or 0, code, LONG_AGO, None) for customer, number, code in sorted(bought)
        ),
        prices=prices(terms.provider),
        versions={terms.version: terms},
    )


def prices(provider: str) -> PriceList:
    """Each product of the provider's as a plan of the same name, at 1,000 kroner."""
    listed = (ListedPrice(LONG_AGO, Money(1_000_00), "test"),)
    return PriceList(
        1,
        {
            code: ListedPlan(code, ListedProduct(code, code, code, "service", True, "", ""), code, code, 1, listed)
            for code in catalogue_of(provider).codes
        },
    )
