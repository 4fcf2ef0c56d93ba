"""Becoming a customer: address, who you are, what you want, one page to check, and the button that binds.

The address is proven before anything else is asked. Each page keeps what was typed, so that back always works; nothing is
made before the button, and then all of it in one transaction.
"""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model, login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import NoSuchCompany, company_named, moment_for, today_of
from servanda.business.contracts.facts import Acceptance
from servanda.business.hosting.actions.ordering import Order
from servanda.business.library.queries import library_of, rendered_terms
from servanda.business.signups.actions import (
    ask_guardian,
    become_customer,
    begin,
    keep_answers,
    keep_wish,
    minor_until_of,
)
from servanda.business.signups.decisions import is_covered, wrong_in
from servanda.business.signups.facts import Answers, SignupFacts, Wish
from servanda.business.signups.queries import guardian_of, signup_by
from servanda.faces.parts.access import access
from servanda.faces.parts.links import outside, secret_link
from servanda.faces.parts.networks import network_of
from servanda.faces.parts.telling import told
from servanda.faces.portal.ordering import domain_in, wrong_order
from servanda.faces.portal.showing.ordering import Asking, asking_newly, button_text, check_shown, plans_on_offer
from servanda.ground.calendar import NotADay, parse_day
from servanda.ground.refusal import Refused
from servanda.terms.clauses import CustomerKind
from servanda.terms.versions import NoSuchVersion

WRONG: Mapping[str, str] = {
    "kind": gettext_noop("Choose one of them."),
    "name": gettext_noop("Write the name that stands on the invoice."),
    "address": gettext_noop("Write street and number."),
    "postal_code": gettext_noop("Write the four digits."),
    "city": gettext_noop("Write the town."),
    "cvr shape": gettext_noop("Write the eight digits of the CVR number."),
    "cvr digit": gettext_noop("This CVR number cannot be right: its check digit does not fit. Look at it again."),
    "born_on": gettext_noop("Write the day on which you were born, such as 1990-12-31."),
}


@access(policy="anyone", methods=("GET", "POST"))
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for an address and write to it; the answer is the same whoever it belongs to."""
    company, now = _company(slug), timezone.now()
    if request.method != "POST":
        return _page(request, company, "start")
    email = request.POST.get("email", "").replace("\0", "").strip()[:254]
    link = secret_link("start-who", slug)
    try:
        begin(
            company,
            email,
            secret=link.secret,
            link=link.address,
            sign_in_link=outside(reverse("portal:login")),
            token=sha256(f"order:{link.secret}".encode()).hexdigest()[:32],
            asked_from=network_of(request),
            language=_language(),
            at=now,
        )
    except Refused as refusal:
        return _page(request, company, "start", email=email, wrong={"email": told(refusal)}, status=422)
    return _page(request, company, "start_sent", email=email)


@access(policy="anyone", methods=("GET", "POST"))
def who(request: HttpRequest, slug: str, secret: str) -> HttpResponse:
    """Ask who they are; what is wrong stands at its field, and what was typed stays."""
    company, found, today = _found(slug, secret)
    if request.method != "POST":
        return _page(request, company, "start_who", step=1, given=_given_of(found), wrong={}, signup=found)
    given = {name: request.POST.get(name, "").replace("\0", "").strip()[:200] for name in _FIELDS}
    answers = _answers(given)
    wrong = {one.field: _(WRONG[one.why]) for one in wrong_in(answers, today=today)}
    if not wrong:
        try:
            keep_answers(
                secret, answers, password=request.POST.get("password", "")[:300], today=today, at=timezone.now()
            )
            return redirect("portal:start-want", slug, secret)
        except Refused as refusal:
            wrong = {"password": told(refusal)}
    return _page(request, company, "start_who", step=1, given=given, wrong=wrong, signup=found, status=422)


_FIELDS = ("kind", "name", "contact_name", "cvr", "address", "postal_code", "city", "born_on")


@access(policy="anyone", methods=("GET", "POST"))
def want(request: HttpRequest, slug: str, secret: str) -> HttpResponse:
    """Ask what they want."""
    company, found, today = _found(slug, secret)
    if not found.has_answers:
        return redirect("portal:start-who", slug, secret)
    asking = _asking(company, found, today)
    given = {
        "plan": found.wish.plan_code,
        "name": found.wish.name,
        "starts_now": "1" if found.wish.starts_now else "",
    }
    wrong: dict[str, str] = {}
    if request.method == "POST":
        given = {name: request.POST.get(name, "").replace("\0", "").strip()[:300] for name in given}
        given["name"] = domain_in(given["name"])
        wrong = wrong_order(asking, given)
        if not wrong:
            wish = Wish(plan_code=given["plan"], name=given["name"], starts_now=bool(given["starts_now"]))
            keep_wish(secret, wish, at=timezone.now())
            return redirect("portal:start-check", slug, secret)
    shown = {
        "step": 2,
        "plans": plans_on_offer(asking),
        "given": given,
        "wrong": wrong,
        "back": _step(found, slug, secret, "who"),
    }
    return _page(request, company, "start_want", status=422 if wrong else 200, **shown)


@access(policy="anyone", methods=("GET", "POST"))
def check(request: HttpRequest, slug: str, secret: str) -> HttpResponse:
    """Show all of it once more, with the terms and the rights; the button orders."""
    company, found, today = _found(slug, secret)
    if not (found.has_answers and found.wish.plan_code):
        return redirect("portal:start-want", slug, secret)
    asking = _asking(company, found, today)
    try:
        shown = check_shown(
            asking, plan_code=found.wish.plan_code, name=found.wish.name, starts_now=found.wish.starts_now
        )
    except Refused as refusal:
        messages.error(request, told(refusal), extra_tags="stop")
        return redirect("portal:start-want", slug, secret)
    minor_until = minor_until_of(company, found.answers, version=shown.version, today=today)
    guardian = guardian_of(found.signup_id) if minor_until is not None else None
    if minor_until is not None and not is_covered(guardian, found.wish):
        return redirect("portal:start-guardian", slug, secret)
    button = button_text(is_consumer=shown.is_consumer)
    context: dict[str, Any] = {
        "step": 3,
        "check": shown,
        "answers": found.answers,
        "email": found.email,
        "starts_now": found.wish.starts_now,
        "button": button,
        "back": _step(found, slug, secret, "want"),
        "back_to_who": _step(found, slug, secret, "who"),
        "terms_address": reverse("portal:public-terms", args=[slug, shown.version]),
    }
    if request.method != "POST":
        return _page(request, company, "start_check", **context)
    if request.POST.get("price") != str(shown.plan.price.minor) or request.POST.get("terms") != shown.sha256:
        messages.error(request, _("The price or the terms changed meanwhile. Look once more."), extra_tags="stop")
        return _page(request, company, "start_check", **context)
    if not request.POST.get("accepts"):
        messages.error(request, _("Read the terms and accept them, or there is no order."), extra_tags="stop")
        return _page(request, company, "start_check", status=422, **context)
    now = timezone.now()
    at = moment_for(company, now=now)
    order = Order(
        token=found.token,
        plan_code=found.wish.plan_code,
        name=found.wish.name,
        shown_price=shown.plan.price,
        shown_with_vat=shown.plan.with_vat,
        button=button,
        starts_now=found.wish.starts_now,
    )
    acceptance = Acceptance(version=shown.version, language=shown.language, sha256=shown.sha256, at=at, how="portal")
    try:
        _customer_id, user_id = become_customer(company, secret, order, acceptance, today=today, at=at, now=now)
    except Refused as refusal:
        messages.error(request, told(refusal), extra_tags="stop")
        return _page(request, company, "start_check", status=422, **context)
    login(request, get_user_model()._default_manager.get(pk=user_id))
    messages.success(request, _("Thank you. The confirmation is on its way by mail."), extra_tags="calm")
    return redirect("portal:accounts")


@access(policy="anyone", methods=("GET", "POST"))
def guardian(request: HttpRequest, slug: str, secret: str) -> HttpResponse:
    """Ask for a guardian, or tell how far their answer has come."""
    company, found, today = _found(slug, secret)
    if not (found.has_answers and found.wish.plan_code):
        return redirect("portal:start-want", slug, secret)
    asked = guardian_of(found.signup_id)
    is_asked = asked is not None and (asked.plan_code, asked.domain) == (found.wish.plan_code, found.wish.name)
    if is_covered(asked, found.wish):
        return redirect("portal:start-check", slug, secret)
    context: dict[str, Any] = {
        "asked": asked if is_asked else None,
        "back": _step(found, slug, secret, "want"),
        "given": {},
        "wrong": "",
    }
    if request.method != "POST":
        return _page(request, company, "start_guardian", **context)
    given = {name: request.POST.get(name, "").replace("\0", "").strip()[:254] for name in ("name", "email")}
    link = secret_link("guardian")
    try:
        ask_guardian(
            company,
            secret,
            name=given["name"],
            email=given["email"],
            guardian_secret=link.secret,
            link=link.address,
            version=_version(company, today),
            asked_from=network_of(request),
            today=today,
            at=timezone.now(),
        )
    except Refused as refusal:
        shown = {**context, "given": given, "wrong": told(refusal)}
        return _page(request, company, "start_guardian", status=422, **shown)
    return redirect("portal:start-guardian", slug, secret)


@access(policy="anyone")
def public_terms(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """Give a version of the terms as text before anybody is a customer (e-handelsloven § 10)."""
    company = _company(slug)
    try:
        text = rendered_terms(company.slug, version, "en" if request.GET.get("language") == "en" else "da")
    except NoSuchVersion as refusal:
        raise Http404(told(refusal)) from refusal
    return HttpResponse(text.text, content_type="text/plain; charset=utf-8")


def _company(slug: str) -> CompanyFacts:
    try:
        return company_named(slug)
    except NoSuchCompany as refusal:
        raise Http404(told(refusal)) from refusal


def _found(slug: str, secret: str) -> tuple[CompanyFacts, SignupFacts, date]:
    """Return what a link stands for; one of another company, an old one and a finished one are not found."""
    company, now = _company(slug), timezone.now()
    found = signup_by(secret, at=now)
    if found is None or found.company_id != company.company_id or found.customer_id is not None:
        raise Http404(_("This link was used, or is too old. Begin anew with your e-mail address."))
    return company, found, today_of(company, now=now)


def _asking(company: CompanyFacts, found: SignupFacts, today: date) -> Asking:
    return asking_newly(company, CustomerKind(found.answers.kind), today=today)


def _version(company: CompanyFacts, today: date) -> str:
    return library_of(company.slug).version_on(today).version


def _answers(given: dict[str, str]) -> Answers:
    born_on = None
    if given["born_on"]:
        try:
            born_on = parse_day(given["born_on"])
        except NotADay:
            born_on = None
    is_business = given["kind"] == "business"
    return Answers(
        kind=given["kind"],
        name=given["name"],
        contact_name=given["contact_name"] if is_business else "",
        cvr=given["cvr"].replace(" ", "") if is_business else "",
        address=given["address"],
        postal_code=given["postal_code"],
        city=given["city"],
        born_on=None if is_business else born_on,
    )


def _given_of(found: SignupFacts) -> dict[str, str]:
    answers = found.answers
    born_on = answers.born_on.isoformat() if answers.born_on is not None else ""
    given = {name: getattr(answers, name) for name in _FIELDS if name != "born_on"}
    return {**given, "born_on": born_on}


def _step(found: SignupFacts, slug: str, secret: str, name: str) -> str:
    return reverse(f"portal:start-{name}", args=[slug, secret])


def _page(
    request: HttpRequest, company: CompanyFacts, template: str, *, status: int = 200, **shown: object
) -> HttpResponse:
    context = {"company": company, "wrong": {}, **shown}
    return render(request, f"portal/{template}.html", context, status=status)


def _language() -> str:
    return "en" if (get_language() or "da").startswith("en") else "da"
