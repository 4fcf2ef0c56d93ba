"""Is every fee, compensation and interest within the law? Counted again from the payments, by the law's own figures."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from servanda.business.audit.facts import Row
from servanda.business.audit.queries.cases import Act, Case, cases
from servanda.business.audit.queries.scope import Scope
from servanda.ground.calendar import months_between
from servanda.ground.law.interest import DayCount, interest_starts_on, statutory_interest
from servanda.ground.law.reminders import COLLECTION_FEE_MAX, COMPENSATION, FEE_MAX, FEE_SPACING_DAYS, FEES_MAX
from servanda.ground.money import Money, total_of
from servanda.terms.clauses import Interest

CAPS = {"fee": FEE_MAX, "collection fee": COLLECTION_FEE_MAX, "compensation": COMPENSATION}

_CHARGES = """
select c.id as charge, c.key, c.invoice_id as invoice, c.kind, c.on_day, c.amount_minor, i.customer_kind,
       row_number() over (partition by c.invoice_id, c.kind order by c.id) as nth
  from charge c join audited a on a.company_id = c.company_id join invoice i on i.id = c.invoice_id
 where c.kind in ('fee', 'collection fee', 'compensation')
"""
_FEE_LETTERS = """
select r.customer_id as customer, r.key, r.on_day
  from evidence_record r join audited a on a.company_id = r.company_id
 where r.what = 'reminder.written' and (r.facts ->> 'fee_minor')::bigint > 0
 order by r.customer_id, r.on_day, r.id
"""
# From the day after the due day to the day on which nothing of the principal was left.
_LATE = """
select i.due_on + 1 as since,
       case when i.open_minor = 0 then (select max(t.on_day) from allocation t
                                         where t.invoice_id = i.id and t.charge_id is null) end as until
  from invoice i where i.customer_id = %(customer)s and i.kind = 'invoice' and i.due_on is not null
   and i.total_minor > 0
 order by 1
"""
_PAYMENTS = """
select t.value_on, t.on_day, t.amount_minor, t.credit_note_id is not null as is_credit
  from allocation t where t.invoice_id = %(invoice)s and t.charge_id is null order by t.id
"""

# What was taken back of interest because a payment of an earlier day became known.
_LOWERED = """
select r.on_day, (r.facts ->> 'amount_minor')::bigint as amount_minor from evidence_record r
 where r.subject = 'invoice:' || %(invoice)s and r.what = 'interest.lowered' order by r.id
"""


def charges_above_law(scope: Scope) -> Iterator[Row]:
    """Yield the fees and compensations above the law's caps, too many of them, or compensation from a consumer."""
    for row in scope.rows(_CHARGES):
        problem = _charge_problem(row)
        if problem:
            yield {name: row[name] for name in ("charge", "key", "invoice", "amount_minor")} | {"problem": problem}


def fees_too_many(scope: Scope) -> Iterator[Row]:
    """Yield the letters with a fee that came too soon after another, or beyond the third in one continuous arrears."""
    letters: dict[int, list[Row]] = defaultdict(list)
    for row in scope.rows(_FEE_LETTERS):
        letters[_id(row["customer"])].append(row)
    for customer_id, sent in letters.items():
        if len(sent) > 1:
            yield from _too_many(sent, _arrears_of_customer(scope, customer_id))


def interest_not_by_law(scope: Scope) -> Iterator[Row]:
    """Yield the interest that differs from what the law, or the lawful clause, gives for what was unpaid then."""
    for case in cases(scope):
        charges = case.of("interest")
        if charges:
            yield from _interest_problems(case, charges, scope)


def _charge_problem(row: Row) -> str:
    kind, on_day, nth = str(row["kind"]), row["on_day"], row["nth"]
    assert isinstance(on_day, date) and isinstance(nth, int) and isinstance(row["amount_minor"], int)
    cap = CAPS[kind].on(on_day).value
    if row["amount_minor"] > cap.minor:
        return f"above {cap}"
    if kind == "compensation" and row["customer_kind"] == "consumer":
        return "no compensation from consumers"
    most = FEES_MAX.on(on_day).value if kind == "fee" else 1
    return f"at most {most} on one claim" if nth > most else ""


def _arrears_of_customer(scope: Scope, customer_id: int) -> list[tuple[date, date]]:
    """Return the stretches of days during which the customer was late with anything; the last day belongs."""
    merged: list[tuple[date, date]] = []
    for row in scope.rows(_LATE, customer=customer_id):
        since, until = row["since"], row["until"] or date.max
        assert isinstance(since, date) and isinstance(until, date)
        if until < since:
            continue
        if merged and since <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], until))
        else:
            merged.append((since, until))
    return merged


def _too_many(sent: list[Row], late: list[tuple[date, date]]) -> Iterator[Row]:
    for since, until in late:
        within = [row for row in sent if since <= _day(row["on_day"]) <= until]
        for row in within[FEES_MAX.on(since).value :]:
            yield {**row, "problem": "beyond the number of fees in one continuous arrears"}
        for before, row in pairwise(within):
            days = (_day(row["on_day"]) - _day(before["on_day"])).days
            if days < FEE_SPACING_DAYS:
                yield {**row, "problem": f"{days} days after {before['key']}"}


def _interest_problems(case: Case, charges: tuple[Act, ...], scope: Scope) -> Iterator[Row]:
    interest = case.terms.interest
    if interest is None or case.arrears.due_on is None:
        yield from (case.shown(act, "no clause gives interest") for act in charges)
        return
    payments = list(scope.rows(_PAYMENTS, invoice=case.arrears.invoice_id))
    lowered = list(scope.rows(_LOWERED, invoice=case.arrears.invoice_id))
    charged = 0
    for number, act in enumerate(charges, start=1):
        charged += act.amount_minor or 0
        if interest.rule.method == "statutory":
            lawful = {
                _statutory(case, payments, act, includes_day=includes, day_count=interest.rule.day_count)
                for includes in (False, True)
            }
            before = sum(_minor(row) for row in lowered if _day(row["on_day"]) < act.on_day)
            same_day = sum(_minor(row) for row in lowered if _day(row["on_day"]) == act.on_day)
            found = charged - before if charged - before in lawful else charged - before - same_day
        else:
            lawful = {_percent(case, payments, act, interest.rule, includes_day=day) for day in (False, True)}
            found = act.amount_minor or 0
            if number > months_between(case.arrears.due_on, act.on_day) + 1:
                lawful = {0}
        if found not in lawful:
            yield case.shown(act, f"{found} øre; by law {' or '.join(map(str, sorted(lawful)))}")


def _statutory(case: Case, payments: list[Row], act: Act, *, includes_day: bool, day_count: DayCount) -> int:
    """Return all the interest of the claim until the charge's last day, as far as payments were known on its own day."""
    arrears = case.arrears
    assert arrears.due_on is not None
    known = _known(payments, act, includes_day=includes_day)
    credited = total_of(Money(_minor(row)) for row in known if row["is_credit"])
    since, _ = interest_starts_on(
        due_on=arrears.due_on, sent_on=arrears.received_on or arrears.issued_on, is_term_agreed=arrears.is_term_agreed
    )
    paid = tuple((_day(row["value_on"]), Money(_minor(row))) for row in known if not row["is_credit"])
    until = min(act.until or act.on_day, act.on_day)
    principal = _issued_total(case, payments) - credited
    whole = statutory_interest(
        principal, since=since, until=until, due_on=arrears.due_on, payments=paid, day_count=day_count
    )
    return whole.amount.minor


def _percent(case: Case, payments: list[Row], act: Act, rule: Interest, *, includes_day: bool) -> int:
    known = _known(payments, act, includes_day=includes_day)
    left = _issued_total(case, payments) - total_of(Money(_minor(row)) for row in known)
    assert rule.percent is not None
    return left.times(rule.percent / 100).minor


def _issued_total(case: Case, payments: list[Row]) -> Money:
    """Return what the invoice was issued over: the facts on arrears have the credit notes taken off."""
    return case.arrears.total + total_of(Money(_minor(row)) for row in payments if row["is_credit"])


def _known(payments: list[Row], act: Act, *, includes_day: bool) -> list[Row]:
    """Return the payments booked before the charge; those of the same day may have come before or after it."""
    return [
        row for row in payments if _day(row["on_day"]) < act.on_day or (includes_day and row["on_day"] == act.on_day)
    ]


def _day(value: object) -> date:
    assert isinstance(value, date)
    return value


def _id(value: object) -> int:
    assert isinstance(value, int)
    return value


def _minor(row: Row) -> int:
    assert isinstance(row["amount_minor"], int)
    return row["amount_minor"]
