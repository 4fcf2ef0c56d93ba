"""Which contracts have lines that may be due to be billed: reads the hint's index only, whatever else exists."""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby

from django.db import connection

from servanda.business.billing.facts import BillableContract, BillableLine
from servanda.business.billing.queries.vat import buyers_of
from servanda.business.contracts.facts import AgreedRule
from servanda.business.contracts.queries import agreed_rules
from servanda.ground.law.vat import VatBuyer
from servanda.ground.money import Money
from servanda.ground.refusal import Refused
from servanda.terms.clauses import CustomerKind


class NotTakenUp(Refused):
    """The line was concluded since the last round, or there is no such line."""


_CONTRACTS = """
select distinct contract_id from (
    select l.contract_id from billing_running_line r join contract_line l on l.id = r.line_id
     where r.company_id = %s and r.look_again_on <= %s order by r.look_again_on, r.line_id limit %s) due
"""

_COLUMNS = """
select c.id, c.customer_id, c.customer_kind, c.terms_version, u.language, u.email, own.is_any,
       l.id as line_id, l.product_code, l.plan_code, l.description, l.quantity, l.own_price_minor,
       l.interval_months, l.began_on, l.until, r.billed_until
  from contract c
  join customer u on u.id = c.customer_id
  join contract_line l on l.contract_id = c.id
 cross join (select exists (select 1 from contract_deviation d join contract k on k.id = d.contract_id
                             where k.company_id = %s and d.kind <> '') as is_any) own
"""

_LINES = f"""
{_COLUMNS}
  join billing_running_line r on r.line_id = l.id and r.look_again_on <= %s
 where c.id = any(%s)
 order by c.id, l.id
"""

_RUNNING = f"""
{_COLUMNS}
  join billing_running_line r on r.line_id = l.id and r.look_again_on is not null
 where c.company_id = %s and c.ended_on is null and (l.until is null or l.until > %s)
 order by c.id, l.id
"""


_ONE = f"""
{_COLUMNS}
  join billing_running_line r on r.line_id = l.id
 where l.id = %s
"""


def due_contracts(company_id: int, *, today: date, limit: int) -> tuple[BillableContract, ...]:
    """Return contracts with all their lines that may be due today; `limit` counts lines, and no contract is split."""
    with connection.cursor() as cursor:
        cursor.execute(_CONTRACTS, [company_id, today, limit])
        ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return ()
        cursor.execute(_LINES, [company_id, today, ids])
        rows = cursor.fetchall()
    return _contracts(rows, today=today)


def running_contracts(company_id: int, *, today: date) -> tuple[BillableContract, ...]:
    """Return all contracts of a company that something will still be billed on, with those of their lines."""
    with connection.cursor() as cursor:
        cursor.execute(_RUNNING, [company_id, company_id, today])
        rows = cursor.fetchall()
    return _contracts(rows, today=today)


def contract_to_bill(company_id: int, line_id: int, *, today: date) -> BillableContract:
    """Return the contract of one line as it is billed, with that line alone, whether anything is due on it or not.

    Refuses a line that no round has taken up yet.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ONE, [company_id, line_id])
        rows = cursor.fetchall()
    if not rows:
        raise NotTakenUp(
            "Line %(line_id)s is not taken up by billing yet. The next round does that; try again then.",
            {"line_id": line_id},
        )
    (contract,) = _contracts(rows, today=today)
    return contract


def _contracts(rows: list[tuple], *, today: date) -> tuple[BillableContract, ...]:  # type: ignore[type-arg]
    agreed = _agreed({row[0] for row in rows}) if rows and rows[0][6] else {}
    buyers = buyers_of({row[0]: (row[1], CustomerKind(row[2])) for row in rows}, on=today)
    return tuple(
        _contract(list(group), agreed.get(contract_id, ()), buyers[contract_id])
        for contract_id, group in groupby(rows, key=lambda row: row[0])
    )


def _agreed(contract_ids: Iterable[int]) -> Mapping[int, tuple[AgreedRule, ...]]:
    """Return the rules of their own that contracts have: one question, put only where the company has any."""
    found: dict[int, tuple[AgreedRule, ...]] = {}
    for one in agreed_rules(contract_ids):
        found[one.contract_id] = (*found.get(one.contract_id, ()), one)
    return found


def _contract(rows: list[tuple], agreed: tuple[AgreedRule, ...], buyer: VatBuyer) -> BillableContract:  # type: ignore[type-arg]
    contract_id, customer_id, kind, version, language, email = rows[0][:6]
    return BillableContract(
        contract_id=contract_id,
        customer_id=customer_id,
        customer_kind=CustomerKind(kind),
        terms_version=version,
        language=language,
        email=email,
        buyer=buyer,
        lines=tuple(_line(row[7:]) for row in rows),
        agreed=agreed,
    )


def _line(row: tuple) -> BillableLine:  # type: ignore[type-arg]
    line_id, product, plan, description, quantity, own_price, interval, began_on, until, billed_until = row
    return BillableLine(
        line_id=line_id,
        product=product,
        plan=plan,
        description=description,
        quantity=quantity,
        own_price=Money(own_price) if own_price is not None else None,
        interval_months=interval,
        began_on=began_on,
        until=until,
        billed_until=billed_until,
    )
