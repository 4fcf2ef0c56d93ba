"""What is to be invoiced to one contract today? Lines, VAT and due day, each with what it rests on."""

from datetime import date

from servanda.business.billing.decisions.payment import due_on, term_for
from servanda.business.billing.decisions.periods import periods_due, price_of_period
from servanda.business.billing.decisions.prices import LIST_PRICES, Pricing, price_of
from servanda.business.billing.decisions.terms import BillingTerms
from servanda.business.billing.decisions.vat import NONE_ABROAD, groups_of, taxed
from servanda.business.billing.facts import BillableContract, BillableLine, DraftLine, InvoiceDraft, SalesAbroad
from servanda.business.catalogue.facts import PriceList
from servanda.business.contracts.decisions.deviating import own_terms_on
from servanda.ground.citation import Citation
from servanda.ground.law.vat import treatment_of
from servanda.ground.periods import Period
from servanda.ground.refusal import Refused


class NotAnInvoice(Refused):
    """What was to be invoiced cannot stand on an invoice."""


def invoice_due(
    contract: BillableContract,
    prices: PriceList,
    terms: BillingTerms,
    *,
    today: date,
    pricing: Pricing = LIST_PRICES,
    abroad: SalesAbroad = NONE_ABROAD,
) -> InvoiceDraft | None:
    """Return the invoice that is due to the contract today, with all its due lines; None when none is due.

    `terms` are those that hold for the contract today, with what was agreed in their place. Without `pricing` the list
    holds for everybody, as for a customer of today. `abroad` are the seller's sales to consumers elsewhere in the EU before
    this one.
    """
    lines = tuple(
        draft for line in contract.lines for draft in _lines_due(contract, line, prices, terms, pricing, today=today)
    )
    if not lines:
        return None
    return draft_invoice(contract, taxed(lines, contract.buyer, abroad, on=today), terms, issued_on=today)


def draft_invoice(
    contract: BillableContract, lines: tuple[DraftLine, ...], terms: BillingTerms, *, issued_on: date
) -> InvoiceDraft:
    """Return the invoice over the lines: VAT once per group on their sum, half up (EN 16931)."""
    below_nothing = [line.description for line in lines if line.net.minor < 0]
    if below_nothing:
        raise NotAnInvoice(
            "%(below_nothing)s costs less than nothing. Correct its price, or write a credit note.",
            {"below_nothing": below_nothing[0]},
        )
    products = tuple(dict.fromkeys(line.product for line in lines))
    term = term_for(products, terms)
    return InvoiceDraft(
        contract_id=contract.contract_id,
        customer_id=contract.customer_id,
        customer_kind=contract.customer_kind,
        terms_version=contract.terms_version,
        language=contract.language,
        email=contract.email,
        issued_on=issued_on,
        due_on=due_on(term, issued_on=issued_on, received_on=issued_on) if term is not None else None,
        is_term_agreed=term is not None and not term.is_house,
        lines=lines,
        groups=groups_of(lines),
        buyer=contract.buyer,
        because=_because(lines, products, terms),
        own_terms=own_terms_on(contract.agreed, issued_on),
    )


def _lines_due(
    contract: BillableContract,
    line: BillableLine,
    prices: PriceList,
    terms: BillingTerms,
    pricing: Pricing,
    *,
    today: date,
) -> list[DraftLine]:
    periods = periods_due(line, terms.run_for(line.product), today=today)
    return [_line(contract, line, prices, pricing, period, today=today) for period in periods]


def _line(
    contract: BillableContract, line: BillableLine, prices: PriceList, pricing: Pricing, period: Period, *, today: date
) -> DraftLine:
    unit, because = price_of(contract, line, prices, pricing, on=period.since)
    name = prices.name_of(line.plan, contract.language)
    sold = prices.plan(line.plan).vat_class
    return DraftLine(
        line_id=line.line_id,
        product=line.product,
        description=f"{name}: {line.description}" if line.description else name,
        quantity=line.quantity,
        unit=unit,
        net=price_of_period(line, period, unit),
        period=period,
        vat=treatment_of(contract.buyer, sold=sold, on=today),
        sold=sold,
        because=because,
    )


def _because(lines: tuple[DraftLine, ...], products: tuple[str, ...], terms: BillingTerms) -> tuple[Citation, ...]:
    term = term_for(products, terms)
    run = tuple(citation for product in products for citation in terms.run_because_for(product))
    prices = tuple(citation for line in lines for citation in line.because)
    vat = tuple(line.vat.citation for line in lines)
    return tuple(dict.fromkeys((*run, *(term.because if term is not None else ()), *prices, *vat)))
