"""The cards of the first page: how each company stands, on its own day."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from servanda.business.billing.queries import entries_in_suspense, open_totals
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import companies, today_of
from servanda.business.customers.queries import ids_by_number
from servanda.business.dunning.queries import open_proposals
from servanda.business.evidence.queries import is_braked
from servanda.faces.office.shown import CompanyCard, Stamp


def company_cards(*, now: datetime) -> tuple[CompanyCard, ...]:
    return tuple(_card(company, now=now) for company in companies())


def _card(company: CompanyFacts, *, now: datetime) -> CompanyCard:
    today = today_of(company, now=now)
    open_now, overdue = open_totals(company.company_id, today=today)
    needs = len(open_proposals(company.company_id)) + len(entries_in_suspense(company.company_id))
    return CompanyCard(
        name=company.name,
        address=reverse("office:today", args=[company.slug]),
        colour=company.colour,
        initial=company.name[:1],
        today=today,
        has_test_clock=company.has_test_clock,
        customers=len(ids_by_number(company.company_id)),
        open=open_now,
        overdue=overdue,
        needs_person=needs,
        stamps=_stamps(company, needs),
    )


def _stamps(company: CompanyFacts, needs: int) -> tuple[Stamp, ...]:
    needing = ngettext("%(count)s thing needs you", "%(count)s things need you", needs) % {"count": needs}
    stamps = [Stamp(needing, "warn") if needs else Stamp(_("Nothing needs you"), "calm")]
    if is_braked(company.company_id):
        stamps.append(Stamp(_("The brake is on"), "stop"))
    if company.has_test_clock:
        stamps.append(Stamp(_("Test clock"), "outline"))
    return tuple(stamps)
