"""For whom somebody is here: each page asks the memberships anew, so that a right that was ended is gone at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from servanda.business.access.facts import MembershipFacts, Role
from servanda.business.access.queries import membership
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import company_named, moment_for, today_of


@dataclass(frozen=True, slots=True)
class Visit:
    """A member of a customer, and the moment at which the pages are looked at."""

    member: MembershipFacts
    company: CompanyFacts
    today: date
    at: datetime

    @property
    def customer_id(self) -> int:
        return self.member.customer_id

    @property
    def by(self) -> str:
        """How records name who acts."""
        return f"user:{self.member.user_id}"

    def address(self, name: str, *values: object) -> str:
        return reverse(f"portal:{name}", args=[self.company.slug, self.member.customer_number, *values])


@dataclass(frozen=True, slots=True)
class Way:
    text: str
    address: str
    is_here: bool


def user_id_of(request: HttpRequest) -> int:
    """Return who is signed in; only views that demand it may ask."""
    assert request.user.pk is not None, "the view lets nobody in who is not signed in"
    return int(request.user.pk)


def visit(request: HttpRequest, slug: str, number: str, *, needs: Callable[[Role], bool] | None = None) -> Visit:
    """Return for whom the reader is here. A foreign or unknown customer is not found; a lacking right is refused."""
    member = membership(user_id_of(request), company=slug, customer=number)
    if member is None:
        raise Http404(_("There is no such customer."))
    if needs is not None and not needs(member.role):
        raise PermissionDenied
    company = company_named(slug)
    now = timezone.now()
    return Visit(member, company, today_of(company, now=now), moment_for(company, now=now))


def ways_of(here: Visit, way: str) -> tuple[Way, ...]:
    """Return the ways from any page of a customer; `way` is marked."""
    role = here.member.role
    ways = (
        ("home", _("Overview"), True),
        ("services", _("Services"), role.may_manage_services),
        ("invoices", _("Invoices"), role.may_see_invoices),
        ("agreements", _("Agreements"), role.may_order),
        ("order", _("Order"), role.may_order),
        ("people", _("People"), role.may_order),
        ("details", _("Your data"), role.may_order),
    )
    return tuple(Way(text, here.address(name), name == way) for name, text, is_offered in ways if is_offered)
