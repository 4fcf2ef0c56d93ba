"""The invoices on which anything adverse was done: each with its acts, its rules, and what is known of it now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby, islice

from servanda.business.audit.facts import Row
from servanda.business.audit.queries.scope import Scope
from servanda.business.dunning.decisions.terms import LadderTerms
from servanda.business.dunning.facts import Arrears
from servanda.business.dunning.queries import arrears_of, ladder_terms_of
from servanda.ground.refusal import Refused

# What hurts a customer, from the rows themselves: charges and holds, and the letters and endings in evidence.
ACTS = """
select c.company_id, c.invoice_id, c.key, c.kind as act, c.step, c.on_day, null::bigint as service_id
  from charge c
union all
select s.company_id, h.invoice_id, h.warrant_key, 'hold', null, h.placed_on, h.service_id
  from service_hold h join service s on s.id = h.service_id
 where h.cause = 'payment' and h.invoice_id is not null
union all
select r.company_id, split_part(r.subject, ':', 2)::bigint, r.key, r.what, (r.facts ->> 'step')::int, r.on_day, null
  from evidence_record r
 where r.what in ('reminder.written', 'contract.ended') and r.subject like 'invoice:%%'
"""
# The day on which the receiving server took a letter, or the copy of it that a person had sent again.
DELIVERED = """
select split_part(key, ':again:', 1) as letter, min(accepted_on) as accepted_on
  from letter where state = 'accepted' group by 1
"""

_ACTS_OF_INVOICES = f"""
select x.*, d.accepted_on, (r.facts ->> 'deadline_on')::date as deadline_on, (r.facts ->> 'until')::date as until,
       (r.facts ->> 'fee_minor')::bigint as fee_minor, c.amount_minor, w.key is not null as has_warrant,
       coalesce(jsonb_array_length(w.approvals), 0) as approvals
  from ({ACTS}) x join audited a on a.company_id = x.company_id
  left join evidence_record r on r.key = x.key
  left join evidence_warrant w on w.key = x.key
  left join charge c on c.key = x.key
  left join ({DELIVERED}) d on d.letter = 'reminder:' || x.invoice_id || ':' || x.step
 order by x.invoice_id, x.on_day, x.step, x.key
"""
_CASES_AT_A_TIME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One adverse act. `accepted_on` is when its letter was received, of a reminder and of the charge it announced."""

    key: str
    act: str  # reminder.written, contract.ended, hold, fee, interest, compensation
    step: int | None
    on_day: date
    service_id: int | None
    accepted_on: date | None
    deadline_on: date | None
    until: date | None
    fee_minor: int | None
    amount_minor: int | None
    has_warrant: bool
    approvals: int


@dataclass(frozen=True, slots=True)
class Case:
    """An invoice on which adverse acts were done, in the order of their days."""

    company_id: int
    arrears: Arrears
    terms: LadderTerms
    acts: tuple[Act, ...]

    def of(self, act: str) -> tuple[Act, ...]:
        return tuple(one for one in self.acts if one.act == act)

    def reminder(self, step: int) -> Act | None:
        """Return the reminder of the step, if one was written."""
        return next((act for act in self.of("reminder.written") if act.step == step), None)

    def shown(self, act: Act, problem: str) -> Row:
        """Return a row that names the invoice, the act and what is wrong with it."""
        number = self.arrears.invoice_number
        return {"invoice": self.arrears.invoice_id, "number": number, "act": act.key, "on_day": act.on_day} | {
            "problem": problem
        }


def cases(scope: Scope) -> Iterator[Case]:
    """Yield the invoices with adverse acts, some hundred at a time."""
    grouped = groupby(scope.rows(_ACTS_OF_INVOICES), key=lambda row: (row["company_id"], row["invoice_id"]))
    whole = ((key, tuple(map(_act, rows))) for key, rows in grouped)
    while some := dict(islice(whole, _CASES_AT_A_TIME)):
        yield from _with_arrears(some, scope)


def _with_arrears(some: dict[tuple[object, object], tuple[Act, ...]], scope: Scope) -> Iterator[Case]:
    by_company: dict[int, list[int]] = {}
    for company_id, invoice_id in some:
        assert isinstance(company_id, int) and isinstance(invoice_id, int)
        by_company.setdefault(company_id, []).append(invoice_id)
    for company_id, invoice_ids in by_company.items():
        for arrears in arrears_of(invoice_ids, today=scope.days[company_id]):
            terms = rules_of(arrears)
            if terms is not None:
                yield Case(company_id, arrears, terms, some[company_id, arrears.invoice_id])


def rules_of(arrears: Arrears) -> LadderTerms | None:
    """Return the rules of the accepted version; None where there is no such document, which invariants 39 to 41 find."""
    try:
        return ladder_terms_of(arrears)
    except Refused:
        return None


def _act(row: Row) -> Act:
    values = {name: value for name, value in row.items() if name not in {"company_id", "invoice_id"}}
    return Act(**values)  # type: ignore[arg-type]
