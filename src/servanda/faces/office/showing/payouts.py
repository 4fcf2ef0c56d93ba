"""What is paid back: proposals with their provenance, files for the bank, what went wrong, and who has money to their credit."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from servanda.business.billing.queries import entry
from servanda.business.billing.queries.credit import credited_customers
from servanda.business.customers.facts import CustomerFacts
from servanda.business.customers.queries import customers
from servanda.business.ledger.queries import balance_of_customer
from servanda.business.payouts.actions.filing import VERSIONS
from servanda.business.payouts.facts import AccountSource, BatchFacts, PayoutFacts, PayoutProblem, PayoutState
from servanda.business.payouts.queries import (
    batches_of,
    payouts_of,
    payouts_of_customer,
    payouts_with_problem,
    refunds_due,
    refunds_due_to,
    room_of,
    stop_of,
    unseen_payouts,
)
from servanda.faces.office.people import names_of
from servanda.faces.office.places import Visit
from servanda.faces.office.showing.naming import customer_link
from servanda.faces.office.shown import Stamp
from servanda.faces.office.shown_payouts import (
    AccountChoice,
    CreditRow,
    DueBackRow,
    OrderFileShown,
    PayBackPanel,
    PayoutShown,
    PayoutsShown,
)
from servanda.faces.office.words import language, word
from servanda.faces.parts.amounts import amount_to_type
from servanda.ground.accounts import account_text
from servanda.ground.calendar import day_text, legal_day
from servanda.ground.money import Money, money_text, total_of
from servanda.terms.clauses import CustomerKind

STATES: Mapping[PayoutState, tuple[str, str]] = {
    PayoutState.PROPOSED: (gettext_noop("Proposed"), "warn"),
    PayoutState.APPROVED: (gettext_noop("Approved, in no file yet"), "note"),
    PayoutState.ORDERED: (gettext_noop("Ordered from the bank"), "note"),
    PayoutState.SEEN: (gettext_noop("Paid back"), "calm"),
    PayoutState.REJECTED: (gettext_noop("Rejected by the bank"), "stop"),
    PayoutState.RETURNED: (gettext_noop("Came back"), "stop"),
    PayoutState.DECLINED: (gettext_noop("Declined"), "note"),
    PayoutState.WITHDRAWN: (gettext_noop("Stopped before it was ordered"), "note"),
}
SOURCES: Mapping[str, str] = {
    AccountSource.CALLED_BACK: gettext_noop("We called a number that we had before"),
    AccountSource.SIGNED_PAPER: gettext_noop("A signed paper"),
    AccountSource.IN_PERSON: gettext_noop("In person, with proof of who they are"),
}
PROBLEMS: Mapping[str, str] = {
    PayoutProblem.TAKEN_BACK: gettext_noop(
        "The bank took back the payment that the money came from; nothing was ordered."
    ),
    PayoutProblem.REJECTED: gettext_noop(
        "The bank rejected it (%(detail)s). The customer has the money to their credit again."
    ),
    PayoutProblem.CAME_BACK: gettext_noop("The money came back from the bank, and is the customer's credit again."),
    PayoutProblem.ANOTHER_ENTRY: gettext_noop("A bank entry of %(detail)s names it and is not its own. Look at both."),
    PayoutProblem.REJECTED_AND_PAID: gettext_noop("The bank rejected it, and yet carried it out. Ask the bank."),
    PayoutProblem.PAID_AND_REJECTED: gettext_noop(
        "A statement shows it carried out; now the bank rejects it (%(detail)s)."
    ),
}
UNSEEN = gettext_noop("It has been on no bank statement, though it should have been by now. Ask the bank.")


def payouts_shown(visit: Visit, *, me: str) -> PayoutsShown:
    """Return the page of a company's payouts; `me` is how the record names the reader."""
    company_id = visit.company.company_id
    found = payouts_of(company_id)
    unseen = frozenset(one.payout_id for one in unseen_payouts(company_id, today=visit.today))
    wrong = payouts_with_problem(company_id)
    to_see = (*wrong, *(one for one in found if one.payout_id in unseen and not one.problem))
    show = _Showing(visit, (*found, *wrong), me)
    waiting = {PayoutState.PROPOSED, PayoutState.APPROVED}
    approved = tuple(show.one(one) for one in found if one.state is PayoutState.APPROVED)
    files = batches_of(company_id)
    stop = stop_of(company_id)
    return PayoutsShown(
        proposed=tuple(show.one(one) for one in found if one.state is PayoutState.PROPOSED),
        approved=approved,
        to_see=tuple(show.one(one, is_unseen=one.payout_id in unseen) for one in to_see),
        others=tuple(show.one(one) for one in found if one.state not in waiting),
        files=tuple(_file(one) for one in files),
        credits=_credits(visit),
        due_back=_due_back(visit),
        approved_total=total_of(one.amount for one in approved),
        version=files[0].version if files else VERSIONS[0],
        versions=VERSIONS,
        stopped=str(stop["reason"]) if stop is not None else "",
    )


def pay_back_panel(visit: Visit, customer: CustomerFacts, *, me: str, refund: str = "") -> PayBackPanel | None:
    """Return what a customer can be paid back, or nothing where there is neither credit nor a payout.

    Where it is asked for a refund that is due, its form is filled in with that.
    """
    room = room_of(customer.customer_id)
    payouts = payouts_of_customer(customer.customer_id)
    if not room.credit and not payouts:
        return None
    show = _Showing(visit, payouts, me)
    owed = balance_of_customer(customer.customer_id) + room.credit
    best = max((one.left for one in room.accounts), default=room.free)
    due = refunds_due_to(customer.customer_id) if refund else ()
    asked = next((one for one in due if str(one.refund_id) == refund), None)
    wanted = asked.amount if asked is not None else room.free
    return PayBackPanel(
        free=room.free,
        suggested=amount_to_type(min(wanted, max(best, Money(0)))),
        reason=_("Goes back by %(day)s") % {"day": day_text(asked.pay_out_by, language())} if asked is not None else "",
        accounts=tuple(
            AccountChoice(
                one.account,
                _("%(account)s, %(name)s: %(left)s can go back")
                % {
                    "account": account_text(one.account),
                    "name": one.name or customer.name,
                    "left": money_text(one.left, language()),
                },
            )
            for one in room.accounts
        ),
        sources=tuple((source, word(SOURCES, source)) for source in SOURCES),
        payouts=tuple(show.one(one) for one in payouts),
        owes=owed if owed.minor > 0 else None,
    )


class _Showing:
    """Payouts as they are shown, with the names of customers and staff read once."""

    def __init__(self, visit: Visit, found: Iterable[PayoutFacts], me: str) -> None:
        payouts = tuple(found)
        self.visit, self.me = visit, me
        self.people = customers({one.customer_id for one in payouts})
        self.staff = names_of(
            [*(one.proposed_by for one in payouts), *(yes.by for one in payouts for yes in one.approvals)]
        )

    def one(self, found: PayoutFacts, *, is_unseen: bool = False) -> PayoutShown:
        text, tone = STATES[found.state]
        return PayoutShown(
            payout_id=found.payout_id,
            number=found.number,
            customer=customer_link(self.people[found.customer_id], self.visit.company.slug),
            amount=found.amount,
            account=account_text(found.account),
            holder=found.holder,
            known_by=_known_by(found),
            reason=found.reason,
            because=found.because,
            state=Stamp(_(text), tone),
            approvals=self._approvals(found),
            proposed=_("%(by)s proposed it on %(day)s")
            % {"by": self._name(found.proposed_by), "day": day_text(legal_day(found.proposed_at), language())},
            is_mine=any(yes.by == self.me for yes in found.approvals),
            problem=_(UNSEEN) if is_unseen else _problem(found),
        )

    def _approvals(self, found: PayoutFacts) -> str:
        names = ", ".join(self._name(yes.by) for yes in found.approvals)
        said = _("Yes from %(names)s.") % {"names": names} if names else _("Nobody has said yes yet.")
        missing = found.approvals_missing
        if found.state is not PayoutState.PROPOSED or not missing:
            return said
        more = ngettext("%(count)s more person must say yes.", "%(count)s more persons must say yes.", missing)
        return f"{said} {more % {'count': missing}}"

    def _name(self, by: str) -> str:
        return self.staff.get(by, by)


def _known_by(found: PayoutFacts) -> str:
    if found.source is AccountSource.PAYMENT:
        paid = entry(found.entry_id) if found.entry_id is not None else None
        if paid is None:
            return ""
        return _("They paid %(amount)s from it on %(day)s.") % {
            "amount": money_text(paid.amount, language()),
            "day": day_text(paid.booked_on, language()),
        }
    return f"{word(SOURCES, found.source)}: {found.evidence}"


def _problem(found: PayoutFacts) -> str:
    return word(PROBLEMS, found.problem) % {"detail": found.problem_detail} if found.problem is not None else ""


def _file(found: BatchFacts) -> OrderFileShown:
    return OrderFileShown(
        number=found.number,
        made_at=found.made_at,
        execution_on=found.execution_on,
        count=found.count,
        total=found.total,
        version=found.version,
        sha256=found.sha256,
    )


def _credits(visit: Visit) -> tuple[CreditRow, ...]:
    """Return who has money to their credit: consumers first, who have a right to it at once, then the oldest."""
    found = credited_customers(visit.company.company_id)
    people = customers(found)
    rows = sorted(
        found.items(),
        key=lambda one: (people[one[0]].kind is not CustomerKind.CONSUMER, min(credit.value_on for credit in one[1])),
    )
    return tuple(
        CreditRow(
            customer=customer_link(people[customer_id], visit.company.slug),
            credit=total_of(one.amount for one in credits),
            since=min(one.value_on for one in credits),
            note=_("A consumer: to be paid back at once (forbrugeraftaleloven § 29)")
            if people[customer_id].kind is CustomerKind.CONSUMER
            else "",
        )
        for customer_id, credits in rows
    )


def _due_back(visit: Visit) -> tuple[DueBackRow, ...]:
    """Return what consumers must be paid back, by its day."""
    found = refunds_due(visit.company.company_id)
    people = customers({one.customer_id for one in found})
    return tuple(
        DueBackRow(
            customer=customer_link(people[one.customer_id], visit.company.slug),
            refund_id=one.refund_id,
            amount=one.amount,
            pay_out_by=one.pay_out_by,
            is_late=one.pay_out_by < visit.today,
        )
        for one in found
    )
