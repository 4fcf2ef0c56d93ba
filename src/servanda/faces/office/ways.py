"""The pages beside each other within one tab of a company: which belong together, and which of them is this one."""

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from servanda.faces.office.places import Visit
from servanda.faces.office.shown import Tab

PAYMENTS = (
    ("matching", gettext_noop("Match payments")),
    ("collections", gettext_noop("Collections")),
    ("payouts", gettext_noop("Pay back")),
    ("layouts", gettext_noop("Bank files as CSV")),
)
BOOKS = (
    ("books", gettext_noop("The books")),
    ("books-kept", gettext_noop("Kept until")),
    ("vat", gettext_noop("VAT")),
    ("einvoices", gettext_noop("E-invoices")),
    ("reports", gettext_noop("Reports")),
)
HOSTING = (
    ("services", gettext_noop("Services")),
    ("nodes", gettext_noop("Servers")),
)
GUARD = (
    ("today", gettext_noop("Today")),
    ("guard", gettext_noop("Brake")),
    ("audit", gettext_noop("Audit")),
)


def ways_of(visit: Visit, ways: tuple[tuple[str, str], ...], here: str) -> tuple[Tab, ...]:
    """Return the links above a page, the one that it is marked; `ways` is one of the tuples of this module."""
    slug = visit.company.slug
    return tuple(
        Tab(gettext(text), reverse(f"office:{name}", args=[slug]), is_here=name == here) for name, text in ways
    )
