"""Ordering what is approved: one file for the bank, made once and kept byte for byte.

The file, its hash and the payouts that stand in it are written in one transaction, so that a run that is killed has ordered
nothing, and two that run at once put no payout into two files. The writer makes bytes of values and touches nothing.
"""

import hashlib
from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from servanda.business.billing.queries.paying_back import is_source_taken_back
from servanda.business.companies.facts import CompanyFacts
from servanda.business.payouts.actions.approving import withdraw
from servanda.business.payouts.actions.recording import NotPaidOut, credit_key, keep, lock_numbers_of, tell_problem
from servanda.business.payouts.actions.stopping import refuse_if_stopped
from servanda.business.payouts.decisions import execution_day, reference_of
from servanda.business.payouts.facts import BatchFacts, OrderFile, PayoutProblem, TransferOrder
from servanda.business.payouts.models import Batch, Payout
from servanda.business.payouts.queries import batch_numbered
from servanda.ground.accounts import parse_account
from servanda.ground.money import Money, total_of

VERSIONS = ("001.03", "001.09")
PAYOUTS_MAX = 1000  # in one file


@transaction.atomic
def make_batch(
    company: CompanyFacts,
    write: Callable[[OrderFile], bytes],
    *,
    version: str,
    by: str,
    today: date,
    at: datetime,
) -> BatchFacts | None:
    """Order all approved payouts of a company in one file, and return it; None where none is approved.

    A payout whose source the bank has taken back meanwhile is not ordered: its credit is gone, and a person is told.
    """
    if version not in VERSIONS:
        raise NotPaidOut(
            "Files are written as pain.001 version %(known)s, not %(version)s.",
            {"known": " or ".join(VERSIONS), "version": version},
        )
    refuse_if_stopped(company)
    lock_numbers_of(company.company_id)
    approved = Payout.objects.select_for_update().filter(company_id=company.company_id, state="approved")
    rows = [row for row in approved.order_by("number")[:PAYOUTS_MAX] if _stands(company, row, today=today, at=at)]
    if not rows:
        return None
    batch = _write(company, rows, write, version=version, by=by, today=today, at=at)
    for row in rows:
        row.state, row.batch = "ordered", batch
        row.save(update_fields=["state", "batch"])
        keep(row, "payout.ordered", by=by, today=today, at=at)
    return batch_numbered(company.company_id, batch.number)


def _stands(company: CompanyFacts, row: Payout, *, today: date, at: datetime) -> bool:
    if not is_source_taken_back(credit_key(row)):
        return True
    withdraw(company, row, act=PayoutProblem.TAKEN_BACK, by="system", today=today, at=at)
    tell_problem(row, PayoutProblem.TAKEN_BACK)
    return False


def _write(
    company: CompanyFacts,
    rows: list[Payout],
    write: Callable[[OrderFile], bytes],
    *,
    version: str,
    by: str,
    today: date,
    at: datetime,
) -> Batch:
    last = Batch.objects.filter(company_id=company.company_id).aggregate(last=Max("number"))["last"] or 0
    order = OrderFile(
        message_id=reference_of(company.slug, "F", company_id=company.company_id, number=last + 1),
        made_at=at,
        execution_on=execution_day(today),
        debtor=company.legal_name,
        debtor_account=parse_account(company.iban),
        transfers=tuple(_transfer(company, row) for row in rows),
        version=version,
    )
    content = write(order)
    return Batch.objects.create(
        company_id=company.company_id,
        number=last + 1,
        message_id=order.message_id,
        version=version,
        execution_on=order.execution_on,
        made_at=at,
        made_by=by,
        count=len(rows),
        total_minor=total_of(one.amount for one in order.transfers).minor,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _transfer(company: CompanyFacts, row: Payout) -> TransferOrder:
    return TransferOrder(
        end_to_end_id=row.end_to_end_id,
        amount=Money(row.amount_minor, row.currency),
        account=row.account,
        holder=row.holder,
        text=f"{company.name} {row.end_to_end_id}",
    )
