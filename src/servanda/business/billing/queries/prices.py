"""What is needed to say which price binds whom: lines, agreements and notices, read once for a whole batch."""

from collections.abc import Iterable, Mapping
from contextlib import suppress

from servanda.business.billing.decisions.prices import LIST_PRICES, Pricing
from servanda.business.billing.facts import BillableContract
from servanda.business.catalogue.facts import PriceList
from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.decisions.pricing import priced_line
from servanda.business.contracts.queries import line_facts, price_notices
from servanda.business.library.queries import version_of
from servanda.terms.document import Agreement
from servanda.terms.versions import NoSuchVersion


def pricing_of(company: CompanyFacts, prices: PriceList, contracts: Iterable[BillableContract]) -> Pricing:
    """Return what the prices of these contracts depend on beside the list.

    Two questions for all of them, and none while no price of their plans has moved.
    """
    moved = {code for code, plan in prices.plans.items() if len(plan.prices) > 1}
    if not moved:
        return LIST_PRICES
    own_terms = {
        line.line_id: tuple(one.as_term for one in contract.agreed)
        for contract in contracts
        for line in contract.lines
        if line.plan in moved and line.own_price is None
    }
    met = line_facts(own_terms) if own_terms else ()
    if not met:
        return LIST_PRICES
    return Pricing(
        lines={line.line_id: priced_line(line, own_terms=own_terms[line.line_id]) for line in met},
        agreements=_agreements(company.slug, {line.terms_version for line in met}),
        notices=price_notices(company.company_id, {line.customer_id for line in met}),
    )


def _agreements(slug: str, versions: Iterable[str]) -> Mapping[str, Agreement]:
    """Return the agreements by version. A contract by an unknown one is refused on its own, and holds up no other."""
    found: dict[str, Agreement] = {}
    for version in versions:
        with suppress(NoSuchVersion):
            found[version] = version_of(slug, version)
    return found
