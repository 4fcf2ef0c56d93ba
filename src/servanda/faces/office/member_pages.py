"""Who acts for a customer on the customers' own pages: staff invite, and end a right to act."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from servanda.business.access.actions import end_membership, invite
from servanda.business.access.facts import Role
from servanda.business.access.queries import members_of, open_invitations
from servanda.business.customers.facts import CustomerFacts
from servanda.business.customers.queries import NoSuchCustomer, customer_numbered
from servanda.faces.office.acts import Incomplete, act
from servanda.faces.office.answering import number_in, say, text
from servanda.faces.office.people import name_in_records
from servanda.faces.office.places import Visit, crumbs_of, customers_link, place_of, visit
from servanda.faces.office.showing.naming import customer_link
from servanda.faces.parts.access import access
from servanda.faces.parts.invitations import invitation_link
from servanda.faces.parts.roles import role_name, roles_to_choose


@access(policy="staff")
def members(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    here = visit(slug)
    whose = _customer(here, number)
    context = {
        "place": place_of(here, "customers"),
        "crumbs": crumbs_of(here, customers_link(here), customer_link(whose, here.company.slug)),
        "customer": whose,
        "members": [(one, role_name(one.role)) for one in members_of(whose.customer_id)],
        "invitations": [(one, role_name(one.role)) for one in open_invitations(whose.customer_id, at=timezone.now())],
        "roles": roles_to_choose(),
    }
    return render(request, "office/members.html", context)


@act(back="office:members")
def invite_member(request: HttpRequest, here: Visit, *, number: str) -> None:
    role = text(request, "role", most=20)
    if role not in set(Role):
        raise Incomplete(_("Choose what they may do."))
    invite(
        here.company,
        _customer(here, number).customer_id,
        email=text(request, "email", most=254),
        role=Role(role),
        link=invitation_link(),
        by=name_in_records(request),
        today=here.today,
        at=timezone.now(),
    )
    say(request, _("The invitation is on its way."))


@act(back="office:members")
def end_member(request: HttpRequest, here: Visit, *, number: str) -> None:
    end_membership(
        number_in(request, "member"),
        customer_id=_customer(here, number).customer_id,
        by=name_in_records(request),
        today=here.today,
        at=here.at,
    )
    say(request, _("The right to act was ended."))


def _customer(here: Visit, number: str) -> CustomerFacts:
    try:
        return customer_numbered(here.company.company_id, number)
    except NoSuchCustomer as refusal:
        raise Http404(str(refusal)) from refusal
