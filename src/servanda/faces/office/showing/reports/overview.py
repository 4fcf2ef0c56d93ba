"""How are we doing? A sentence and a small picture of each report, for the last twelve months or today.

It asks less than the reports themselves: no list of customers, no reconciliation.
"""

from datetime import timedelta

from django.utils.translation import gettext as _

from servanda.business.catalogue.queries import prices_of
from servanda.business.reports.decisions.movements import is_running, movements_of
from servanda.business.reports.decisions.stretches import months_ahead, months_of, moved, stretch_named
from servanda.business.reports.queries import (
    ages_on,
    delays_of,
    expected_months,
    lives_of,
    revenue_by_month,
    vat_parts,
)
from servanda.faces.office.chart_picture import ChartPicture, Series, chart_of
from servanda.faces.office.places import Visit
from servanda.faces.office.showing.reports.arrears import ages_picture, arrears_sentence
from servanda.faces.office.showing.reports.asking import address_of
from servanda.faces.office.showing.reports.churn import churn_sentence, people_picture
from servanda.faces.office.showing.reports.expected import expected_picture, expected_sentence
from servanda.faces.office.showing.reports.payments import delays_picture, payments_sentence
from servanda.faces.office.showing.reports.revenue import revenue_sentence
from servanda.faces.office.showing.reports.vat import vat_picture, vat_sentence
from servanda.faces.office.showing.reports.writing import (
    axis_money,
    days_text,
    minor_money,
    month_names,
    months_told,
    said,
)
from servanda.faces.office.shown import Link
from servanda.faces.office.shown_reports import ReportCard
from servanda.faces.office.words import language
from servanda.ground.calendar import day_text
from servanda.ground.money import Money
from servanda.ground.periods import Period

PAID_DAYS = 90


def overview_cards(visit: Visit) -> tuple[ReportCard, ...]:
    """Return the cards of the page of all reports."""
    company = visit.company
    year = stretch_named("last-12-months", today=visit.today)
    days = days_text(year.period)
    months = months_of(year.period)
    turnover = revenue_by_month(company.company_id, (*months, *(moved(month, months=-12) for month in months)))
    ages = ages_on(company.company_id, visit.today)
    prices = prices_of(company.company_id)
    lives = lives_of(company.company_id, prices)
    movements = movements_of(lives, months)
    ahead = expected_months(company, prices, months_ahead(visit.today, 12), today=visit.today)
    income = Money(sum(life.month_minor(visit.today) for life in lives if is_running(life, visit.today)))
    quarter = stretch_named("this-quarter", today=visit.today).period
    vat = vat_parts(company.company_id, quarter)
    recent = Period(visit.today - timedelta(days=PAID_DAYS - 1), visit.today + timedelta(days=1))
    delays = delays_of(company.company_id, recent)
    net = [one.net for one in turnover]
    total, before = _sum(net[: len(months)]), _sum(net[len(months) :])
    return (
        _card(
            visit,
            "revenue",
            _("Revenue"),
            revenue_sentence(total, before, days),
            chart_of(
                (Series(_("Revenue"), tuple(one.minor for one in net[: len(months)])),),
                key="revenue",
                title=_("Revenue by month, without VAT"),
                columns=months_told(months),
                full_columns=month_names(months),
                written=minor_money,
                axis=axis_money,
                is_small=True,
            ),
        ),
        _card(
            visit,
            "arrears",
            _("Arrears by age"),
            arrears_sentence(ages, day_text(visit.today, language())),
            ages_picture(ages, key="arrears", is_small=True),
        ),
        _card(
            visit,
            "expected",
            _("Expected income"),
            expected_sentence(ahead, income),
            expected_picture(ahead, key="expected", is_small=True),
        ),
        _card(
            visit,
            "churn",
            _("Customers who come and go"),
            churn_sentence(movements),
            people_picture(movements, key="churn", is_small=True),
        ),
        _card(
            visit,
            "payments",
            _("Payments"),
            payments_sentence(delays, days_text(recent)),
            delays_picture(delays, key="payments", is_small=True),
        ),
        _card(
            visit, "vat", _("VAT at a glance"), vat_sentence(vat, quarter), vat_picture(vat, key="vat", is_small=True)
        ),
        _card(
            visit,
            "products",
            _("Products"),
            _("What each product brings, at which price, and what was credited."),
            None,
        ),
    )


def _card(visit: Visit, name: str, title: str, sentence: str, picture: ChartPicture | None) -> ReportCard:
    query = {"stretch": "this-quarter"} if name == "vat" else {}
    return ReportCard(
        link=Link(title, address_of(visit.company.slug, name, query)), sentence=said(sentence), picture=picture
    )


def _sum(amounts: list[Money]) -> Money:
    return Money(sum(amount.minor for amount in amounts))
