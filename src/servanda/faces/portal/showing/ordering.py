"""What can be ordered, and the last page before an order binds."""

import secrets
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from servanda.business.billing.queries.vat import buyer_of_customer
from servanda.business.catalogue.facts import ListedPlan, NotInCatalogue
from servanda.business.catalogue.queries import prices_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.customers.queries import customer
from servanda.business.hosting.actions.ordering import begins
from servanda.business.library.queries import library_of
from servanda.faces.portal.shown import Check, Offer, PlanRow
from servanda.faces.portal.visiting import Visit
from servanda.ground.calendar import day_text
from servanda.ground.law.consumers import withdrawal_ends_on
from servanda.ground.law.vat import VatBuyer, treatment_of, vat_of
from servanda.ground.money import money_text
from servanda.terms.clauses import CustomerKind

# What a customer can put into use alone: a web hotel by its domain, a database by any name. The rest is sold by a person.
ORDERED_ALONE = ("hosting", "database")


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks what can be ordered: a customer, or somebody who wants to become one."""

    company: CompanyFacts
    today: date
    kind: CustomerKind
    buyer: VatBuyer


def asking_of(here: Visit) -> Asking:
    """Return a customer as who asks."""
    kind = customer(here.customer_id).kind
    return Asking(here.company, here.today, kind, buyer_of_customer(here.customer_id, kind, on=here.today))


def asking_newly(company: CompanyFacts, kind: CustomerKind, *, today: date) -> Asking:
    """Return somebody in Denmark who is no customer yet."""
    return Asking(company, today, kind, VatBuyer(country="DK", is_business=kind is CustomerKind.BUSINESS))


def offers(here: Asking) -> tuple[Offer, ...]:
    """Return what a customer can order here by themselves, by kind; within each the cheapest first."""
    found = (_offer(here, kind) for kind in ORDERED_ALONE)
    return tuple(offer for offer in found if offer.plans)


def kind_on_offer(here: Asking, plan_code: str) -> str:
    """Return the kind of a plan that is on offer; empty when it is not."""
    kinds = (offer.kind for offer in offers(here) if plan_code in {row.code for row in offer.plans})
    return next(kinds, "")


def plans_on_offer(here: Asking) -> tuple[PlanRow, ...]:
    """Return the web hotels that somebody new can begin with, the cheapest first."""
    return _offer(here, "hosting").plans


def _offer(here: Asking, kind: str) -> Offer:
    plans = prices_of(here.company.company_id).plans.values()
    of_kind = [one for one in plans if one.product.kind == kind and one.interval_months and _has_price(one, here.today)]
    rows = sorted((_plan_row(here, plan) for plan in of_kind), key=lambda row: (row.price.minor, row.code))
    if kind == "database":
        return Offer(
            kind=kind,
            title=_("A database by itself"),
            label=_("What you call it"),
            hint=_(
                "Any name by which you know it. Nobody from outside reaches it until you open it for your own addresses."
            ),
            example="",
            plans=tuple(rows),
        )
    return Offer(
        kind=kind,
        title=_("A hosting service"),
        label=_("Your domain"),
        hint=_("The name under which the site shall answer. It need not point here yet."),
        example="example.dk",
        plans=tuple(rows),
    )


def check_shown(here: Asking, *, plan_code: str, name: str, starts_now: bool) -> Check:
    """Return the page on which the order binds. Refuses a plan that is not on offer."""
    plan = prices_of(here.company.company_id).plan(plan_code)
    if plan.product.kind not in ORDERED_ALONE:
        raise NotInCatalogue(_("This is sold by a person. Write to us."))
    is_consumer = here.kind is CustomerKind.CONSUMER
    terms = library_of(here.company.slug).version_on(here.today, "en" if _language() == "en" else "da")
    row = _plan_row(here, plan)
    last = withdrawal_ends_on(here.today) if is_consumer else None
    begins_on = begins(here.kind, starts_now=starts_now, today=here.today)
    company = here.company
    return Check(
        plan=row,
        name=name,
        begins_on=begins_on,
        version=terms.version,
        language=terms.language,
        sha256=terms.sha256,
        seller=(company.legal_name, f"CVR {company.cvr}", *company.address_lines, company.email, company.phone),
        points=_points(plan, row, begins_on=begins_on, last=last),
        is_consumer=is_consumer,
        withdraw_until=last,
        token=secrets.token_hex(16),
    )


def button_text(*, is_consumer: bool) -> str:
    """Return what stands on the button: it must say that the order costs money (forbrugeraftaleloven § 12)."""
    return _("Order with obligation to pay") if is_consumer else _("Order")


def _points(plan: ListedPlan, row: PlanRow, *, begins_on: date, last: date | None) -> tuple[str, ...]:
    language = _language()
    months = plan.interval_months
    said = [
        ngettext(
            "You pay %(price)s for each period of %(months)s month, in advance.",
            "You pay %(price)s for each period of %(months)s months, in advance.",
            months,
        )
        % {"price": money_text(row.with_vat if last is not None else row.price, language), "months": months},
        _("It begins on %(day)s and goes on until you or we give notice as the terms say.")
        % {"day": day_text(begins_on, language)},
    ]
    if last is not None:
        said.append(_("You can withdraw until %(day)s, without a reason.") % {"day": day_text(last, language)})
    return tuple(said)


def _plan_row(here: Asking, plan: ListedPlan) -> PlanRow:
    price = plan.price_on(here.today)
    vat = treatment_of(here.buyer, sold=plan.vat_class, on=here.today)
    months = plan.interval_months
    danish = _language() == "da"
    return PlanRow(
        code=plan.code,
        name=plan.name_da if danish else plan.name_en,
        product=plan.product.name_da if danish else plan.product.name_en,
        price=price,
        with_vat=price + vat_of(price, rate=vat.rate),
        vat=_("%(percent)s %% VAT") % {"percent": vat.percent} if vat.rate else _("no VAT"),
        period=ngettext("for %(months)s month", "for %(months)s months", months) % {"months": months},
    )


def _has_price(plan: ListedPlan, day: date) -> bool:
    return any(price.since <= day for price in plan.prices)


def _language() -> str:
    return "en" if (get_language() or "da").startswith("en") else "da"
