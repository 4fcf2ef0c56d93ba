"""How much waits for a person, by company: counted in one question, for all companies as for one."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from servanda.business.billing.queries import suspense_tally
from servanda.business.billing.queries.refunds import refunds_to_pay_out_tally
from servanda.business.billing.queries.vat_questions import vat_question_counts, vat_question_tally
from servanda.business.collecting.queries import collection_tallies
from servanda.business.companies.queries import tallied
from servanda.business.contracts.queries import notice_tally
from servanda.business.dunning.queries import proposal_tally
from servanda.business.einvoices.queries import need_tallies
from servanda.business.hosting.queries import purge_tally, waiting_tally
from servanda.business.hosting.queries.tasks import task_tally
from servanda.business.letters.queries import undelivered_tally
from servanda.business.library.queries import approved_draft_tally, unconfirmed_tally, waiting_drafts
from servanda.business.library.queries import proposal_tally as change_tally
from servanda.business.nodes.queries import parked_tallies
from servanda.business.payouts.queries import payout_tally, refunds_due
from servanda.business.signups.queries import guardian_tally

PAYMENTS = frozenset({"entries", "payouts", "collections", "refunds"})
ONE_THING = frozenset({"vat", "figures"})  # however many there are, a person sees to them at one place


@dataclass(frozen=True, slots=True)
class Needs:
    """What a person must see to in a company, counted by kind."""

    counts: Mapping[str, int]

    @property
    def payments(self) -> int:
        return sum(count for kind, count in self.counts.items() if kind in PAYMENTS)

    @property
    def servers(self) -> int:
        return self.counts.get("servers", 0)

    @property
    def decisions(self) -> int:
        return self.total - self.payments - self.servers

    @property
    def total(self) -> int:
        return sum(min(count, 1) if kind in ONE_THING else count for kind, count in self.counts.items())

    def has(self, kind: str) -> bool:
        """Tell whether there is anything of the kind, so that the list of it is worth reading."""
        return self.counts.get(kind, 0) > 0


def needs_by_company(today_by_company: Mapping[int, date]) -> Mapping[int, Needs]:
    """Return what waits in each of the companies, each on its own day.

    What only a decision can tell is asked for where a first count says that there may be any.
    """
    found = dict(
        tallied(
            {
                "proposals": [proposal_tally(today_by_company)],
                "letters": [undelivered_tally(today_by_company)],
                "notices": [notice_tally(today_by_company)],
                "purges": [purge_tally(today_by_company)],
                "guardians": [guardian_tally(today_by_company)],
                "changes": [change_tally(today_by_company)],
                "drafts": [approved_draft_tally(today_by_company)],
                "figures": [unconfirmed_tally(today_by_company)],
                "vat": [vat_question_tally(today_by_company)],
                "servers": [
                    waiting_tally(today_by_company),
                    task_tally(today_by_company),
                    *parked_tallies(today_by_company),
                ],
                "entries": [suspense_tally(today_by_company)],
                "payouts": [payout_tally(today_by_company)],
                "collections": collection_tallies(today_by_company),
                "refunds": [refunds_to_pay_out_tally(today_by_company)],
                **{kind: [tally] for kind, tally in need_tallies(today_by_company).items()},
            }
        )
    )
    for kind in found.keys() & {"drafts", "vat", "refunds"}:
        found[kind] = _decided(kind, {company_id: today_by_company[company_id] for company_id in found[kind]})
    return {
        company_id: Needs({kind: counts[company_id] for kind, counts in found.items() if counts[company_id]})
        for company_id in today_by_company
    }


def _decided(kind: str, today_by_company: Mapping[int, date]) -> Counter[int]:
    if kind == "drafts":
        return Counter(draft.company_id for draft in waiting_drafts(today_by_company))
    if kind == "vat":
        return Counter(vat_question_counts(today_by_company))
    return Counter({company_id: len(refunds_due(company_id)) for company_id in today_by_company})
