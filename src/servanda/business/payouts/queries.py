"""What is proposed, approved and ordered, what the bank has shown of it, and what a person must see to."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db.models import Q, Sum

from servanda.business.billing.facts import RefundFacts
from servanda.business.billing.queries.credit import credit_totals, credits_of
from servanda.business.billing.queries.paying_back import received_from
from servanda.business.billing.queries.refunds import billed_again_of, refunds_of_customer, refunds_to_pay_out
from servanda.business.companies.queries import Tally, tally_of
from servanda.business.evidence.facts import because_from_json
from servanda.business.payouts.decisions import is_overdue, last_overdue, refunds_uncovered
from servanda.business.payouts.facts import (
    COUNTED,
    AccountSource,
    ApprovalFacts,
    BatchFacts,
    Covered,
    KnownAccount,
    PayoutFacts,
    PayoutProblem,
    PayoutRoom,
    PayoutState,
    RefundDue,
)
from servanda.business.payouts.models import Batch, Payout, PayoutApproval, PayoutStop
from servanda.ground.accounts import known_account
from servanda.ground.calendar import legal_day
from servanda.ground.money import Money, total_of
from servanda.ground.refusal import Refused


class NoSuchPayout(Refused):
    """The company has no payout, or no file of orders, of that number."""


def payout(company_id: int, payout_id: int) -> PayoutFacts:
    """Return a payout of the company; refuses one that is not there."""
    row = Payout.objects.filter(company_id=company_id, pk=payout_id).select_related("batch").first()
    if row is None:
        raise NoSuchPayout("There is no such payout. Look at the list of payouts.")
    return _facts([row])[0]


def payout_numbered(company_id: int, number: int) -> PayoutFacts:
    """Return the payout of that number in the company."""
    row = Payout.objects.filter(company_id=company_id, number=number).select_related("batch").first()
    if row is None:
        raise NoSuchPayout(
            "There is no payout %(number)s. `servanda payouts list` shows those that are there.", {"number": number}
        )
    return _facts([row])[0]


def payouts_of(
    company_id: int, *, states: Iterable[PayoutState] | None = None, limit: int = 200
) -> tuple[PayoutFacts, ...]:
    """Return the newest payouts of a company, of all states or of some."""
    rows = Payout.objects.filter(company_id=company_id).select_related("batch").order_by("-number")
    if states is not None:
        rows = rows.filter(state__in=list(states))
    return _facts(rows[:limit])


def payouts_of_customer(customer_id: int) -> tuple[PayoutFacts, ...]:
    """Return all payouts of a customer, the newest first."""
    return _facts(Payout.objects.filter(customer_id=customer_id).select_related("batch").order_by("-number"))


def batches_of(company_id: int, *, limit: int = 50) -> tuple[BatchFacts, ...]:
    """Return the newest files of orders."""
    rows = Batch.objects.filter(company_id=company_id).defer("content").order_by("-number")[:limit]
    return tuple(_batch(row) for row in rows)


def batch_content(company_id: int, number: int) -> bytes:
    """Return the bytes of a file of orders, as they were made; refuses one that is not there."""
    row = Batch.objects.filter(company_id=company_id, number=number).first()
    if row is None:
        raise NoSuchPayout("There is no file of orders %(number)s. Look at the list of files.", {"number": number})
    return bytes(row.content)


def batch_numbered(company_id: int, number: int) -> BatchFacts:
    """Return a file of orders; refuses one that is not there."""
    row = Batch.objects.filter(company_id=company_id, number=number).defer("content").first()
    if row is None:
        raise NoSuchPayout("There is no file of orders %(number)s. Look at the list of files.", {"number": number})
    return _batch(row)


def room_of(customer_id: int) -> PayoutRoom:
    """Return what a customer can be paid back now, and to which accounts."""
    found = Payout.objects.filter(customer_id=customer_id, state__in=[str(state) for state in COUNTED])
    by_account: Counter[str] = Counter()
    by_state: Counter[str] = Counter()
    for account, state, total in found.values_list("account", "state").annotate(total=Sum("amount_minor")).order_by():
        by_account[account] += total
        by_state[state] += total
    paid, paid_in = received_from(customer_id)
    received: dict[str, KnownAccount] = {}
    for one in paid_in:
        account = known_account(one.account)
        before = received.get(account)  # a bank may write one account in two ways
        amount = one.received + (before.received if before is not None else Money(0))
        newest = before or KnownAccount(account, one.name, one.entry_id, amount, Money(by_account[account]))
        received[account] = KnownAccount(account, newest.name, newest.entry_id, amount, newest.paid_back)
    return PayoutRoom(
        credit=total_of(one.amount for one in credits_of([customer_id])),
        proposed=Money(by_state["proposed"]),
        received=paid,
        paid_back=Money(sum(by_account.values())),
        accounts=tuple(received.values()),
    )


def refunds_due(company_id: int) -> tuple[RefundDue, ...]:
    """Return what consumers must still be paid back, by the day until which it must be, the most urgent first."""
    found = _refunds_due(refunds_to_pay_out(company_id))
    return tuple(sorted(found, key=lambda one: (one.pay_out_by, one.refund_id)))


def refunds_due_to(customer_id: int) -> tuple[RefundDue, ...]:
    """Return what one consumer must still be paid back, the most urgent first."""
    return _refunds_due([one for one in refunds_of_customer(customer_id) if one.pay_out_by is not None])


def kept_credit_of(customer_id: int) -> Money:
    """Return how much of a customer's credit is kept for them: a payout of it is proposed, or it must be paid back."""
    proposed = Payout.objects.filter(customer_id=customer_id, state="proposed").aggregate(total=Sum("amount_minor"))
    return total_of(one.amount for one in refunds_due_to(customer_id)) + Money(proposed["total"] or 0)


def _refunds_due(refunds: Sequence[RefundFacts]) -> tuple[RefundDue, ...]:
    by_customer: dict[int, list[RefundFacts]] = defaultdict(list)
    for one in refunds:
        by_customer[one.customer_id].append(one)
    if not by_customer:
        return ()
    free = dict(credit_totals(by_customer))
    covered: dict[int, list[Covered]] = defaultdict(list)
    for again in billed_again_of(by_customer):
        covered[again.customer_id].append(Covered(again.on_day, again.total))
    counted = [str(state) for state in COUNTED]
    for row in Payout.objects.filter(customer_id__in=list(by_customer), state__in=counted).order_by("id"):
        amount = Money(row.amount_minor, row.currency)
        covered[row.customer_id].append(Covered(legal_day(row.proposed_at), amount))
        if row.state == "proposed":
            free[row.customer_id] = free.get(row.customer_id, Money(0)) - amount
    return tuple(
        due
        for customer_id, own in by_customer.items()
        for due in refunds_uncovered(own, covered[customer_id], free=free.get(customer_id, Money(0)))
    )


def stop_of(company_id: int) -> Mapping[str, object] | None:
    """Return who stopped money from leaving the house, when and why; None while it runs."""
    row = PayoutStop.objects.filter(company_id=company_id, is_engaged=True).first()
    return {"reason": row.reason, "by": row.by, "at": row.at} if row is not None else None


def unseen_payouts(company_id: int, *, today: date) -> tuple[PayoutFacts, ...]:
    """Return what was ordered and should have been on a bank statement by now."""
    ordered = payouts_of(company_id, states=[PayoutState.ORDERED], limit=1000)
    return tuple(one for one in ordered if one.execution_on is not None and is_overdue(one.execution_on, today=today))


def payouts_with_problem(company_id: int) -> tuple[PayoutFacts, ...]:
    """Return the payouts that went wrong and that no person has seen to yet."""
    rows = Payout.objects.filter(company_id=company_id, problem_seen_by="").exclude(problem="")
    return _facts(rows.select_related("batch").order_by("number"))


def payout_tally(today_by_company: Mapping[int, date]) -> Tally | None:
    """Return how to count the payouts that wait for a person: to be approved, gone wrong, or not seen in time."""
    unseen = Q()
    for company_id, today in today_by_company.items():
        unseen |= Q(company_id=company_id, batch__execution_on__lte=last_overdue(today))
    waiting = Q(state="proposed") | (~Q(problem="") & Q(problem_seen_by=""))
    rows = Payout.objects.filter(company_id__in=list(today_by_company))
    return tally_of(rows.filter(waiting | (Q(state="ordered", problem="") & unseen)))


def _facts(rows: Iterable[Payout]) -> tuple[PayoutFacts, ...]:
    found = list(rows)
    approvals: dict[int, list[ApprovalFacts]] = {row.pk: [] for row in found}
    for one in PayoutApproval.objects.filter(payout__in=found).order_by("id"):
        approvals[one.payout_id].append(ApprovalFacts(one.by, one.at))
    return tuple(_fact(row, tuple(approvals[row.pk])) for row in found)


def _fact(row: Payout, approvals: tuple[ApprovalFacts, ...]) -> PayoutFacts:
    return PayoutFacts(
        payout_id=row.pk,
        company_id=row.company_id,
        customer_id=row.customer_id,
        number=row.number,
        amount=Money(row.amount_minor, row.currency),
        account=row.account,
        holder=row.holder,
        source=AccountSource(row.source),
        entry_id=row.entry_id,
        evidence=row.evidence,
        reason=row.reason,
        because=because_from_json(row.because),
        state=PayoutState(row.state),
        approvals_needed=row.approvals_needed,
        approvals=approvals,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        end_to_end_id=row.end_to_end_id,
        batch_id=row.batch_id,
        execution_on=row.batch.execution_on if row.batch is not None else None,
        problem=PayoutProblem(row.problem) if row.problem else None,
        problem_detail=row.problem_detail,
        is_problem_seen=bool(row.problem_seen_by),
    )


def _batch(row: Batch) -> BatchFacts:
    return BatchFacts(
        batch_id=row.pk,
        company_id=row.company_id,
        number=row.number,
        message_id=row.message_id,
        version=row.version,
        execution_on=row.execution_on,
        made_at=row.made_at,
        made_by=row.made_by,
        total=Money(row.total_minor),
        count=row.count,
        sha256=row.sha256,
    )
