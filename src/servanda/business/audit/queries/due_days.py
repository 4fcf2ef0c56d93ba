"""Is payment due no earlier than the clause says, on a bank day, and is the VAT rate that of the day of issue?"""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from servanda.business.audit.facts import Row
from servanda.business.audit.queries.scope import Scope
from servanda.business.billing.queries import billing_terms
from servanda.business.contracts.decisions.deviating import own_terms_from_json
from servanda.ground.calendar import is_bank_day
from servanda.ground.law.vat import VAT_RATE
from servanda.ground.law.vat_rates import standard_rate
from servanda.ground.refusal import Refused
from servanda.terms.clauses import CustomerKind

# Invoices of one day under the same rules are one case.
_CASES = """
select i.company_id, c.slug, i.terms_version, i.customer_kind, i.products, i.issued_on, i.due_on,
       i.own_terms::text as own_terms,
       count(*) as invoices, min(i.number) as first_number
  from invoice i join audited a on a.company_id = i.company_id join company c on c.id = i.company_id
 where i.kind = 'invoice' and i.due_on is not null
 group by 1, 2, 3, 4, 5, 6, 7, 8
"""
# What an invoice keeps as agreed with the customer must have been agreed for the contract, in the same words and days.
_NEVER_AGREED = """
select i.id as invoice, i.number, own ->> 'kind' as kind, own ->> 'since' as since, 'never agreed' as problem
  from invoice i join audited a on a.company_id = i.company_id
 cross join lateral jsonb_array_elements(i.own_terms) own
 where i.own_terms <> '[]'
   and not exists (select 1 from contract_deviation d
                    where d.contract_id = i.contract_id and d.kind = own ->> 'kind' and d.rule = own -> 'rule'
                      and d.since::text = own ->> 'since' and i.issued_on >= d.since
                      and (i.issued_on < d.until or d.end_reason <> ''))
"""
_RATES = """
select i.issued_on, l.vat_country, l.vat_category, l.vat_percent, count(*) as lines, min(i.number) as first_number
  from invoice i join audited a on a.company_id = i.company_id join invoice_line l on l.invoice_id = i.id
 where i.kind = 'invoice'
 group by 1, 2, 3, 4
"""


def due_days(scope: Scope) -> Iterator[Row]:
    """Yield the invoices whose due day is no bank day or comes before the days of the clause have passed.

    The clause is the customer's own where one was agreed; one that the invoice claims and nobody agreed is named too.
    """
    yield from scope.rows(_NEVER_AGREED)
    for case in scope.rows(_CASES):
        shown = {name: case[name] for name in ("first_number", "invoices", "issued_on", "due_on")}
        assert isinstance(case["due_on"], date)
        if not is_bank_day(case["due_on"]):
            yield {**shown, "problem": "not a bank day"}
            continue
        earliest = _earliest(case)
        if earliest is not None and case["due_on"] < earliest:
            yield {**shown, "problem": f"the clause gives until {earliest}"}


def vat_rates(scope: Scope) -> Iterator[Row]:
    """Yield the lines whose rate is not the law's on the day of issue: the standard rate of their country, or none."""
    for row in scope.rows(_RATES):
        assert isinstance(row["issued_on"], date)
        expected = _rate(str(row["vat_country"]), row["issued_on"]) * 100 if row["vat_category"] == "S" else Decimal(0)
        if row["vat_percent"] != expected:
            yield {**row, "expected_percent": expected}


def _rate(country: str, on: date) -> Decimal:
    return VAT_RATE.on(on).value if country == "DK" else standard_rate(country, on=on)


def _earliest(case: Row) -> date | None:
    """Return the earliest day that the shortest of the terms for these products gives, before it moves to a bank day."""
    products, issued_on, own_terms = case["products"], case["issued_on"], case["own_terms"]
    assert isinstance(products, list) and isinstance(issued_on, date) and isinstance(own_terms, str)
    try:
        terms = billing_terms(
            str(case["slug"]),
            str(case["terms_version"]),
            CustomerKind(str(case["customer_kind"])),
            own_terms=own_terms_from_json(json.loads(own_terms)),
            on=issued_on,
        ).payment
    except Refused:
        return None  # unknown terms are found by invariants 39 to 41
    days = [term.rule.days for product in products if (term := terms.get(product) or terms.get("")) is not None]
    return issued_on + timedelta(days=min(days)) if days else None
