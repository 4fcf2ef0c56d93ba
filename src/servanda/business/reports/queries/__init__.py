"""Asking for reports: each function gives one report's figures, and `rows_behind` the rows that a figure is made of."""

from servanda.business.reports.queries.arrears import ages_on, arrears_on
from servanda.business.reports.queries.behind import LISTS, PAGE, NoSuchRows, rows_behind
from servanda.business.reports.queries.expected import expected_months, expected_of
from servanda.business.reports.queries.lives import churn_of, lives_of
from servanda.business.reports.queries.payments import delays_of, payments_of
from servanda.business.reports.queries.products import products_of
from servanda.business.reports.queries.revenue import booked_on, prepaid_on, revenue_by_month, revenue_of
from servanda.business.reports.queries.vat import vat_of_stretch, vat_parts

__all__ = [
    "LISTS",
    "PAGE",
    "NoSuchRows",
    "ages_on",
    "arrears_on",
    "booked_on",
    "churn_of",
    "delays_of",
    "expected_months",
    "expected_of",
    "lives_of",
    "payments_of",
    "prepaid_on",
    "products_of",
    "revenue_by_month",
    "revenue_of",
    "rows_behind",
    "vat_of_stretch",
    "vat_parts",
]
