"""Where the reader is: which company, what day it is there, and the ways from here."""

from dataclasses import dataclass
from datetime import date, datetime

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import NoSuchCompany, company_named, moment_for, today_of
from servanda.faces.office.needs import Needs, needs_by_company
from servanda.faces.office.shown import Link, Place, Tab


@dataclass(frozen=True, slots=True)
class Visit:
    """A company, and the moment it is looked at. The real clock is read here, once for each page."""

    company: CompanyFacts
    today: date
    at: datetime


def visit(slug: str) -> Visit:
    """Return the company of the address on its own day; an unknown one is not found."""
    try:
        company = company_named(slug)
    except NoSuchCompany as refusal:
        raise Http404(str(refusal)) from refusal
    now = timezone.now()
    return Visit(company, today_of(company, now=now), moment_for(company, now=now))


def needs_of(visit: Visit) -> Needs:
    """Return what waits for a person in the company now."""
    return needs_by_company({visit.company.company_id: visit.today})[visit.company.company_id]


def place_of(visit: Visit, here: str, needs: Needs | None = None) -> Place:
    """Return the frame of a page; `here` names the way that is marked. A page that has asked what is needed gives it."""
    company = visit.company
    return Place(
        name=company.name,
        slug=company.slug,
        address=reverse("office:today", args=[company.slug]),
        colour=company.colour,
        initial=company.name[:1],
        today=visit.today,
        has_test_clock=company.has_test_clock,
        tabs=_tabs(visit, here, needs or needs_of(visit)),
    )


def crumbs_of(visit: Visit, *more: Link) -> tuple[Link, ...]:
    """Return the way down to the page, from all companies on."""
    start = Link(_("Companies"), reverse("office:companies"))
    return (start, Link(visit.company.name, reverse("office:today", args=[visit.company.slug])), *more)


def customers_link(visit: Visit) -> Link:
    return Link(_("Customers"), reverse("office:customers", args=[visit.company.slug]))


def _tabs(visit: Visit, here: str, needs: Needs) -> tuple[Tab, ...]:
    company = visit.company
    ways = (
        ("today", _("Today"), needs.decisions),
        ("customers", _("Customers"), 0),
        ("services", _("Services"), needs.servers),
        ("matching", _("Payments"), needs.payments),
        ("books", _("Books"), 0),
        ("ladder", _("Ladder"), 0),
        ("agreement", _("Agreement"), 0),
        ("mails", _("Mails"), 0),
    )
    return tuple(
        Tab(text, reverse(f"office:{name}", args=[company.slug]), is_here=name == here, count=count)
        for name, text, count in ways
    )
