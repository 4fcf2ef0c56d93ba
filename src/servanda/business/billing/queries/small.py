"""How small a difference does a company give up, from when, and who decided it?"""

from datetime import date

from servanda.business.billing.facts import SmallDifference
from servanda.business.billing.models import WriteOffLimit
from servanda.business.companies.facts import CompanyFacts
from servanda.ground.citation import Citation
from servanda.ground.money import Money

MOST = Money(1_00)  # that anybody may decide on; the database holds the same


def small_difference(company: CompanyFacts, *, on: date) -> SmallDifference:
    """Return up to how much is written off on a day: nothing, unless a person has decided otherwise."""
    rows = WriteOffLimit.objects.filter(company_id=company.company_id, since__lte=on)
    row = rows.order_by("-since", "-id").first()
    if row is None:
        return SmallDifference(Money(0))
    return SmallDifference(Money(row.amount_minor), (Citation(company.slug, "write-off limit", row.since.isoformat()),))
