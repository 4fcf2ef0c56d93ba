"""Which reports there are: their names in addresses, what they answer, and which choices each has."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext_noop

from servanda.faces.office.showing.reports.arrears import arrears_shown
from servanda.faces.office.showing.reports.asking import Asked
from servanda.faces.office.showing.reports.churn import churn_shown
from servanda.faces.office.showing.reports.expected import expected_shown
from servanda.faces.office.showing.reports.payments import payments_shown
from servanda.faces.office.showing.reports.products import products_shown
from servanda.faces.office.showing.reports.revenue import revenue_shown
from servanda.faces.office.showing.reports.vat import vat_shown
from servanda.faces.office.showing.reports.writing import said
from servanda.faces.office.shown_reports import ReportShown


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report: how it is made, what it answers, and whether it is about some days, one day, or two ways to count."""

    title: str
    about: str
    show: Callable[[Asked], ReportShown]
    has_days: bool = True
    has_day: bool = False
    has_basis: bool = False


REPORTS: Mapping[str, Report] = {
    "revenue": Report(
        title=gettext_noop("Revenue"),
        about=gettext_noop("What was sold, less what was credited."),
        show=revenue_shown,
        has_basis=True,
    ),
    "arrears": Report(
        title=gettext_noop("Arrears by age"),
        about=gettext_noop("Who owes what, and since when."),
        show=arrears_shown,
        has_days=False,
        has_day=True,
    ),
    "expected": Report(
        title=gettext_noop("Expected income"),
        about=gettext_noop("What the running lines and the open invoices bring."),
        show=expected_shown,
        has_days=False,
    ),
    "churn": Report(
        title=gettext_noop("Customers who come and go"),
        about=gettext_noop("What became of customers, lines and the monthly income."),
        show=churn_shown,
    ),
    "vat": Report(
        title=gettext_noop("VAT at a glance"),
        about=gettext_noop("VAT on what was issued, by month and treatment."),
        show=vat_shown,
    ),
    "products": Report(
        title=gettext_noop("Products"),
        about=gettext_noop("What each product brings, and at which price."),
        show=products_shown,
    ),
    "payments": Report(
        title=gettext_noop("Payments"),
        about=gettext_noop("How money comes in, how late, and what lateness cost."),
        show=payments_shown,
    ),
}


def told(report: ReportShown) -> ReportShown:
    """Return a report with its sentences as they are written."""
    return replace(
        report,
        sentences=tuple(map(said, report.sentences)),
        checks=tuple(replace(check, text=said(check.text)) for check in report.checks),
        tables=tuple(replace(table, note=said(table.note)) for table in report.tables),
    )
