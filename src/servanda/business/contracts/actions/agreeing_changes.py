"""Discontinuing a service and handing over its operation, asked for by one person and confirmed by another.

What one person asks for is tried at once, so that a change that cannot be made is refused to whoever asks; it is tried again
when the second one confirms, because days have passed.
"""

from datetime import date, datetime

from django.db import transaction

from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.actions.discontinuing import discontinue, plan_discontinuation
from servanda.business.contracts.actions.refusals import ContractRefused
from servanda.business.contracts.actions.transferring import Operator, approve_transfer, refuse_transfer
from servanda.business.library.actions import NotSettled, propose_change, settle_proposal
from servanda.business.library.facts import ChangeProposalFacts
from servanda.business.library.queries import proposal
from servanda.ground.calendar import parse_day
from servanda.ground.refusal import WrongDocument
from servanda.terms.document import Agreement
from servanda.terms.parsing import parse_bytes

OFFER_FILE = "offer.md"


def offered_terms(text: str) -> Agreement:
    """Return an operator's document; raises `WrongDocument` with all of its problems."""
    read = parse_bytes(text.encode("utf-8"), file=OFFER_FILE)
    if read.agreement is None:
        raise WrongDocument(read.problems)
    return read.agreement


def propose_discontinuation(
    company: CompanyFacts, product: str, *, reason: str, by: str, today: date, at: datetime
) -> ChangeProposalFacts:
    """Ask for the end of a service; refuses one that nobody has, and one that the terms of a customer do not allow."""
    planned = plan_discontinuation(company, product, sent_on=today)
    if not planned:
        raise ContractRefused("Nobody has %(product)s. Take it out of the catalogue instead.", {"product": product})
    bound = sorted({plan.line.contract_number for plan in planned if plan.ends_on is None})
    if bound:
        raise ContractRefused(
            "The terms of %(bound)s give no right to discontinue %(product)s. Agree the end with these"
            " customers first.",
            {"bound": ", ".join(bound), "product": product},
        )
    return propose_change(company.company_id, "discontinuation", product, details={}, reason=reason, by=by, at=at)


def propose_transfer(
    company: CompanyFacts, operator: Operator, document: str, *, reason: str, by: str, today: date, at: datetime
) -> ChangeProposalFacts:
    """Ask to hand over the operation; refuses what `approve_transfer` would refuse as well."""
    refuse_transfer(company, operator, offered_terms(document), reason=reason, today=today)
    details = {"country": operator.country, "since": operator.since.isoformat(), "document": document}
    return propose_change(company.company_id, "transfer", operator.name, details=details, reason=reason, by=by, at=at)


@transaction.atomic
def confirm_proposal(company: CompanyFacts, proposal_id: int, *, by: str, today: date, at: datetime) -> int:
    """Make a proposed change with a second person's yes, and return the change's id; a second run returns it again."""
    asked = proposal(proposal_id)
    if asked.state == "confirmed" and asked.change_id is not None:
        return asked.change_id
    if asked.company_id != company.company_id or asked.state != "open":
        raise NotSettled("The proposal was confirmed or declined already. Reload the page.")
    if asked.proposed_by == by:
        raise NotSettled("You asked for this change yourself. Let a second person confirm it.")
    change_id = _made(company, asked, by=by, today=today, at=at)
    settle_proposal(company.company_id, proposal_id, is_confirmed=True, change_id=change_id, by=by, at=at)
    return change_id


def operator_of(asked: ChangeProposalFacts) -> Operator:
    """Return to whom a proposed transfer hands the operation."""
    return Operator(name=asked.subject, country=asked.details["country"], since=parse_day(asked.details["since"]))


def _made(company: CompanyFacts, asked: ChangeProposalFacts, *, by: str, today: date, at: datetime) -> int:
    two = (asked.proposed_by, by)
    if asked.act == "discontinuation":
        return discontinue(company, asked.subject, reason=asked.reason, by=two, today=today, at=at)
    return approve_transfer(
        company,
        operator_of(asked),
        offered_terms(asked.details["document"]),
        reason=asked.reason,
        by=two,
        today=today,
        at=at,
    )
