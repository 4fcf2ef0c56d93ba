"""A year of invoices for the company of the bench: delivered, and paid as their customers pay, by a few statements.

Three customers in four pay by the due day. Most of the others are late with each invoice, by up to forty days; three in a
hundred leave many unpaid. The days differ from invoice to invoice, so that few ladders are alike.
"""

from datetime import date, timedelta
from itertools import product

from django.db import connection, transaction

from servanda.agreements.reading import library_of
from servanda.business.billing.decisions.payment import due_on, term_for
from servanda.business.billing.queries import billing_terms
from servanda.faces.cli.bench.running import settle
from servanda.faces.cli.bench.world import BEGAN_ON, PROVIDER, TODAY, World
from servanda.ground.calendar import (
    add_months,
    bank_day_on_or_after,
    first_of_month,
    last_working_day_of_month,
    working_days_before,
)
from servanda.terms.clauses import CustomerKind

MONTHS = 12
_PRODUCTS = (("webhosting",), ("pc-security",), ("web-security",), ("pc-security", "web-security", "webhosting"))

_ISSUES = """
create temporary table bench_issue (place int, turn int, issued_on date, due_on date, products text[]) on commit drop
"""
_BANK_DAYS = "create temporary table bench_bank_day (day date primary key, bank_day date) on commit drop"

# Numbers that look like chance and are the same in each run: the customer and the place, well mixed.
_PLANNED = """
create temporary table bench_invoice on commit drop as
select u.id as customer_id, u.kind as customer_kind, u.language, c.id as contract_id, c.terms_version,
       1000 + i.place * %(customers)s + u.place as number, i.issued_on, i.due_on, i.products,
       (100 + (u.id * 31 + i.place * 17) %% 4900) * 100 as net, pay.bank_day as paid_on
  from (select *, row_number() over (order by id) - 1 as place from customer where company_id = %(company)s) u
  join contract c on c.customer_id = u.id
  join bench_issue i on i.turn = u.place %% %(issue_days)s
 cross join lateral (select (u.id * 7919 + i.place * 104729) %% 1000 as chance) drawn
  left join bench_bank_day pay on pay.bank_day <= %(today)s and pay.day = i.due_on + (case
            when u.id %% 100 < 75 then 0
            when u.id %% 100 < 97 then chance %% 41
            when chance >= 400 then chance %% 61 end)::int
 where i.place * %(customers)s + u.place < %(invoices)s
"""

_INVOICES = """
insert into invoice (company_id, customer_id, contract_id, kind, number, issued_on, due_on, is_term_agreed, customer_kind,
                     language, currency, net_minor, vat_minor, total_minor, open_minor, reference, products, terms_version,
                     because, content_sha256)
select %(company)s, customer_id, contract_id, 'invoice', number, issued_on, due_on, true, customer_kind, language, 'DKK',
       net, net / 4, net + net / 4, case when paid_on is null then net + net / 4 else 0 end, '', products, terms_version,
       '[]', ''
  from bench_invoice order by number
"""

_LETTERS = """
insert into letter (company_id, customer_id, key, kind, invoice_id, language, recipient, subject, text, on_day, queued_at,
                    state, attempts, accepted_at, accepted_on, reply, document_sha256)
select company_id, customer_id, 'invoice:' || id, 'invoice', id, language, '', '', '', issued_on, issued_on, 'accepted', 1,
       issued_on, issued_on, '', ''
  from invoice where company_id = %(company)s order by id
"""

_STATEMENT = """
insert into bank_statement (company_id, account, statement_id, opening_minor, closing_minor, opening_on, closing_on, sha256,
                            file_name, read_at)
values (%(company)s, 'bench', 'bench', 0, 0, %(since)s, %(today)s, '', '', %(today)s) returning id
"""

_PAYMENTS = """
insert into bank_entry (company_id, statement_id, account, reference, ordinal, amount_minor, currency, booked_on, value_on,
                        text, creditor_reference, payer_name, payer_account, is_reversal, customer_id, unallocated_minor,
                        state, because)
select i.company_id, %(statement)s, 'bench', i.id::text, 1, i.total_minor, 'DKK', p.paid_on, p.paid_on, '', '', '', '',
       false, i.customer_id, 0, 'matched', ''
  from invoice i join bench_invoice p using (number)
 where i.company_id = %(company)s and p.paid_on is not null order by i.id
"""

_ALLOCATIONS = """
insert into allocation (company_id, entry_id, invoice_id, amount_minor, value_on, on_day, by, because)
select company_id, id, reference::bigint, amount_minor, value_on, value_on, 'system', 'payment reference'
  from bank_entry where company_id = %(company)s order by id
"""


def make_history(world: World, *, invoices: int, customers: int, issue_days: int) -> None:
    """Write the invoices of the last twelve months, spread evenly over the customers and the months.

    `issue_days` is how many working days at the end of a month share the customers; the terms themselves have one.
    """
    values: dict[str, int | date] = {
        "company": world.company.company_id,
        "customers": customers,
        "invoices": invoices,
        "issue_days": issue_days,
        "today": TODAY,
        "since": add_months(TODAY, -MONTHS),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ISSUES)
        cursor.executemany(
            "insert into bench_issue values (%s, %s, %s, %s, %s)", _issues(-(-invoices // customers), issue_days)
        )
        cursor.execute(_BANK_DAYS)
        cursor.executemany("insert into bench_bank_day values (%s, %s)", _bank_days())
        cursor.execute(_PLANNED, values)
        cursor.execute(_INVOICES, values)
        cursor.execute(_LETTERS, values)
        cursor.execute(_STATEMENT, values)
        cursor.execute(_PAYMENTS, {**values, "statement": cursor.fetchone()[0]})
        cursor.execute(_ALLOCATIONS, values)
    with connection.cursor() as cursor:
        cursor.execute("vacuum (analyze)")
        settle(cursor)


def _issues(each: int, issue_days: int) -> list[tuple[int, int, date, date, list[str]]]:
    """Return the days on which a customer is invoiced, so many times in the year, and for what, by the customer's turn."""
    version = library_of(PROVIDER).version_on(BEGAN_ON).version
    terms = billing_terms(PROVIDER, version, CustomerKind.BUSINESS)
    found = []
    for place, turn in product(range(each), range(issue_days)):
        month = add_months(first_of_month(TODAY), -(place * MONTHS // each))
        issued_on = working_days_before(last_working_day_of_month(month), count=turn)
        products = _PRODUCTS[place % len(_PRODUCTS)]
        term = term_for(products, terms)
        assert term is not None, f"the terms of {PROVIDER} name a payment term"
        due = due_on(term, issued_on=issued_on, received_on=issued_on)
        found.append((place, turn, issued_on, due, list(products)))
    return found


def _bank_days() -> list[tuple[date, date]]:
    first = add_months(TODAY, -MONTHS - 1)
    days = [first + timedelta(days=number) for number in range(600)]
    return [(day, bank_day_on_or_after(day)) for day in days]
