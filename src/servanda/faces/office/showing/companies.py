"""The cards of the first page: how each company stands, on its own day. The queries are as many for one as for all."""

from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from servanda.business.billing.facts import OpenTotals
from servanda.business.billing.queries import open_totals_by_company
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import companies, today_of
from servanda.business.customers.queries import customer_counts
from servanda.business.evidence.queries import braked_companies
from servanda.business.library.queries import libraries_of
from servanda.faces.office.needs import needs_by_company
from servanda.faces.office.showing.gist import terms_line
from servanda.faces.office.shown import CompanyCard, Stamp
from servanda.ground.money import Money
from servanda.terms.versions import Library

NOTHING = OpenTotals(Money(0), Money(0))


def company_cards(*, now: datetime) -> tuple[CompanyCard, ...]:
    found = companies()
    days = {company.company_id: today_of(company, now=now) for company in found}
    totals, counts = open_totals_by_company(days), customer_counts()
    needs, braked = needs_by_company(days), braked_companies()
    libraries = libraries_of(company.slug for company in found)
    return tuple(
        _card(
            company,
            libraries.get(company.slug),
            today=days[company.company_id],
            owed=totals.get(company.company_id, NOTHING),
            customers=counts.get(company.company_id, 0),
            needs=needs[company.company_id].total,
            is_braked=company.company_id in braked,
        )
        for company in found
    )


def _card(
    company: CompanyFacts,
    library: Library | None,
    *,
    today: date,
    owed: OpenTotals,
    customers: int,
    needs: int,
    is_braked: bool,
) -> CompanyCard:
    return CompanyCard(
        name=company.name,
        address=reverse("office:today", args=[company.slug]),
        colour=company.colour,
        initial=company.name[:1],
        today=today,
        has_test_clock=company.has_test_clock,
        customers=customers,
        open=owed.open,
        overdue=owed.overdue,
        terms=terms_line(library, today=today),
        stamps=_stamps(company, needs, is_braked=is_braked),
    )


def _stamps(company: CompanyFacts, needs: int, *, is_braked: bool) -> tuple[Stamp, ...]:
    needing = ngettext("%(count)s thing needs you", "%(count)s things need you", needs) % {"count": needs}
    stamps = [Stamp(needing, "warn") if needs else Stamp(_("Nothing needs you"), "calm")]
    if is_braked:
        stamps.append(Stamp(_("The brake is on"), "stop"))
    if company.has_test_clock:
        stamps.append(Stamp(_("Test clock"), "outline"))
    return tuple(stamps)
