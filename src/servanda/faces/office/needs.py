"""How much waits for a person, by company: counted in as many queries for all companies as for one."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from servanda.business.billing.queries import suspense_counts
from servanda.business.billing.queries.vat_questions import vat_question_counts
from servanda.business.collecting.queries import collection_counts
from servanda.business.contracts.queries import notice_counts
from servanda.business.dunning.queries import proposal_counts
from servanda.business.einvoices.queries import need_counts
from servanda.business.hosting.queries import purge_counts
from servanda.business.letters.queries import undelivered_counts
from servanda.business.library.queries import proposal_counts as change_counts
from servanda.business.library.queries import unconfirmed_by_company, waiting_drafts
from servanda.business.payouts.queries import payout_counts


@dataclass(frozen=True, slots=True)
class Needs:
    """What a person must see to in a company: things to decide, and payments to explain."""

    decisions: int
    payments: int

    @property
    def total(self) -> int:
        return self.decisions + self.payments


def needs_by_company(today_by_company: Mapping[int, date]) -> Mapping[int, Needs]:
    """Return what waits in each of the companies, each on its own day."""
    asked = (
        proposal_counts(today_by_company),
        undelivered_counts(today_by_company),
        notice_counts(today_by_company),
        purge_counts(today_by_company),
        need_counts(today_by_company),
        change_counts(today_by_company),
        Counter(draft.company_id for draft in waiting_drafts(today_by_company)),
        {company_id: int(bool(count)) for company_id, count in vat_question_counts(today_by_company).items()},
        {company_id: int(bool(figures)) for company_id, figures in unconfirmed_by_company(today_by_company).items()},
    )
    payments = Counter(suspense_counts(today_by_company))
    payments.update(payout_counts(today_by_company))
    payments.update(collection_counts(today_by_company))
    return {
        company_id: Needs(sum(counts.get(company_id, 0) for counts in asked), payments.get(company_id, 0))
        for company_id in today_by_company
    }
