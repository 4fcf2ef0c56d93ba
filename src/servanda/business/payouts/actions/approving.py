"""Two persons say yes to a payout, or one says no. With the last yes the money leaves the customer's credit, and is on its way."""

from datetime import date, datetime

from django.db import transaction

from servanda.business.billing.actions.using_credit import bring_back_credit, take_credit
from servanda.business.companies.facts import CompanyFacts
from servanda.business.customers.queries import customer
from servanda.business.evidence.facts import because_from_json
from servanda.business.ledger.facts import Account
from servanda.business.payouts.actions.recording import NotPaidOut, credit_key, keep, lock_payout
from servanda.business.payouts.actions.stopping import refuse_if_stopped
from servanda.business.payouts.decisions import objection_to_person
from servanda.business.payouts.facts import Beneficiary, PayoutFacts, Person
from servanda.business.payouts.models import Payout, PayoutApproval
from servanda.business.payouts.queries import payout
from servanda.ground.money import Money


@transaction.atomic
def approve_payout(company: CompanyFacts, payout_id: int, *, person: Person, today: date, at: datetime) -> PayoutFacts:
    """Keep a person's yes; the last one that is needed takes the money off the customer's credit.

    A second yes of the same person changes nothing. Refuses who would pay themselves, a payout that is settled, and, with the
    last yes, one that the customer has not enough to their credit for any more.
    """
    refuse_if_stopped(company)
    row = lock_payout(company.company_id, payout_id)
    if row.state != "proposed":
        if PayoutApproval.objects.filter(payout=row, by=person.by).exists():
            return payout(company.company_id, payout_id)
        raise NotPaidOut(
            "Payout %(number)s does not wait for a yes any more. Nothing is left to approve.",
            {"number": row.number},
        )
    why_not = objection_to_person(person, _beneficiary(row))
    if why_not:
        raise NotPaidOut(why_not)
    _, is_new = PayoutApproval.objects.get_or_create(payout=row, by=person.by, defaults={"at": at})
    if is_new:
        keep(row, "payout.approved", by=person.by, today=today, at=at, suffix=f":{person.by}")
        _take_if_enough(company, row, today=today, at=at)
    return payout(company.company_id, payout_id)


@transaction.atomic
def decline_payout(
    company: CompanyFacts, payout_id: int, *, reason: str, person: Person, today: date, at: datetime
) -> PayoutFacts:
    """Keep a person's no to a proposed payout, with the reason."""
    if not reason.strip():
        raise NotPaidOut("Say why it is not paid back. The reason is kept with the payout.")
    row = lock_payout(company.company_id, payout_id)
    if row.state == "proposed":
        row.state = "declined"
        row.save(update_fields=["state"])
        keep(row, "payout.declined", by=person.by, today=today, at=at, reason=reason.strip())
    elif row.state != "declined":
        raise NotPaidOut(
            "Payout %(number)s does not wait for an answer any more. It cannot be declined.",
            {"number": row.number},
        )
    return payout(company.company_id, payout_id)


@transaction.atomic
def withdraw_payout(
    company: CompanyFacts, payout_id: int, *, reason: str, by: str, today: date, at: datetime
) -> PayoutFacts:
    """Stop an approved payout before it stands in a file: the customer has the money to their credit again."""
    if not reason.strip():
        raise NotPaidOut("Say why the payout is stopped. The reason is kept with it.")
    row = lock_payout(company.company_id, payout_id)
    if row.state == "approved":
        withdraw(company, row, reason=reason.strip(), by=by, today=today, at=at)
    elif row.state != "withdrawn":
        raise NotPaidOut(
            "Payout %(number)s cannot be stopped: only an approved one that is in no file yet can.",
            {"number": row.number},
        )
    return payout(company.company_id, payout_id)


def withdraw(
    company: CompanyFacts, row: Payout, *, by: str, today: date, at: datetime, reason: str = "", act: str = ""
) -> None:
    """Take an approved payout back. Runs in the transaction that has locked it."""
    assert row.state == "approved", "only what is approved and not ordered can be withdrawn"
    row.state = "withdrawn"
    row.save(update_fields=["state"])
    give_credit_back(company, row, today=today, at=at)
    keep(row, "payout.withdrawn", by=by, today=today, at=at, reason=reason, act=act)


def give_credit_back(company: CompanyFacts, row: Payout, *, today: date, at: datetime) -> None:
    """Put the money of a payout that did not happen back to the customer's credit, once."""
    bring_back_credit(
        company,
        row.customer_id,
        key=credit_key(row),
        out_of=Account.PAYOUTS,
        because=because_from_json(row.because),
        today=today,
        at=at,
    )


def _take_if_enough(company: CompanyFacts, row: Payout, *, today: date, at: datetime) -> None:
    if PayoutApproval.objects.filter(payout=row).count() < row.approvals_needed:
        return
    take_credit(
        company,
        row.customer_id,
        Money(row.amount_minor, row.currency),
        key=credit_key(row),
        to=Account.PAYOUTS,
        because=because_from_json(row.because),
        today=today,
        at=at,
    )
    row.state = "approved"
    row.save(update_fields=["state"])


def _beneficiary(row: Payout) -> Beneficiary:
    whose = customer(row.customer_id)
    return Beneficiary(frozenset({whose.name, whose.details.contact_name, row.holder}), whose.email)
