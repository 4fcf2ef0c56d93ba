"""The books as they were told: does the chain hold, is nothing in closed periods, do the vouchers say what the ledger says?"""

from collections.abc import Iterator

from servanda.business.audit.facts import Enforced, Invariant, Row
from servanda.business.audit.queries.scope import Scope
from servanda.business.books.queries.chain import check_chain


def broken_chains(scope: Scope) -> Iterator[Row]:
    """Yield the places at which a company's chain does not hold."""
    for one in scope.companies:
        report = check_chain(one.company_id)
        for fault in report.faults:
            yield {
                "company": one.slug,
                "problem": fault.problem,
                "kind": fault.kind,
                "row": fault.row_id,
                "sequence": fault.sequence,
            }


# A day that is over in the company, whose round has come, has a head unless nothing was recorded yet.
_HEADS_MISSING = """
select c.slug as company, c.rounded_on, max(h.day) as newest_head
  from company c join audited a on a.company_id = c.id left join books_head h on h.company_id = c.id
 where c.rounded_on is not null and exists (select 1 from books_link l where l.company_id = c.id)
 group by c.id having max(h.day) is null or max(h.day) < c.rounded_on - 1
"""

# What stood on the closed days when they were closed still stands there, and nothing else; until somebody opened them again.
_CLOSED = """
select c.closed_until, c.company_id as company, c.entries as entries_then, now.entries as entries_now,
       c.debit_minor as debited_then_minor, now.debit_minor as debited_now_minor
  from ledger_closing c join audited a on a.company_id = c.company_id
 cross join lateral (
       select count(distinct e.id) as entries,
              coalesce(sum(p.amount_minor) filter (where p.amount_minor > 0), 0) as debit_minor
         from ledger_entry e left join ledger_posting p on p.entry_id = e.id
        where e.company_id = c.company_id and e.on_day <= c.closed_until) now
 where not c.is_reopening and (now.entries <> c.entries or now.debit_minor <> c.debit_minor)
   and not exists (select 1 from ledger_closing o
                    where o.company_id = c.company_id and o.id > c.id and o.is_reopening
                      and (o.closed_until is null or o.closed_until < c.closed_until))
"""

_DIFFERENT = """
select v.company_id as company, v.number as voucher, v.day, coalesce(booked.account, said.account) as account,
       said.debit_minor, booked.debit_minor as booked_debit_minor, said.credit_minor,
       booked.credit_minor as booked_credit_minor
  from (select c.voucher_id, p.account, p.currency, sum(greatest(p.amount_minor, 0)) as debit_minor,
               sum(greatest(-p.amount_minor, 0)) as credit_minor
          from books_voucher_entry c join ledger_posting p on p.entry_id = c.entry_id group by 1, 2, 3) booked
  full join books_voucher_line said
    on said.voucher_id = booked.voucher_id and said.account = booked.account and said.currency = booked.currency
  join books_voucher v on v.id = coalesce(booked.voucher_id, said.voucher_id)
  join audited a on a.company_id = v.company_id
 where said.debit_minor is distinct from booked.debit_minor or said.credit_minor is distinct from booked.credit_minor
"""
# What was written before the last round's day, on a day before it, is in a voucher of that day.
_IN_NO_VOUCHER = """
select e.id as entry, e.key, e.on_day, v.number as voucher, v.day as voucher_day
  from ledger_entry e join audited a on a.company_id = e.company_id join company c on c.id = e.company_id
  left join books_voucher_entry i on i.entry_id = e.id left join books_voucher v on v.id = i.voucher_id
 where case when v.id is null
            then e.on_day < c.rounded_on and (e.at at time zone 'Europe/Copenhagen')::date < c.rounded_on
            else v.day <> e.on_day or v.company_id <> e.company_id end
"""
_NUMBERS = """
select company, number, number_before from (
    select v.company_id as company, v.number, lag(v.number, 1, 0::bigint) over (partition by v.company_id order by v.number)
           as number_before
      from books_voucher v join audited a on a.company_id = v.company_id) numbered
 where number <> number_before + 1
"""
_UNNUMBERED = """
select distinct p.company_id as company, p.account, 'it has no number in the chart' as problem
  from ledger_posting p join audited a on a.company_id = p.company_id join company c on c.id = p.company_id
 where c.rounded_on is not null
   and not exists (select 1 from books_account n where n.company_id = p.company_id and n.account = p.account)
"""

SEALED: tuple[Invariant[Scope], ...] = (
    Invariant(
        number=71,
        name="The chain over ledger and evidence holds from its first link to its last, and each day's head is kept",
        explanation_da="En række i bogføringen eller beviserne er ændret, fjernet, indsat eller flyttet uden om programmet.",
        explanation_en="A row of the ledger or the evidence was changed, removed, slipped in or moved behind the program's back.",
        enforced=(Enforced.ACTION, Enforced.AUDIT),
        guards=(
            "trigger books_link_append_only on books_link",
            "trigger books_link_never_emptied on books_link",
            "trigger books_head_append_only on books_head",
            "constraint one_link_per_place on books_link",
            "constraint a_row_is_chained_once on books_link",
            "constraint one_head_per_day on books_head",
        ),
        queries=(_HEADS_MISSING,),
        checks=(broken_chains,),
        not_yet="Heads that were kept outside are compared by `servanda books chain verify --head FILE`.",
    ),
    Invariant(
        number=77,
        name="Nothing is booked into a closed period",
        explanation_da="Der står andet på lukkede dage, end da de blev lukket.",
        explanation_en="Something else stands on closed days than when they were closed.",
        enforced=(Enforced.CONSTRAINT, Enforced.DECISION),
        guards=(
            "trigger ledger_entry_in_open_period on ledger_entry",
            "trigger ledger_closing_append_only on ledger_closing",
            "constraint a_reopening_takes_two_persons on ledger_closing",
            "constraint a_reopening_is_confirmed_by_a_second_person on books_reopening",
        ),
        queries=(_CLOSED,),
    ),
    Invariant(
        number=78,
        name="Each day's voucher is the ledger of that day, vouchers have no holes, and every account is in the chart",
        explanation_da="Dagens bilag svarer ikke til bogføringen, et bilagsnummer mangler, eller en konto står ikke i kontoplanen.",
        explanation_en="A voucher differs from the ledger, a number is missing, or an account is not in the chart.",
        enforced=(Enforced.ACTION, Enforced.CONSTRAINT),
        guards=(
            "constraint an_entry_is_in_one_voucher on books_voucher_entry",
            "constraint one_number_per_voucher on books_voucher",
            "constraint one_voucher_per_day on books_voucher",
            "trigger books_voucher_append_only on books_voucher",
            "trigger books_voucher_line_append_only on books_voucher_line",
            "trigger books_voucher_entry_append_only on books_voucher_entry",
        ),
        queries=(_DIFFERENT, _IN_NO_VOUCHER, _NUMBERS, _UNNUMBERED),
    ),
)
