"""What about VAT waits for a person: consumers whose country is not proven, numbers that nobody has, rates not known."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection

from servanda.business.billing.queries.vat import buyers_of, sales_abroad
from servanda.business.companies.queries import Tally
from servanda.business.customers.queries.vat import refused_numbers
from servanda.ground.law.sentences import Sentence
from servanda.ground.law.vat import VatBuyer, treatment_of
from servanda.ground.law.vat_words import VatBasis, why_of
from servanda.ground.money import Money
from servanda.ground.refusal import Refused
from servanda.terms.clauses import CustomerKind

_ABROAD = """
select c.company_id, c.id, c.customer_id, c.customer_kind
  from contract c join customer u on u.id = c.customer_id
 where c.company_id = any(%s) and c.ended_on is null
   and (u.country <> 'DK' or exists (select 1 from customer_residence r where r.customer_id = u.id))
   and exists (select 1 from contract_line l join billing_running_line r on r.line_id = l.id
                where l.contract_id = c.id and r.look_again_on is not null)
 order by c.company_id, c.customer_id, c.id
"""


@dataclass(frozen=True, slots=True)
class VatQuestion:
    """Something about a customer's VAT that only a person can settle, and what it is."""

    customer_id: int
    sentence: Sentence


def vat_questions(company_id: int, *, today: date) -> tuple[VatQuestion, ...]:
    """Return what waits for a person in a company, once for each customer."""
    return _questions({company_id: today}).get(company_id, ())


def vat_question_tally(company_ids: Iterable[int]) -> Tally:
    """Return how to count the contracts that there may be such questions about: those of customers abroad."""
    return Tally(f"select company_id, count(*) from ({_ABROAD}) abroad group by 1", (list(company_ids),))


def vat_question_counts(today_by_company: Mapping[int, date]) -> Mapping[int, int]:
    """Return how much waits in each company; the companies without customers abroad cost nothing."""
    return Counter({company_id: len(found) for company_id, found in _questions(today_by_company).items()})


def _questions(today_by_company: Mapping[int, date]) -> dict[int, tuple[VatQuestion, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_ABROAD, [list(today_by_company)])
        rows = cursor.fetchall()
    found: dict[int, tuple[VatQuestion, ...]] = {}
    for company_id in dict.fromkeys(row[0] for row in rows):
        contracts = {row[1]: (row[2], CustomerKind(row[3])) for row in rows if row[0] == company_id}
        found[company_id] = _of_company(company_id, contracts, today=today_by_company[company_id])
    return {company_id: questions for company_id, questions in found.items() if questions}


def _of_company(
    company_id: int, contracts: Mapping[int, tuple[int, CustomerKind]], *, today: date
) -> tuple[VatQuestion, ...]:
    is_one_stop_shop = sales_abroad(company_id, today=today).is_one_stop_shop(Money(0))
    buyers = buyers_of(contracts, on=today)
    refused = refused_numbers(customer_id for customer_id, _ in contracts.values())
    questions: dict[int, VatQuestion] = {}
    for contract_id, (customer_id, _) in contracts.items():
        sentence = _question(buyers[contract_id], refused.get(customer_id), today, is_one_stop_shop=is_one_stop_shop)
        if sentence is not None:
            questions[customer_id] = VatQuestion(customer_id, sentence)
    return tuple(questions.values())


def _question(buyer: VatBuyer, refused: str | None, today: date, *, is_one_stop_shop: bool) -> Sentence | None:
    try:
        basis = treatment_of(buyer, on=today, is_one_stop_shop=is_one_stop_shop).basis
    except Refused:
        return Sentence(
            f"Momssatsen i {buyer.country} er ikke kendt, så der faktureres ikke. Slå den op, og tilføj den med kilde.",
            f"The rate of VAT in {buyer.country} is not known, so nothing is invoiced. Look it up, and add it with its "
            "source.",
        )
    if basis is VatBasis.PLACE_UNPROVEN:
        return why_of(basis)
    if basis is VatBasis.UNCHECKED_NUMBER and refused == buyer.number:
        return Sentence(
            f"Myndighederne kender ikke momsnummeret {buyer.number}. Spørg kunden; indtil da opkræves dansk moms.",
            f"The authorities do not know the VAT number {buyer.number}. Ask the customer; Danish VAT is charged until "
            "then.",
        )
    return None
